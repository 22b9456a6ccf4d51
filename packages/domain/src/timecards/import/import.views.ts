import { z } from 'zod';
import { day, instant } from '../../day.views.ts';
import { reason } from '../timecard.views.ts';
import { COLUMN_FIELDS, ROW_KINDS } from './columns.rules.ts';
import { DELIMITERS } from './dialect.rules.ts';
import { ENCODINGS } from './encoding.rules.ts';
import { NEW_CARDS, OUTCOMES } from './placing.rules.ts';
import { UPLOAD_STATUSES } from './upload.ts';

const id = z.uuid();

const layout = {
  encoding: z.enum(ENCODINGS),
  delimiter: z.enum(DELIMITERS),
  /** The line of the file with the headings, from 1; 0 where there are none. */
  headingLine: z.number().int().min(0).max(100),
};

const mapping = {
  rows: z.enum(ROW_KINDS),
  /** What each column holds, in their order; null for one that isn't read. */
  columns: z.array(z.enum(COLUMN_FIELDS).nullable()).max(200),
  /** The site of lines that name none. */
  site: id.nullable(),
  /** The period of cards that have to be made. */
  newCards: z.enum(NEW_CARDS),
};

const count = z.number().int();

/** An uploaded file: how it is read, and what importing it would do. */
export const uploadView = z.object({
  id,
  fileName: z.string(),
  bytes: count,
  status: z.enum(UPLOAD_STATUSES),
  layout: z.object({ ...layout, ...mapping }).nullable(),
  /** What keeps it from being read in this way, in sentences. */
  missing: z.array(z.string()),
  beginning: z
    .object({ headings: z.array(z.string()), samples: z.array(z.object({ line: count, cells: z.array(z.string()) })) })
    .nullable(),
  counts: z
    .object({
      lines: count,
      repeated: count,
      people: count,
      create: count,
      change: count,
      unchanged: count,
      locked: count,
      problems: count,
      newCards: count,
      changedCards: count,
      from: day.nullable(),
      to: day.nullable(),
    })
    .nullable(),
  /** From 0 to 1 while it is being read or imported; null otherwise. */
  progress: z.number().nullable(),
  importId: id.nullable(),
  expiresAt: instant,
});

const times = { checkIn: instant.nullable(), checkOut: instant.nullable(), breakStart: instant.nullable(), breakEnd: instant.nullable() };
const named = z.object({ id, name: z.string() });

export const uploadShiftView = z.object({
  n: count,
  lines: z.array(count),
  person: named,
  site: named,
  timeZone: z.string(),
  workDate: day,
  ...times,
  /** What stands on the card now. */
  before: z.object(times).nullable(),
  outcome: z.enum(OUTCOMES),
  card: id.nullable(),
  message: z.string().nullable(),
});
export const uploadShiftPage = z.object({ data: z.array(uploadShiftView), total: count });

export const uploadProblemPage = z.object({
  data: z.array(z.object({ line: count, column: z.string().nullable(), message: z.string() })),
  total: count,
});

/** A file that was imported. */
export const importView = z.object({
  id,
  changeId: id,
  fileName: z.string(),
  sha256: z.string(),
  lines: count,
  shiftsCreated: count,
  shiftsChanged: count,
  shiftsUnchanged: count,
  shiftsLocked: count,
  timecardsCreated: count,
  timecardsChanged: count,
  createdAt: instant,
});

const page = {
  limit: z.coerce.number().int().min(1).max(500).default(50),
  offset: z.coerce.number().int().min(0).max(1_000_000).default(0),
};

export const uploadInput = z.strictObject({ id });
export const lookInput = z.strictObject({
  id,
  encoding: layout.encoding.optional(),
  delimiter: layout.delimiter.optional(),
  headingLine: layout.headingLine.optional(),
});
/** What is left out stays as it was found or chosen before. */
export const readInput = z.strictObject({
  id,
  rows: mapping.rows.optional(),
  columns: mapping.columns.optional(),
  site: mapping.site.optional(),
  newCards: mapping.newCards.optional(),
});
export const confirmInput = z.strictObject({ id, reason, leaveLocked: z.boolean().default(false) });
export const uploadShiftsInput = z.strictObject({ id, outcome: z.enum(OUTCOMES).optional(), ...page });
export const uploadProblemsInput = z.strictObject({ id, ...page });
