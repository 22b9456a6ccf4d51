import { describe, expect, test } from 'vitest';
import type { Sheet } from '../../../src/timecards/hours.rules.ts';
import type { PlanOptions, StandingCard } from '../../../src/timecards/import/placing.rules.ts';
import { planOf } from '../../../src/timecards/import/plan.rules.ts';
import type { FoundShift } from '../../../src/timecards/import/punches.rules.ts';

const OPTIONS: PlanOptions = { newCards: 'week', weekBeginsOn: 1, timeZoneOf: () => 'Europe/Berlin', refusesNew: null };

const day = (number: number) => `2026-11-${String(number).padStart(2, '0')}`;
const at = (number: number, time: string) => `${day(number)}T${time}:00.000Z`;

let line = 1;
function shift(number: number, from: string, to: string | null, more: Partial<FoundShift> = {}): FoundShift {
  return {
    person: 'anna',
    site: 'hall',
    workDate: day(number),
    checkIn: Date.parse(at(number, from)),
    checkOut: to === null ? null : Date.parse(at(number, to)),
    breakStart: null,
    breakEnd: null,
    lines: [(line += 1)],
    ...more,
  };
}

const sheet = (number: number, from: string, to: string | null, breaks: readonly [string, string] | null = null): Sheet => ({
  workDate: day(number),
  checkIn: at(number, from),
  checkOut: to === null ? null : at(number, to),
  breakStart: breaks && at(number, breaks[0]),
  breakEnd: breaks && at(number, breaks[1]),
});

const week = (sheets: readonly Sheet[], more: Partial<StandingCard> = {}): StandingCard => ({
  id: 'w',
  version: 1,
  status: 'draft',
  site: 'hall',
  timeZone: 'Europe/Berlin',
  periodStart: day(2),
  periodEnd: day(8),
  sheets,
  lockedFields: new Set(),
  ...more,
});
const oneDay = (one: Sheet, more: Partial<StandingCard> = {}): StandingCard =>
  week([one], { id: 'd', periodStart: one.workDate, periodEnd: one.workDate, ...more });

const outcomes = (plan: ReturnType<typeof planOf>) => plan.shifts.map(({ outcome, card }) => (card ? `${outcome} ${card.id}` : outcome));

describe('TC-12: what becomes of a shift', () => {
  test('without a card a new one is made, for its week or for its day', () => {
    const shifts = [shift(3, '07:00', '15:00'), shift(4, '07:00', '15:00'), shift(10, '07:00', '15:00')];
    const weeks = planOf([], shifts, OPTIONS);
    expect(outcomes(weeks)).toEqual(['create', 'create', 'create']);
    expect(weeks.created.map(({ periodStart, periodEnd, sheets }) => [periodStart, periodEnd, sheets.length])).toEqual([
      [day(2), day(8), 2],
      [day(9), day(15), 1],
    ]);
    const days = planOf([], shifts, { ...OPTIONS, newCards: 'day' });
    expect(days.created.map(({ periodStart, periodEnd }) => [periodStart, periodEnd])).toEqual(
      [3, 4, 10].map((one) => [day(one), day(one)]),
    );
  });

  test('a day that a draft has otherwise is changed, and what the file does not say stays', () => {
    const card = week([sheet(3, '07:00', '15:00', ['11:00', '11:30']), sheet(4, '07:00', '15:00')]);
    const plan = planOf([card], [shift(3, '07:15', '15:00'), shift(5, '07:00', '15:00')], OPTIONS);
    expect(outcomes(plan)).toEqual(['change w', 'change w']);
    expect(plan.changed[0]?.sheets.find(({ workDate }) => workDate === day(3))).toEqual(sheet(3, '07:15', '15:00', ['11:00', '11:30']));
    expect(plan.changed[0]?.sheets).toHaveLength(3);
    expect(plan.created).toEqual([]);
  });

  test.each(['draft', 'submitted', 'approved', 'rejected'] as const)('what stands already on a card that is %s is unchanged', (status) => {
    const card = week([sheet(3, '07:00', '15:00', ['11:00', '11:30'])], { status });
    expect(outcomes(planOf([card], [shift(3, '07:00', '15:00')], OPTIONS))).toEqual(['unchanged w']);
  });

  test.each([
    ['draft', 'change w'],
    ['rejected', 'change w'],
    ['submitted', 'locked w'],
    ['approved', 'locked w'],
  ] as const)('other times on a card that is %s: %s', (status, outcome) => {
    const plan = planOf([week([sheet(3, '07:00', '15:00')], { status })], [shift(3, '08:00', '15:00')], OPTIONS);
    expect(outcomes(plan)).toEqual([outcome]);
    if (outcome === 'locked w') expect(plan.shifts[0]?.message).toContain('"Week of 2 Nov 2026" is');
    expect(plan.changed).toHaveLength(outcome === 'change w' ? 1 : 0);
  });

  test('TC-11: on a rejected card of their own, whoever imports changes only what the rejection asks for', () => {
    const locked = new Set(['entries.2026-11-03.daily_check_in', 'entries.2026-11-04.daily_check_in']);
    const card = week([sheet(3, '07:00', '15:00')], { status: 'rejected', lockedFields: locked });
    expect(outcomes(planOf([card], [shift(3, '07:00', '15:30')], OPTIONS))).toEqual(['change w']);
    const refused = planOf([card], [shift(3, '06:30', '15:30'), shift(4, '07:00', '15:00')], OPTIONS);
    expect(outcomes(refused)).toEqual(['locked w', 'locked w']);
    expect(refused.shifts[0]?.message).toContain('only the fields that it names');
  });

  test('a day that an approved card of the week lacks is not put beside it', () => {
    expect(outcomes(planOf([week([], { status: 'approved' })], [shift(3, '07:00', '15:00')], OPTIONS))).toEqual(['locked w']);
  });

  test('cards of other sites and other days are left alone', () => {
    const cards = [week([], { site: 'yard' }), oneDay(sheet(4, '07:00', '15:00'))];
    expect(outcomes(planOf(cards, [shift(3, '07:00', '15:00')], OPTIONS))).toEqual(['create']);
  });

  test('of several cards of a day the one that has the same times is meant, then the one that has any', () => {
    const cards = [week([]), oneDay(sheet(3, '07:00', '11:00')), oneDay(sheet(3, '18:00', '22:00'), { id: 'e' })];
    expect(outcomes(planOf(cards, [shift(3, '07:00', '11:00'), shift(3, '18:00', '22:00')], OPTIONS))).toEqual([
      'unchanged d',
      'unchanged e',
    ]);
    expect(outcomes(planOf(cards, [shift(3, '07:05', '11:00')], OPTIONS))).toEqual(['change d']);
  });

  test('a second shift of a day gets a card of its own, and stands there the next time', () => {
    const shifts = [shift(3, '06:00', '10:00'), shift(3, '18:00', '22:00')];
    const plan = planOf([], shifts, OPTIONS);
    expect(plan.created.map(({ periodStart, periodEnd }) => [periodStart, periodEnd])).toEqual([
      [day(2), day(8)],
      [day(3), day(3)],
    ]);
    const standing = plan.created.map((card, n) => ({
      ...card,
      id: `c${n}`,
      version: 1,
      status: 'draft' as const,
      lockedFields: new Set<string>(),
    }));
    expect(outcomes(planOf(standing, shifts, OPTIONS))).toEqual(['unchanged c0', 'unchanged c1']);
    const days = planOf([], shifts, { ...OPTIONS, newCards: 'day' });
    expect(days.created).toHaveLength(2);
  });
});

describe('TC-12, TC-6: what can not be is an error of its line', () => {
  test.each<[string, FoundShift, string]>([
    ['out before in', shift(3, '15:00', '07:00'), 'has to be after'],
    ['over 24 hours', { ...shift(3, '07:00', null), checkOut: Date.parse(at(4, '08:00')) }, 'more than 24 hours'],
    [
      'a break outside',
      { ...shift(3, '07:00', '15:00'), breakStart: Date.parse(at(3, '15:30')), breakEnd: Date.parse(at(3, '16:00')) },
      'inside the shift',
    ],
    ['a day on which it does not begin', { ...shift(3, '07:00', '15:00'), workDate: day(4) }, 'has to begin on that day'],
  ])('%s', (_, one, message) => {
    const plan = planOf([], [one], OPTIONS);
    expect(plan.shifts[0]).toMatchObject({ outcome: 'problem', message: expect.stringContaining(message) });
    expect(plan.created).toEqual([]);
  });

  test('two lines that overlap name each other', () => {
    const plan = planOf(
      [],
      [shift(3, '07:00', '15:00', { lines: [7] }), shift(3, '14:00', '18:00', { site: 'yard', lines: [8] })],
      OPTIONS,
    );
    expect(plan.shifts[1]).toMatchObject({ outcome: 'problem', message: expect.stringContaining('line 7') });
  });

  test('a line that overlaps with a card at another site is refused', () => {
    const plan = planOf([oneDay(sheet(3, '10:00', '12:00'), { site: 'yard' })], [shift(3, '07:00', '15:00')], OPTIONS);
    expect(plan.shifts[0]).toMatchObject({ outcome: 'problem', message: expect.stringContaining('stands on another timecard') });
  });

  test('a person for whom no card can be made keeps the ones there are', () => {
    const options = { ...OPTIONS, refusesNew: 'This person is disabled.' };
    const plan = planOf([week([sheet(3, '07:00', '15:00')])], [shift(3, '07:15', '15:00'), shift(11, '07:00', '15:00')], options);
    expect(plan.shifts.map(({ outcome, message }) => [outcome, message])).toEqual([
      ['change', null],
      ['problem', 'This person is disabled.'],
    ]);
  });
});
