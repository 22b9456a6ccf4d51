import type { MikroORM } from '@mikro-orm/core';
import { Pool } from 'pg';
import { bindTo, type AtWork } from './capture/bound.ts';
import { Capture } from './capture/capture.ts';
import { tellContext } from './capture/connection-context.ts';
import { checkCoverage } from './triggers/coverage.ts';
import { AuditDisagreement, PolicyError } from './events/errors.ts';
import { Deferral, type DeferralOptions } from './capture/deferral.ts';
import { Feed } from './read/feed.ts';
import { install, type Installation, type Installed } from './triggers/install.ts';
import type { LogReader } from './read/log.ts';
import type { ManualAction } from './policy/manual-action.ts';
import { MODEST } from './read/moment.ts';
import { nameAt } from './read/name-at.ts';
import { PgLog } from './read/pg-log.ts';
import { fingerprintOf } from './triggers/policy-set.ts';
import type { Declared, RetiredEntity } from './policy/policy.ts';
import { compileRegistry, type Registry } from './policy/registry.ts';
import { renamedLog } from './read/renamed-log.ts';
import { rowFactsOver } from './sequencer/row-facts.ts';
import { Sequencer } from './sequencer/sequencer.ts';
import { Spool, type SpoolOptions } from './capture/spool.ts';

/** How long one read of the log may take. Milliseconds. */
const READ_MS = 20_000;

const UNBOUND = 'The audit trail is not bound to the ORM: call audit.bind(orm) after MikroORM.init()';

const UNTOLD =
  'implicitTransactions: false commits each statement of a flush by itself, so that what it tells can neither be refused nor committed with it: leave the option out';

const UNDEFINED_TABLE = '42P01';
const NOT_INSTALLED = 'The database has no audit log yet: call audit.install({ owner }) first, or run its migrations';

/** What an audit trail records. */
export interface AuditOptions {
  /** What every entity declares about its record. */
  readonly policies: readonly Declared[];
  /** What else is recorded: actions that are no change of a record. */
  readonly actions?: readonly ManualAction[];
  /** Entities that the application has no more: what older entries say of them is shown with these labels. */
  readonly retired?: readonly RetiredEntity[];
  /** Where events wait that can't be written and may be deferred; without it nothing is. */
  readonly spool?: SpoolOptions & Pick<DeferralOptions, 'patience' | 'backoff'>;
}

/** By which logins the log is read and written; both are the owner's where there is one login only. */
export interface LogConnection {
  /** Logs in as the application's role: reads the log. */
  readonly app: string;
  /** Logs in as the sequencer's role: numbers what was committed. */
  readonly sequencer: string;
  /** Called with what went wrong and will be tried again. */
  readonly alarm: (error: unknown) => void;
  /** Connections for reading the log. Default 8. */
  readonly readers?: number;
}

/** The log at work: its reader, its feed, and how to end it. */
export interface OpenLog {
  readonly log: LogReader;
  readonly feed: Feed;
  readonly sequencer: Sequencer;
  /** Audited tables whose row changes no trigger records: there bulk and raw SQL go unseen. */
  readonly uncovered: readonly string[];
  /** What waits on this node's disk; null where nothing is deferred. */
  readonly deferral: Pick<Deferral, 'waiting'> | null;
  /** Numbers what is committed by now, then closes the connections. */
  close(): Promise<void>;
}

/** What is open while the log is at work. */
interface Open {
  readonly deferral: Deferral | null;
  readonly sequencer: Sequencer;
  readonly feed: Feed;
  readonly pools: readonly Pool[];
  /** Called once nobody has to hear of problems any more. */
  readonly over: () => void;
}

/**
 * The audit trail of one MikroORM application: give `subscriber` to the ORM's `subscribers`, call `bind(orm)` once it
 * is initialised, and `openLog` to number, read and follow what the subscriber tells.
 */
export class Audit {
  readonly subscriber: Capture;
  readonly #options: AuditOptions;
  #registry: Registry | null = null;
  #orm: MikroORM | null = null;
  #committed: () => void = () => undefined;
  #atWork: AtWork | null = null;

  constructor(options: AuditOptions) {
    this.#options = options;
    this.subscriber = new Capture(
      () => this.registry,
      () => this.#committed(),
    );
  }

  /**
   * Compiles the policies against the ORM's entities.
   * @throws PolicyError where they don't fit, or the ORM flushes without a transaction: the application must not start.
   */
  bind(orm: MikroORM): void {
    const { policies, actions = [], retired = [] } = this.#options;
    if (!orm.config.get('implicitTransactions')) throw new PolicyError([UNTOLD], "The ORM's options don't fit the audit trail");
    this.#registry = compileRegistry(policies, orm.getMetadata(), { actions, retired });
    this.#orm = orm;
    bindTo(orm.em, { registry: this.#registry, committed: () => this.#committed(), atWork: () => this.#atWork });
  }

  /**
   * For the ORM's `driverOptions`: its connections tell the database who is at work and why, so that the triggers know it
   * of what passes no hook: bulk updates, the query builder, raw SQL. It costs no round trip where there is a transaction.
   */
  get driverOptions(): { onPoolCreated(pool: Pool): void } {
    return { onPoolCreated: (pool) => tellContext(pool, () => this.#committed()) };
  }

  /**
   * For the ORM's `schemaGenerator`: what the log keeps in the database is none of the entities', and is left alone when
   * the schema is compared with them.
   */
  get schemaGenerator() {
    return { ignoreTriggers: true, ignoreRoutines: true, skipTables: [/^audit_/], skipViews: [/^audit_log$/] };
  }

  /** All of that at once, for an ORM without subscribers and driver options of its own: `MikroORM.init({ …, ...audit.ormOptions })`. */
  get ormOptions() {
    return { subscribers: [this.subscriber], driverOptions: this.driverOptions, schemaGenerator: this.schemaGenerator };
  }

  /**
   * Makes the database ready, or does nothing where it is: once the ORM is bound and the application's tables are there.
   * Answers with what it did, and what isn't protected.
   */
  async install(installation: Installation): Promise<Installed> {
    if (!this.#orm) throw new Error(UNBOUND);
    return install({ registry: this.registry, orm: this.#orm }, installation);
  }

  /** The compiled policies. */
  get registry(): Registry {
    if (!this.#registry) throw new Error(UNBOUND);
    return this.#registry;
  }

  /**
   * Starts this node's sequencer and feed; a commit of this process wakes them.
   * @throws PolicyError where triggers record something else than the policies say, or were switched off.
   * @throws OutdatedPolicies where the database records by other policies than these.
   */
  async openLog(connection: LogConnection): Promise<OpenLog> {
    // Connections that are closed on purpose may still hear that their database goes down: nobody has to be told of that.
    let ended = false;
    const alarm: LogConnection['alarm'] = (problem) => {
      if (!ended) connection.alarm(problem);
    };
    // A search that takes too long is ended, and the feed never waits for searches: it reads on a connection of its own.
    const open = (max: number, name: string, options = `-c statement_timeout=${READ_MS}`) =>
      new Pool({ connectionString: connection.app, max, application_name: name, options }).on('error', alarm);
    const pool = open(connection.readers ?? 8, 'countersign log');
    const feedPool = open(1, 'countersign feed reader');
    const application = await nameAt(pool).catch(async (problem: unknown) => {
      ended = true;
      await pool.end();
      throw problem;
    });
    const rowsPool = open(1, 'countersign rows', `${MODEST} -c lock_timeout=1s`);
    let disagreements = 0;
    const sequencer: Sequencer = new Sequencer({
      connectionString: connection.sequencer,
      alarm: (problem) => {
        if (problem instanceof AuditDisagreement) disagreements += problem.count;
        alarm(problem);
      },
      publish: (batch) => feed.offer(batch),
      policies: fingerprintOf(this.registry),
      rowFacts: rowFactsOver(rowsPool, this.registry.plans, alarm),
      sight: { ...this.registry, application },
    });
    const log = renamedLog(new PgLog(pool, (withinMs) => sequencer.settle(withinMs)), this.registry.vocabulary.former);
    const feedLog = new PgLog(feedPool, () => Promise.resolve(0));
    const feed: Feed = new Feed({
      connectionString: connection.app,
      alarm,
      head: () => feedLog.head(),
      read: (after, limit) => feedLog.entriesAfter(after, limit),
      ownBackend: () => sequencer.backend,
    });
    // Whoever tries again must not find the connections of each attempt still there.
    const abandon = async (problem: unknown): Promise<never> => {
      ended = true;
      await Promise.allSettled([feed.stop(), pool.end(), feedPool.end(), rowsPool.end()]);
      throw (problem as { code?: string }).code === UNDEFINED_TABLE ? new Error(NOT_INSTALLED, { cause: problem }) : problem;
    };
    const uncovered = await checkCoverage(pool, this.registry).catch(abandon);
    await feed
      .start()
      .then(() => sequencer.start())
      .catch(abandon);
    this.#committed = () => sequencer.poke();
    const deferredPool = open(4, 'countersign deferred');
    const deferral = this.#defer(deferredPool, alarm);
    this.#atWork = { pool, deferral, disagreements: () => disagreements, since: new Date().toISOString() };
    deferral?.start();
    const over = () => {
      ended = true;
    };
    const end = () => this.#end({ deferral, sequencer, feed, over, pools: [pool, feedPool, rowsPool, deferredPool] });
    let closed: Promise<void> | null = null;
    return { log, feed, sequencer, uncovered, deferral, close: () => (closed ??= end()) };
  }

  /** One after the other; what can't be closed keeps nothing else open. */
  async #end({ deferral, sequencer, feed, over, pools }: Open): Promise<void> {
    this.#atWork = null;
    const problems: unknown[] = [];
    const closings: readonly (() => Promise<unknown>)[] = [
      async () => deferral?.close(),
      () => {
        this.#committed = () => undefined;
        return sequencer.stop();
      },
      () => feed.stop().finally(over),
      ...pools.map((one) => () => one.end()),
    ];
    for (const close of closings) await close().catch((problem: unknown) => problems.push(problem));
    if (problems.length > 1) throw new AggregateError(problems, 'The log could not be closed in order');
    if (problems.length) throw problems[0];
  }

  #defer(pool: Pool, alarm: LogConnection['alarm']): Deferral | null {
    const { spool } = this.#options;
    if (!spool) return null;
    return new Deferral({ ...spool, spool: new Spool(spool), pool, alarm, committed: () => this.#committed() });
  }
}
