import type { MikroORM } from '@mikro-orm/postgresql';
import type { PgBoss } from 'pg-boss';
import type { Balance, BalanceOptions } from '@countersign/audit/balance';
import { BalanceUnderWay } from '@countersign/audit/moment';
import { runJob } from '@countersign/domain/job-run';
import { alertAdmins } from '@countersign/domain/messages/alerts';
import { BALANCE } from './messages/jobs.ts';

/** Makes a balance, keeps and records what it came to, and alerts. */
export type CheckBalance = (options?: Partial<Pick<BalanceOptions, 'rest' | 'signal' | 'onDifference'>>) => Promise<Balance>;

/** Before the housekeeping, by the clock of UTC. */
const AT_NIGHT = '47 2 * * *';

interface Nightly {
  readonly orm: MikroORM;
  readonly balance: CheckBalance;
}

/** Has one node make the balance each night. Answers with what breaks off the one under way: another node takes it up. */
export async function balanceNightly(boss: PgBoss, { orm, balance }: Nightly): Promise<() => void> {
  const stopping = new AbortController();
  await boss.schedule(BALANCE, AT_NIGHT);
  await boss.work(BALANCE, { includeMetadata: true }, async (jobs) => {
    for (const { signal, retryCount, retryLimit } of jobs) {
      const either = AbortSignal.any([stopping.signal, signal]);
      try {
        await runJob(orm.em, BALANCE, () => recordsIn(balance, either));
      } catch (problem) {
        if (!either.aborted && retryCount >= retryLimit) await alertAdmins(orm.em, NOT_MADE);
        throw problem;
      }
    }
  });
  return () => stopping.abort(new Error('This node is stopping.'));
}

async function recordsIn(balance: CheckBalance, signal: AbortSignal): Promise<number> {
  try {
    // Half of the time is others': nobody waits for it.
    return (await balance({ rest: 1, signal })).records;
  } catch (problem) {
    // Somebody asked for it by command: it will do for tonight.
    if (problem instanceof BalanceUnderWay) return 0;
    throw problem;
  }
}

const NOT_MADE = {
  topic: 'audit-balance-failed',
  title: 'The audit balance could not be made',
  text: 'Whether the log and the records say the same is not known since. Try `countersign audit balance`: it says why.',
  path: '/live?action=audit_balance_checked',
};
