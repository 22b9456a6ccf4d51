import { randomUUID } from 'node:crypto';
import type { Pool } from 'pg';
import type { Context } from '../events/entry.ts';
import { AuditDeferred, AuditLogError } from '../events/errors.ts';
import { encodeContext, encodeManual, type ToldManual } from './inbox.ts';
import type { Spool, Spooled } from './spool.ts';

/** Writes rows of a spool, each once, however often it is asked. */
const INSERT_ONCE = `with told as (
    select distinct on (id) * from unnest($1::uuid[], $2::text[], $3::text[]) with ordinality e(id, context, document, n) order by id, n),
  fresh as (insert into audit_deferred (id) select id from told on conflict do nothing returning id)
  insert into audit_inbox (context, document) select context, document from told join fresh using (id) order by n`;

export interface DeferralOptions {
  readonly spool: Spool;
  readonly pool: Pick<Pool, 'query'>;
  /** Called for each event that had to be spooled, and when the spool can't be emptied. */
  readonly alarm: (error: unknown) => void;
  /** Called when something was written. */
  readonly committed: () => void;
  /** Milliseconds that a reader waits for the database. */
  readonly patience?: number;
  /** Milliseconds between attempts to empty the spool: first, and at most. */
  readonly backoff?: readonly [first: number, most: number];
}

const PATIENCE = 2_000;
const BACKOFF = [1_000, 30_000] as const;
/** Rows that are written at once. */
const AT_ONCE = 500;

/**
 * What is read goes on although nobody can record it: the event goes to the spool, and from there to the log, once.
 * Only what not even the spool takes is refused.
 */
export class Deferral {
  readonly #options: DeferralOptions;
  #waiting = 0;
  /** Why the database doesn't take anything: nobody waits for it again until the spool could be emptied. */
  #failing: Error | null = null;
  #failures = 0;
  #timer: NodeJS.Timeout | null = null;
  #emptying: Promise<void> | null = null;
  #closed = false;

  constructor(options: DeferralOptions) {
    this.#options = options;
  }

  /** Rows that wait in the spool, as far as this node knows. */
  get waiting(): number {
    return this.#waiting;
  }

  /** Writes what an earlier run left, in the background. */
  start(): void {
    void this.#empty();
  }

  /** @throws AuditLogError where neither the database nor the spool takes it. */
  async tell(context: Context, told: ToldManual): Promise<void> {
    const row = { id: randomUUID(), context: encodeContext(context), document: encodeManual({ v: 1, manual: told }) };
    const problem = this.#failing ?? (await this.#insertSoon(row));
    if (problem === null) return this.#options.committed();
    this.#failing = problem;
    await this.#keep(row, told);
    this.#options.alarm(new AuditDeferred(`${told.action} could not be recorded yet, and waits on this node's disk`, told.target, problem));
  }

  /** The database's clock will say when it was written; when it happened, only this node knows. */
  async #keep(row: Spooled, told: ToldManual): Promise<void> {
    const manual = { ...told, meta: { ...told.meta, deferred_since: new Date().toISOString() } };
    try {
      await this.#options.spool.keep({ ...row, document: encodeManual({ v: 1, manual }) });
    } catch (cause) {
      // Whoever reads next finds out whether the database is well again.
      this.#later();
      const nowhere = `${told.action} could be recorded neither in the database nor on this node's disk, so what it tells of must not be done`;
      throw new AuditLogError(nowhere, told.target, new AggregateError([this.#failing, cause], 'neither database nor disk'));
    }
    this.#waiting++;
    this.#later();
  }

  /** Writes what it can, and leaves the rest to the next start. */
  async close(): Promise<void> {
    this.#closed = true;
    clearTimeout(this.#timer ?? undefined);
    await this.#emptying;
    if (this.#waiting) await this.#emptyOnce().catch(() => undefined);
    await this.#options.spool.close();
  }

  /** A row that comes after all is known by its id, and isn't written twice. */
  async #insertSoon(row: Spooled): Promise<Error | null> {
    let timer: NodeJS.Timeout | undefined;
    const patience = this.#options.patience ?? PATIENCE;
    const late = new Promise<Error>((resolve) => {
      timer = setTimeout(() => resolve(new Error(`the database did not answer within ${patience} ms`)), patience);
    });
    const done = this.#insert([row]).then(
      () => null,
      (problem: unknown) => (problem instanceof Error ? problem : new Error(String(problem))),
    );
    const outcome = await Promise.race([done, late]);
    clearTimeout(timer);
    return outcome;
  }

  async #insert(rows: readonly Spooled[]): Promise<void> {
    const columns = [rows.map(({ id }) => id), rows.map(({ context }) => context), rows.map(({ document }) => document)];
    await this.#options.pool.query(INSERT_ONCE, columns);
  }

  #later(): void {
    if (this.#closed || this.#timer || this.#emptying) return;
    const [first, most] = this.#options.backoff ?? BACKOFF;
    const wait = Math.min(most, first * 2 ** this.#failures);
    this.#timer = setTimeout(() => {
      this.#timer = null;
      void this.#empty();
    }, wait).unref();
  }

  #empty(): Promise<void> {
    this.#emptying ??= this.#emptyOnce()
      .then(
        () => {
          this.#failing = null;
          this.#failures = 0;
        },
        (problem: unknown) => {
          this.#failures++;
          this.#options.alarm(problem);
        },
      )
      .finally(() => {
        this.#emptying = null;
        if (this.#waiting) this.#later();
      });
    return this.#emptying;
  }

  async #emptyOnce(): Promise<void> {
    const files = await this.#options.spool.contents();
    this.#waiting = files.reduce((sum, { rows }) => sum + rows.length, 0);
    for (const { rows, done } of files) {
      for (let i = 0; i < rows.length; i += AT_ONCE) await this.#insert(rows.slice(i, i + AT_ONCE));
      await done();
      this.#waiting -= rows.length;
      if (rows.length) this.#options.committed();
    }
  }
}
