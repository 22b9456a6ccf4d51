import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { boundsOf, dayOf } from '../../src/day.rules.ts';
import {
  breakMinutes,
  hoursOf,
  hoursText,
  hundredthsOf,
  isNightShift,
  parseHours,
  totalsOf,
  type Shift,
  type Sheet,
} from '../../src/timecards/hours.rules.ts';

const shift = (
  checkIn: string | null,
  checkOut: string | null,
  breakStart: string | null = null,
  breakEnd: string | null = null,
): Shift => ({ checkIn, checkOut, breakStart, breakEnd });

describe('TC-3: hours are computed from the times', () => {
  test('TC-3: a day of eight and a half hours with half an hour of break is 8.50 hours', () => {
    const day = shift('2026-11-03T08:00:00+01:00', '2026-11-03T17:00:00+01:00', '2026-11-03T12:00:00+01:00', '2026-11-03T12:30:00+01:00');
    expect(hoursOf(day)).toBe('8.50');
    expect(breakMinutes(day)).toBe(30);
  });

  test('TC-3: an open shift has no hours yet, and a day without times none at all', () => {
    expect(hoursOf(shift('2026-11-03T08:00:00Z', null))).toBeNull();
    expect(totalsOf([])).toEqual({ totalHours: null, breakDuration: null, firstIn: null, lastOut: null });
  });

  test('TC-3: hours are rounded once, half up, to two decimals of exact text', () => {
    expect(hoursOf(shift('2026-11-03T08:00:00Z', '2026-11-03T08:10:00Z'))).toBe('0.17');
    expect(hoursOf(shift('2026-11-03T08:00:00Z', '2026-11-03T08:20:00Z'))).toBe('0.33');
    expect(hoursOf(shift('2026-11-03T08:00:00Z', '2026-11-03T08:00:18Z'))).toBe('0.01');
    expect(hoursOf(shift('2026-11-03T08:00:00Z', '2026-11-03T08:00:17Z'))).toBe('0.00');
  });

  test('TC-9: time fields in various formats that name the same instants give the same hours', () => {
    const forms = [
      '2026-11-03T08:00:00Z',
      '2026-11-03T08:00:00.000Z',
      '2026-11-03T09:00:00+01:00',
      '2026-11-03T03:00:00-05:00',
      '2026-11-03T13:30:00+05:30',
      '2026-11-03T08:00Z',
    ];
    expect(new Set(forms.map((form) => hoursOf(shift(form, '2026-11-03T16:15:00Z'))))).toEqual(new Set(['8.25']));
  });
});

describe('TC-1: hours are those that really passed', () => {
  test('TC-1: a night shift over midnight belongs to the day on which it begins', () => {
    const night = shift('2026-11-03T22:00:00+01:00', '2026-11-04T06:00:00+01:00');
    expect(hoursOf(night)).toBe('8.00');
    expect(isNightShift(night, 'Europe/Berlin')).toBe(true);
    expect(dayOf('2026-11-03T22:00:00+01:00', 'Europe/Berlin')).toBe('2026-11-03');
  });

  test('TC-1: the night in which summer time ends has an hour more, the one in which it begins an hour less', () => {
    expect(hoursOf(shift('2026-10-24T22:00:00+02:00', '2026-10-25T06:00:00+01:00'))).toBe('9.00');
    expect(hoursOf(shift('2026-03-28T22:00:00+01:00', '2026-03-29T06:00:00+02:00'))).toBe('7.00');
  });

  test('TC-1: a shift that begins in one zone and ends in another has the hours between the instants', () => {
    expect(hoursOf(shift('2026-11-03T22:00:00+01:00', '2026-11-03T23:30:00+00:00'))).toBe('2.50');
  });

  test("TC-1: a day is the one in the card's zone", () => {
    expect(dayOf('2026-11-03T04:00:00Z', 'America/New_York')).toBe('2026-11-02');
    expect(dayOf('2026-11-03T23:30:00Z', 'Asia/Kolkata')).toBe('2026-11-04');
  });

  test('TC-1: the bounds of a day are 23 and 25 hours apart when summer time begins and ends', () => {
    const length = (day: string) => {
      const { start, end } = boundsOf(day, 'Europe/Berlin');
      return (Date.parse(end) - Date.parse(start)) / 3_600_000;
    };
    expect([length('2026-03-29'), length('2026-10-25'), length('2026-11-03')]).toEqual([23, 25, 24]);
    expect(boundsOf('2026-11-03', 'Europe/Berlin')).toEqual({ start: '2026-11-02T23:00:00Z', end: '2026-11-03T23:00:00Z' });
  });

  test('TC-1: a card of a period shows its first in and its last out', () => {
    const sheets: Sheet[] = [
      { workDate: '2026-11-03', ...shift('2026-11-03T09:00:00Z', '2026-11-03T17:00:00Z', '2026-11-03T12:00:00Z', '2026-11-03T12:45:00Z') },
      { workDate: '2026-11-02', ...shift('2026-11-02T08:00:00Z', '2026-11-02T16:30:00Z', '2026-11-02T12:00:00Z', '2026-11-02T12:30:00Z') },
      { workDate: '2026-11-04', ...shift('2026-11-04T08:00:00Z', null) },
    ];
    expect(totalsOf(sheets)).toEqual({
      totalHours: '15.25',
      breakDuration: 75,
      firstIn: '2026-11-02T08:00:00Z',
      lastOut: '2026-11-03T17:00:00Z',
    });
  });
});

const SUMMER_TIME_ENDS = Date.UTC(2026, 9, 24);
const anyInstant = fc.integer({ min: 0, max: 400 * 24 * 3600 }).map((seconds) => SUMMER_TIME_ENDS + seconds * 1000);
const anyShift = fc
  .tuple(
    anyInstant,
    fc.integer({ min: 1, max: 24 * 3600 }),
    fc.double({ min: 0, max: 1, noNaN: true }),
    fc.double({ min: 0, max: 1, noNaN: true }),
  )
  .map(([from, seconds, one, other]): Shift => {
    const text = (seconds: number) => new Date(from + Math.round(seconds) * 1000).toISOString();
    return {
      checkIn: text(0),
      checkOut: text(seconds),
      breakStart: text(Math.min(one, other) * seconds),
      breakEnd: text(Math.max(one, other) * seconds),
    };
  });
const anySheets = fc
  .array(anyShift, { maxLength: 14 })
  .map((shifts) => shifts.map((one, n): Sheet => ({ ...one, workDate: `2026-11-${String(n + 1).padStart(2, '0')}` })));

describe('TC-3: properties of hours', () => {
  test('TC-3: hours are never negative, and never more than the time between in and out', () => {
    fc.assert(
      fc.property(anyShift, (one) => {
        const hours = hundredthsOf(one) ?? -1;
        const between = (Date.parse(one.checkOut as string) - Date.parse(one.checkIn as string)) / 36_000;
        expect(hours).toBeGreaterThanOrEqual(0);
        expect(hours).toBeLessThanOrEqual(between + 0.5);
      }),
    );
  });

  test("TC-3: the hours of the days add up exactly to the card's total", () => {
    fc.assert(
      fc.property(anySheets, (sheets) => {
        const total = totalsOf(sheets).totalHours;
        const days = sheets.map(hundredthsOf).reduce<number>((sum, one) => sum + (one ?? 0), 0);
        expect(total === null ? 0 : parseHours(total)).toBe(days);
      }),
    );
  });

  test('TC-1: the zone that a time is written in, summer time or not, changes no hours', () => {
    const offsets = ['+00:00', '+01:00', '+02:00', '-05:00', '+05:45', '-09:30'];
    fc.assert(
      fc.property(anyShift, fc.constantFrom(...offsets), fc.constantFrom(...offsets), (one, first, second) => {
        expect(
          hoursOf({ ...one, checkIn: inOffset(one.checkIn as string, first), checkOut: inOffset(one.checkOut as string, second) }),
        ).toBe(hoursOf(one));
      }),
    );
  });

  test('TC-3: hours as text come back as the same number', () => {
    fc.assert(
      fc.property(fc.integer({ min: 0, max: 999_999 }), (hundredths) => {
        expect(hoursText(hundredths)).toMatch(/^\d+\.\d{2}$/);
        expect(parseHours(hoursText(hundredths))).toBe(hundredths);
      }),
    );
  });
});

/** The same instant, written with another offset. */
function inOffset(instant: string, offset: string): string {
  const [hours = '0', minutes = '0'] = offset.slice(1).split(':');
  const shifted = (Number(hours) * 60 + Number(minutes)) * 60_000 * (offset.startsWith('-') ? -1 : 1);
  return new Date(Date.parse(instant) + shifted).toISOString().replace('Z', offset);
}
