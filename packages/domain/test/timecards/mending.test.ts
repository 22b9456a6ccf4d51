import { expect, test } from 'vitest';
import { lockedChanges, lockedFields } from '../../src/timecards/mending.rules.ts';

const oneDay = { periodStart: '2026-11-03', periodEnd: '2026-11-03', status: 'rejected' as const };
const twoDays = { ...oneDay, periodEnd: '2026-11-04' };

test('TC-11: the fields that a rejection names are open to the owner, the others locked', () => {
  expect([...lockedFields({ ...oneDay, fieldsToMend: ['check_out_time'] }, 'own')]).toEqual([
    'check_in_time',
    'break_start_time',
    'break_end_time',
  ]);
  const locked = lockedFields({ ...twoDays, fieldsToMend: ['entries.2026-11-04.daily_check_in'] }, 'own');
  expect(locked.has('entries.2026-11-04.daily_check_in')).toBe(false);
  expect(locked.size).toBe(7);
});

test('TC-11: a break is mended whole, whichever of its ends is named', () => {
  expect([...lockedFields({ ...oneDay, fieldsToMend: ['break_end_time'] }, 'own')]).toEqual(['check_in_time', 'check_out_time']);
  const locked = lockedFields({ ...twoDays, fieldsToMend: ['entries.2026-11-03.daily_break_start'] }, 'own');
  expect(locked.has('entries.2026-11-03.daily_break_end')).toBe(false);
});

test('TC-11: a rejection that names none locks none, nor does it bind anybody but the owner, nor in another status', () => {
  expect(lockedFields({ ...oneDay, fieldsToMend: [] }, 'own').size).toBe(0);
  expect(lockedFields({ ...oneDay, fieldsToMend: null }, 'own').size).toBe(0);
  expect(lockedFields({ ...oneDay, fieldsToMend: ['check_out_time'] }, 'foreign').size).toBe(0);
  expect(lockedFields({ ...oneDay, fieldsToMend: ['check_out_time'] }, 'responsible').size).toBe(0);
  expect(lockedFields({ ...oneDay, status: 'draft', fieldsToMend: ['check_out_time'] }, 'own').size).toBe(0);
});

test('TC-11: removing a day and adding one change every time that comes or goes', () => {
  const locked = lockedFields({ ...twoDays, fieldsToMend: ['entries.2026-11-03.daily_check_out'] }, 'own');
  const sheet = {
    workDate: '2026-11-03',
    checkIn: '2026-11-03T07:00:00.000Z',
    checkOut: '2026-11-03T15:00:00.000Z',
    breakStart: null,
    breakEnd: null,
  };
  const fields = (after: readonly (typeof sheet)[]) => lockedChanges(twoDays, locked, { before: [sheet], after }).map(({ field }) => field);
  expect(fields([sheet])).toEqual([]);
  expect(fields([{ ...sheet, checkOut: '2026-11-03T14:00:00.000Z' }])).toEqual([]);
  expect(fields([])).toEqual(['entries.2026-11-03.daily_check_in']);
  expect(fields([sheet, { ...sheet, workDate: '2026-11-04' }])).toEqual([
    'entries.2026-11-04.daily_check_in',
    'entries.2026-11-04.daily_check_out',
  ]);
});
