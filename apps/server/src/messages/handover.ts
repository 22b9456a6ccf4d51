import type { PgBoss } from 'pg-boss';
import { summaryOf } from '@countersign/domain/messages/letter.rules';
import { CHANNELS, type Channel } from '@countersign/domain/messages/message.views';
import { DELIVER } from './jobs.ts';

/** Messages that one transaction hands over. */
const BATCH = 500;

/**
 * For so long after a message went out further ones that are alike wait, and go as one: by the same channel, to the same
 * address of the same person, of the same kind of notice and by the same person's doing. What no person did is limited where it is noticed.
 */
const GATHERED_FOR = "interval '10 minutes'";

/** One node at a time: two would each send the first of what is alike. */
const MY_TURN = "select pg_try_advisory_xact_lock(hashtextextended('messages are handed over', 0)) as mine";
const UNHANDED = `select m.id, m.channel, m.subject, m.body,
    case when n.actor_kind = 'user' and m.tells_of = 1 then concat_ws(' ', m.person_id, m.channel, m.subscription_id, m.address, n.kind, n.actor_id) end as alike
  from messages m left join notifications n on n.id = m.notification_id
  where m.status = 'waiting' and m.handed_at is null and m.not_before <= now() and m.channel = any($1) and not exists (
    select from messages before join notifications bn on bn.id = before.notification_id
    where before.person_id = m.person_id and before.handed_at > now() - ${GATHERED_FOR} and before.channel = m.channel
      and before.address is not distinct from m.address
      and before.subscription_id is not distinct from m.subscription_id and bn.kind = n.kind
      and n.actor_kind = 'user' and bn.actor_kind = 'user' and bn.actor_id = n.actor_id)
  order by m.created_at, m.id limit ${BATCH} for update of m skip locked`;
const HANDED = 'update messages set handed_at = now() where id = any($1)';
const SUMMED = "update messages set subject = $2, body = $3, tells_of = $4, path = '/notifications' where id = $1";
const GATHERED = "update messages set status = 'gathered', settled_at = now() where id = any($1)";
const KEPT = `update messages set status = 'kept', settled_at = now()
  where status = 'waiting' and handed_at is null and not_before <= now() and channel = any($1)`;

interface Unhanded {
  readonly id: string;
  readonly channel: Channel;
  readonly subject: string;
  readonly body: string;
  /** What it has in common with others that are alike; null for what is never gathered. */
  readonly alike: string | null;
}

/**
 * Gives the queue what is due in the outbox, each message once: job and note of it are one transaction, so that a node
 * that ends in between has done both or neither. What nothing could send is kept.
 */
export async function handOver(boss: PgBoss, sendable: readonly Channel[]): Promise<void> {
  await boss.getDb().executeSql(KEPT, [CHANNELS.filter((channel) => !sendable.includes(channel))]);
  while ((await handOverSome(boss, sendable)) === BATCH);
}

async function handOverSome(boss: PgBoss, sendable: readonly Channel[]): Promise<number> {
  const transaction = await begin(boss);
  try {
    const found = await unhanded(transaction.db, sendable);
    if (found.length) {
      const ids = [];
      for (const alike of Map.groupBy(found, (one) => one.alike ?? one.id).values()) ids.push(await asOne(transaction.db, alike));
      await boss.insert(
        DELIVER,
        ids.map((id) => ({ data: { id } })),
        { db: transaction.db },
      );
      await transaction.db.executeSql(HANDED, [ids]);
    }
    await transaction.commit();
    return found.length;
  } catch (problem) {
    await transaction.rollback();
    throw problem;
  }
}

type Database = ReturnType<PgBoss['getDb']>;

async function unhanded(db: Database, sendable: readonly Channel[]): Promise<readonly Unhanded[]> {
  const { rows: turn }: { rows: { mine: boolean }[] } = await db.executeSql(MY_TURN);
  if (!turn[0]?.mine) return [];
  const { rows }: { rows: Unhanded[] } = await db.executeSql(UNHANDED, [sendable]);
  return rows;
}

/** Makes the first of some that are alike tell of them all, and returns which one that is. */
async function asOne(db: Database, alike: readonly Unhanded[]): Promise<string> {
  const [first, ...others] = alike as [Unhanded, ...Unhanded[]];
  if (others.length) {
    const { subject, body } = summaryOf(first.channel, alike);
    await db.executeSql(SUMMED, [first.id, subject, body, alike.length]);
    await db.executeSql(GATHERED, [others.map(({ id }) => id)]);
  }
  return first.id;
}

function begin(boss: PgBoss) {
  const db = boss.getDb();
  if (!db.beginTransaction) throw new Error('the connections of the queue can begin no transaction');
  return db.beginTransaction();
}
