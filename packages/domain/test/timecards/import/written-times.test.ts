import fc from 'fast-check';
import { Temporal } from 'temporal-polyfill';
import { describe, expect, test } from 'vitest';
import { isoDay, SiteClock } from '../../../src/timecards/import/site-clock.rules.ts';
import { readClock, readDay, readInstant } from '../../../src/timecards/import/written-times.rules.ts';

const value = <Value>(read: { value: Value } | { wrong: string }): Value => {
  if ('wrong' in read) throw new Error(read.wrong);
  return read.value;
};
const wrong = (read: { value: unknown } | { wrong: string }) => ('wrong' in read ? read.wrong : `no: ${JSON.stringify(read.value)}`);

describe('TC-12: ISO and day-first dates', () => {
  test.each(['2026-11-03', '2026/11/3', '2026.11.03', '03.11.2026', '3.11.2026', '3/11/2026', '03-11-2026', '03.11.26'])(
    '%s is the third of November',
    (text) => {
      expect(isoDay(value(readDay(text)))).toBe('2026-11-03');
    },
  );

  test.each([
    ['11/23/2026', 'the month first'],
    ['31.04.2026', 'in no calendar'],
    ['29.02.2027', 'in no calendar'],
    ['2026-13-01', 'in no calendar'],
    ['03.11.1926', 'the year 1926'],
    ['03.11/2026', 'is no day'],
    ['yesterday', 'is no day'],
  ])('%s is refused: %s', (text, reason) => expect(wrong(readDay(text))).toContain(reason));

  test.each([
    ['8:05', '08:05:00'],
    ['08:05', '08:05:00'],
    ['08:05:30', '08:05:30'],
    ['20.15', '20:15:00'],
    ['8h05', '08:05:00'],
    ['8:15 PM', '20:15:00'],
    ['12:00 a.m.', '00:00:00'],
    ['12:30 pm', '12:30:00'],
    ['00:00', '00:00:00'],
  ])('%s is %s on the clock', (text, time) => {
    expect(value(readClock(text))).toBe(Temporal.PlainTime.from('00:00').until(time).total('milliseconds'));
  });

  test.each(['24:00', '8:60', '13:00 pm', '8', 'noon', ''])('%j is no time', (text) =>
    expect(wrong(readClock(text))).toMatch(/is no time|is on no clock/),
  );

  test.each([
    ['2026-11-03T08:00:00+01:00', 60],
    ['2026-11-03T08:00Z', 0],
    ['2026-11-03 08:00:00 -0500', -300],
    ['2026-11-03 08:00', null],
    ['03.11.2026 08:00', null],
    ['3/11/2026, 8:00 AM', null],
  ])('%s is the third at eight, with the offset %s', (text, offset) => {
    expect(value(readInstant(text))).toEqual({ year: 2026, month: 11, day: 3, clock: 8 * 3_600_000, offset });
  });
});

describe('TC-12: local times', () => {
  const berlin = new SiteClock('Europe/Berlin');
  const at = (text: string) => berlin.instantOf(value(readInstant(text)));

  test('are those of the place, in winter and in summer', () => {
    expect(new Date(value(at('2026-11-03 08:00'))).toISOString()).toBe('2026-11-03T07:00:00.000Z');
    expect(new Date(value(at('2026-07-03 08:00'))).toISOString()).toBe('2026-07-03T06:00:00.000Z');
  });

  test('that were twice are asked back for, and with an offset they are clear', () => {
    expect(wrong(at('2026-10-25 02:30'))).toMatch(/was twice.*2026-10-25T02:30\+02:00 or 2026-10-25T02:30\+01:00/);
    expect(value(at('2026-10-25T02:30+01:00')) - value(at('2026-10-25T02:30+02:00'))).toBe(3_600_000);
    expect(new Date(value(at('2026-10-25 03:30'))).toISOString()).toBe('2026-10-25T02:30:00.000Z');
  });

  test('that never were are refused', () => {
    expect(wrong(at('2026-03-29 02:30'))).toContain('never was');
    expect(new Date(value(at('2026-03-29 03:30'))).toISOString()).toBe('2026-03-29T01:30:00.000Z');
  });

  test('read quickly are the same as read slowly, in every zone, and belong to the same day', () => {
    const zones = [
      'Europe/Berlin',
      'America/New_York',
      'Asia/Kolkata',
      'Australia/Lord_Howe',
      'Pacific/Auckland',
      'UTC',
      'America/Sao_Paulo',
    ];
    const clocks = new Map(zones.map((zone) => [zone, new SiteClock(zone)]));
    const from = Date.UTC(2025, 0, 1);
    fc.assert(
      fc.property(fc.constantFrom(...zones), fc.integer({ min: 0, max: 3 * 366 * 24 * 12 }), (zone, steps) => {
        const instant = from + steps * 300_000;
        const slow = Temporal.Instant.fromEpochMilliseconds(instant).toZonedDateTimeISO(zone);
        const clock = clocks.get(zone) as SiteClock;
        expect(clock.dayOf(instant)).toBe(slow.toPlainDate().toString());
        const { year, month, day } = slow;
        const wall = slow.toPlainTime();
        const read = clock.instantOf({ year, month, day, clock: ((wall.hour * 60 + wall.minute) * 60 + wall.second) * 1000, offset: null });
        if ('value' in read) expect(read.value).toBe(instant);
        else expect(read.wrong).toContain('was twice');
      }),
      { numRuns: 2_000 },
    );
  });
});
