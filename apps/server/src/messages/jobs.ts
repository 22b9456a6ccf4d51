import { PgBoss, type Queue } from 'pg-boss';
import { escapeIdentifier } from 'pg';

/** Tables of the queue, which nobody but it looks at. */
const SCHEMA = 'jobs';

export const DELIVER = 'deliver';
export const HOUSEKEEPING = 'housekeeping';
export const BALANCE = 'balance';

/** How patient the queue is. Seconds. */
export interface Patience {
  /** After so long without a sign of life a job's node is believed dead, and another one takes it. At least 10. */
  readonly heartbeat: number;
  /** Between looks for such jobs. */
  readonly look: number;
  /** Before the first retry; twice as long before each further one. */
  readonly retry: number;
}

export const USUAL: Patience = { heartbeat: 30, look: 20, retry: 20 };

/** Eight retries come to about an hour and a half. */
const RETRIES = 8;
const DAY = 24 * 3_600;

/** A node that is alive and slow is let be: taking a job from it would send a message twice. Seconds. */
const LONGEST_JOB = 900;
/** A log of many years, folded with rests. Seconds. */
const LONGEST_BALANCE = 12 * 3_600;

const queues = ({ heartbeat, retry }: Patience): readonly Omit<Queue, 'policy'>[] => [
  {
    name: DELIVER,
    retryLimit: RETRIES,
    retryDelay: retry,
    retryBackoff: true,
    expireInSeconds: LONGEST_JOB,
    heartbeatSeconds: heartbeat,
    retentionSeconds: 7 * DAY,
    deleteAfterSeconds: DAY,
  },
  { name: HOUSEKEEPING, retryLimit: 2, retryDelay: retry, expireInSeconds: LONGEST_JOB, retentionSeconds: DAY, deleteAfterSeconds: DAY },
  {
    name: BALANCE,
    retryLimit: 2,
    retryDelay: 15 * retry,
    expireInSeconds: LONGEST_BALANCE,
    heartbeatSeconds: heartbeat,
    retentionSeconds: DAY,
    deleteAfterSeconds: DAY,
  },
];

/** Makes the queue's tables, as the owner; call it within `exclusively`. */
export async function migrateJobs(ownerUrl: string): Promise<void> {
  const boss = new PgBoss({ connectionString: ownerUrl, schema: SCHEMA, max: 1, supervise: false, schedule: false });
  const problems: unknown[] = [];
  boss.on('error', (problem) => problems.push(problem));
  await boss.start();
  try {
    for (const { name, ...options } of queues(USUAL)) {
      if (await boss.getQueue(name)) await boss.updateQueue(name, options);
      else await boss.createQueue(name, options);
    }
  } finally {
    await boss.stop({ graceful: false });
  }
  if (problems.length) throw new Error('the tables of the queue could not be made', { cause: problems[0] });
}

/** What the application may do with the queue: everything that its work needs, and no change of its tables. */
export function jobGrants(app: string): string[] {
  const role = escapeIdentifier(app);
  return [
    `grant usage on schema ${SCHEMA} to ${role}`,
    `grant select, insert, update, delete on all tables in schema ${SCHEMA} to ${role}`,
    `grant usage on all sequences in schema ${SCHEMA} to ${role}`,
    `grant execute on all functions in schema ${SCHEMA} to ${role}`,
  ];
}

/** Opens the queue as the application. */
export async function openJobs(appUrl: string, report: (problem: unknown) => void, patience: Patience = USUAL): Promise<PgBoss> {
  const boss = new PgBoss({
    connectionString: appUrl,
    application_name: 'countersign jobs',
    schema: SCHEMA,
    max: 4,
    migrate: false,
    createSchema: false,
    superviseIntervalSeconds: patience.look,
    monitorIntervalSeconds: patience.look,
    // Rebuilding an index is its owner's affair.
    reindex: false,
  });
  boss.on('error', report);
  await boss.start();
  if (patience !== USUAL) for (const { name, ...options } of queues(patience)) await boss.updateQueue(name, options);
  return boss;
}
