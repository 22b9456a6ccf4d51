import fc from 'fast-check';
import { Temporal } from 'temporal-polyfill';
import { describe, expect, test } from 'vitest';
import { showTime } from '../../src/features/timecards/shown-time.ts';
import { isLater, meantBy, readTyped } from '../../src/features/timecards/typed-times.ts';

const meant = (texts: readonly string[], { workDate = '2026-11-03', zone = 'Europe/Berlin', later = false } = {}) =>
  meantBy(
    texts.map((text) => ({ text, later })),
    workDate,
    zone,
  );
const minutes = (text: string) => {
  const typed = readTyped(text);
  return typed.kind === 'time' ? [typed.minutes, typed.days] : typed.kind;
};

describe('TC-9: times as people type them', () => {
  test.each([
    ['08:00', [480, null]],
    ['8', [480, null]],
    ['0830', [510, null]],
    ['830', [510, null]],
    ['8.30', [510, null]],
    ['8h30', [510, null]],
    ['4:30pm', [990, null]],
    ['4:30 p.m.', [990, null]],
    ['8,30', [510, null]],
    ['０８：３０', [510, null]],
    ['12am', [0, null]],
    ['12 pm', [720, null]],
    ['06:30 +1', [390, 1]],
    ['06:30+1', [390, 1]],
    ['24:00', [0, 1]],
    ['', 'none'],
    ['  ', 'none'],
    ['soon', 'unreadable'],
    ['25:00', 'unreadable'],
    ['08:60', 'unreadable'],
    ['13pm', 'unreadable'],
  ])('%j', (text, expected) => expect(minutes(text)).toEqual(expected));
});

describe('what typed times mean', () => {
  test('a time that is earlier than the beginning of the shift is on the next day', () => {
    expect(meant(['22:00', '06:30', '01:30', '23:30']).map(({ instant, text }) => [instant, text])).toEqual([
      ['2026-11-03T21:00:00Z', '22:00'],
      ['2026-11-04T05:30:00Z', '06:30 +1'],
      ['2026-11-04T00:30:00Z', '01:30 +1'],
      ['2026-11-03T22:30:00Z', '23:30'],
    ]);
  });

  test('whoever says which day is believed', () => {
    expect(meant(['08:00', '08:00 +1'])[1]?.instant).toBe('2026-11-04T07:00:00Z');
  });

  test('where the beginning can’t be read, nothing is taken to be on the next day', () => {
    expect(meant(['9x', '16:30']).map(({ text, problem }) => [text, problem !== null])).toEqual([
      ['9x', true],
      ['16:30', false],
    ]);
  });

  test('TC-1: a night in which the clocks go forward has an hour less', () => {
    const [start, end] = meant(['22:00', '06:00'], { workDate: '2026-03-28' });
    expect((Date.parse(end?.instant ?? '') - Date.parse(start?.instant ?? '')) / 3_600_000).toBe(7);
    expect(meant(['22:00', '02:30'], { workDate: '2026-03-28' })[1]?.problem).toMatch(/The clocks go forward then: there is no 02:30/);
  });

  test('TC-1: the hour that happens twice can be told apart', () => {
    const [, first] = meant(['22:00', '02:30'], { workDate: '2026-10-24' });
    const [, second] = meant(['22:00', '02:30'], { workDate: '2026-10-24', later: true });
    expect(first).toMatchObject({ instant: '2026-10-25T00:30:00Z', twice: ['UTC+02:00', 'UTC+01:00'] });
    expect(second?.instant).toBe('2026-10-25T01:30:00Z');
    expect(isLater('2026-10-25T01:30:00.000Z', '2026-10-24', 'Europe/Berlin')).toBe(true);
    expect(isLater('2026-10-25T00:30:00.000Z', '2026-10-24', 'Europe/Berlin')).toBe(false);
  });

  test('an instant that is shown and typed back is the same, in every zone and across every change of the clocks', () => {
    const zones = fc.constantFrom(
      'Europe/Berlin',
      'America/New_York',
      'Australia/Lord_Howe',
      'Asia/Kathmandu',
      'Africa/Casablanca',
      'America/St_Johns',
      'UTC',
    );
    const start = Date.parse('2026-01-01T00:00:00Z') / 60_000;
    fc.assert(
      fc.property(
        zones,
        fc.integer({ min: start, max: start + 366 * 1440 }),
        fc.integer({ min: 0, max: 24 * 60 }),
        (zone, from, length) => {
          const first = Temporal.Instant.fromEpochMilliseconds(from * 60_000);
          const last = first.add({ minutes: length });
          const workDate = first.toZonedDateTimeISO(zone).toPlainDate().toString();
          const instants = [first.toString(), last.toString()];
          const typed = instants.map((instant) => ({ text: showTime(instant, workDate, zone), later: isLater(instant, workDate, zone) }));
          // A wall clock before the beginning's on the same day happens only in the hour that comes twice.
          fc.pre(!typed.some(({ text }) => text < (typed[0]?.text ?? '') && !text.includes('+')));
          expect(meantBy(typed, workDate, zone).map(({ instant }) => instant)).toEqual(instants);
        },
      ),
      { numRuns: 400 },
    );
  });
});
