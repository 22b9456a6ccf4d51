import { setTimeout as sleep } from 'node:timers/promises';
import { Client } from 'pg';
import { byTransaction, mergedOf } from '../sequencer/batch.ts';
import { coverageIn } from '../triggers/coverage.ts';
import type { Event, Position } from '../events/entry.ts';
import { AuditLogError } from '../events/errors.ts';
import { recordKey } from '../records/as-of.ts';
import type { Draft } from '../merge/draft.ts';
import type { Plans, Sight } from '../triggers/sight.ts';
import { nameAt } from './name-at.ts';
import { readRows, sweep } from '../sequencer/sweep.ts';

/**
 * One moment of the database, seen as a whole: its rows, the log, and what was committed by then and isn't numbered yet.
 * A row change and what was told of it become visible together, and leave the inbox in the transaction that puts
 * them into the log: in one snapshot the log and the inbox together say exactly what the rows say.
 */
export interface Moment {
  /** Reads what the application may read. */
  readonly db: Client;
  /** Where the log stood. */
  readonly position: Position;
  /** The number of the next transaction. */
  readonly xid: bigint;
  /** What waited for its number, as the events that it becomes, by record; places in the log are not known yet. */
  readonly pending: ReadonlyMap<string, readonly Event[]>;
}

/** Which moments are looked for. */
export interface MomentsOptions {
  /** Logs in as the application's role: reads rows and log. */
  readonly app: string;
  /** Logs in as the sequencer's role: reads the inbox. */
  readonly sequencer: string;
  readonly plans: Plans;
}

/** Inbox rows that a moment takes along; where more wait, the sequencer is let go on first. */
const MAX_PENDING = 5_000;
/** Milliseconds between looks whether fewer wait, and until nobody believes it any more. */
const LOOK = 250;
const PATIENCE = 60_000;

/**
 * One statement reads a few thousand rows by an index. What takes longer than this is ended, and so is a session that
 * nobody talks to. Nothing is done in parallel, and rows come in the order of an index: no table is read as a whole, none is
 * sorted. Values are written as the triggers write them.
 */
export const MODEST =
  '-c statement_timeout=60s -c lock_timeout=10s -c idle_in_transaction_session_timeout=60s -c max_parallel_workers_per_gather=0 -c jit=off -c enable_seqscan=off -c enable_sort=off -c timezone=UTC -c datestyle=ISO,YMD -c intervalstyle=postgres -c extra_float_digits=1 -c bytea_output=hex';

type Covered = Pick<Sight, 'coverage' | 'formerTables'>;

/** Two connections that see the same moments, one after the other. */
export class Moments {
  readonly #app: Client;
  readonly #sequencer: Client;
  #told: Omit<Sight, keyof Covered>;
  #covered: Covered = { coverage: new Map(), formerTables: new Map() };

  private constructor(app: Client, sequencer: Client, told: Omit<Sight, keyof Covered>) {
    this.#app = app;
    this.#sequencer = sequencer;
    this.#told = told;
  }

  static async open({ app, sequencer, plans }: MomentsOptions): Promise<Moments> {
    const clients = [app, sequencer].map((connectionString) =>
      // A lost connection fails the statement in hand; without a listener it would end the process.
      new Client({ connectionString, application_name: 'countersign balance', options: MODEST }).on('error', () => undefined),
    ) as [Client, Client];
    const moments = new Moments(...clients, { plans, actions: NO_ACTIONS, application: '' });
    try {
      for (const client of clients) await client.connect();
      moments.#told = { ...moments.#told, application: await nameAt(moments.#app) };
      await moments.#takeTurn();
      moments.#covered = await coverageIn(moments.#sequencer);
      return moments;
    } catch (problem) {
      await moments.close();
      throw problem;
    }
  }

  /** Since which transaction each table's row changes are recorded. */
  get coverage(): Sight['coverage'] {
    return this.#covered.coverage;
  }

  /**
   * Does `work` in one snapshot, which is held no longer: neither vacuum nor a migration waits for the next one.
   * @throws AuditLogError where too much waits for its number, for too long.
   */
  async at<Result>(work: (moment: Moment) => Promise<Result>, signal?: AbortSignal): Promise<Result> {
    const until = Date.now() + PATIENCE;
    for (;;) {
      const taken = await this.#take(work);
      if ('result' in taken) return taken.result;
      if (Date.now() > until) throw tooMuchWaits(taken.waiting);
      await sleep(LOOK, undefined, { signal });
    }
  }

  async close(): Promise<void> {
    await Promise.all([this.#app, this.#sequencer].map((client) => client.end().catch(() => undefined)));
  }

  /** The lock goes with the session, however that ends. */
  async #takeTurn(): Promise<void> {
    const { rows } = await this.#app.query<{ mine: boolean }>(`select pg_try_advisory_lock(${TURN.join(', ')}) as mine`);
    if (!rows[0]?.mine) throw new BalanceUnderWay();
  }

  async #take<Result>(work: (moment: Moment) => Promise<Result>): Promise<{ result: Result } | { waiting: number }> {
    const [app, sequencer] = [this.#app, this.#sequencer];
    await app.query(BEGIN);
    try {
      const { rows } = await app.query<{ snapshot: string; xid: string; position: string }>(
        'select pg_export_snapshot() as snapshot, pg_snapshot_xmax(pg_current_snapshot())::text as xid, position from audit_head',
      );
      const seen = rows[0];
      if (!seen) throw new AuditLogError('the log has no head: audit_head is empty, the migrations did not run', null);
      await sequencer.query(`${BEGIN}; set transaction snapshot '${seen.snapshot}'`);
      const position = Number(seen.position);
      const pending = await this.#pending(position);
      await sequencer.query('commit');
      return 'waiting' in pending ? pending : { result: await work({ db: app, position, xid: BigInt(seen.xid), pending: pending.events }) };
    } finally {
      // Of a lost connection nothing stays anyway.
      await Promise.all([app, sequencer].map((client) => client.query('rollback').catch(() => undefined)));
    }
  }

  async #pending(position: Position): Promise<{ events: Moment['pending'] } | { waiting: number }> {
    const { transactions } = await sweep(this.#sequencer, null);
    const waiting = transactions.reduce((sum, { rows }) => sum + rows, 0);
    if (waiting > MAX_PENDING) return { waiting };
    const sight = { ...this.#told, ...this.#covered };
    const inbox = waiting ? byTransaction(await readRows(this.#sequencer, transactions)) : [];
    const drafts = inbox.flatMap((transaction) => mergedOf(transaction, NONE, sight).drafts);
    const events = Map.groupBy(
      drafts.filter(({ target }) => target).map((draft, i) => eventOfDraft(draft, position + 1 + i)),
      ({ target }) => recordKey(target ?? { type: '', id: '' }),
    );
    return { events };
  }
}

/** Any two numbers, but always these: whoever makes a balance of this database holds their lock. */
const TURN = [7_263, 31] as const;

/** Whether somebody makes a balance of the database right now, as a query. */
export const UNDER_WAY = `select exists (select from pg_locks where locktype = 'advisory' and granted and classid = ${TURN[0]} and objid = ${TURN[1]} and objsubid = 2
  and database = (select oid from pg_database where datname = current_database())) as under_way`;

/** One balance at a time is enough, on whatever node. */
export class BalanceUnderWay extends Error {
  override readonly name = 'BalanceUnderWay';

  constructor() {
    super('The log is being compared already, on this node or another one: wait until that has ended.');
  }
}

const BEGIN = 'begin isolation level repeatable read read only';
const NONE: ReadonlyMap<string, unknown> = new Map();
/** What is told by hand changes no record, and nothing of it is folded. */
const NO_ACTIONS: Sight['actions'] = new Map();

const tooMuchWaits = (rows: number) =>
  new AuditLogError(
    `${rows} rows wait in the inbox to be numbered, and don't become fewer: the log can be compared once the sequencer has caught up`,
    null,
  );

/** Nobody is shown this: it is folded, and what it seals is read from the inbox as it was told. */
const eventOfDraft = ({ origin, alleged: _alleged, ...draft }: Draft, position: Position): Event => ({
  ...draft,
  ...origin,
  position,
  id: '',
  root: draft.root ?? null,
  subject: draft.subject ?? null,
  scopes: draft.scopes ?? [],
  changes: draft.changes.map(({ f, o, n }) => ({ field: f, old: o, new: n })),
});
