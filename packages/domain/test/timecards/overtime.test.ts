import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { hundredthsOf, type Sheet } from '../../src/timecards/hours.rules.ts';
import { DEFAULT_OVERTIME, overtimeOf, weekOf, type CountedCard } from '../../src/timecards/overtime.rules.ts';

/** So many hours from eight in the morning. */
const sheet = (workDate: string, hours: number, from = 8): Sheet => {
  const start = Date.parse(`${workDate}T00:00:00Z`) + from * 3_600_000;
  return {
    workDate,
    checkIn: new Date(start).toISOString(),
    checkOut: new Date(start + hours * 3_600_000).toISOString(),
    breakStart: null,
    breakEnd: null,
  };
};
const card = (id: string, sheets: readonly Sheet[], settled: string | null = null): CountedCard => ({ id, sheets, settled });
const days = (first: number, hours: readonly number[]) =>
  hours.map((one, n) => sheet(`2026-11-${String(first + n).padStart(2, '0')}`, one));
const overtime = (cards: readonly CountedCard[], settings = DEFAULT_OVERTIME) => Object.fromEntries(overtimeOf(cards, settings));

describe('TC-3: overtime of a day and of a week', () => {
  test('TC-3: hours beyond 8 in a day are overtime', () => {
    expect(overtime([card('a', [sheet('2026-11-03', 8.5)])])).toEqual({ a: 50 });
    expect(overtime([card('a', [sheet('2026-11-03', 8)])])).toEqual({ a: 0 });
  });

  test('TC-3: of the others, those beyond 40 in the week as well', () => {
    expect(overtime([card('a', days(2, [8, 8, 8, 8, 8, 6]))])).toEqual({ a: 600 });
    expect(overtime([card('a', days(2, [10, 8, 8, 8, 8, 2]))])).toEqual({ a: 400 });
  });

  test('TC-3: an hour beyond 8 in a day does not count a second time for the week', () => {
    expect(overtime([card('a', days(2, [10, 10, 10, 10]))])).toEqual({ a: 800 });
  });

  test('TC-3: both limits are settings', () => {
    expect(overtime([card('a', days(2, [8, 8]))], { ...DEFAULT_OVERTIME, dailyLimit: 7.5 })).toEqual({ a: 100 });
    expect(overtime([card('a', days(2, [8, 8, 8, 8, 8]))], { ...DEFAULT_OVERTIME, weeklyLimit: 38 })).toEqual({ a: 200 });
  });

  test('TC-3: a card of two weeks has 40 regular hours in each of them', () => {
    expect(overtime([card('a', days(2, [8, 8, 8, 8, 8, 8, 0.5, 8, 8, 8, 8, 8]))])).toEqual({ a: 850 });
  });

  test('TC-1: a night shift counts for the day and the week on which it begins', () => {
    expect(
      overtime([card('a', [...days(2, [8, 8, 8, 8, 8]), sheet('2026-11-08', 8, 22)]), card('b', [sheet('2026-11-09', 8, 10)])]),
    ).toEqual({ a: 800, b: 0 });
  });

  test('TC-1: weeks begin on Monday, a setting', () => {
    expect(weekOf('2026-11-08', 1)).toBe('2026-11-02');
    expect(weekOf('2026-11-09', 1)).toBe('2026-11-09');
    expect(weekOf('2026-11-08', 7)).toBe('2026-11-08');
    expect(weekOf('2026-11-07', 7)).toBe('2026-11-01');
  });
});

describe("TC-3: the week is the person's, whatever each card covers", () => {
  const oneDayCards = days(2, [8, 8, 8, 8, 8, 6]).map((one) => card(one.workDate, [one]));

  test('TC-3: six cards of one day have the overtime that one card of the week has', () => {
    expect(overtime(oneDayCards)).toMatchObject({ '2026-11-06': 0, '2026-11-07': 600 });
  });

  test('TC-3: two cards of one day share its 8 hours in the order of the shifts', () => {
    expect(overtime([card('late', [sheet('2026-11-03', 5, 14)]), card('early', [sheet('2026-11-03', 5, 6)])])).toEqual({
      early: 0,
      late: 200,
    });
  });

  test('TC-4: an approved card keeps its overtime, and a card that comes late bears what is beyond 40', () => {
    const approved = days(3, [8, 8, 8, 8, 8]).map((one) => card(one.workDate, [one], '0.00'));
    expect(overtime([card('late', [sheet('2026-11-02', 8)]), ...approved])).toEqual({ late: 800 });
  });

  test('TC-4: what an approved card already bears of the week is not counted again', () => {
    const open = days(2, [8, 8, 8, 8, 8]).map((one) => card(one.workDate, [one]));
    expect(Object.values(overtime([...open, card('sat', [sheet('2026-11-07', 8)], '8.00')]))).toEqual([0, 0, 0, 0, 0]);
  });

  test('TC-4: an approved card of two weeks gives each week what its own days take', () => {
    const approved = card('a', days(2, [8, 8, 8, 8, 8, 8, 0, 8, 8, 8, 8, 4]), '8.00');
    expect(overtime([approved, card('b', [sheet('2026-11-14', 8)]), card('c', [sheet('2026-11-08', 2)])])).toEqual({ b: 400, c: 200 });
  });
});

const anyCards = fc
  .array(fc.tuple(fc.integer({ min: 1, max: 28 }), fc.integer({ min: 1, max: 1400 }), fc.integer({ min: 0, max: 3 })), { maxLength: 20 })
  .map((shifts) => {
    const sheets = shifts.map(([day, hundredths, owner]) => ({
      owner,
      sheet: sheet(`2026-11-${String(day).padStart(2, '0')}`, hundredths / 100, 0),
    }));
    return [0, 1, 2, 3].map((owner) =>
      card(
        String(owner),
        sheets.filter((one) => one.owner === owner).map((one) => one.sheet),
      ),
    );
  });
const worked = (one: CountedCard) => one.sheets.reduce((sum, sheet) => sum + (hundredthsOf(sheet) ?? 0), 0);

describe('TC-3: properties of overtime', () => {
  test('TC-3: overtime is neither negative nor more than the hours worked', () => {
    fc.assert(
      fc.property(anyCards, (cards) => {
        for (const [id, hundredths] of overtimeOf(cards, DEFAULT_OVERTIME)) {
          expect(hundredths).toBeGreaterThanOrEqual(0);
          expect(hundredths).toBeLessThanOrEqual(worked(cards.find((one) => one.id === id) as CountedCard));
        }
      }),
    );
  });

  test("TC-3: how a person's days are spread over cards changes the overtime of none of their weeks", () => {
    fc.assert(
      fc.property(anyCards, (cards) => {
        const sum = (list: readonly CountedCard[]) =>
          [...overtimeOf(list, DEFAULT_OVERTIME).values()].reduce((total, one) => total + one, 0);
        expect(sum(cards)).toBe(
          sum([
            card(
              'all',
              cards.flatMap((one) => one.sheets),
            ),
          ]),
        );
      }),
    );
  });

  test('TC-3: no week has more regular hours than its limit, no day more than its own', () => {
    fc.assert(
      fc.property(anyCards, (cards) => {
        const sheets = cards.flatMap((one) => one.sheets);
        const total = [...overtimeOf(cards, DEFAULT_OVERTIME).values()].reduce((sum, one) => sum + one, 0);
        const weeks = new Set(sheets.map((one) => weekOf(one.workDate, 1)));
        expect(worked(card('all', sheets)) - total).toBeLessThanOrEqual(weeks.size * 4000);
      }),
    );
  });

  test('TC-4: approving a card of one day changes the overtime of no other card', () => {
    fc.assert(
      fc.property(anyCards, fc.nat(19), (cards, n) => {
        const single = cards.flatMap((one) => one.sheets).map((one, index) => card(String(index), [one]));
        const before = overtimeOf(single, DEFAULT_OVERTIME);
        const approved = single.map((one, index) =>
          index === n ? { ...one, settled: ((before.get(one.id) ?? 0) / 100).toFixed(2) } : one,
        );
        before.delete(String(n));
        expect(overtimeOf(approved, DEFAULT_OVERTIME)).toEqual(before);
      }),
    );
  });
});
