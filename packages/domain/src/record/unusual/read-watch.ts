import { defineEntity, p, type InferEntity } from '@mikro-orm/core';
import { unaudited } from '@countersign/audit/policy';
import type { RecordedFilter } from '../reading/recorded-filter.rules.ts';

/** How far the log was looked through for what is unusual: one row. Whoever holds it looks; it moves with what was found, or not at all. */
export const ReadWatch = defineEntity({
  name: 'ReadWatch',
  tableName: 'read_watch',
  properties: { id: p.integer().primary().autoincrement(false), position: p.bigint('number') },
});
export type ReadWatch = InferEntity<typeof ReadWatch>;

export const readWatchAudit = unaudited(ReadWatch, 'says how far the log was looked through');

/** A reading event of the last day: what the log says as well, where it can be counted. Forgotten after a day. */
export const ReadTrace = defineEntity({
  name: 'ReadTrace',
  tableName: 'read_traces',
  indexes: [{ properties: ['reader', 'lastAt'] }, { properties: ['lastAt'] }],
  properties: {
    position: p.bigint('number').primary().autoincrement(false),
    reader: p.uuid(),
    view: p.string().length(20),
    firstAt: p.datetime(3),
    lastAt: p.datetime(3),
    times: p.integer(),
    rows: p.integer(),
    ofOthers: p.integer(),
    people: p.integer(),
    records: p.json<readonly string[]>(),
    label: p.string().length(300).nullable(),
    exported: p.integer(),
    areas: p.json<readonly string[]>(),
    filter: p.json<RecordedFilter>().nullable(),
  },
});
export type ReadTrace = InferEntity<typeof ReadTrace>;

export const readTraceAudit = unaudited(ReadTrace, 'says what an event of the log says, for a day');

/** How somebody read on one day of their clock: what is usual for them is learned from it. Forgotten after five weeks. */
export const ReadHabit = defineEntity({
  name: 'ReadHabit',
  tableName: 'read_habits',
  indexes: [{ properties: ['day'] }],
  properties: {
    reader: p.uuid().primary(),
    day: p.date().primary(),
    hours: p.json<readonly number[]>(),
    records: p.integer(),
    rows: p.integer(),
    people: p.integer(),
    exported: p.integer(),
    areas: p.json<readonly string[]>(),
    /** What was noticed on it, by id: until each of these is explained as right, the day is no habit. */
    alerts: p.json<readonly string[]>(),
    /** Something was unusual about it of which nobody was told, since it came to be known too late. */
    setAside: p.boolean(),
  },
});
export type ReadHabit = InferEntity<typeof ReadHabit>;

export const readHabitAudit = unaudited(ReadHabit, 'adds up what events of the log say');
