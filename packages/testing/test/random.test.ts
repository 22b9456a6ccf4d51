import { expect, it } from 'vitest';
import { random } from '../src/random.ts';

const numbers = (generator: ReturnType<typeof random>, count = 5) => Array.from({ length: count }, () => generator.next());

it('gives the same numbers for the same seed, today and next year', () => {
  expect(numbers(random(42))).toEqual(numbers(random(42)));
  expect(numbers(random('rabbit'))).not.toEqual(numbers(random('rabbis')));
  expect(
    Array.from(
      { length: 6 },
      (
        (generator) => () =>
          generator.int(1, 100)
      )(random(1)),
    ),
  ).toEqual([63, 1, 53, 99, 97, 29]);
});

it('draws every whole number of a range, evenly', () => {
  const generator = random(7);
  const counts = new Map<number, number>();
  for (let draws = 0; draws < 60_000; draws++) {
    const drawn = generator.int(-2, 3);
    counts.set(drawn, (counts.get(drawn) ?? 0) + 1);
  }
  expect([...counts.keys()].sort((a, b) => a - b)).toEqual([-2, -1, 0, 1, 2, 3]);
  for (const count of counts.values()) expect(Math.abs(count - 10_000)).toBeLessThan(400);
});

it('holds to a probability', () => {
  const generator = random(7);
  const hits = Array.from({ length: 10_000 }, () => generator.chance(0.2)).filter(Boolean).length;
  expect(Math.abs(hits - 2_000)).toBeLessThan(150);
  expect(random(1).chance(0)).toBe(false);
  expect(random(1).chance(1)).toBe(true);
});

it('shuffles a copy that holds the same items', () => {
  const items = Object.freeze(Array.from({ length: 50 }, (_, n) => n));
  const shuffled = random(3).shuffle(items);
  expect(shuffled).not.toEqual(items);
  expect(shuffled.sort((a, b) => a - b)).toEqual(items);
});

it('picks one of the items, and nothing from nothing', () => {
  expect(['a', 'b']).toContain(random(3).pick(['a', 'b']));
  expect(() => random(3).pick([])).toThrow(RangeError);
});

it('forks generators that do not depend on how much was drawn before', () => {
  const parent = random(5);
  const early = numbers(parent.fork('people'));
  parent.next();
  expect(numbers(parent.fork('people'))).toEqual(early);
  expect(numbers(parent.fork('rabbits'))).not.toEqual(early);
});
