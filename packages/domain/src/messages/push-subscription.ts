import { defineEntity, p, type InferEntity } from '@mikro-orm/core';
import { audited, never, unaudited } from '@countersign/audit/policy';
import { now } from '../clock.ts';
import { User } from '../people/user.ts';

/** A browser that somebody allowed to show notices while no page of ours is open. Made and ended, never changed. */
export const PushSubscription = defineEntity({
  name: 'PushSubscription',
  tableName: 'push_subscriptions',
  indexes: [{ properties: ['person'] }],
  properties: {
    id: p
      .uuid()
      .primary()
      .onCreate(() => crypto.randomUUID()),
    person: () => p.manyToOne(User).deleteRule('cascade'),
    /** An address of the browser's maker: whoever knows it can try to send. */
    endpoint: p.string().length(1000).unique(),
    /** The browser's key, and the secret that it shares with us: what is sent is readable there and nowhere else. */
    p256dh: p.string().length(100),
    auth: p.string().length(50),
    /** What the person knows it by: `Firefox on Linux`. */
    browser: p.string().length(100),
    createdAt: p.datetime(3).onCreate(now).defaultRaw('now()'),
  },
});
export type PushSubscription = InferEntity<typeof PushSubscription>;

export const pushSubscriptionAudit = audited(PushSubscription, {
  area: 'people',
  label: 'Push subscription',
  title: () => 'Push subscription',
  subject: (row) => row.person ?? null,
  carries: ['person'],
  fields: {
    id: never('the key, which every event names as its target'),
    person: never('the subject, which every event names'),
    endpoint: never('an address that is a secret'),
    p256dh: never('a key'),
    auth: never('a secret'),
    browser: never('stands with the event itself, protected: what was used to do it'),
    createdAt: never('the time of the event of the creation'),
  },
  actions: {
    vocabulary: {
      push_allowed: { label: 'Push allowed', description: 'Somebody had a browser show notices.' },
      push_ended: { label: 'Push ended', description: 'A browser shows notices no longer.' },
    },
    general: ({ operation }) => (operation === 'delete' ? 'push_ended' : 'push_allowed'),
  },
});

/** The key pair by which push services know this server (VAPID). One row, shared by all nodes. */
export const PushKey = defineEntity({
  name: 'PushKey',
  tableName: 'push_keys',
  checks: [{ name: 'push_keys_only_one', expression: 'id = 1' }],
  properties: {
    id: p.smallint().primary().autoincrement(false),
    publicKey: p.string().length(100),
    privateKey: p.string().length(100),
    /** Whether this server sends any at present. */
    active: p.boolean().default(true),
    createdAt: p.datetime(3).onCreate(now).defaultRaw('now()'),
  },
});
export type PushKey = InferEntity<typeof PushKey>;

export const pushKeyAudit = unaudited(PushKey, "the server's own secret, made at the first start or taken from its settings");
