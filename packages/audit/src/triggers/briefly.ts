import { setTimeout as sleep } from 'node:timers/promises';
import type { Client } from 'pg';

/** How long to wait for others, and how often. */
export interface Patience {
  /** Milliseconds that one attempt waits for a lock. Whoever comes later waits behind it: less than `deadlock_timeout`, so that it is never somebody else whose transaction is ended. */
  readonly lockMs: number;
  readonly attempts: number;
  /** Milliseconds between two attempts, at most. */
  readonly pauseMs: number;
}

/** What suits a database that people work with: about a minute in all, and never long at a time. */
export const PATIENCE: Patience = { lockMs: 500, attempts: 60, pauseMs: 1_000 };

/** SQLSTATEs: a lock that wasn't given in time, a deadlock. */
const CONTENDED: ReadonlySet<unknown> = new Set(['55P03', '40P01']);

/** Whether it failed because of what others did at the same moment. */
export const isContention = (problem: unknown): boolean => CONTENDED.has((problem as { code?: unknown }).code);

/**
 * Runs `work` in a short transaction of its own that waits for nobody for long; where somebody is in the way, again a
 * little later.
 * @throws Error that names `what` and who is in the way, after the last attempt; whatever else goes wrong, at once.
 */
export async function briefly<Result>(
  db: Client,
  what: string,
  work: () => Promise<Result>,
  { lockMs, attempts, pauseMs }: Patience = PATIENCE,
): Promise<Result> {
  for (let attempt = 1; ; attempt++) {
    await db.query(`begin; set local lock_timeout = ${lockMs}`);
    try {
      const result = await work();
      await db.query('commit');
      return result;
    } catch (problem) {
      await db.query('rollback').catch(() => undefined); // of a lost connection nothing stays anyway
      if (!isContention(problem)) throw problem;
      if (attempt >= attempts) throw new Error(await whoIsInTheWay(db, what), { cause: problem });
      await sleep(pauseMs * (0.5 + Math.random() / 2));
    }
  }
}

async function whoIsInTheWay(db: Client, what: string): Promise<string> {
  const { rows } = await db.query<{ who: string }>(
    `select format('%s (%s, process %s, since %s)', usename, coalesce(nullif(application_name, ''), 'unnamed'), pid, to_char(xact_start, 'HH24:MI:SS')) as who
      from pg_stat_activity where datname = current_database() and pid <> pg_backend_pid() and xact_start is not null order by xact_start limit 3`,
  );
  return `${what} is in use all the time, and its triggers could not be made: end what holds it and run the migrations again. The oldest open transactions: ${rows.map(({ who }) => who).join('; ') || 'none'}`;
}
