import type { MikroORM } from '@mikro-orm/postgresql';
import type { PgBoss } from 'pg-boss';
import { runJob } from '@countersign/domain/job-run';
import { CHANNELS } from '@countersign/domain/messages/message.views';
import { forgetOldMessages } from '@countersign/domain/messages/retention';
import { forgetOldDevices } from '@countersign/domain/people/session/known-device';
import { forgetOldPending } from '@countersign/domain/people/second-factor/pending-sign-in';
import { forgetOldAttempts } from '@countersign/domain/people/provider/sign-in-attempt';
import { forgetOldSessions } from '@countersign/domain/people/session/sign-in';
import { balanceNightly, type CheckBalance } from '../nightly-balance.ts';
import { deliver, type Ports } from './delivery.ts';
import { handOver } from './handover.ts';
import { DELIVER, HOUSEKEEPING, openJobs, type Patience, USUAL } from './jobs.ts';

export interface PostmanOptions {
  readonly orm: MikroORM;
  /** Logs in as the application. */
  readonly appUrl: string;
  readonly ports: Ports;
  readonly report: (problem: unknown) => void;
  /** AUD-31: holds the log against the live rows, at night. */
  readonly balance?: CheckBalance;
  readonly patience?: Patience;
}

/** Empties the outbox. Any number may work on one database. */
export interface Postman {
  /** Hands over what waits in the outbox and ends with what is under way. */
  readonly close: () => Promise<void>;
}

/** Milliseconds between looks into the outbox. */
const LOOK = 1_000;
/** Jobs that one worker takes at once, and workers. */
const BATCH = 10;
const WORKERS = 2;
/** When nobody works, by the clock of UTC. */
const AT_NIGHT = '17 3 * * *';

export async function openPostman({ orm, appUrl, ports, report, balance, patience = USUAL }: PostmanOptions): Promise<Postman> {
  const boss = await openJobs(appUrl, report, patience);
  const sendable = CHANNELS.filter((channel) => ports[channel]);
  const stop = everySecond(() => handOver(boss, sendable), report);
  await workOn(boss, { orm, ports });
  await boss.schedule(HOUSEKEEPING, AT_NIGHT);
  await boss.work(HOUSEKEEPING, () =>
    runJob(
      orm.em,
      HOUSEKEEPING,
      async () =>
        (await forgetOldSessions(orm.em)) +
        (await forgetOldDevices(orm.em)) +
        (await forgetOldPending(orm.em)) +
        (await forgetOldAttempts(orm.em)) +
        (await forgetOldMessages(orm.em)),
    ),
  );
  const stopBalance = balance ? await balanceNightly(boss, { orm, balance }) : () => undefined;
  return {
    close: async () => {
      stopBalance();
      await stop();
      await boss.stop({ graceful: true, close: true, timeout: 20_000 });
    },
  };
}

async function workOn(boss: PgBoss, { orm, ports }: Pick<PostmanOptions, 'orm' | 'ports'>): Promise<void> {
  const options = {
    batchSize: BATCH,
    localConcurrency: WORKERS,
    pollingIntervalSeconds: 1,
    burstWhenBatchFull: true,
    includeMetadata: true,
    perJobResults: true,
  } as const;
  await boss.work<{ id: string }, unknown, typeof options>(DELIVER, options, (jobs) =>
    Promise.all(
      jobs.map(async ({ id, data, retryCount, retryLimit }) => {
        try {
          await deliver(orm.em.fork(), ports, { id: data.id, last: retryCount >= retryLimit });
          return { id, status: 'completed' as const };
        } catch (problem) {
          // What was wrong stands with the message; here it only says that there is to be another try.
          return { id, status: 'failed' as const, output: { message: problem instanceof Error ? problem.message : String(problem) } };
        }
      }),
    ),
  );
}

/** Does something again and again, one at a time; the end waits for what is under way. */
function everySecond(work: () => Promise<void>, report: (problem: unknown) => void): () => Promise<void> {
  let stopped = false;
  let timer: NodeJS.Timeout | undefined;
  let working: Promise<void> = Promise.resolve();
  const next = () => {
    working = work()
      .catch(report)
      .then(() => {
        if (!stopped) timer = setTimeout(next, LOOK);
      });
  };
  next();
  return async () => {
    stopped = true;
    clearTimeout(timer);
    await working;
  };
}
