import { expect, test } from 'vitest';
import { Refusal } from '@countersign/domain/errors';
import { eventually } from '@countersign/testing/eventually';
import { Door, type Visitor } from '../src/http/door.ts';
import { memoryCounters } from './memory-counters.ts';

const ann: Visitor = { email: 'ann@example.com', address: '192.0.2.1', device: null };
const stranger = (n: number): Visitor => ({ email: `${n}@example.com`, address: `198.51.100.${n}`, device: null });
const wrong = () => Promise.reject(new Refusal('UNAUTHORIZED', 'wrong'));
const right = () => Promise.resolve('in');

/** Work that takes until it is told to end. */
function slow() {
  const ends: (() => void)[] = [];
  return { begun: ends, work: () => new Promise<void>((end) => ends.push(end)) };
}

const codeOf = (result: PromiseSettledResult<unknown>) => (result.status === 'fulfilled' ? 'passed' : (result.reason as Refusal).code);
const codes = (results: readonly PromiseSettledResult<unknown>[]) => results.map(codeOf);
const outcome = async (attempt: Promise<unknown>) => codes(await Promise.allSettled([attempt]))[0];

test('AC-6: guesses made at the same time count like those made one after the other', async () => {
  const door = new Door(memoryCounters());
  const guesses = await Promise.allSettled(Array.from({ length: 30 }, () => door.pass(ann, wrong)));
  expect(codes(guesses).filter((code) => code === 'UNAUTHORIZED')).toHaveLength(10);
  await expect(door.pass(ann, right)).rejects.toMatchObject({ code: 'RATE_LIMITED' });
});

test('AC-6: after ten failures each next attempt waits twice as long, a quarter of an hour at most, and nobody is locked out', async () => {
  const counters = memoryCounters();
  const door = new Door(counters);
  const attempt = () => outcome(door.pass(ann, wrong));
  for (let n = 0; n < 10; n++) expect(await attempt()).toBe('UNAUTHORIZED');
  const waits: number[] = [];
  for (let n = 0; n < 8; n++) {
    const refusal: unknown = await door.pass(ann, wrong).catch((problem: unknown) => problem);
    const { retryAfter = 0 } = refusal as Refusal;
    waits.push(retryAfter);
    counters.clock.now += retryAfter * 1_000 - 1;
    expect(await attempt()).toBe('RATE_LIMITED');
    counters.clock.now += 1;
    expect(await attempt()).toBe('UNAUTHORIZED');
  }
  expect(waits).toEqual([15, 30, 60, 120, 240, 480, 900, 900]);
  counters.clock.now += 900_000;
  expect(await door.pass(ann, right)).toBe('in');
  // And whoever got in begins anew.
  for (let n = 0; n < 10; n++) expect(await attempt()).toBe('UNAUTHORIZED');
});

test('AC-6: what strangers fail at keeps the right person out neither at another address nor with a known browser', async () => {
  const counters = memoryCounters();
  const door = new Door(counters);
  // A thousand addresses guess at Ann's password; two hundred times from her own.
  for (let n = 0; n < 1_000; n++) await outcome(door.pass({ ...ann, address: `203.0.113.${n % 250}` }, wrong));
  for (let n = 0; n < 200; n++) await outcome(door.pass(ann, wrong));
  expect(await outcome(door.pass(ann, right))).toBe('RATE_LIMITED');
  expect(await door.pass({ ...ann, device: 'her own' }, right)).toBe('in');
  expect(await door.pass({ ...ann, address: '192.0.2.200' }, right)).toBe('in');
  expect(await door.pass({ email: 'ben@example.com', address: '192.0.2.201', device: null }, right)).toBe('in');
});

test('AC-6: an account at which many strangers fail gives each of them one attempt', async () => {
  const door = new Door(memoryCounters());
  for (let n = 0; n < 101; n++) expect(await outcome(door.pass({ ...ann, address: `203.0.113.${n}` }, wrong))).toBe('UNAUTHORIZED');
  const from = (address: string) => outcome(door.pass({ ...ann, address }, wrong));
  expect([await from('192.0.2.9'), await from('192.0.2.9')]).toEqual(['UNAUTHORIZED', 'RATE_LIMITED']);
});

test('AC-6: of IPv6 the network counts: whoever has one address has all of it', async () => {
  const door = new Door(memoryCounters());
  for (let n = 0; n < 10; n++) expect(await outcome(door.pass({ ...ann, address: `2001:db8:1:2::${n}` }, wrong))).toBe('UNAUTHORIZED');
  expect(await outcome(door.pass({ ...ann, address: '2001:db8:1:2:ffff::1' }, right))).toBe('RATE_LIMITED');
  expect(await door.pass({ ...ann, address: '2001:db8:1:3::1' }, right)).toBe('in');
});

test('AC-6: from one address a hundred failures in a quarter of an hour are too many, whatever the account', async () => {
  const counters = memoryCounters();
  const door = new Door(counters);
  const guess = (n: number) => outcome(door.pass({ ...stranger(n), address: '192.0.2.7' }, wrong));
  for (let n = 0; n < 100; n++) expect(await guess(n)).toBe('UNAUTHORIZED');
  await expect(door.pass({ ...ann, address: '192.0.2.7' }, right)).rejects.toMatchObject({
    retryAfter: 900,
    details: 'Try again in 15 minutes.',
  });
  counters.clock.now += 900_000;
  expect(await door.pass({ ...ann, address: '192.0.2.7' }, right)).toBe('in');
});

test('AC-6: who passes, and what failed for another reason, is no attempt', async () => {
  const door = new Door(memoryCounters());
  for (let n = 0; n < 150; n++) await door.pass({ ...ann, email: `${n}@example.com` }, right);
  const broken = () => Promise.reject(new Error('the database is gone'));
  for (let n = 0; n < 150; n++) await expect(door.pass(ann, broken)).rejects.toThrow('the database is gone');
  expect(await door.pass(ann, right)).toBe('in');
});

test('four at a time are let in, some wait their turn, the others are told when to come again', async () => {
  const door = new Door(memoryCounters());
  const { begun, work } = slow();
  const all = Array.from({ length: 40 }, (_, n) => door.pass(stranger(n), work));
  const told = Promise.allSettled(all.slice(36));
  expect(codes(await told)).toEqual(Array.from({ length: 4 }, () => 'RATE_LIMITED'));
  await expect(all[36]).rejects.toMatchObject({ retryAfter: 1 });
  await eventually(() => begun.length === 4);
  for (let n = 0; n < 36; n++) {
    begun[n]?.();
    await all[n];
    await new Promise(setImmediate);
    expect(begun.length).toBeLessThanOrEqual(n + 5);
  }
  expect(begun).toHaveLength(36);
});
