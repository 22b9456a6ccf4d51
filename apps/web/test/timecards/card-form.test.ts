import { describe, expect, test } from 'vitest';
import { cardForm, editedIn, laterPath, type Typing } from '../../src/features/timecards/card-form.ts';
import { compare, rebased } from '../../src/features/timecards/merge.ts';
import { previewOf } from '../../src/features/timecards/preview.ts';
import { makeCard, usual } from '../fake/cards.ts';
import { UPDATE_FORM } from '../fake/world.ts';

const week = makeCard();
const day = makeCard({ start: '2026-11-03', days: [usual('2026-11-03')] });
const typed = (form: ReturnType<typeof cardForm>, more: Typing) => ({ ...form.base, ...more });
const OUT = 'entries.2026-11-03.dailyCheckOut';

describe('the form of a card', () => {
  test('a card of one day has its times on itself, a card of a period on its days', () => {
    expect(Object.keys(cardForm(UPDATE_FORM, day).base)).toEqual([
      'checkInTime',
      'checkOutTime',
      'breakStartTime',
      'breakEndTime',
      'adminNotes',
    ]);
    const { base } = cardForm(UPDATE_FORM, week);
    expect(base['entries.2026-11-03.dailyCheckOut']).toBe('17:00');
    expect(base).not.toHaveProperty('checkInTime');
  });

  test('a field that is added to the command appears, and is sent, without anything being changed here', () => {
    const more = [...UPDATE_FORM, { name: 'costCentre', title: 'Cost Centre', kind: 'text', required: false }];
    const form = cardForm(more, week);
    expect(form.base['costCentre']).toBe('');
    expect(editedIn(form, typed(form, { costCentre: '4711' })).patch).toEqual({ costCentre: '4711' });
  });

  test('AC-4: what somebody may not see is not in it', () => {
    expect(cardForm(UPDATE_FORM, { ...week, hidden: ['admin_notes'] }).base).not.toHaveProperty('adminNotes');
  });
});

describe('what is sent', () => {
  const form = cardForm(UPDATE_FORM, week);

  test('only what differs, an emptied field as null, days by their date', () => {
    const { patch } = editedIn(
      form,
      typed(form, { [OUT]: '16:45', 'entries.2026-11-02.dailyBreakStart': '', 'entries.2026-11-02.dailyBreakEnd': '' }),
    );
    expect(patch).toEqual({
      entries: [
        { workDate: '2026-11-02', dailyBreakStart: null, dailyBreakEnd: null },
        { workDate: '2026-11-03', dailyCheckOut: '2026-11-03T15:45:00Z' },
      ],
    });
  });

  test('TC-6: what can’t be read is a problem, and never empties what is recorded', () => {
    const { patch, problems } = editedIn(form, typed(form, { [OUT]: 'xx' }));
    expect(patch).toEqual({});
    expect([...problems.keys()]).toEqual([OUT]);
  });

  test('what can’t be read on a day that is to go is no problem', () => {
    const { patch, problems } = editedIn(form, typed(form, { [OUT]: 'xx', 'entries.2026-11-03.remove': 'true' }));
    expect(patch).toEqual({ entries: [{ workDate: '2026-11-03', remove: true }] });
    expect(problems.size).toBe(0);
  });

  test('the same time in another spelling is no change', () => {
    expect(editedIn(form, typed(form, { [OUT]: '5pm' })).changed.size).toBe(0);
  });

  test('a time that nobody touched, and that comes to mean the next day, is a change', () => {
    const { changed } = editedIn(form, typed(form, { 'entries.2026-11-03.dailyCheckIn': '18:00' }));
    expect([...changed]).toContain(OUT);
  });

  test('which of two equal hours is meant is a change as well', () => {
    const night = makeCard({
      start: '2026-10-24',
      days: [{ workDate: '2026-10-24', times: ['2026-10-24T20:00:00.000Z', null, null, '2026-10-25T00:30:00.000Z'] }],
    });
    const its = cardForm(UPDATE_FORM, night);
    expect(editedIn(its, typed(its, { [laterPath('checkOutTime')]: 'true' })).patch).toEqual({ checkOutTime: '2026-10-25T01:30:00Z' });
  });

  test('a day that was added is sent once something is typed for it', () => {
    const its = cardForm(UPDATE_FORM, week, ['2026-11-05']);
    expect(editedIn(its, its.base).patch).toEqual({});
    expect(editedIn(its, typed(its, { 'entries.2026-11-05.dailyCheckIn': '9' })).patch).toEqual({
      entries: [{ workDate: '2026-11-05', dailyCheckIn: '2026-11-05T08:00:00Z' }],
    });
  });
});

describe('TC-3: totals while typing', () => {
  const form = cardForm(UPDATE_FORM, week);

  test('are those that the server will count', () => {
    expect(previewOf(week, form, form.base).totalHours).toBe(week.totalHours);
    expect(previewOf(week, form, typed(form, { [OUT]: '1630' })).totalHours).toBe('32.00');
  });

  test('a removed day counts no more', () => {
    expect(previewOf(week, form, typed(form, { 'entries.2026-11-02.remove': 'true' })).totalHours).toBe('24.50');
  });

  test('TC-6: impossible times are told by field before anything is sent', () => {
    const { problems } = previewOf(week, form, typed(form, { 'entries.2026-11-03.dailyBreakEnd': '11:00' }));
    expect([...problems.keys()]).toEqual(['entries.2026-11-03.dailyBreakEnd']);
  });

  test('a clock’s seconds are not shown, and not lost either', () => {
    const precise = makeCard({
      start: '2026-11-03',
      days: [{ workDate: '2026-11-03', times: ['2026-11-03T07:00:29.000Z', null, null, '2026-11-03T15:00:59.000Z'] }],
    });
    const its = cardForm(UPDATE_FORM, precise);
    expect(editedIn(its, its.base).changed.size).toBe(0);
    expect(previewOf(precise, its, its.base).totalHours).toBe('8.01');
  });
});

describe('TC-6: two people change one card', () => {
  const form = cardForm(UPDATE_FORM, week);
  const conflict = (field: string, present: string | null) => ({
    field,
    base: null,
    present,
    changedBy: null,
    changedAt: '2026-11-06T12:00:00Z',
  });
  const mine = typed(form, { [OUT]: '16:45' });

  test('fields that only the other one changed need no choice', () => {
    expect(
      compare(form, mine, [conflict('entries.2026-11-02.daily_check_in', '2026-11-02T07:10:00Z'), conflict('admin_notes', 'Late bus')]),
    ).toMatchObject({ overlaps: [], theirs: [{}, {}] });
  });

  test('TC-3: what is computed was changed by nobody, and isn’t told as if it were', () => {
    const computed = ['total_hours', 'overtime_hours', 'check_in_time', 'entries.2026-11-02.daily_total_hours', 'manually_edited'];
    expect(
      compare(
        form,
        mine,
        computed.map((field) => conflict(field, '1.00')),
      ),
    ).toEqual({ overlaps: [], theirs: [] });
  });

  test('the same field with different values does', () => {
    expect(compare(form, mine, [conflict('entries.2026-11-03.daily_check_out', '2026-11-03T15:50:00.000Z')]).overlaps).toMatchObject([
      { path: OUT, mine: '2026-11-03T15:45:00Z' },
    ]);
  });

  test('the same value from both is no conflict', () => {
    expect(compare(form, mine, [conflict('entries.2026-11-03.daily_check_out', '2026-11-03T15:45:00.000Z')]).overlaps).toEqual([]);
  });

  test('put upon what the card has become, mine stays mine and theirs stays theirs', () => {
    const theirs = {
      ...week,
      version: 2,
      entries: week.entries.map((entry) =>
        entry.workDate === '2026-11-02' ? { ...entry, dailyCheckIn: '2026-11-02T07:10:00.000Z' } : entry,
      ),
    };
    const onto = cardForm(UPDATE_FORM, theirs);
    const next = rebased(form, mine, { onto, theirs: new Set() });
    expect(next).toMatchObject({ [OUT]: '16:45', 'entries.2026-11-02.dailyCheckIn': '08:10' });
    expect(rebased(form, mine, { onto, theirs: new Set([OUT]) })[OUT]).toBe('17:00');
  });
});
