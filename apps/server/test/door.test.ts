import { expect, test } from 'vitest';
import { Refusal } from '@countersign/domain/errors';
import { Door } from '../src/http/door.ts';

const ann = { email: 'ann@example.com', address: '192.0.2.1' };
const stranger = (n: number) => ({ email: `${n}@example.com`, address: `198.51.100.${n}` });
const wrong = () => Promise.reject(new Refusal('UNAUTHORIZED', 'wrong'));

/** Work that takes until it is told to end. */
function slow() {
  const ends: (() => void)[] = [];
  return { begun: ends, work: () => new Promise<void>((end) => ends.push(end)) };
}

const codes = (results: readonly PromiseSettledResult<unknown>[]) =>
  results.map((result) => (result.status === 'fulfilled' ? 'passed' : (result.reason as Refusal).code));

test('AC-6: guesses made at the same time count like those made one after the other', async () => {
  const door = new Door();
  const guesses = await Promise.allSettled(Array.from({ length: 30 }, () => door.pass(ann, wrong)));
  expect(codes(guesses).filter((code) => code === 'UNAUTHORIZED')).toHaveLength(10);
  await expect(door.pass(ann, () => Promise.resolve())).rejects.toMatchObject({ code: 'RATE_LIMITED', retryAfter: 60 });
});

test('AC-6: who passes, and what failed for another reason, is no attempt', async () => {
  const door = new Door();
  for (let n = 0; n < 150; n++) await door.pass({ ...ann, email: `${n}@example.com` }, () => Promise.resolve());
  const broken = () => Promise.reject(new Error('the database is gone'));
  for (let n = 0; n < 150; n++) await expect(door.pass(ann, broken)).rejects.toThrow('the database is gone');
  await door.pass(ann, () => Promise.resolve());
});

test('four at a time are let in, some wait their turn, the others are told when to come again', async () => {
  const door = new Door();
  const { begun, work } = slow();
  const all = Array.from({ length: 40 }, (_, n) => door.pass(stranger(n), work));
  const told = Promise.allSettled(all.slice(36));
  expect(codes(await told)).toEqual(Array.from({ length: 4 }, () => 'RATE_LIMITED'));
  await expect(all[36]).rejects.toMatchObject({ retryAfter: 1 });
  expect(begun).toHaveLength(4);
  for (let n = 0; n < 36; n++) {
    begun[n]?.();
    await all[n];
    expect(begun.length).toBeLessThanOrEqual(n + 5);
  }
  expect(begun).toHaveLength(36);
});
