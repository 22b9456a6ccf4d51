import { describe, expect, test } from 'vitest';
import type { OverviewView } from '../../src/api/views.ts';
import { facetChoices, facetNote } from '../../src/features/live/facets.ts';
import { grown, stretchOf } from '../../src/features/live/overview.ts';
import { stretchText } from '../../src/features/live/stretch-text.ts';
import { makeEvent } from '../fake/cards.ts';
import { OMAR } from '../fake/people.ts';

const facet = (values: Record<string, number>) => ({
  values: Object.entries(values).map(([value, count]) => ({ value, label: value, count })),
  more: false,
});
const overview: OverviewView = {
  total: { count: 5, more: false },
  bars: [
    { from: '2026-11-03T10:00:00.000Z', to: '2026-11-03T11:00:00.000Z', count: 4 },
    { from: '2026-11-03T11:00:00.000Z', to: '2026-11-03T12:00:00.000Z', count: 1 },
  ],
  facets: { area: facet({ timecards: 5 }), action: facet({ admin_edit: 5 }), actor: facet({ [OMAR.id]: 5 }) },
};

describe('an overview grows by what comes in', () => {
  const late = grown(overview, [
    makeEvent(8, { by: OMAR, occurredAt: '2026-11-03T13:30:00Z', action: 'user_edit' }),
    makeEvent(7, { by: null, occurredAt: '2026-11-03T11:59:59Z' }),
  ]);

  test('in the bar of its time, and in new bars beyond the last one', () => {
    expect(late.bars.map(({ count }) => count)).toEqual([4, 2, 0, 1]);
    expect(late.bars.at(-1)).toMatchObject({ from: '2026-11-03T13:00:00.000Z', to: '2026-11-03T14:00:00.000Z' });
    expect(late.total.count).toBe(7);
  });

  test('in each facet, values that nobody had seen too', () => {
    expect(late.facets.action.values.map(({ value, count }) => [value, count])).toEqual([
      ['admin_edit', 6],
      ['user_edit', 1],
    ]);
    expect(late.facets.actor.values.at(-1)).toEqual({ value: 'database', label: 'Database', count: 1 });
  });

  test('and draws nothing anew that is the same: its bars stay the same objects', () => {
    expect(late.bars.map((bar, index) => bar === overview.bars[index])).toEqual([true, false, false, false]);
  });

  test('and leaves what was read as it was', () => {
    expect(overview.bars.map(({ count }) => count)).toEqual([4, 1]);
    expect(grown(overview, [])).toBe(overview);
  });

  test('an event of years later makes no endless row of bars', () => {
    expect(grown(overview, [makeEvent(9, { occurredAt: '2031-01-01T00:00:00Z' })]).bars.length).toBeLessThanOrEqual(200);
  });
});

describe('a stretch of time', () => {
  test('ends a microsecond before the next bar, and is open where it reaches the newest', () => {
    expect(stretchOf(overview.bars, 0, 0)).toEqual({ from: '2026-11-03T10:00:00.000Z', to: '2026-11-03T10:59:59.999999Z' });
    expect(stretchOf(overview.bars, 1, 0)).toEqual({ from: '2026-11-03T10:00:00.000Z', to: undefined });
  });

  test.each([
    [{ from: '2026-11-03T13:00:00Z', to: '2026-11-03T13:14:59.999999Z' }, '3 Nov, 13:00 – 13:15'],
    [{ from: '2026-11-03T13:00:00Z', to: '2026-11-04T08:59:59.999999Z' }, '3 Nov, 13:00 – 4 Nov, 09:00'],
    [{ from: '2026-11-03T00:00:00Z', to: '2026-11-03T23:59:59.999999Z' }, '3 Nov 2026'],
    [{ from: '2026-11-02T00:00:00Z', to: '2026-11-08T23:59:59.999999Z' }, '2 Nov – 8 Nov 2026'],
    [{ from: '2026-11-03T13:00:00Z' }, 'since 3 Nov, 13:00'],
    [{ to: '2026-11-03T13:00:00Z' }, 'until 3 Nov, 13:00'],
    [{}, ''],
  ])('%o reads %s', (stretch, text) => {
    expect(stretchText(stretch, 'UTC')).toBe(text);
  });
});

describe('the choices of a facet', () => {
  test('stand by how many there are; what only the log knows, as a job, can be chosen too', () => {
    const choices = facetChoices(
      [
        { value: 'a', label: 'Anna' },
        { value: 'b', label: 'Bo' },
      ],
      facet({ b: 3, nightly: 5 }),
    );
    expect(choices.map(({ label, count }) => [label, count])).toEqual([
      ['nightly', 5],
      ['Bo', 3],
      ['Anna', 0],
    ]);
  });

  test('stay without counts until those are known, and say where they end', () => {
    expect(facetChoices([{ value: 'a', label: 'Anna' }], undefined)).toEqual([{ value: 'a', label: 'Anna' }]);
    expect(facetNote({ ...facet({}), more: true })).toContain('10,000');
    expect(facetNote(facet({}))).toBeUndefined();
  });
});
