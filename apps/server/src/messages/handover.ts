import type { PgBoss } from 'pg-boss';
import { CHANNELS, type Channel } from '@countersign/domain/messages/message.views';
import { DELIVER } from './jobs.ts';

/** Messages that one transaction hands over. */
const BATCH = 500;

const UNHANDED = `select id, not_before from messages where status = 'waiting' and handed_at is null and channel = any($1)
  order by created_at limit ${BATCH} for update skip locked`;
const HANDED = 'update messages set handed_at = now() where id = any($1)';
const KEPT = `update messages set status = 'kept', settled_at = now()
  where status = 'waiting' and handed_at is null and not_before <= now() and channel = any($1)`;

interface Unhanded {
  readonly id: string;
  readonly not_before: Date;
}

/**
 * Gives the queue what waits in the outbox, each message once: job and note of it are one transaction, so that a node
 * that ends in between has done both or neither, and two nodes never take the same. What nothing could send is kept.
 */
export async function handOver(boss: PgBoss, sendable: readonly Channel[]): Promise<void> {
  await boss.getDb().executeSql(KEPT, [CHANNELS.filter((channel) => !sendable.includes(channel))]);
  while ((await handOverSome(boss, sendable)) === BATCH);
}

async function handOverSome(boss: PgBoss, sendable: readonly Channel[]): Promise<number> {
  const transaction = await begin(boss);
  try {
    const { rows }: { rows: Unhanded[] } = await transaction.db.executeSql(UNHANDED, [sendable]);
    if (rows.length) {
      const jobs = rows.map(({ id, not_before }) => ({ data: { id }, startAfter: not_before }));
      await boss.insert(DELIVER, jobs, { db: transaction.db });
      await transaction.db.executeSql(HANDED, [rows.map(({ id }) => id)]);
    }
    await transaction.commit();
    return rows.length;
  } catch (problem) {
    await transaction.rollback();
    throw problem;
  }
}

function begin(boss: PgBoss) {
  const db = boss.getDb();
  if (!db.beginTransaction) throw new Error('the connections of the queue can begin no transaction');
  return db.beginTransaction();
}
