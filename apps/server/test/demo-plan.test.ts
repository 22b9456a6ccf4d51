import fc from 'fast-check';
import { describe, expect, test, vi } from 'vitest';
import { dayOf } from '@countersign/domain/day.rules';
import { ROLES } from '@countersign/domain/people/rights/permissions';
import { isNightShift } from '@countersign/domain/timecards/hours.rules';
import { isOneDay } from '@countersign/domain/timecards/period.rules';
import { timeFieldsOf } from '@countersign/domain/timecards/times.rules';
import { ACCOUNTS } from '../src/demo/accounts.ts';
import { digestOf, planOf } from '../src/demo/plan.ts';
import { cardKey, rehearse } from './demo-rehearsal.ts';

const NOW = new Date('2026-11-19T15:30:00Z');
const plan = planOf('countersign', NOW);

/** Any hour of two years, changes to and from summer time among them. */
const anyHour = fc.integer({ min: 0, max: 2 * 365 * 24 }).map((hour) => new Date(Date.parse('2026-01-01T00:00:00Z') + hour * 3_600_000));

// Plans by the dozen, on a machine that may be busy.
vi.setConfig({ testTimeout: 60_000 });

describe('the plan', () => {
  test('is the same for the same name and instant, and another for another name', () => {
    expect(digestOf(planOf('countersign', NOW))).toBe(digestOf(plan));
    expect(digestOf(planOf('another', NOW))).not.toBe(digestOf(plan));
  });

  test('breaks no rule of the domain, whatever day and hour it is made at', () => {
    fc.assert(
      fc.property(anyHour, fc.nat(50), (now, seed) => {
        const { steps, ...rest } = planOf(String(seed), now);
        expect(rehearse({ ...rest, steps }).problems).toEqual([]);
        const times = steps.map(({ at }) => at);
        expect(times).toEqual(times.toSorted());
        expect(times.at(-1)?.localeCompare(now.toISOString())).not.toBe(1);
      }),
      { numRuns: 25 },
    );
  });

  test('has shifts of one person that never overlap, over all of their cards', () => {
    const { cards } = rehearse(plan);
    const shifts = Map.groupBy(
      [...cards.values()].filter(({ status }) => status !== 'deleted'),
      ({ card }) => card.person,
    );
    for (const own of shifts.values()) {
      const inOrder = own.flatMap(({ sheets }) => sheets).toSorted((one, other) => ((one.checkIn ?? '') < (other.checkIn ?? '') ? -1 : 1));
      for (const [n, shift] of inOrder.entries()) expect((inOrder[n - 1]?.checkOut ?? '') <= (shift.checkIn ?? '')).toBe(true);
    }
  });
});

describe('the organisation', () => {
  const { people, sites, accounts } = plan.organisation;

  test('has every role, some sixty people, and three sites in three time zones', () => {
    expect(new Set(people.map(({ role }) => role))).toEqual(new Set(ROLES));
    expect(people.length).toBeGreaterThanOrEqual(55);
    expect(new Set(people.map(({ email }) => email)).size).toBe(people.length);
    expect(new Set(people.map(({ firstName, lastName }) => `${firstName} ${lastName}`)).size).toBe(people.length);
    for (const { email } of people) expect(email).toMatch(/^[a-z.-]+@example\.com$/);
    expect(new Set(Object.values(sites).map(({ timeZone }) => timeZone)).size).toBe(3);
  });

  test('has the accounts that visitors sign in with', () => {
    expect(Object.values(ACCOUNTS).map(({ email }) => email)).toEqual(
      ['admin', 'manager', 'inhouse', 'supervisor', 'coordinator', 'escort', 'worker', 'member'].map((name) => `${name}@example.com`),
    );
    const ofSupervisor = plan.organisation.charges.filter(({ holder }) => holder === accounts.supervisor.id);
    expect(ofSupervisor.some(({ site }) => site === accounts.worker.site.id)).toBe(true);
    expect(ofSupervisor.some(({ person }) => person !== null)).toBe(true);
    expect(plan.organisation.charges.some(({ holder, kind }) => holder === accounts.coordinator.id && kind === 'coordinates')).toBe(true);
  });
});

describe('the weeks', () => {
  const { cards } = rehearse(plan);
  const all = [...cards.values()];
  const commands = plan.steps.flatMap((step) => (step.kind === 'card' ? [{ ...step, ...step.work }] : []));

  test('reach six weeks back and up to today', () => {
    const days = commands.map(({ at }) => dayOf(at, 'Europe/Berlin'));
    expect(days[0]?.localeCompare('2026-10-08')).toBe(-1);
    expect(days.at(-1)).toBe('2026-11-19');
  });

  test('hold cards of weeks and of days, in every status, and a deleted draft', () => {
    for (const status of ['draft', 'submitted', 'approved', 'rejected', 'deleted'])
      expect(
        all.some((card) => card.status === status),
        status,
      ).toBe(true);
    expect(all.filter(({ card }) => isOneDay(card)).length).toBeGreaterThan(60);
    expect(all.filter(({ card }) => !isOneDay(card)).length).toBeGreaterThan(60);
  });

  test('hold night shifts, rejections with and without edits, edits after approval, and notes', () => {
    const zones = new Map(Object.values(plan.organisation.sites).map(({ id, timeZone }) => [id, timeZone]));
    expect(all.some(({ card, sheets }) => sheets.some((sheet) => isNightShift(sheet, zones.get(card.site) ?? '')))).toBe(true);
    const rejections = commands.flatMap((one) => (one.command === 'reject' ? [one.input] : []));
    const withEdits = rejections.filter((input) => 'entries' in input || 'checkInTime' in input);
    expect(withEdits.length).toBeGreaterThan(2);
    expect(rejections.length - withEdits.length).toBeGreaterThan(5);
    expect(all.filter(({ editedAfterApproval }) => editedAfterApproval)).not.toHaveLength(0);
    expect(all.filter(({ adminNotes }) => adminNotes)).not.toHaveLength(0);
    expect(Math.max(...all.map(({ history }) => history.length))).toBeGreaterThan(18);
  });

  test('TC-11: a rejection names the fields that it is about, or mends them on the way', () => {
    const rejections = commands.flatMap((one) => (one.command === 'reject' ? [one] : []));
    for (const { card, input } of rejections) {
      const mends = 'entries' in input || 'checkInTime' in input;
      const named = input.fieldsToMend ?? [];
      expect(mends || named.length > 0, cardKey(card)).toBe(true);
      expect(timeFieldsOf(card)).toEqual(expect.arrayContaining(named));
    }
    expect(all.some(({ status, fieldsToMend }) => status === 'rejected' && fieldsToMend.length > 0)).toBe(true);
  });

  test('let nobody decide about their own hours', () => {
    for (const { actor, card, command } of commands) {
      if (command === 'approve' || command === 'reject') expect(actor, cardKey(card)).not.toBe(card.person);
    }
  });
});

test('the worker has drafts of a day and of a week, and the supervisor cards to decide about, whenever one looks', () => {
  fc.assert(
    fc.property(anyHour, (now) => {
      const made = planOf('countersign', now);
      const { worker, supervisor } = made.organisation.accounts;
      const all = [...rehearse(made).cards.values()];
      const drafts = all.filter(({ card, status }) => card.person === worker.id && status === 'draft');
      const ofWeek = drafts.filter(({ card }) => !isOneDay(card));
      expect(drafts.length - ofWeek.length).toBeGreaterThan(0);
      expect(ofWeek).toHaveLength(1);
      for (const { sheets } of drafts) {
        expect(sheets.every(({ checkIn, checkOut, breakStart, breakEnd }) => checkIn && checkOut && breakStart && breakEnd)).toBe(true);
        const latest =
          sheets
            .map(({ checkOut }) => checkOut ?? '')
            .toSorted()
            .at(-1) ?? '';
        expect(now.getTime() - Date.parse(latest)).toBeLessThan(6 * 24 * 3_600_000);
      }
      expect(ofWeek[0]?.sheets.length).toBeGreaterThan(1);
      const visited = new Set(made.organisation.people.filter(({ site }) => site === supervisor.site).map(({ id }) => id));
      const waiting = all.filter(({ card, status }) => status === 'submitted' && visited.has(card.person));
      expect(waiting.length).toBeGreaterThan(1);
    }),
    { numRuns: 25 },
  );
});
