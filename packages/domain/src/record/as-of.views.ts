import { z } from 'zod';
import { instant } from '../day.views.ts';
import { recordView, someoneView, valueView } from './record.views.ts';

/** `Timecard:…`: an entity's name and a key. */
const recordText = z
  .string()
  .max(500)
  .regex(/^\w+:.+$/, 'A record is needed, such as Timecard:0d2f….');

export const asOfInput = z
  .strictObject({
    /** Which record: with everything that stands under it, or for itself. */
    root: recordText.optional(),
    target: recordText.optional(),
    /** The moment, inclusive: by time or by place in the log. Neither is now. */
    at: instant.optional(),
    position: z.coerce.number().int().min(1).optional(),
  })
  .refine(({ root, target }) => (root === undefined) !== (target === undefined), {
    path: ['root'],
    message: 'Name either a root or a target.',
  })
  .refine(({ at, position }) => at === undefined || position === undefined, {
    path: ['at'],
    message: 'Name either an instant or a position.',
  });

export const momentsInput = z.strictObject({ root: recordText });

/** One field as it stood. Exactly one of four things is known of it. */
const fieldView = z.object({
  /** The field's name as data; of JSON and embedded objects with a path. */
  name: z.string(),
  label: z.string(),
  kind: z.string(),
  /** Of an enum: what to show for each value. */
  values: z.record(z.string(), z.string()).nullable(),
  /** `known`: `value` is what stood there, null for nothing. `hidden`: you may not see it. `unknown`: it can't be told. `unrecorded`: it was set before the record began. */
  state: z.enum(['known', 'hidden', 'unknown', 'unrecorded']),
  /** Exact text; of a value too large to be kept its beginning, length and SHA-256. */
  value: valueView,
});
export type FieldAsOfView = z.input<typeof fieldView>;

/** A field in which the record and the present columns differ; no field where they differ about whether there is a row at all. */
const disagreementView = z.object({
  record: recordView,
  field: z.string().nullable(),
  label: z.string().nullable(),
  recorded: valueView,
  present: z.string().nullable(),
});

const momentOfEvent = z.object({ position: z.number().int(), changeId: z.string(), at: z.string(), action: z.string(), by: someoneView });

const asOfRecord = z.object({
  record: recordView,
  entity: z.string(),
  workDate: z.string().nullable(),
  deleted: z.boolean(),
  /** Whether its creation is recorded: else fields that nobody changed since are `unrecorded`. */
  complete: z.boolean(),
  latest: momentOfEvent,
  fields: z.array(fieldView),
});
export type AsOfRecord = z.input<typeof asOfRecord>;

/** a record as it stood, for people. What it is now its own page and queries say, never this. */
export const asOfView = z.object({
  /** `none`: nobody had made it by then. */
  state: z.enum(['none', 'present', 'deleted']),
  moment: z.object({
    /** Whether this is the latest that there is; else it is the past. */
    now: z.boolean(),
    /** What was asked for. */
    at: z.string().nullable(),
    position: z.number().int().nullable(),
    /** The latest event that counts, and when it was. */
    latest: momentOfEvent.nullable(),
    /** The log's end when it was read. */
    head: z.number().int(),
  }),
  /** The record itself first, its parts after it by their days. */
  records: z.array(asOfRecord),
  /** Names of the people whom the record concerns, and of its sites, by id. */
  names: z.record(z.string(), z.string()),
  /** As of now only: whether the present columns say the same, and where not. */
  agreement: z.object({ agrees: z.boolean(), differences: z.array(disagreementView) }).nullable(),
});
export type AsOfView = z.input<typeof asOfView>;

/** One change set of a record, as a place where one can stand and look. */
const momentView = z.object({
  /** Of its last event: as of this position the record is what the change set left. */
  position: z.number().int(),
  changeId: z.string(),
  at: z.string(),
  by: someoneView,
  actions: z.array(z.string()),
  reason: z.string().nullable(),
  fields: z.number().int(),
  afterApproval: z.boolean(),
  /** The change set that it undid, and the one that undid it. */
  undoes: z.string().nullable(),
  undoneBy: z.string().nullable(),
});
export type MomentView = z.input<typeof momentView>;

/** Every change set of a record, oldest first. */
export const momentsView = z.object({ moments: z.array(momentView), head: z.number().int() });
