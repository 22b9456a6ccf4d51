import { describe, expect, test } from 'vitest';
import { shiftsOfPunches, shiftsOfRows } from '../../../src/timecards/import/punches.rules.ts';
import type { PunchRow, ShiftRow } from '../../../src/timecards/import/rows.rules.ts';
import { book, iso, read } from './lines.ts';

const TIME = /T(\d\d:\d\d)/;

/** Punches of November 2026 in Berlin, `3 08:00 in`; answers shifts as `3 07:00-15:30 (11:00-11:30)` in UTC. */
function paired(...lines: string[]) {
  const { rows } = read(
    'punch',
    ['person', 'instant', 'kind'],
    lines.map((line) => {
      const [day = '', time = '', ...kind] = line.split(' ');
      return `anna|2026-11-${day.padStart(2, '0')} ${time}|${kind.join(' ')}`;
    }),
  );
  const found = shiftsOfPunches(rows as PunchRow[], book.clockOf);
  const clock = (instant: number | null) => TIME.exec(iso(instant) ?? '')?.[1] ?? '?';
  const shifts = found.shifts.map(
    ({ workDate, checkIn, checkOut, breakStart, breakEnd }) =>
      `${Number(workDate.slice(8))} ${clock(checkIn)}-${clock(checkOut)}${breakStart === null ? '' : ` (${clock(breakStart)}-${clock(breakEnd)})`}`,
  );
  return { ...found, shifts, found: found.shifts };
}

describe('TC-12: punches become shifts', () => {
  test.each([
    ['in and out', ['3 08:00 in', '3 16:30 out'], ['3 07:00-15:30']],
    [
      'with a break that is said',
      ['3 08:00 in', '3 12:00 break start', '3 12:30 break end', '3 16:30 out'],
      ['3 07:00-15:30 (11:00-11:30)'],
    ],
    [
      'with a break that one word begins and ends',
      ['3 08:00 in', '3 12:00 break', '3 12:30 break', '3 16:30 out'],
      ['3 07:00-15:30 (11:00-11:30)'],
    ],
    ['with a break that an in ends', ['3 08:00 in', '3 12:00 break', '3 12:30 in', '3 16:30 out'], ['3 07:00-15:30 (11:00-11:30)']],
    ['with a break as out and in again', ['3 08:00 in', '3 12:00 out', '3 12:30 in', '3 16:30 out'], ['3 07:00-15:30 (11:00-11:30)']],
    [
      'over midnight',
      ['3 22:00 in', '4 02:00 out', '4 02:30 in', '4 06:00 out', '4 22:00 in', '5 06:00 out'],
      ['3 21:00-05:00 (01:00-01:30)', '4 21:00-05:00'],
    ],
    ['newest first, as some clocks export', ['4 16:00 out', '4 08:00 in', '3 16:00 out', '3 08:00 in'], ['3 07:00-15:00', '4 07:00-15:00']],
    [
      'two of one day, with a long pause in between',
      ['3 07:00 in', '3 11:00 out', '3 19:00 in', '3 23:00 out'],
      ['3 06:00-10:00', '3 18:00-22:00'],
    ],
    [
      'handed over in the same minute',
      ['3 00:00 in', '3 08:00 out', '3 20:00 in', '4 04:00 out'],
      ['2 23:00-07:00'.replace('2 ', '3 '), '3 19:00-03:00'],
    ],
    ['that has not ended yet', ['3 08:00 in', '3 16:00 out', '4 08:00 in'], ['3 07:00-15:00', '4 07:00-?']],
  ])('%s', (_, lines, shifts) => {
    expect(paired(...lines)).toMatchObject({ shifts, problems: [] });
  });

  test.each<[string, string[], number, string]>([
    ['an in without an out', ['3 08:00 in', '4 08:00 in', '4 16:00 out'], 2, 'before the next one, on line 3'],
    ['an out without an in', ['3 16:00 out'], 2, 'no check-in before'],
    ['an out a day and more after its in', ['3 08:00 in', '4 09:00 out'], 3, 'no check-in before'],
    ['a break without an end', ['3 08:00 in', '3 12:00 break', '3 16:00 out'], 4, 'The break of line 3 has no end'],
    ['a break outside of a shift', ['3 12:00 break'], 2, 'outside of a shift'],
    ['an end of a break that never began', ['3 08:00 in', '3 12:00 break end', '3 16:00 out'], 3, 'No break began'],
    [
      'a second break',
      ['3 08:00 in', '3 10:00 break', '3 10:15 break', '3 12:00 break', '3 12:30 break', '3 16:00 out'],
      5,
      'A second break',
    ],
    ['a second pause', ['3 08:00 in', '3 10:00 out', '3 10:15 in', '3 12:00 out', '3 12:30 in', '3 16:00 out'], 6, 'A second break'],
  ])('%s is an error of its line', (_, lines, line, message) => {
    const { problems } = paired(...lines);
    expect(problems[0]).toEqual({ line, column: null, message: expect.stringContaining(message) });
  });

  test('what is said twice counts once', () => {
    expect(paired('3 08:00 in', '3 08:00 in', '3 16:00 out', '3 16:00 out')).toMatchObject({
      shifts: ['3 07:00-15:00'],
      problems: [],
      repeated: 2,
    });
  });

  test('a shift names the lines that it was made from', () => {
    expect(paired('3 16:00 out', '3 08:00 in', '3 12:00 out', '3 12:30 in').found[0]?.lines).toEqual([3, 4, 5, 2]);
  });
});

test('TC-12: rows of shifts that are the same count once', () => {
  const { rows } = read(
    'shift',
    ['person', 'day', 'check_in', 'check_out'],
    ['anna|04.11.2026|08:00|16:00', 'anna|03.11.2026|08:00|16:00', 'anna|04.11.2026|08:00|16:00'],
  );
  const { shifts, repeated } = shiftsOfRows(rows as ShiftRow[], book.clockOf);
  expect(shifts.map(({ workDate, lines }) => [workDate, ...lines])).toEqual([
    ['2026-11-03', 3],
    ['2026-11-04', 2],
  ]);
  expect(repeated).toBe(1);
});
