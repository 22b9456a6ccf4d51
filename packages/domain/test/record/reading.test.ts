import { describe, expect, test } from 'vitest';
import { recordedFilterOf, recordsNamed } from '../../src/record/reading/recorded-filter.rules.ts';
import { added, GRACE, isOverdue, joined, MOST_PEOPLE, ofOthers, type Read, type Window } from '../../src/record/reading/window.rules.ts';

const MINUTE = 60_000;
const at = (minutes: number) => new Date(Date.UTC(2026, 10, 3, 8) + minutes * MINUTE);
const read = (minutes: number, parts: Partial<Read> = {}): Read => ({
  times: 1,
  rows: 10,
  ofOthers: 10,
  people: [],
  filters: [{}],
  first: at(minutes),
  last: at(minutes),
  ...parts,
});
const closed = (window: Window): Window => ({ ...window, times: 0, rows: 0, ofOthers: 0, people: [], filters: [], moreFilters: 0 });

describe('AUD-29: windows', () => {
  test('AUD-29: reads of one window add up: how often, how many rows, from when to when', () => {
    const window = joined(joined(null, read(0)), read(4, { rows: 5 }));
    expect(window).toMatchObject({ minutes: 5, times: 2, rows: 15, openedAt: at(0), lastAt: at(4), closesAt: at(5) });
  });

  test('AUD-29: a page that is left open has windows of 5, 10, 20, 40 and then 60 minutes', () => {
    let window = joined(null, read(0));
    const lengths = [window.minutes];
    for (let minute = 1; minute <= 240; minute++) {
      if (at(minute) >= window.closesAt) {
        window = joined(closed(window), read(minute));
        lengths.push(window.minutes);
      } else window = joined(window, read(minute));
    }
    expect(lengths).toEqual([5, 10, 20, 40, 60, 60, 60]);
  });

  test('AUD-29: whoever comes back more than five minutes after a window begins with a short one', () => {
    const before = closed(joined(null, read(0)));
    expect(joined(before, read(10)).minutes).toBe(10);
    expect(joined(before, read(10.001)).minutes).toBe(5);
  });

  test('AUD-29: a window waits past its end for what other nodes still hold, and no longer', () => {
    const window = joined(null, read(0));
    const end = window.closesAt.getTime() + GRACE;
    expect(isOverdue(window, new Date(end - 1))).toBe(false);
    expect(isOverdue(window, new Date(end))).toBe(true);
    expect(isOverdue(closed(window), new Date(end))).toBe(false);
  });

  test('AUD-29: different filters are kept once each, ten of them, and the others are counted', () => {
    const filters = Array.from({ length: 13 }, (_, n) => ({ area: [`area_${n}`] }));
    const window = filters.reduce<Window | null>(
      (stood, filter) => joined(stood, read(1, { filters: [filter, { area: ['area_0'] }] })),
      null,
    );
    expect(window?.filters).toEqual(filters.slice(0, 10));
    expect(window?.moreFilters).toBe(3);
  });

  test('AUD-30: different people are counted once each, as many as there are, up to a bound', () => {
    const names = (from: number, to: number) => Array.from({ length: to - from }, (_, n) => `person ${from + n}`);
    const window = joined(joined(null, read(0, { people: names(0, 60) })), read(1, { people: names(40, 100) }));
    expect(window).toMatchObject({ ofOthers: 20, people: names(0, 100) });
    expect(joined(window, read(2, { people: names(0, 20_000) })).people).toHaveLength(MOST_PEOPLE);
  });

  test('AUD-30: rows about the reader are nobody else’s', () => {
    const about = new Map([
      ['me', 5],
      ['you', 3],
      ['', 2],
    ]);
    expect(ofOthers(about, 'me')).toEqual({ rows: 5, people: ['you'] });
    expect(ofOthers(about, 'somebody')).toEqual({ rows: 10, people: ['me', 'you'] });
  });

  test('AUD-29: what a node counts before it writes adds up in either order', () => {
    expect(added(read(3), read(1, { rows: 1 }))).toMatchObject({ times: 2, rows: 11, first: at(1), last: at(3) });
  });
});

const CARD = '0d2f3c1e-0000-4000-8000-000000000001';

describe('AC-4: filters as they are recorded', () => {
  test('AC-4: of what was typed only how many texts there were is kept', () => {
    expect(recordedFilterOf({ text: ['Maria', 'Keller', 'Maria'] })).toEqual({ texts: 2 });
  });

  test('AC-4: what stands in the place of an id and is none is counted, and not kept', () => {
    expect(recordedFilterOf({ actor: ['Maria Keller', CARD, 'system'], root: ['Timecard:Maria', `Timecard:${CARD}`] })).toEqual({
      actor: [CARD, 'system'],
      root: [`Timecard:${CARD}`],
      others: 2,
    });
  });

  test('AUD-29: names of the vocabulary and stretches of time stand as they are, five values of a list at most', () => {
    expect(recordedFilterOf({ area: ['timecards'], from: '2026-11-03T00:00:00Z', action: ['a', 'b', 'c', 'd', 'e', 'f', 'g'] })).toEqual({
      area: ['timecards'],
      action: ['a', 'b', 'c', 'd', 'e'],
      from: '2026-11-03T00:00:00Z',
      others: 2,
    });
  });

  test('AUD-29: filters that say the same are the same', () => {
    expect(JSON.stringify(recordedFilterOf({ action: ['b', 'a', 'a'] }))).toBe(JSON.stringify(recordedFilterOf({ action: ['a', 'b'] })));
  });

  test('AUD-35: only records that are named in full count as looked at', () => {
    expect(recordsNamed({ root: [CARD, `Timecard:${CARD}`, 'Timecard:x'], target: [`Timecard:${CARD}`] })).toEqual([`Timecard:${CARD}`]);
  });
});
