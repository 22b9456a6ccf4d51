import { describe, expect, test } from 'vitest';
import type { Operation, Value } from '@countersign/audit/entry';
import { changedSince, editBack, undoPlan, type UndoEvent, type UndoPlan } from '../../src/timecards/undo.rules.ts';

const event = (changes: Record<string, readonly [Value, Value] | 'hidden'>, more: Partial<UndoEvent> = {}): UndoEvent => ({
  area: 'timecards',
  action: 'admin_edit',
  operation: 'update',
  target: { type: 'Timecard' },
  workDate: '2026-11-03',
  changes: Object.entries(changes).map(([field, change]) =>
    change === 'hidden' ? { field, hidden: true } : { field, old: change[0], new: change[1] },
  ),
  ...more,
});
const ofDay = (day: string, changes: Parameters<typeof event>[0], operation: Operation = 'update') =>
  event(changes, { operation, target: { type: 'TimecardEntry' }, workDate: day });

const planned = (...events: UndoEvent[]): UndoPlan => {
  const plan = undoPlan(events);
  if ('refused' in plan) throw new Error(plan.refused);
  return plan;
};
const refused = (...events: UndoEvent[]) => {
  const plan = undoPlan(events);
  return 'refused' in plan ? plan.refused : null;
};

describe('AUD-33: what can be undone', () => {
  test('AUD-33: what was typed; what was computed follows from it', () => {
    const plan = planned(event({ check_out_time: ['a', 'b'], total_hours: ['8.00', '9.00'], manually_edited: ['false', 'true'] }));
    expect(plan).toEqual({ fields: [{ field: 'check_out_time', found: 'a', left: 'b' }], addedDays: [], removedDays: [] });
    expect(editBack(plan)).toEqual({ checkOutTime: 'a' });
  });

  test('AUD-33: of a card of several days the times of its days, since its own are computed', () => {
    const plan = planned(event({ check_out_time: ['a', 'b'] }, { workDate: null }), ofDay('2026-11-03', { daily_check_out: ['a', 'b'] }));
    expect(editBack(plan)).toEqual({ entries: [{ workDate: '2026-11-03', dailyCheckOut: 'a' }] });
  });

  test('AUD-33: several events of one field come to what the first one found', () => {
    const plan = planned(event({ check_in_time: ['a', 'b'] }), event({ check_in_time: ['b', 'c'] }));
    expect(plan.fields).toEqual([{ field: 'check_in_time', found: 'a', left: 'c' }]);
    expect(refused(event({ check_in_time: ['a', 'b'] }), event({ check_in_time: ['b', 'a'] }))).toMatch(/Nothing that somebody typed/);
  });

  test('AUD-33: a day that was put on the card goes, one that was taken off comes back', () => {
    const plan = planned(
      ofDay('2026-11-03', { work_date: [null, '2026-11-03'], daily_check_in: [null, 'a'] }, 'create'),
      ofDay('2026-11-04', { work_date: ['2026-11-04', null], daily_check_in: ['b', null] }, 'delete'),
      ofDay('2026-11-05', {}, 'create'),
    );
    expect([plan.addedDays, plan.removedDays]).toEqual([['2026-11-03', '2026-11-05'], ['2026-11-04']]);
    expect(editBack(plan)).toEqual({
      entries: [
        { workDate: '2026-11-03', remove: true },
        { workDate: '2026-11-05', remove: true },
        { workDate: '2026-11-04', dailyCheckIn: 'b' },
      ],
    });
  });

  test('AUD-33: a day that was taken off and put on again in one change set is a change of its times', () => {
    const plan = planned(
      ofDay('2026-11-03', { daily_check_in: ['a', null] }, 'delete'),
      ofDay('2026-11-03', { daily_check_in: [null, 'b'] }, 'create'),
    );
    expect(plan).toEqual({
      fields: [{ field: 'entries.2026-11-03.daily_check_in', found: 'a', left: 'b' }],
      addedDays: [],
      removedDays: [],
    });
  });
});

describe('AUD-33: what cannot, and why', () => {
  test.each([
    ['a decision', [event({ status: ['draft', 'submitted'] }, { action: 'timecard_submitted' })], /status can’t be undone/],
    ['an approval anew', [event({ edited_after_approval: ['true', 'false'] }, { action: 'timecard_approved' })], /status can’t be undone/],
    [
      'an edit that is part of a rejection',
      [event({ check_in_time: ['a', 'b'] }, { action: 'rejection_edit' }), event({ status: ['submitted', 'rejected'] })],
      /status can’t be undone/,
    ],
    ['a creation', [event({ check_in_time: [null, 'a'] }, { operation: 'create' })], /delete the draft/],
    ['a deletion', [event({ check_in_time: ['a', null] }, { operation: 'delete' })], /make it anew/],
    [
      'what could not be recorded',
      [event({ check_in_time: ['a', 'b'] }), event({}, { operation: 'none', area: 'audit', action: 'inbox_row_unreadable' })],
      /could not be recorded.*edit what is wrong/,
    ],
    ['reading', [event({}, { operation: 'none', area: 'audit' })], /read can’t be undone/],
    ['money', [event({ amount: ['1', '2'] }, { area: 'money' })], /refund/],
    ['messages', [event({ state: ['a', 'b'] }, { area: 'messages' })], /sent can’t be taken back/],
    ['other records', [event({ name: ['a', 'b'] }, { area: 'people' })], /Only changes of timecards/],
    ['what is computed', [event({ overtime_hours: ['0.00', '1.00'] })], /Nothing that somebody typed/],
    ['what may not be seen', [event({ admin_notes: 'hidden' })], /may not see/],
    ['nothing', [], /Nothing of this change/],
  ] as const)('AUD-33: %s', (_, events, why) => {
    expect(refused(...events)).toMatch(why);
  });

  test('AUD-10: a value that was kept shortened', () => {
    const long = { beginning: 'x', bytes: 9000, sha256: '00' };
    expect(refused(event({ admin_notes: [long, 'short'] }))).toMatch(/only the beginning of “admin notes”/);
    expect(refused(event({ admin_notes: ['short', long] }))).toMatch(/only the beginning of “admin notes”/);
  });
});

describe('AUD-33: only where nothing has changed since', () => {
  const plan = planned(event({ check_out_time: ['2026-11-03T15:00:00.000Z', '2026-11-03T16:00:00.000Z'], admin_notes: [null, 'call'] }));
  const present = (fields: Record<string, string | null>, days: string[] = []) => ({
    fields: new Map(Object.entries(fields)),
    days: new Set(days),
  });

  test('AUD-33: the same instant written otherwise is no change', () => {
    expect(changedSince(plan, present({ check_out_time: '2026-11-03T17:00:00+01:00', admin_notes: 'call' }))).toEqual([]);
  });

  test('AUD-33: each field that differs, with what was left there and what is there', () => {
    expect(changedSince(plan, present({ check_out_time: null, admin_notes: 'call back' }))).toEqual([
      { field: 'check_out_time', left: '2026-11-03T16:00:00.000Z', present: null },
      { field: 'admin_notes', left: 'call', present: 'call back' },
    ]);
  });

  test('AUD-33: a day that went, or came back, is told as the day that it is', () => {
    const days = planned(
      ofDay('2026-11-03', { daily_check_in: [null, 'a'] }, 'create'),
      ofDay('2026-11-04', { daily_check_in: ['b', null] }, 'delete'),
    );
    expect(changedSince(days, present({ 'entries.2026-11-04.daily_check_in': 'b' }, ['2026-11-04']))).toEqual([
      { field: 'entries.2026-11-03.work_date', left: '2026-11-03', present: null },
      { field: 'entries.2026-11-04.work_date', left: null, present: '2026-11-04' },
    ]);
  });
});
