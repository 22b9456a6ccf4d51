import { describe, expect, test } from 'vitest';
import { barEdges } from '../../src/record/bars.rules.ts';

const bars = (first: string, last: string, timeZone = 'UTC', atMost = 48) => {
  const edges = barEdges(first, last, { timeZone, atMost });
  return { edges, hours: edges.slice(1).map((edge, i) => (Date.parse(edge) - Date.parse(edges[i] as string)) / 3_600_000) };
};

describe('bars of a histogram', () => {
  test('are quarters of an hour for a morning, and hold its first and last event', () => {
    const { edges, hours } = bars('2026-11-03T08:15:00Z', '2026-11-03T11:45:00Z');
    expect([edges[0], edges.at(-1)]).toEqual(['2026-11-03T08:15:00.000Z', '2026-11-03T12:00:00.000Z']);
    expect(new Set(hours)).toEqual(new Set([0.25]));
  });

  test('are days of the zone for a month, of which one has 23 hours', () => {
    const { edges, hours } = bars('2026-03-20T10:00:00Z', '2026-04-20T10:00:00Z', 'Europe/Berlin');
    expect(edges[0]).toBe('2026-03-19T23:00:00.000Z');
    expect(hours.filter((length) => length === 23)).toHaveLength(1);
    expect(edges).toContain('2026-03-29T22:00:00.000Z');
  });

  test('of six hours begin at midnight on the day after the change to summer time too', () => {
    const { edges } = bars('2026-03-27T10:00:00Z', '2026-04-01T10:00:00Z', 'Europe/Berlin', 30);
    expect(edges).toContain('2026-03-29T22:00:00.000Z');
    expect(edges).toContain('2026-03-31T10:00:00.000Z');
  });

  test('of a year are weeks that begin on Monday', () => {
    const { edges } = bars('2025-11-03T10:00:00Z', '2026-09-03T10:00:00Z');
    expect(edges.map((edge) => new Date(edge).getUTCDay())).toEqual(edges.map(() => 1));
  });

  test.each([
    ['one event', '2026-11-03T08:15:00Z', '2026-11-03T08:15:00Z'],
    ['a day', '2026-11-03T00:00:00Z', '2026-11-03T23:45:00Z'],
    ['a quarter of a year', '2026-01-01T00:00:00Z', '2026-04-01T00:00:00Z'],
    ['ten years', '2016-01-01T00:00:00Z', '2026-01-01T00:00:00Z'],
  ])('hold all of %s, without a bar too many, each beginning where the one before ends', (_, first, last) => {
    for (const zone of ['UTC', 'Asia/Kathmandu', 'America/New_York', 'Australia/Lord_Howe']) {
      const { edges, hours } = bars(first, last, zone);
      expect(Date.parse(edges[0] as string)).toBeLessThanOrEqual(Date.parse(first));
      expect(Date.parse(edges.at(-1) as string)).toBeGreaterThan(Date.parse(last));
      expect(edges.length - 1).toBeLessThanOrEqual(50);
      expect(hours.every((length) => length > 0)).toBe(true);
    }
  });
});
