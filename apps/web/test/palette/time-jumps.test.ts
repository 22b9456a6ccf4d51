import { clockOf } from '@countersign/domain/wall-clock.rules';
import { describe, expect, test } from 'vitest';
import { timeJumps } from '../../src/features/palette/time-jumps.ts';

/** A Sunday, 16:30 in Berlin. */
const now = Date.parse('2026-11-22T15:30:00Z');
const jumps = (text: string, timeZone = 'Europe/Berlin', at = now) => timeJumps(text, { now: at, timeZone });
const only = (text: string, timeZone?: string, at?: number) => {
  const [first, ...others] = jumps(text, timeZone, at);
  expect(others, text).toEqual([]);
  return first && [first.from, first.to];
};
const labels = (text: string) => jumps(text).map(({ label }) => label);

describe('days by name', () => {
  test('today goes on live, yesterday has an end', () => {
    expect(only('today')).toEqual(['2026-11-21T23:00:00Z', undefined]);
    expect(only('yesterday')).toEqual(['2026-11-20T23:00:00Z', '2026-11-21T22:59:59.999999Z']);
    expect(labels('Yesterday')).toEqual(['Yesterday, Sat 21 Nov']);
  });

  test('a weekday is the latest of that name, today included', () => {
    expect(only('monday')?.[0]).toBe('2026-11-15T23:00:00Z');
    expect(only('sunday')).toEqual(['2026-11-21T23:00:00Z', undefined]);
  });

  test('weeks begin on Monday, months on their first', () => {
    expect(only('last week')).toEqual(['2026-11-08T23:00:00Z', '2026-11-15T22:59:59.999999Z']);
    expect(only('this week')).toEqual(['2026-11-15T23:00:00Z', undefined]);
    expect(only('last month')).toEqual(['2026-09-30T22:00:00Z', '2026-10-31T22:59:59.999999Z']);
  });

  test('they are offered while they are being typed', () => {
    expect(labels('las')).toEqual(['Last week, 9 Nov – 15 Nov', 'Last month, 1 Oct – 31 Oct']);
    expect(labels('t')).toHaveLength(4);
    expect(labels('')).toEqual([]);
    expect(labels('anna')).toEqual([]);
  });
});

describe('dates', () => {
  const third = ['2026-11-02T23:00:00Z', '2026-11-03T22:59:59.999999Z'];

  test.each([
    '3 nov',
    '3 November',
    'nov 3',
    '3rd nov',
    '3. nov',
    '2026-11-03',
    '3.11.',
    '3.11.2026',
    '3 nov 2026',
    'nov 3, 2026',
    '  3  NOV ',
  ])('%s', (text) => {
    expect(only(text)).toEqual(third);
    expect(labels(text)).toEqual(['Tuesday, 3 November 2026']);
  });

  test('without a year it is the latest that there was', () => {
    expect(only('24 dec')?.[0]).toBe('2025-12-23T23:00:00Z');
    expect(only('29 feb')?.[0]).toBe('2024-02-28T23:00:00Z');
  });

  test('a day that there isn’t, and one that is still to come, are none', () => {
    for (const text of ['31 feb 2026', '2026-02-30', '2026-13-01', '23 nov 2026', '2027-01-01', '0 nov', '3 xyz'])
      expect(jumps(text), text).toEqual([]);
  });

  test('a month that is half typed may be several', () => {
    expect(labels('1 ju')).toEqual(['Monday, 1 June 2026', 'Wednesday, 1 July 2026']);
  });
});

describe('a day and a time', () => {
  test('is the hour that begins then', () => {
    expect(only('yesterday 14:00')).toEqual(['2026-11-21T13:00:00Z', '2026-11-21T13:59:59.999999Z']);
    expect(only('2026-11-03 14:00')).toEqual(['2026-11-03T13:00:00Z', '2026-11-03T13:59:59.999999Z']);
    expect(only('3 nov 2 pm')).toEqual(['2026-11-03T13:00:00Z', '2026-11-03T13:59:59.999999Z']);
    expect(labels('mon 14:30')).toEqual(['Monday, 16 November 2026, 14:30–15:30']);
    expect(labels('3 nov 14:00')).toEqual(['Tuesday, 3 November 2026, 14:00–15:00']);
  });

  test('an hour that has begun goes on live, one that hasn’t is none', () => {
    expect(only('today 16:00')).toEqual(['2026-11-22T15:00:00Z', undefined]);
    expect(jumps('today 17:00')).toEqual([]);
  });

  test('a time alone is the latest such time', () => {
    expect(only('14:00')?.[0]).toBe('2026-11-22T13:00:00Z');
    expect(only('17:00')?.[0]).toBe('2026-11-21T16:00:00Z');
  });

  test('it is found again by its own text', () => {
    for (const text of ['yesterday', 'last week', '3 nov', 'yesterday 14:00', '3 nov 14:00', '24 dec 9:30']) {
      const [jump] = jumps(text);
      expect(jumps(jump?.text ?? '')[0], text).toEqual(jump);
    }
  });
});

describe('in the zone that was chosen, in summer and in winter', () => {
  test('a day begins and ends with the clocks of its zone', () => {
    expect(only('3 nov', 'America/New_York')).toEqual(['2026-11-03T05:00:00Z', '2026-11-04T04:59:59.999999Z']);
    expect(only('3 jul', 'America/New_York')).toEqual(['2026-07-03T04:00:00Z', '2026-07-04T03:59:59.999999Z']);
    expect(only('3 nov', 'UTC')?.[0]).toBe('2026-11-03T00:00:00Z');
    // Already Monday there.
    expect(only('today', 'Pacific/Auckland')?.[0]).toBe('2026-11-22T11:00:00Z');
  });

  test('the days on which clocks change have 25 and 23 hours', () => {
    const hours = ([from, to]: (string | undefined)[] = []) => Math.round((Date.parse(to ?? '') - Date.parse(from ?? '')) / 3_600_000);
    expect(hours(only('25 oct'))).toBe(25);
    expect(hours(only('29 mar'))).toBe(23);
  });

  test('the hour that happens twice is both', () => {
    expect(only('25 oct 02:00')).toEqual(['2026-10-25T00:00:00Z', '2026-10-25T01:59:59.999999Z']);
    expect(only('25 oct 02:30')).toEqual(['2026-10-25T00:30:00Z', '2026-10-25T02:29:59.999999Z']);
  });

  test('the hour that is left out is the one after the gap', () => {
    expect(only('29 mar 02:30')).toEqual(['2026-03-29T01:30:00Z', '2026-03-29T02:29:59.999999Z']);
    expect(jumps('29 mar 02:30')[0]?.label).toContain('03:30–04:30');
  });

  test('where midnight is left out a day begins at one', () => {
    // Chile goes forward at midnight.
    const [jump] = jumps('6 sep 2026', 'America/Santiago');
    expect(clockOf(jump?.from ?? '', 'America/Santiago')).toMatchObject({ day: '2026-09-06', hour: '01', minute: '00' });
  });
});
