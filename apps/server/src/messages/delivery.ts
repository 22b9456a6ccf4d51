import type { EntityManager } from '@mikro-orm/postgresql';
import { job, withContext } from '@countersign/audit/context';
import { record } from '@countersign/audit/record';
import { Message } from '@countersign/domain/messages/message';
import { notificationSent } from '@countersign/domain/messages/message-actions';
import type { Channel } from '@countersign/domain/messages/message.views';
import { drawPath, isOpen } from '@countersign/domain/people/one-time-link';
import { PushSubscription } from '@countersign/domain/messages/push-subscription';
import { type Port, Undeliverable } from './port.ts';

/** How each channel is sent; one that is missing is set up nowhere. */
export type Ports = Partial<Readonly<Record<Channel, Port>>>;

export interface Attempt {
  readonly id: string;
  /** Whether it is given up when this attempt fails. */
  readonly last: boolean;
}

/** Messages that are older than this when their turn comes are news no longer. Milliseconds. */
const TOO_OLD = 3 * 24 * 3_600_000;

/**
 * Sends one message and writes down what came of it. Does nothing with one that is settled: a job may come twice.
 * @throws whatever kept it from being sent, where it is to be tried again.
 */
export async function deliver(em: EntityManager, ports: Ports, { id, last }: Attempt): Promise<void> {
  const message = await em.findOne(Message, { id, status: 'waiting' }, { populate: ['person', 'subscription', 'link'] });
  if (!message) return;
  const port = ports[message.channel];
  if (!port) return settle(em, message, 'kept');
  if (Date.now() - message.notBefore.getTime() > TOO_OLD) return settle(em, message, 'failed', 'It was too old when its turn came.');
  if (message.link && !isOpen(message.link)) return settle(em, message, 'failed', 'Its link was withdrawn, was used, or has expired.');
  if (message.person.disabledAt && !message.link) return settle(em, message, 'failed', 'The account was disabled before it was sent.');
  message.attempts += 1;
  const path = message.link ? drawPath(message.link) : (message.path ?? null);
  // Before it is sent: of an attempt that ended with its node nobody else could tell, and a link must open once it arrives.
  await em.flush();
  try {
    await port({ ...parcelOf(message), path, id });
  } catch (problem) {
    return failed(em, message, { problem, last });
  }
  await settle(em, message, 'sent');
}

const parcelOf = ({ address, subject, body, urgent, subscription }: Message) => ({
  address: address ?? null,
  browser: subscription ? { endpoint: subscription.endpoint, p256dh: subscription.p256dh, auth: subscription.auth } : null,
  subject,
  body,
  urgent,
});

async function settle(em: EntityManager, message: Message, status: 'sent' | 'kept' | 'failed', error: string | null = null): Promise<void> {
  em.assign(message, { status, settledAt: new Date(), lastError: error });
  if (status === 'kept') return em.flush();
  await withContext({ actor: job('messages'), channel: 'job' }, () =>
    em.transactional(async (tx) => {
      await tx.flush();
      await record(tx, notificationSent, {
        target: { type: 'Message', id: message.id, label: LABELS[message.channel] },
        subject: message.person.id,
        scopes: [],
        metadata: { channel: message.channel, delivery_status: status, attempts: message.attempts },
      });
    }),
  );
}

const LABELS: Readonly<Record<Channel, string>> = { mail: 'Mail', sms: 'Text message', push: 'Push' };

/** Characters of a failure that are kept. */
const LONGEST_ERROR = 500;

async function failed(em: EntityManager, message: Message, { problem, last }: { problem: unknown; last: boolean }): Promise<void> {
  const words = (problem instanceof Error ? problem.message : String(problem)).slice(0, LONGEST_ERROR);
  const hopeless = problem instanceof Undeliverable;
  if (hopeless && problem.gone && message.subscription) await takeOff(em, message.subscription.id);
  if (hopeless || last) return settle(em, message, 'failed', words);
  message.lastError = words;
  await em.flush();
  throw problem;
}

/** A browser that takes no more is taken off, as if its person had done so. */
async function takeOff(em: EntityManager, id: string): Promise<void> {
  await withContext({ actor: job('messages') }, async () => {
    const context = em.fork();
    const subscription = await context.findOne(PushSubscription, { id });
    if (subscription) await context.remove(subscription).flush();
  });
}
