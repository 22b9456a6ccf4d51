import { describe, expect, test } from 'vitest';
import type { Sheet } from '../../src/timecards/hours.rules.ts';
import { problemsOf } from '../../src/timecards/times.rules.ts';

const at = (day: number, time: string | null) => (time === null ? null : `2026-11-${String(day).padStart(2, '0')}T${time}:00+01:00`);
/** In, out, start and end of the break; out on the next day where `overnight` says so. */
const sheet = (day: number, [checkIn, checkOut, breakStart, breakEnd]: readonly (string | null)[], overnight = false): Sheet => ({
  workDate: `2026-11-${String(day).padStart(2, '0')}`,
  checkIn: at(day, checkIn ?? null),
  checkOut: at(overnight ? day + 1 : day, checkOut ?? null),
  breakStart: at(day, breakStart ?? null),
  breakEnd: at(day, breakEnd ?? null),
});
const oneDay = (one: Sheet) => problemsOf({ periodStart: '2026-11-03', periodEnd: '2026-11-03', timeZone: 'Europe/Berlin', sheets: [one] });
const week = (...sheets: Sheet[]) => problemsOf({ periodStart: '2026-11-02', periodEnd: '2026-11-08', timeZone: 'Europe/Berlin', sheets });
const fields = (problems: readonly { readonly field: string }[]) => problems.map((problem) => problem.field);

describe('TC-6: impossible times are refused with the field and the reason', () => {
  test.each<[string, Sheet, string, RegExp]>([
    ['out before in', sheet(3, ['17:00', '08:00']), 'check_out_time', /after the check-in/],
    ['out at the same time as in', sheet(3, ['08:00', '08:00']), 'check_out_time', /after the check-in/],
    ['out without in', sheet(3, [null, '17:00']), 'check_in_time', /without a check-in/],
    ['break out before in', sheet(3, ['08:00', '17:00', '12:30', '12:00']), 'break_end_time', /after its start/],
    ['a break that starts before the shift', sheet(3, ['08:00', '17:00', '07:30', '08:30']), 'break_start_time', /before the check-in/],
    ['a break that ends after the shift', sheet(3, ['08:00', '17:00', '16:30', '17:30']), 'break_end_time', /after the check-out/],
    ['a break without its end', sheet(3, ['08:00', '17:00', '12:00']), 'break_end_time', /give both/],
    ['a break without its start', sheet(3, ['08:00', '17:00', null, '12:00']), 'break_start_time', /give both/],
    ['a break without a shift', sheet(3, [null, null, '12:00', '12:30']), 'check_in_time', /without a check-in/],
    ['over 24 hours in a day', sheet(3, ['08:00', '08:30'], true), 'check_out_time', /24 hours 30 minutes/],
  ])('TC-6: %s', (_, one, field, reason) => {
    const problems = oneDay(one);
    expect(fields(problems)).toEqual([field]);
    expect(problems[0]?.message).toMatch(reason);
  });

  test("TC-6: a shift that begins on another day than its card, in the card's zone", () => {
    const evening = { ...sheet(3, []), checkIn: '2026-11-03T23:30:00Z' };
    expect(oneDay(evening)).toEqual([
      { field: 'check_in_time', message: 'In Europe/Berlin this is on 4 Nov 2026: a shift of 3 Nov 2026 has to begin on that day.' },
    ]);
  });

  test('TC-6: overlapping entries, named by the later day', () => {
    const problems = week(sheet(3, ['22:00', '07:00'], true), sheet(4, ['06:00', '14:00']));
    expect(problems).toEqual([
      {
        field: 'entries.2026-11-04.daily_check_in',
        message: 'The shift of 3 Nov 2026 ends only after this check-in: shifts may not overlap.',
      },
    ]);
  });

  test('TC-6: entries overlap even where a day without a shift lies between', () => {
    const long = { ...sheet(3, ['23:00', null]), checkOut: '2026-11-05T09:00:00+01:00' };
    expect(fields(week(long, sheet(4, []), sheet(5, ['08:00', '12:00'])))).toContain('entries.2026-11-05.daily_check_in');
  });

  test('TC-6: an entry outside the period', () => {
    expect(fields(week(sheet(9, ['08:00', '16:00'])))).toEqual(['entries.2026-11-09.work_date']);
  });

  test('TC-6: every impossible field is named, not just the first', () => {
    expect(fields(week(sheet(3, ['17:00', '08:00']), sheet(4, ['08:00', '17:00', '12:00'])))).toEqual([
      'entries.2026-11-03.daily_check_out',
      'entries.2026-11-04.daily_break_end',
    ]);
  });

  test('TC-6: what is possible has no problems: no times, an open shift, a night shift, a shift of 24 hours, one that begins when another ends', () => {
    expect(oneDay(sheet(3, []))).toEqual([]);
    expect(oneDay(sheet(3, ['08:00', null]))).toEqual([]);
    expect(oneDay(sheet(3, ['22:00', '06:00'], true))).toEqual([]);
    expect(oneDay(sheet(3, ['08:00', '08:00'], true))).toEqual([]);
    expect(week(sheet(3, ['22:00', '06:00'], true), sheet(4, ['06:00', '14:00']))).toEqual([]);
  });
});
