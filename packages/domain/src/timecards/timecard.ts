import { defineEntity, p, type InferEntity } from '@mikro-orm/core';
import { audited, never } from '@countersign/audit/policy';
import { now } from '../clock.ts';
import { siteScope, Site } from '../people/site.ts';
import { User } from '../people/user.ts';
import { dayLabel, periodLabel } from './period.rules.ts';
import { editKind, TIMECARD_ACTIONS } from './timecard-actions.ts';
import { cardEffect, dayEffect } from './timecard-effect.ts';
import { TIMECARD_STATUSES, type TimecardStatus } from './timecard.views.ts';

/**
 * The hours of one person for one day or a period of days. A card of one day has its times here; any other has them on
 * its entries, and here the first in and the last out. Person and site are fixed when the card is made, which a
 * trigger sees to: who may see its record rests on them.
 */
export const Timecard = defineEntity({
  name: 'Timecard',
  tableName: 'timecard_headers',
  checks: [
    { name: 'timecard_headers_period_order', expression: 'period_end >= period_start' },
    {
      name: 'timecard_headers_out_after_in',
      expression: 'check_out_time is null or (check_in_time is not null and check_out_time > check_in_time)',
    },
    {
      name: 'timecard_headers_at_most_24_hours',
      expression: "period_end > period_start or check_out_time <= (check_in_time + '24:00:00'::interval)",
    },
    { name: 'timecard_headers_break_whole', expression: 'num_nonnulls(break_start_time, break_end_time) <> 1' },
    {
      name: 'timecard_headers_break_inside',
      expression:
        'break_start_time is null or (check_in_time is not null and break_start_time >= check_in_time and break_end_time > break_start_time and (check_out_time is null or break_end_time <= check_out_time))',
    },
    {
      name: 'timecard_headers_hours_in_range',
      expression: 'total_hours >= 0 and overtime_hours >= 0 and overtime_hours <= total_hours and break_duration >= 0',
    },
    { name: 'timecard_headers_rejected_with_reason', expression: "(status = 'rejected') = (rejection_reason is not null)" },
    { name: 'timecard_headers_mended_when_rejected', expression: "fields_to_mend is null or status = 'rejected'" },
    { name: 'timecard_headers_edited_after_approval', expression: "not edited_after_approval or status = 'approved'" },
  ],
  indexes: [{ properties: ['person', 'periodStart'] }, { properties: ['site', 'periodStart'] }, { properties: ['status', 'periodStart'] }],
  properties: {
    id: p
      .uuid()
      .primary()
      .onCreate(() => crypto.randomUUID()),
    person: () => p.manyToOne(User).deleteRule('restrict'),
    site: () => p.manyToOne(Site).deleteRule('restrict'),
    timeZone: p.string().length(64),
    periodStart: p.date(),
    periodEnd: p.date(),
    checkInTime: p.datetime(3).nullable(),
    checkOutTime: p.datetime(3).nullable(),
    breakStartTime: p.datetime(3).nullable(),
    breakEndTime: p.datetime(3).nullable(),
    totalHours: p.decimal().precision(6).scale(2).nullable(),
    /** Minutes. */
    breakDuration: p.integer().nullable(),
    overtimeHours: p.decimal().precision(6).scale(2).nullable(),
    status: p.enum(TIMECARD_STATUSES).default('draft'),
    manuallyEdited: p.boolean().default(false),
    editedAfterApproval: p.boolean().default(false),
    rejectionReason: p.text().nullable(),
    /** TC-8: by the names that `timeFieldsOf` gives; null where the rejection named none. */
    fieldsToMend: p.json<readonly string[]>().nullable(),
    adminNotes: p.text().nullable(),
    version: p.integer().version(),
    createdAt: p.datetime(3).onCreate(now).defaultRaw('now()'),
    // Set by hand at every change of the card or its days, which is what makes a new version of a card whose days alone changed.
    updatedAt: p.datetime(3).onCreate(now).defaultRaw('now()'),
    entries: () => p.oneToMany(TimecardEntry).mappedBy('timecard').orphanRemoval().orderBy({ workDate: 'asc' }),
  },
});
export type Timecard = InferEntity<typeof Timecard>;

export const STATUS_LABELS: Readonly<Record<TimecardStatus, string>> = {
  draft: 'Draft',
  submitted: 'Submitted',
  approved: 'Approved',
  rejected: 'Rejected',
};

export const timecardAudit = audited(Timecard, {
  area: 'timecards',
  label: 'Timecard',
  carries: ['person', 'site', 'periodStart', 'periodEnd', 'totalHours', 'overtimeHours'],
  title: (row) => periodLabel({ periodStart: row.periodStart as string, periodEnd: row.periodEnd as string }),
  subject: (row) => row.person ?? null,
  scopes: (row) => (row.site ? [siteScope(row.site)] : []),
  workDate: (row) => (row.periodStart === row.periodEnd ? (row.periodStart ?? null) : null),
  effect: cardEffect,
  fields: {
    id: never('the key, which every event names as its target'),
    person: { label: 'Person', kind: 'reference' },
    site: { label: 'Site', kind: 'reference' },
    timeZone: { label: 'Time Zone', kind: 'text' },
    periodStart: { label: 'First Day', kind: 'date' },
    periodEnd: { label: 'Last Day', kind: 'date' },
    checkInTime: { label: 'Check In Time', kind: 'time' },
    checkOutTime: { label: 'Check Out Time', kind: 'time' },
    breakStartTime: { label: 'Break Start Time', kind: 'time' },
    breakEndTime: { label: 'Break End Time', kind: 'time' },
    totalHours: { label: 'Total Hours', kind: 'hours' },
    breakDuration: { label: 'Break Duration', kind: 'minutes' },
    overtimeHours: { label: 'Overtime Hours', kind: 'hours' },
    status: { label: 'Status', kind: 'enum', values: STATUS_LABELS },
    manuallyEdited: { label: 'Manually Edited Flag', kind: 'boolean' },
    editedAfterApproval: { label: 'Edited After Approval', kind: 'boolean' },
    rejectionReason: { label: 'Rejection Reason', kind: 'text' },
    fieldsToMend: { label: 'Fields To Mend', kind: 'fields' },
    adminNotes: { label: 'Admin Notes', kind: 'text', sensitive: true },
    version: never('counts the changes, which are recorded themselves'),
    createdAt: never('the time of the event of the creation'),
    updatedAt: never('the time of the latest event'),
    entries: never('each day is recorded as itself'),
  },
  actions: {
    vocabulary: TIMECARD_ACTIONS,
    general: (happening) => {
      if (happening.operation === 'create') return 'timecard_created';
      return happening.operation === 'delete' ? 'timecard_deleted' : editKind(happening, happening.row.person);
    },
    rules: [
      {
        action: 'timecard_submitted',
        claims: ['status', 'rejectionReason', 'fieldsToMend'],
        when: ({ operation, row, changed }) => operation === 'update' && changed.has('status') && row.status === 'submitted',
        state: 'status',
      },
      // Approved anew after an edit: the status stays, the mark goes.
      {
        action: 'timecard_approved',
        claims: ['status', 'editedAfterApproval'],
        when: ({ operation, row, changed }) =>
          operation === 'update' &&
          row.status === 'approved' &&
          row.editedAfterApproval === 'false' &&
          (changed.has('status') || changed.has('editedAfterApproval')),
        state: 'status',
      },
      {
        action: 'timecard_rejected',
        claims: ['status', 'rejectionReason', 'fieldsToMend'],
        when: ({ operation, row, changed }) => operation === 'update' && changed.has('status') && row.status === 'rejected',
        state: 'status',
      },
    ],
  },
});

/** One recorded day of a card of a period. */
export const TimecardEntry = defineEntity({
  name: 'TimecardEntry',
  tableName: 'timecard_daily_entries',
  checks: [
    {
      name: 'timecard_daily_entries_out_after_in',
      expression: 'daily_check_out is null or (daily_check_in is not null and daily_check_out > daily_check_in)',
    },
    { name: 'timecard_daily_entries_at_most_24_hours', expression: "daily_check_out <= (daily_check_in + '24:00:00'::interval)" },
    { name: 'timecard_daily_entries_break_whole', expression: 'num_nonnulls(daily_break_start, daily_break_end) <> 1' },
    {
      name: 'timecard_daily_entries_break_inside',
      expression:
        'daily_break_start is null or (daily_check_in is not null and daily_break_start >= daily_check_in and daily_break_end > daily_break_start and (daily_check_out is null or daily_break_end <= daily_check_out))',
    },
    { name: 'timecard_daily_entries_hours_in_range', expression: 'daily_total_hours >= 0 and daily_total_hours <= 24 and edits >= 0' },
  ],
  uniques: [{ name: 'timecard_daily_entries_one_a_day', properties: ['timecard', 'workDate'] }],
  properties: {
    id: p
      .uuid()
      .primary()
      .onCreate(() => crypto.randomUUID()),
    timecard: () => p.manyToOne(Timecard).deleteRule('cascade'),
    // A copy of the card's person, who never changes: whether an edit is the owner's own is decided from the changed
    // row alone, in the flush as in the database, where the card may not be at hand. A trigger copies it.
    person: () => p.manyToOne(User).deleteRule('restrict'),
    workDate: p.date(),
    dailyCheckIn: p.datetime(3).nullable(),
    dailyCheckOut: p.datetime(3).nullable(),
    dailyBreakStart: p.datetime(3).nullable(),
    dailyBreakEnd: p.datetime(3).nullable(),
    dailyTotalHours: p.decimal().precision(6).scale(2).nullable(),
    /** Times its times were changed after they were first recorded. */
    edits: p.integer().default(0),
  },
});
export type TimecardEntry = InferEntity<typeof TimecardEntry>;

export const timecardEntryAudit = audited(TimecardEntry, {
  area: 'timecards',
  label: 'Timecard day',
  title: (row) => dayLabel(row.workDate as string),
  root: 'timecard',
  carries: ['person', 'workDate'],
  workDate: (row) => row.workDate ?? null,
  effect: (_, card) => dayEffect(card),
  fields: {
    id: never('the key, which every event names as its target'),
    timecard: never('the root, which every event names'),
    person: never("a copy of the card's person, which is recorded there"),
    workDate: { label: 'Work Date', kind: 'date' },
    dailyCheckIn: { label: 'Daily Check In', kind: 'time' },
    dailyCheckOut: { label: 'Daily Check Out', kind: 'time' },
    dailyBreakStart: { label: 'Daily Break Start', kind: 'time' },
    dailyBreakEnd: { label: 'Daily Break End', kind: 'time' },
    dailyTotalHours: { label: 'Daily Total Hours', kind: 'hours' },
    edits: never('counts the changes of the times, which are recorded themselves'),
  },
  actions: {
    vocabulary: TIMECARD_ACTIONS,
    general: (happening) => {
      if (happening.operation === 'create' && happening.command === 'timecards.create') return 'timecard_created';
      if (happening.operation === 'delete' && happening.command === 'timecards.delete') return 'timecard_deleted';
      return editKind(happening, happening.row.person);
    },
  },
});
