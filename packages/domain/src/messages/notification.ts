import { defineEntity, p, type InferEntity } from '@mikro-orm/core';
import { unaudited } from '@countersign/audit/policy';
import { now } from '../clock.ts';
import { User } from '../people/user.ts';

/** A line below the title of a notice: `Reason`, and what it is. */
export interface Detail {
  readonly label: string;
  readonly text: string;
}

/**
 * That somebody is told of something, in the app. Made in the transaction of what it tells of. `number` counts a
 * person's notices 1, 2, 3 … without gaps, in the order of the commits: a trigger draws it as the last act of the transaction;
 * until then it is below zero. Whoever has read up to *n* never finds something new at or below it.
 */
export const Notification = defineEntity({
  name: 'Notification',
  tableName: 'notifications',
  uniques: [{ name: 'notifications_number_unique', properties: ['person', 'number'] }],
  indexes: [
    { properties: ['topic', 'createdAt'] },
    { name: 'notifications_drafts', expression: 'create index notifications_drafts on notifications (person_id) where number < 0' },
  ],
  properties: {
    id: p
      .uuid()
      .primary()
      .onCreate(() => crypto.randomUUID()),
    person: () => p.manyToOne(User).deleteRule('cascade'),
    number: p.integer().defaultRaw('0'),
    kind: p.string().length(60),
    /** The record that it is about; null where there is none. */
    rootType: p.string().length(60).nullable(),
    rootId: p.string().length(100).nullable(),
    /** The change set that it tells of. */
    changeId: p.uuid().nullable(),
    /** Who did it. The name is looked up when it is read: it stands here for nobody to find. */
    actorKind: p.string().length(20),
    actorId: p.string().length(100).nullable(),
    title: p.string().length(200),
    details: p.json<readonly Detail[]>(),
    /** Where it leads, on this server. */
    path: p.string().length(300).nullable(),
    /** Of an alert: what keeps the same one from being told again and again. */
    topic: p.string().length(100).nullable(),
    createdAt: p.datetime(3).onCreate(now).defaultRaw('now()'),
    readAt: p.datetime(3).nullable(),
  },
});
export type Notification = InferEntity<typeof Notification>;

export const notificationAudit = unaudited(Notification, 'tells somebody of a change that is recorded itself');

/**
 * How far somebody's notices go, and how often some were read. Kept by triggers. Open pages compare it with what they
 * show: one look tells whether there is anything new for any of them.
 */
export const NotificationCounter = defineEntity({
  name: 'NotificationCounter',
  tableName: 'notification_counters',
  properties: {
    person: () => p.oneToOne(User).owner().primary().deleteRule('cascade'),
    last: p.integer().default(0),
    reads: p.integer().default(0),
  },
});
export type NotificationCounter = InferEntity<typeof NotificationCounter>;

export const notificationCounterAudit = unaudited(NotificationCounter, 'counts notices, which tell of recorded changes');
