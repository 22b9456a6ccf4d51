import { z } from 'zod';
import { day, instant } from '../day.views.ts';

/** The states of a timecard. */
export const TIMECARD_STATUSES = ['draft', 'submitted', 'approved', 'rejected'] as const;
export type TimecardStatus = (typeof TIMECARD_STATUSES)[number];

const id = z.uuid();
/** Decimal hours as exact text, such as `8.50`. */
export const hours = z.string().regex(/^\d+\.\d{2}$/);

const person = z.object({ id, name: z.string() });
const site = z.object({ id, name: z.string(), timeZone: z.string() });

/** One day of a card of a period. */
export const timecardEntryView = z.object({
  id,
  workDate: day,
  dailyCheckIn: instant.nullable(),
  dailyCheckOut: instant.nullable(),
  dailyBreakStart: instant.nullable(),
  dailyBreakEnd: instant.nullable(),
  dailyTotalHours: hours.nullable(),
  /** Times this day's times were changed after they were first recorded. */
  edits: z.number().int(),
});

const summary = {
  id,
  version: z.number().int(),
  status: z.enum(TIMECARD_STATUSES),
  person,
  site,
  timeZone: z.string(),
  periodStart: day,
  periodEnd: day,
  /** Names the record: `Week of 2 Nov 2026`, `3 Nov 2026`. */
  label: z.string(),
  totalHours: hours.nullable(),
  overtimeHours: hours.nullable(),
  manuallyEdited: z.boolean(),
  editedAfterApproval: z.boolean(),
  updatedAt: instant,
};

export const timecardSummary = z.object(summary);

/** What the caller may do with a card now; where not, the reason in words. */
const may = z.object({ allowed: z.boolean(), reason: z.string().nullable() });

export const timecardView = z.object({
  ...summary,
  checkInTime: instant.nullable(),
  checkOutTime: instant.nullable(),
  breakStartTime: instant.nullable(),
  breakEndTime: instant.nullable(),
  /** Minutes of break. */
  breakDuration: z.number().int().nullable(),
  /** Null where there is none, and for whoever may not see it: then `hidden` names it. */
  adminNotes: z.string().nullable(),
  hidden: z.array(z.string()),
  rejectionReason: z.string().nullable(),
  /** Of a rejected card: the fields that the rejection names, `check_out_time` or `entries.2026-11-03.daily_check_out`. */
  fieldsToMend: z.array(z.string()),
  entries: z.array(timecardEntryView),
  actions: z.object({ edit: may, submit: may, approve: may, reject: may, delete: may }),
});

/** Times that can be typed on a card of one day, and on the entries of a card of a period. */
export const headerTimes = {
  checkInTime: instant.nullable().meta({ title: 'Check In Time', 'x-kind': 'time' }),
  checkOutTime: instant.nullable().meta({ title: 'Check Out Time', 'x-kind': 'time' }),
  breakStartTime: instant.nullable().meta({ title: 'Break Start Time', 'x-kind': 'time' }),
  breakEndTime: instant.nullable().meta({ title: 'Break End Time', 'x-kind': 'time' }),
};

export const entryInput = z.strictObject({
  workDate: day.meta({ title: 'Day', 'x-kind': 'date' }),
  dailyCheckIn: instant.nullable().optional().meta({ title: 'Daily Check In', 'x-kind': 'time' }),
  dailyCheckOut: instant.nullable().optional().meta({ title: 'Daily Check Out', 'x-kind': 'time' }),
  dailyBreakStart: instant.nullable().optional().meta({ title: 'Daily Break Start', 'x-kind': 'time' }),
  dailyBreakEnd: instant.nullable().optional().meta({ title: 'Daily Break End', 'x-kind': 'time' }),
  /** Takes the day off the card. */
  remove: z.boolean().optional().meta({ title: 'Remove this day', 'x-kind': 'boolean' }),
});

export const reason = z.string().trim().min(3).max(500).meta({ title: 'Reason', 'x-kind': 'text' });

/** What an edit may change; an absent field stays as it is, null empties it, an entry that isn't named stays. */
export const timecardEdit = {
  checkInTime: headerTimes.checkInTime.optional(),
  checkOutTime: headerTimes.checkOutTime.optional(),
  breakStartTime: headerTimes.breakStartTime.optional(),
  breakEndTime: headerTimes.breakEndTime.optional(),
  adminNotes: z.string().max(4000).nullable().optional().meta({ title: 'Admin Notes', 'x-kind': 'longtext' }),
  entries: z.array(entryInput).max(366).optional().meta({ title: 'Days' }),
};

/** Which card, and the version on which the caller's decision rests. */
export const versioned = { id, version: z.number().int().min(1) };

export const createTimecardInput = z.strictObject({
  person: id.meta({ title: 'Person', 'x-kind': 'reference' }),
  site: id.meta({ title: 'Site', 'x-kind': 'reference' }),
  periodStart: day.meta({ title: 'First day', 'x-kind': 'date' }),
  periodEnd: day.meta({ title: 'Last day', 'x-kind': 'date' }),
  reason: reason.optional(),
  ...timecardEdit,
});
export const updateTimecardInput = z.strictObject({ ...versioned, reason: reason.optional(), ...timecardEdit });
export const submitTimecardInput = z.strictObject({ ...versioned });
export const approveTimecardInput = z.strictObject({ ...versioned, reason: reason.optional() });
/** A rejection may mend fields on the way; they are recorded as `rejection_edit`. */
export const rejectTimecardInput = z.strictObject({
  ...versioned,
  reason,
  /** TC-8: the fields that its owner is to mend, named as refusals name them. */
  fieldsToMend: z.array(z.string().max(60)).max(1_500).optional(),
  ...timecardEdit,
});
export const deleteTimecardInput = z.strictObject({ ...versioned, reason: reason.optional() });

/** AUD-33: a change set of a card, by its id in the trail or by the version that it made, which is what its author knows. */
export const undoTimecardInput = z
  .strictObject({ id, change: z.uuid().optional(), madeVersion: z.number().int().min(1).optional(), reason })
  .refine(({ change, madeVersion }) => (change === undefined) !== (madeVersion === undefined), {
    path: ['change'],
    message: 'Name either a change set or the version that it made.',
  });

/** Which cards. */
export const timecardsFilter = {
  status: z.union([z.enum(TIMECARD_STATUSES), z.array(z.enum(TIMECARD_STATUSES))]).optional(),
  person: id.optional(),
  site: id.optional(),
  /** Cards whose period touches these days. */
  from: day.optional(),
  to: day.optional(),
};

export const listTimecardsInput = z.strictObject({
  ...timecardsFilter,
  limit: z.coerce.number().int().min(1).max(500).default(50),
  offset: z.coerce.number().int().min(0).max(1_000_000).default(0),
});

export const pagination = z.object({ total: z.number().int(), limit: z.number().int(), offset: z.number().int(), hasMore: z.boolean() });
export const timecardList = z.object({ data: z.array(timecardSummary), pagination });
