import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { DAY, habitOf, HOUR, hourOf, learned, noDay, type Habit, type HabitDay } from '../../src/record/unusual/habit.rules.ts';
import type { NotedRead } from '../../src/record/unusual/noted-read.rules.ts';
import { headlineOf, rangesOf, sentenceOf } from '../../src/record/unusual/sentences.rules.ts';
import { allowedFrom, hasGrown, hoursApart, unusualIn, type Judged, type UnusualKind } from '../../src/record/unusual/unusual.rules.ts';

const LIMITS = {
  unusualRecords: 100,
  unusualRows: 10_000,
  unusualPeople: 250,
  unusualExports: 300,
  unusualTimes: 3,
  unusualHoursApart: 3,
  unusualFewest: 3,
};
const START = Date.UTC(2026, 10, 3, 9);
let position = 0;
const read = (minutes: number, parts: Partial<NotedRead> = {}): NotedRead => ({
  position: (position += 1),
  reader: 'r',
  view: 'trail',
  firstAt: new Date(START + minutes * 60_000),
  lastAt: new Date(START + minutes * 60_000),
  times: 1,
  rows: 10,
  ofOthers: 10,
  people: 0,
  records: [`Timecard:${position}`],
  label: null,
  exported: 0,
  areas: ['site:a'],
  filter: null,
  ...parts,
});
const reads = (count: number, parts: Partial<NotedRead> = {}, minutes = (n: number) => n / 10) =>
  Array.from({ length: count }, (_, n) => read(minutes(n), parts));
const exported = (minutes: number, cards: number, parts: Partial<NotedRead> = {}) =>
  read(minutes, { view: 'export', records: [], areas: [], exported: cards, rows: cards, ofOthers: 0, ...parts });

const HABIT: Habit = { records: 20, rows: 1_000, people: 100, exported: 100, hours: [8, 9, 10, 11, 12, 13, 14, 15, 16], areas: ['site:a'] };
const judge = (all: readonly NotedRead[], parts: Partial<Judged> = {}) =>
  unusualIn({ reads: all, fresh: all, habit: null, limits: LIMITS, timeZone: 'UTC', ownAreas: [], ...parts });
const kinds = (all: readonly NotedRead[], parts: Partial<Judged> = {}): UnusualKind[] => judge(all, parts).map(({ kind }) => kind);

describe('AUD-30: many records in a short time', () => {
  test('AUD-30: without a habit only the absolute limit counts, and only beyond it', () => {
    expect(kinds(reads(100))).toEqual([]);
    expect(judge(reads(101))).toMatchObject([{ kind: 'many_records', count: 101, allowed: 100, usual: null }]);
  });

  test('AUD-30: one record read often is one record', () => {
    expect(kinds(reads(500, { records: ['Timecard:1'] }))).toEqual([]);
  });

  test('AUD-30: what is spread over more than an hour is less within one', () => {
    expect(kinds(reads(150, {}, (n) => n))).toEqual([]);
  });

  test('AUD-30: with a habit it is three times the most of it, within bounds', () => {
    expect(judge(reads(61), { habit: HABIT })).toMatchObject([{ kind: 'many_records', count: 61, allowed: 60, usual: 20 }]);
    expect(kinds(reads(60), { habit: HABIT })).toEqual([]);
    // Little that is usual makes nothing of a little more, and whoever is used to much is still seen.
    expect(kinds(reads(50), { habit: { ...HABIT, records: 1 } })).toEqual([]);
    expect(kinds(reads(501), { habit: { ...HABIT, records: 10_000, rows: 4_000 } })).toEqual(['many_records']);
  });

  test('AUD-30: the rows that it rests on are those that were counted', () => {
    const feed = read(1, { view: 'feed', records: [], areas: [] });
    const [finding] = judge([...reads(101), feed]);
    expect(finding?.reads).toHaveLength(101);
    expect(finding?.reads).not.toContain(feed);
  });
});

describe('AUD-30: rows and people', () => {
  const page = (minutes: number, parts: Partial<NotedRead> = {}) => read(minutes, { view: 'feed', records: [], areas: [], ...parts });

  test('AUD-30: whoever pages through the log opens no record, and is noticed by its rows', () => {
    expect(kinds([page(0, { ofOthers: 5_000 }), page(9, { ofOthers: 5_000 })])).toEqual([]);
    const [finding, ...others] = judge([page(0, { ofOthers: 5_000 }), page(9, { ofOthers: 5_001 })]);
    expect(others).toEqual([]);
    expect(finding).toMatchObject({ kind: 'many_rows', count: 10_001, allowed: 10_000, usual: null });
    expect(finding?.reads).toHaveLength(2);
    expect(judge([page(0, { ofOthers: 5_001 })], { habit: { ...HABIT, rows: 100 } })).toMatchObject([
      { kind: 'many_rows', allowed: 5_000 },
    ]);
  });

  test('AUD-30: rows of a window that began more than an hour before are not told of as of one hour', () => {
    const begun = new Date(START - 59 * 60_000);
    expect(kinds([page(0, { ofOthers: 9_000, firstAt: begun }), page(30, { ofOthers: 9_000 })])).toEqual([]);
  });

  test('AUD-30: people are counted whole, by reading as by exports, however many of them a filter names', () => {
    expect(kinds([page(0, { people: 250 })])).toEqual([]);
    expect(judge([page(0, { people: 251 })])).toMatchObject([{ kind: 'many_people', count: 251, allowed: 250 }]);
    expect(kinds([exported(0, 260, { people: 260 })])).toEqual(['many_people']);
    // Of those who are asked for by name five are kept by id.
    const named = Array.from({ length: 5 }, (_, n) => `User:${n}`);
    expect(judge([page(0, { view: 'person', records: named, people: 101 })])).toMatchObject([{ kind: 'many_records', count: 101 }]);
  });
});

describe('AUD-30: large exports', () => {
  test('AUD-30: small exports of one day add up', () => {
    expect(kinds([exported(0, 200), exported(600, 100)])).toEqual([]);
    expect(judge([exported(0, 200), exported(600, 101)])).toMatchObject([{ kind: 'large_export', count: 301, allowed: 300 }]);
    expect(kinds([exported(0, 200), exported(24 * 60, 200)])).toEqual([]);
  });

  test('AUD-30: whoever exports 400 each month exports 400', () => {
    expect(kinds([exported(0, 400)], { habit: { ...HABIT, exported: 400 } })).toEqual([]);
    expect(kinds([exported(0, 400)], { habit: { ...HABIT, exported: 0 } })).toEqual(['large_export']);
  });
});

describe('AUD-30: unusual hours and areas', () => {
  const night = (n: number) => 15 * 60 + n;

  test('AUD-30: three records or more, three hours or more from any usual one', () => {
    expect(kinds(reads(2, {}, night), { habit: HABIT })).toEqual([]);
    const [finding] = judge(reads(3, {}, night), { habit: HABIT });
    expect(finding).toMatchObject({ kind: 'odd_hours', count: 3, about: { found: ['0'], usual: HABIT.hours.map(String) } });
    // 18:00 is two hours from 16:00.
    expect(
      kinds(
        reads(9, {}, (n) => 9 * 60 + n),
        { habit: HABIT },
      ),
    ).toEqual([]);
  });

  test('AUD-30: a page that is left open over night is one record, however often it is brought up to date', () => {
    expect(kinds(reads(200, { records: ['Timecard:1'] }, night), { habit: HABIT })).toEqual([]);
    expect(kinds(reads(200, { view: 'feed', records: [], areas: [], rows: 5_000 }, night), { habit: HABIT })).toEqual([]);
  });

  test('AUD-30: the hours are those of the reader’s own clock', () => {
    const all = reads(3, {}, (n) => n);
    expect(kinds(all, { habit: HABIT, timeZone: 'Europe/Berlin' })).toEqual([]);
    expect(kinds(all, { habit: HABIT, timeZone: 'America/Los_Angeles' })).toEqual(['odd_hours']);
    // An hour that comes twice is the same hour of the clock.
    expect([0, 1].map((utc) => hourOf(new Date(Date.UTC(2026, 9, 25, utc)), 'Europe/Berlin'))).toEqual([2, 2]);
  });

  test('AUD-30: a site of which somebody read nothing for weeks, unless they are responsible for it', () => {
    const elsewhere = reads(3, { areas: ['site:b'] });
    expect(judge(elsewhere, { habit: HABIT })).toMatchObject([{ kind: 'other_area', count: 3, about: { found: ['site:b'] } }]);
    expect(kinds(elsewhere, { habit: HABIT, ownAreas: ['site:b'] })).toEqual([]);
    expect(kinds(elsewhere.slice(1), { habit: HABIT })).toEqual([]);
    expect(kinds([read(0, { view: 'export', records: [], exported: 5, areas: ['site:b'] })], { habit: HABIT })).toEqual(['other_area']);
  });

  test('AUD-30: without a habit nothing is unusual about an hour or an area', () => {
    expect(kinds(reads(90, { areas: ['site:z'] }, (n) => 15 * 60 + n / 10))).toEqual([]);
  });
});

describe('AUD-30: what is usual', () => {
  const day = (n: number, parts: Partial<HabitDay> = {}): HabitDay => ({ ...noDay(`2026-10-${10 + n}`), hours: [9], records: n, ...parts });

  test('AUD-30: fewer than five days are no habit', () => {
    expect(habitOf([1, 2, 3, 4].map((n) => day(n)))).toBeNull();
    expect(habitOf([1, 2, 3, 4, 5].map((n) => day(n)))).toMatchObject({ records: 5, hours: [9] });
  });

  test('AUD-30: an hour is usual from the second day on', () => {
    const days = [1, 2, 3, 4, 5].map((n) => day(n, { hours: n < 3 ? [9, 3] : n === 3 ? [9, 4] : [9] }));
    expect(habitOf(days)?.hours).toEqual([3, 9]);
  });

  test('AUD-30: a day learns hours, areas, exports, and the most records of an hour, reads before it counted in', () => {
    const before = reads(3, { people: 7 }, (n) => -n);
    const sum = learned(noDay('2026-11-03'), [read(10), exported(600, 7)], { before, timeZone: 'UTC' });
    expect(sum).toEqual({ day: '2026-11-03', hours: [9, 19], records: 4, rows: 40, people: 7, exported: 7, areas: ['site:a'] });
  });
});

const someReads = fc.array(
  fc.record({
    minutes: fc.integer({ min: 0, max: 23 * 60 }),
    record: fc.integer({ min: 0, max: 300 }),
    cards: fc.integer({ min: 0, max: 200 }),
    area: fc.constantFrom('site:a', 'site:b', 'User'),
    isExport: fc.boolean(),
  }),
  { maxLength: 150 },
);
const madeOf = (drawn: readonly { minutes: number; record: number; cards: number; area: string; isExport: boolean }[]) =>
  drawn.map(({ minutes, record, cards, area, isExport }) =>
    isExport ? exported(minutes, cards) : read(minutes, { records: [`Timecard:${record}`], areas: [area] }),
  );
const someHabit = fc.option(
  fc.record({
    records: fc.integer({ min: 0, max: 400 }),
    rows: fc.integer({ min: 0, max: 40_000 }),
    people: fc.integer({ min: 0, max: 900 }),
    exported: fc.integer({ min: 0, max: 4_000 }),
    hours: fc.uniqueArray(fc.integer({ min: 0, max: 23 })),
    areas: fc.uniqueArray(fc.constantFrom('site:a', 'site:b', 'User')),
  }),
  { nil: null },
);

describe('AUD-30: properties', () => {
  test('AUD-30: a finding counts more than is allowed, and rests on reads of its own stretch', () => {
    fc.assert(
      fc.property(someReads, someHabit, (drawn, habit) => {
        for (const { count, allowed, kind, reads: rows } of judge(madeOf(drawn), { habit })) {
          expect(count).toBeGreaterThan(allowed);
          expect(rows.length).toBeGreaterThan(0);
          const times = rows.map(({ lastAt }) => lastAt.getTime());
          expect(Math.max(...times) - Math.min(...times)).toBeLessThan(kind === 'large_export' ? DAY : HOUR);
        }
      }),
    );
  });

  test('AUD-30: whoever reads more besides is not less noticed', () => {
    fc.assert(
      fc.property(someReads, someReads, someHabit, (drawn, more, habit) => {
        const some = madeOf(drawn);
        const all = judge([...some, ...madeOf(more)], { habit });
        for (const { kind, count } of judge(some, { habit }))
          expect(all.find((finding) => finding.kind === kind)?.count).toBeGreaterThanOrEqual(count);
      }),
    );
  });

  test('AUD-30: in which order reads come to be known makes no difference to what they come to', () => {
    fc.assert(
      fc.property(someReads, someHabit, (drawn, habit) => {
        const all = madeOf(drawn);
        const counts = (list: readonly NotedRead[]) => judge(list, { habit }).map(({ kind, count }) => ({ kind, count }));
        expect(counts(all.toReversed())).toEqual(counts(all));
      }),
    );
  });

  test('AUD-30: what is allowed grows with what is usual, between half and five times the absolute limit', () => {
    fc.assert(
      fc.property(
        fc.integer({ min: 1, max: 10_000 }),
        fc.nat(20_000),
        fc.nat(20_000),
        fc.integer({ min: 1, max: 100 }),
        (absolute, one, other, times) => {
          const [less, more] = [Math.min(one, other), Math.max(one, other)].map((usual) => allowedFrom(absolute, usual, times)) as [
            number,
            number,
          ];
          expect(less).toBeLessThanOrEqual(more);
          expect(less).toBeGreaterThanOrEqual(Math.floor(absolute / 2));
          expect(more).toBeLessThanOrEqual(5 * absolute);
        },
      ),
    );
  });

  test('AUD-30: hours go round: none is more than twelve from another, nor from itself at all', () => {
    const hour = fc.integer({ min: 0, max: 23 });
    fc.assert(
      fc.property(hour, fc.array(hour, { minLength: 1 }), (one, others) => {
        const apart = hoursApart(one, others);
        expect(apart).toBe(Math.min(...others.map((other) => hoursApart(other, [one]))));
        expect(apart).toBeLessThanOrEqual(12);
        expect(apart === 0).toBe(others.includes(one));
      }),
    );
  });

  test('AUD-30: however much is read in small steps, it is told a few times', () => {
    fc.assert(
      fc.property(fc.array(fc.integer({ min: 1, max: 50 }), { minLength: 1, maxLength: 200 }), (steps) => {
        let told = 0;
        let times = 0;
        let sum = 100;
        for (const step of steps) {
          sum += step;
          if (told === 0 || hasGrown(told, sum)) {
            told = sum;
            times += 1;
          }
        }
        expect(times).toBeLessThanOrEqual(1 + Math.log2(sum / 100));
      }),
    );
  });
});

describe('AUD-30: in plain sentences', () => {
  const told = { count: 120, allowed: 100, usual: null, about: { found: [], usual: [] }, timeZone: 'Europe/Berlin' };
  test('AUD-30: what was unusual and compared with what', () => {
    expect(headlineOf({ ...told, kind: 'many_records' }, new Map())).toBe(
      'Read 120 different records within an hour; more than 100 is unusual, since nobody knows yet what is usual for them.',
    );
    expect(headlineOf({ ...told, kind: 'many_rows' }, new Map())).toBe(
      'Read 120 rows about others within an hour; more than 100 is unusual, since nobody knows yet what is usual for them.',
    );
    expect(headlineOf({ ...told, kind: 'many_people' }, new Map())).toBe(
      'Read or took away records of 120 different people or more within an hour; more than 100 is unusual, since nobody knows yet what is usual for them.',
    );
    expect(headlineOf({ ...told, kind: 'large_export', usual: 33 }, new Map())).toBe(
      'Took 120 records away as files within a day; more than 100 is unusual, since the most in five weeks was 33.',
    );
    expect(headlineOf({ ...told, kind: 'odd_hours', about: { found: ['2'], usual: ['8', '9', '10', '22', '23', '0'] } }, new Map())).toBe(
      'Read 120 records between 02:00 and 03:00 (Europe/Berlin); in five weeks they read between 08:00 and 11:00 and between 22:00 and 01:00.',
    );
    expect(headlineOf({ ...told, kind: 'other_area', about: { found: ['site:1'], usual: [] } }, new Map([['site:1', 'North Hall']]))).toBe(
      'Read 120 records of North Hall, where they had read nothing in five weeks.',
    );
  });

  test('AUD-30: each row says what was read', () => {
    const row = { view: 'trail', records: ['Timecard:1'], label: 'Timecard 2–8 Nov', times: 2, rows: 40, exported: 0, filter: null };
    expect(sentenceOf(row)).toBe('Read the trail of Timecard 2–8 Nov, twice, 40 rows in all.');
    expect(sentenceOf({ ...row, view: 'event', times: 1 })).toBe('Opened an event of Timecard 2–8 Nov.');
    expect(sentenceOf({ ...row, view: 'export', exported: 1_200, times: 1, label: null })).toBe('Took 1,200 records away as a file.');
    expect(sentenceOf({ ...row, view: 'person', records: ['User:1', 'User:2'], label: null, times: 1 })).toBe(
      'Read what happened to the records of 2 people, 40 rows in all.',
    );
    expect(sentenceOf({ ...row, view: 'feed', records: [], label: null, times: 5 })).toBe('Read “Live”, 5 times, 40 rows in all.');
    expect(sentenceOf({ ...row, view: 'feed', records: [], label: null, people: 12 })).toBe(
      'Read “Live”, twice, 40 rows of 12 people in all.',
    );
  });

  test('AUD-30: hours that follow each other are one stretch, round midnight too', () => {
    expect(rangesOf([22, 23, 0, 1])).toEqual(['between 22:00 and 02:00']);
    expect(rangesOf(Array.from({ length: 24 }, (_, hour) => hour))).toEqual(['at all hours']);
  });
});
