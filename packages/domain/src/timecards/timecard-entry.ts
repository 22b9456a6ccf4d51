import { defineEntity, p, type InferEntity } from '@mikro-orm/core';
import { audited, never } from '@countersign/audit/policy';
import { User } from '../people/user.ts';
import { dayLabel } from './period.rules.ts';
import { editKind, TIMECARD_ACTIONS } from './timecard-actions.ts';
import { Timecard } from './timecard.ts';

/** One recorded day of a card of a period. */
export const TimecardEntry = defineEntity({
  name: 'TimecardEntry',
  tableName: 'timecard_daily_entries',
  checks: [
    { name: 'timecard_daily_entries_out_after_in', expression: 'daily_check_out is null or (daily_check_in is not null and daily_check_out > daily_check_in)' },
    { name: 'timecard_daily_entries_at_most_24_hours', expression: "daily_check_out <= (daily_check_in + '24:00:00'::interval)" },
    { name: 'timecard_daily_entries_break_whole', expression: 'num_nonnulls(daily_break_start, daily_break_end) <> 1' },
    { name: 'timecard_daily_entries_break_inside', expression: 'daily_break_start is null or (daily_check_in is not null and daily_break_start >= daily_check_in and daily_break_end > daily_break_start and (daily_check_out is null or daily_break_end <= daily_check_out))' },
    { name: 'timecard_daily_entries_hours_in_range', expression: 'daily_total_hours >= 0 and daily_total_hours <= 24 and edits >= 0' },
  ],
  uniques: [{ name: 'timecard_daily_entries_one_a_day', properties: ['timecard', 'workDate'] }],
  properties: {
    id: p.uuid().primary().onCreate(() => crypto.randomUUID()),
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
  workDate: (row) => row.workDate ?? null,
  fields: {
    id: never('the key, which every event names as its target'),
    timecard: never('the root, which every event names'),
    person: never('a copy of the card\'s person, which is recorded there'),
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
