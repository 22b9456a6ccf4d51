import { defineEntity, p, type InferEntity } from '@mikro-orm/core';
import { unaudited } from '@countersign/audit/policy';
import { now } from '../clock.ts';
import { OneTimeLink } from '../people/one-time-link.ts';
import { User } from '../people/user.ts';
import { CHANNELS, MESSAGE_STATUSES } from './message.views.ts';
import { Notification } from './notification.ts';
import { PushSubscription } from './push-subscription.ts';

/**
 * A message to one person by one channel: the outbox. Made in the transaction of what it tells of, and the only truth
 * about whether it was sent; what carries it there may be lost and begun anew.
 */
export const Message = defineEntity({
  name: 'Message',
  tableName: 'messages',
  checks: [
    { name: 'messages_settled_with_time', expression: "(status = 'waiting') = (settled_at is null)" },
    { name: 'messages_push_has_no_address', expression: "(channel = 'push') = (address is null)" },
    { name: 'messages_subject_is_one_line', expression: "subject !~ '[[:cntrl:]]'" },
  ],
  indexes: [{ properties: ['status', 'handedAt'] }, { properties: ['createdAt'] }, { properties: ['person', 'handedAt'] }],
  properties: {
    id: p
      .uuid()
      .primary()
      .onCreate(() => crypto.randomUUID()),
    person: () => p.manyToOne(User).deleteRule('cascade'),
    notification: () => p.manyToOne(Notification).nullable().deleteRule('set null'),
    channel: p.enum(CHANNELS),
    /** The mail address or telephone number at that time. */
    address: p.string().length(254).nullable(),
    /** The browser; none where it has been given up since. */
    subscription: () => p.manyToOne(PushSubscription).nullable().deleteRule('set null'),
    /** One line. */
    subject: p.string().length(300),
    /** Without the link, which rests on where this server is found when it is sent. */
    body: p.text(),
    path: p.string().length(300).nullable(),
    /** What it opens without signing in; its token is drawn when the message is sent, and stands nowhere before. */
    link: () => p.manyToOne(OneTimeLink).nullable().deleteRule('set null'),
    urgent: p.boolean().default(false),
    status: p.enum(MESSAGE_STATUSES).default('waiting'),
    /** not sent before, for the sake of quiet hours. */
    notBefore: p.datetime(3),
    /** When it was given to the queue; null until then. */
    handedAt: p.datetime(3).nullable(),
    /** How many notices it tells of. */
    tellsOf: p.integer().default(1),
    attempts: p.integer().default(0),
    lastError: p.text().nullable(),
    createdAt: p.datetime(3).onCreate(now).defaultRaw('now()'),
    /** When it was sent, kept, gathered or given up. */
    settledAt: p.datetime(3).nullable(),
  },
});
export type Message = InferEntity<typeof Message>;

export const messageAudit = unaudited(Message, 'tells somebody of a change that is recorded itself, and is its own record');
