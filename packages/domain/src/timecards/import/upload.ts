import { defineEntity, p, type InferEntity } from '@mikro-orm/core';
import { unaudited } from '@countersign/audit/policy';
import { now } from '../../clock.ts';
import { User } from '../../people/user.ts';
import type { Sheet } from '../hours.rules.ts';
import { PUNCH_KINDS } from './columns.rules.ts';
import type { Beginning, Layout, ReadCounts } from './layout.ts';
import { OUTCOMES } from './placing.rules.ts';

/**
 * Where an upload stands: its bytes are still coming; it lies there and can be looked at; it was read, and what it would
 * do is known; or it has done it.
 */
export const UPLOAD_STATUSES = ['receiving', 'received', 'read', 'imported'] as const;

/** How long an upload is kept. Milliseconds. */
export const KEPT = 24 * 3_600_000;

/**
 * A file that somebody uploaded and may import: kept as it came, so that it can be read in another way without being
 * uploaded again, and shown before anything is done. It is gone after a day.
 */
export const TimecardUpload = defineEntity({
  name: 'TimecardUpload',
  tableName: 'timecard_uploads',
  indexes: [{ properties: ['owner'] }],
  properties: {
    id: p
      .uuid()
      .primary()
      .onCreate(() => crypto.randomUUID()),
    /** Who uploaded it: nobody else sees it. */
    owner: () => p.manyToOne(User).deleteRule('cascade'),
    fileName: p.string().length(255),
    status: p.enum(UPLOAD_STATUSES),
    bytes: p.integer().default(0),
    /** In hex; null until all of it is there. */
    sha256: p.string().length(64).nullable(),
    layout: p.json<Layout>().nullable(),
    beginning: p.json<Beginning>().nullable(),
    counts: p.json<ReadCounts>().nullable(),
    /** Thousandths of what is being done with it at the moment; null while nothing is. */
    progress: p.integer().nullable(),
    importId: p.uuid().nullable(),
    createdAt: p.datetime(3).onCreate(now),
    expiresAt: p.datetime(3).onCreate(() => new Date(now().getTime() + KEPT)),
  },
});
export type TimecardUpload = InferEntity<typeof TimecardUpload>;

/** A piece of an uploaded file, as it came. */
export const UploadChunk = defineEntity({
  name: 'UploadChunk',
  tableName: 'timecard_upload_chunks',
  properties: {
    upload: () => p.manyToOne(TimecardUpload).primary().deleteRule('cascade'),
    n: p.integer().primary(),
    bytes: p.blob(),
  },
});
export type UploadChunk = InferEntity<typeof UploadChunk>;

/** A line that was understood: a punch or a shift. Kept here rather than in memory until all of a person's lines are known. */
export const UploadRow = defineEntity({
  name: 'UploadRow',
  tableName: 'timecard_upload_rows',
  indexes: [{ properties: ['upload', 'person', 'at'] }],
  properties: {
    upload: () => p.manyToOne(TimecardUpload).primary().deleteRule('cascade'),
    line: p.integer().primary(),
    person: p.uuid(),
    site: p.uuid(),
    kind: p.enum([...PUNCH_KINDS, 'shift']),
    workDate: p.date().nullable(),
    at: p.datetime(3),
    checkOut: p.datetime(3).nullable(),
    breakStart: p.datetime(3).nullable(),
    breakEnd: p.datetime(3).nullable(),
  },
});
export type UploadRow = InferEntity<typeof UploadRow>;

/** A shift that the file tells, and what importing it would do. */
export const UploadShift = defineEntity({
  name: 'UploadShift',
  tableName: 'timecard_upload_shifts',
  indexes: [{ properties: ['upload', 'person'] }, { properties: ['upload', 'outcome', 'n'] }],
  properties: {
    upload: () => p.manyToOne(TimecardUpload).primary().deleteRule('cascade'),
    n: p.integer().primary(),
    person: p.uuid(),
    site: p.uuid(),
    workDate: p.date(),
    checkIn: p.datetime(3),
    checkOut: p.datetime(3).nullable(),
    breakStart: p.datetime(3).nullable(),
    breakEnd: p.datetime(3).nullable(),
    /** Of the file, the one of the check-in first. */
    lines: p.json<readonly number[]>(),
    outcome: p.enum(OUTCOMES),
    /** The card that it goes to, and the version of it that was looked at; null for a new one. */
    card: p.uuid().nullable(),
    cardVersion: p.integer().nullable(),
    /** The day's times on that card. */
    before: p.json<Sheet>().nullable(),
    message: p.text().nullable(),
  },
});
export type UploadShift = InferEntity<typeof UploadShift>;

/** What is wrong with a line of the file. */
export const UploadProblem = defineEntity({
  name: 'UploadProblem',
  tableName: 'timecard_upload_problems',
  properties: {
    upload: () => p.manyToOne(TimecardUpload).primary().deleteRule('cascade'),
    n: p.integer().primary(),
    line: p.integer(),
    column: p.text().name('column_name').nullable(),
    message: p.text(),
  },
});
export type UploadProblem = InferEntity<typeof UploadProblem>;

const STAGED = 'what is uploaded has no effect until it is imported, and then every change is recorded; it is gone after a day';

export const uploadAudit = [TimecardUpload, UploadChunk, UploadRow, UploadShift, UploadProblem].map((entity) => unaudited(entity, STAGED));
