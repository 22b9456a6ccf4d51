import { defineEntity, p, type InferEntity } from '@mikro-orm/core';
import type { Channel } from '@countersign/audit/entry';
import { unaudited } from '@countersign/audit/policy';
import type { Viewed } from './read-view.rules.ts';
import type { How } from './window.rules.ts';

/** AUD-29: reads of one view by one person that will be one event, while they are counted. */
export const ReadingWindow = defineEntity({
  name: 'ReadingWindow',
  tableName: 'reading_windows',
  uniques: [{ properties: ['reader', 'impersonator', 'view', 'record'] }],
  indexes: [{ properties: ['closesAt'] }],
  properties: {
    id: p
      .uuid()
      .primary()
      .onCreate(() => crypto.randomUUID()),
    reader: p.uuid(),
    /** Empty for nobody, since what isn't there differs from itself in a unique index. */
    impersonator: p.string().length(36),
    view: p.string().length(20).$type<Viewed>(),
    /** `Type:id`; empty for no certain one. */
    record: p.string().length(200),
    minutes: p.integer(),
    openedAt: p.datetime(3),
    lastAt: p.datetime(3),
    closesAt: p.datetime(3),
    /** 0: closed, its event is written. The row stays a while, so that the next window knows that it goes on. */
    times: p.integer(),
    rows: p.integer(),
    ofOthers: p.integer(),
    people: p.json<readonly string[]>(),
    filters: p.json<readonly How[]>(),
    moreFilters: p.integer(),
    channel: p.string().length(20).$type<Channel>(),
    /** Of the first read, while it is open. */
    ipAddress: p.string().length(64).nullable(),
    userAgent: p.string().length(300).nullable(),
  },
});
export type ReadingWindow = InferEntity<typeof ReadingWindow>;

export const readingWindowAudit = unaudited(ReadingWindow, 'each window becomes an event of its own when it closes');
