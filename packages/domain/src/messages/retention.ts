import type { EntityManager } from '@mikro-orm/postgresql';
import { now } from '../clock.ts';
import { forgetOldLinks } from '../people/one-time-link.ts';
import { Message } from './message.ts';
import { Notification } from './notification.ts';

const DAY = 24 * 3_600_000;

/** Days for which messages are kept once they are settled, and notices once they were made. */
const MESSAGES_KEPT = 90;
const NOTICES_KEPT = 400;
/** Days after which a message that is still under way has been lost by the queue. */
const LOST_AFTER = 2;

const before = (days: number) => new Date(now().getTime() - days * DAY);

/**
 * Deletes what is too old to be of use, and gives up what has been under way for too long, so that somebody sees it: for
 * a job to call now and then. Returns how many there were.
 */
export async function forgetOldMessages(em: EntityManager): Promise<number> {
  const context = em.fork();
  const lost = { status: 'waiting', handedAt: { $lt: before(LOST_AFTER) }, notBefore: { $lt: before(LOST_AFTER) } } as const;
  const givenUp = await context.nativeUpdate(Message, lost, {
    status: 'failed',
    settledAt: now(),
    lastError: 'It was under way for two days.',
  });
  const messages = await context.nativeDelete(Message, { settledAt: { $lt: before(MESSAGES_KEPT) } });
  const notices = await context.nativeDelete(Notification, { createdAt: { $lt: before(NOTICES_KEPT) } });
  return givenUp + messages + notices + (await forgetOldLinks(em));
}
