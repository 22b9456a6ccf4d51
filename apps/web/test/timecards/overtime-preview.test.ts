import { expect, test } from 'vitest';
import { overtimePreview, weeksTouched } from '../../src/features/timecards/overtime-preview.ts';
import { makeCard, usual } from '../fake/cards.ts';

const sheet = (workDate: string, out: string) => ({
  workDate,
  checkIn: `${workDate}T07:00:00Z`,
  checkOut: `${workDate}T${out}:00Z`,
  breakStart: null,
  breakEnd: null,
});
const day = makeCard({ start: '2026-11-04', days: [usual('2026-11-04')] });
const DAYS = ['2026-11-02', '2026-11-03', '2026-11-05', '2026-11-06'];
const others = DAYS.map((start) => makeCard({ start, days: [usual(start)] }));

test('TC-3: hours beyond eight in a day are overtime, and of the others those beyond forty in the week', () => {
  expect(overtimePreview(day, [sheet('2026-11-04', '17:00')], [])).toBe('2.00');
  const saturday = makeCard({ start: '2026-11-07', days: [usual('2026-11-07')], more: { totalHours: null } });
  const week = [...others, day];
  expect(overtimePreview(saturday, [sheet('2026-11-07', '12:00')], week)).toBe('5.00');
});

test('TC-3: where what is recorded doesn’t come out by these rules, nothing is foretold', () => {
  expect(overtimePreview({ ...day, overtimeHours: '0.75' }, [sheet('2026-11-04', '17:00')], [])).toBeNull();
});

test('TC-1: weeks begin on Monday', () => {
  expect(weeksTouched({ periodStart: '2026-11-08', periodEnd: '2026-11-09' })).toEqual({ from: '2026-11-02', to: '2026-11-15' });
});
