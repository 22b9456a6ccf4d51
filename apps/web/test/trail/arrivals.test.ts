import { expect, test } from 'vitest';
import { Arrivals, isJustIn } from '../../src/features/trail/arrivals.ts';
import { makeEvent } from '../fake/cards.ts';

let position = 0;
const some = (count: number) => Array.from({ length: count }, () => makeEvent((position += 1)));

test('of two events within a moment both light up', () => {
  const arrivals = new Arrivals();
  const [one, other] = [some(1), some(1)];
  const now = Date.now();
  arrivals.came(one, now - 100);
  arrivals.came(other, now);
  expect([...one, ...other].map(isJustIn)).toEqual([true, true]);
});

test('of a burst only the first ones do, however few come at a time, and after a pause those that come then', () => {
  const arrivals = new Arrivals();
  const began = Date.now();
  const burst = Array.from({ length: 8 }, (_, turn) => {
    const events = some(1);
    arrivals.came(events, began + turn * 50);
    return events;
  });
  expect(burst.flat().map(isJustIn)).toEqual([true, true, true, false, false, false, false, false]);
  const later = some(2);
  arrivals.came(later, began + 1_000);
  expect(later.map(isJustIn)).toEqual([true, true]);
  const many = some(50);
  arrivals.came(many, began + 2_000);
  expect(many.some(isJustIn)).toBe(false);
});
