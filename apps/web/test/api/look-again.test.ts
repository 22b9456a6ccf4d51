import { expect, test } from 'vitest';
import { lookAgain } from '../../src/api/look-again.ts';

const look = (data: string | undefined, error: Error | null) => lookAgain({ data, error }, 1_000);

test('what is there is looked at again and again, after a failed look too', () => {
  expect([look(undefined, null), look('there', null), look('there', new Error('away'))]).toEqual([1_000, 1_000, 1_000]);
});

test('a problem with nothing to show stays, and doesn’t come and go', () => {
  expect(look(undefined, new Error('away'))).toBe(false);
});
