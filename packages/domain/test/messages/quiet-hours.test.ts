import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { DEFAULT_QUIET_HOURS, endOfQuiet } from '../../src/messages/quiet-hours.rules.ts';

const end = (at: string, timeZone: string, hours = DEFAULT_QUIET_HOURS) => endOfQuiet(new Date(at), hours, timeZone)?.toISOString() ?? null;

describe('R-7: quiet hours', () => {
  test.each([
    ['2026-11-03T21:59:59+01:00', null, 'before they begin'],
    ['2026-11-03T22:00:00+01:00', '2026-11-04T06:00:00.000Z', 'as they begin'],
    ['2026-11-04T03:30:00+01:00', '2026-11-04T06:00:00.000Z', 'past midnight'],
    ['2026-11-04T06:59:59+01:00', '2026-11-04T06:00:00.000Z', 'just before they end'],
    ['2026-11-04T07:00:00+01:00', null, 'as they end'],
  ] as const)('R-7: %s in Berlin: %s, %s', (at, until, _when) => {
    expect(end(at, 'Europe/Berlin')).toBe(until);
  });

  test("R-7: are those of the person's zone, not of the sender's", () => {
    const noon = '2026-11-03T12:00:00Z';
    expect(end(noon, 'Europe/Berlin')).toBeNull();
    expect(end(noon, 'Pacific/Auckland')).toBe('2026-11-03T18:00:00.000Z');
  });

  test('R-7: a night with a change of the clock ends at seven by the clock, an hour earlier or later', () => {
    expect(end('2026-03-28T22:30:00+01:00', 'Europe/Berlin')).toBe('2026-03-29T05:00:00.000Z');
    expect(end('2026-10-24T22:30:00+02:00', 'Europe/Berlin')).toBe('2026-10-25T06:00:00.000Z');
  });

  test('R-7: an end that the clock leaves out comes once it has passed it', () => {
    const hours = { from: '22:00', until: '02:30' };
    expect(end('2026-03-29T01:00:00+01:00', 'Europe/Berlin', hours)).toBe('2026-03-29T01:30:00.000Z');
  });

  test('R-7: an end that comes twice is the next one that comes', () => {
    const hours = { from: '22:00', until: '02:30' };
    expect(end('2026-10-25T02:10:00+02:00', 'Europe/Berlin', hours)).toBe('2026-10-25T00:30:00.000Z');
    expect(end('2026-10-25T02:10:00+01:00', 'Europe/Berlin', hours)).toBe('2026-10-25T01:30:00.000Z');
  });

  test('R-7: may lie within a day', () => {
    const lunch = { from: '12:00', until: '13:00' };
    expect(end('2026-11-03T12:15:00Z', 'UTC', lunch)).toBe('2026-11-03T13:00:00.000Z');
    expect(end('2026-11-03T23:15:00Z', 'UTC', lunch)).toBeNull();
  });

  test('R-7: whatever the hours, the zone and the instant: an end lies ahead, within a day, and is quiet no longer', () => {
    const minutes = fc
      .integer({ min: 0, max: 1439 })
      .map((n) => `${String(Math.floor(n / 60)).padStart(2, '0')}:${String(n % 60).padStart(2, '0')}`);
    const zones = fc.constantFrom('Europe/Berlin', 'America/New_York', 'Australia/Lord_Howe', 'Asia/Kolkata', 'Pacific/Apia', 'UTC');
    const instants = fc.date({ min: new Date('2026-01-01'), max: new Date('2027-12-31'), noInvalidDate: true });
    fc.assert(
      fc.property(minutes, minutes, zones, instants, (from, until, zone, at) => {
        fc.pre(from !== until);
        const quiet = endOfQuiet(at, { from, until }, zone);
        if (!quiet) return;
        expect(quiet.getTime()).toBeGreaterThan(at.getTime());
        expect(quiet.getTime() - at.getTime()).toBeLessThanOrEqual(26 * 3_600_000);
        // A clock that is put back may make it quiet once more, until the same time comes again.
        const again = endOfQuiet(quiet, { from, until }, zone);
        if (again) expect(again.getTime() - quiet.getTime()).toBeLessThanOrEqual(24 * 3_600_000);
      }),
      { numRuns: 2_000 },
    );
  });
});
