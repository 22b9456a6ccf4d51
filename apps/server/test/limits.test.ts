import { expect, test } from 'vitest';
import { Allowance } from '../src/limits/allowance.ts';
import { type Applied, Limits } from '../src/limits/limits.ts';
import { networkOf } from '../src/limits/network.ts';
import { memoryCounters } from './memory-counters.ts';

/** What was told is heard of by then. */
const told = () => new Promise(setImmediate);

function node(counters = memoryCounters(), quota = 100) {
  const { clock } = counters;
  const options = { quota, window: 60_000, counter: counters.of('calls', 60), now: () => clock.now };
  return { clock, allowance: new Allowance(options) };
}

test('AC-6: as many calls as the quota says pass in a window, and not one more', async () => {
  const { clock, allowance } = node();
  const passed = Array.from({ length: 1_000 }, () => allowance.take('ann').refused).filter((refused) => !refused);
  expect(passed).toHaveLength(100);
  await told();
  clock.now += 12_000;
  expect(allowance.take('ann')).toEqual({ quota: 100, left: 0, msLeft: 48_000, refused: true });
  expect(allowance.take('ben').refused).toBe(false);
  clock.now += 48_000;
  expect(allowance.take('ann')).toMatchObject({ refused: false, left: 99 });
});

test('AC-6: nodes count together: each further one lets a hundredth too many pass at most', async () => {
  const counters = memoryCounters();
  const nodes = Array.from({ length: 4 }, () => node(counters, 1_000).allowance);
  let passed = 0;
  for (let n = 0; n < 2_500; n++) {
    for (const one of nodes) passed += one.take('ann').refused ? 0 : 1;
    await told();
  }
  expect(passed).toBeGreaterThanOrEqual(1_000);
  expect(passed).toBeLessThanOrEqual(1_000 + 3 * 10);
});

test('AC-6: who asks little costs the database nothing', async () => {
  let asked = 0;
  const counter = {
    add: async () => {
      asked += 1;
      return { points: asked, msLeft: 60_000 };
    },
  };
  const allowance = new Allowance({ quota: 1_200, window: 60_000, counter });
  for (let n = 0; n < 11; n++) allowance.take('ann');
  await told();
  expect(asked).toBe(0);
  for (let n = 0; n < 13; n++) {
    allowance.take('ann');
    await told();
  }
  expect(asked).toBe(2);
});

test('AC-6: without the database each node counts for itself', async () => {
  const counter = { add: () => Promise.reject(new Error('the database is gone')) };
  const allowance = new Allowance({ quota: 100, window: 60_000, counter });
  let passed = 0;
  for (let n = 0; n < 300; n++) {
    passed += allowance.take('ann').refused ? 0 : 1;
    await told();
  }
  expect(passed).toBe(100);
});

test('AC-6: a token has half of what its owner has, and takes it from there; the log has an allowance of its own', async () => {
  const counters = { ...memoryCounters(), close: async () => undefined };
  const limits = new Limits({ quotas: { calls: 40, log: 10 }, counters, readsLog: (name) => name.startsWith('audit.') });
  const calls = async (times: number, name: string, tokenId: string | null) => {
    const outcomes: string[] = [];
    for (let n = 0; n < times; n++) {
      const asked = { name, address: '192.0.2.1', who: async () => ({ userId: 'ann', tokenId }) };
      outcomes.push(
        await limits.admit(asked).then(
          () => 'passed',
          (problem: Error) => problem.message,
        ),
      );
    }
    return outcomes.filter((one) => one !== 'passed').length;
  };
  expect(await calls(6, 'audit.page', 'program')).toBe(1);
  expect(await calls(6, 'audit.page', null)).toBe(1);
  expect(await calls(15, 'timecards.list', 'program')).toBe(1);
  expect(await calls(40, 'timecards.list', 'another program')).toBe(25);
  const applied: Applied[] = [];
  await expect(
    limits.admit({ name: 'timecards.list', address: null, who: async () => ({ userId: 'ann', tokenId: null }) }, (one) =>
      applied.push(one),
    ),
  ).rejects.toMatchObject({ code: 'RATE_LIMITED', message: 'You asked for too much in a short time' });
  expect(applied.map(({ policy, refused }) => [policy, refused])).toEqual([
    ['address', false],
    ['calls', true],
  ]);
});

test('AC-6: an address that floods is refused before anybody is looked up', async () => {
  const counters = { ...memoryCounters(), close: async () => undefined };
  const limits = new Limits({ quotas: { calls: 1, log: 0 }, counters, readsLog: () => false });
  let looked = 0;
  const asked = { name: 'session.get', address: '192.0.2.1', who: async () => ((looked += 1), null) };
  for (let n = 0; n < 10; n++) await limits.admit(asked);
  await expect(limits.admit(asked)).rejects.toMatchObject({ code: 'RATE_LIMITED' });
  expect(looked).toBe(10);
  await limits.admit({ ...asked, address: '192.0.2.2' });
});

test.each([
  ['192.0.2.1', '192.0.2.1'],
  ['::ffff:192.0.2.1', '192.0.2.1'],
  ['2001:db8:1:2:3:4:5:6', '2001:db8:1:2::/64'],
  ['2001:0DB8:0001:0002::1', '2001:db8:1:2::/64'],
  ['2001:db8::1', '2001:db8:0:0::/64'],
  ['::1', '0:0:0:0::/64'],
  ['fe80::1%eth0', 'fe80:0:0:0::/64'],
  ['64:ff9b::192.0.2.1', '64:ff9b:0:0::/64'],
  [null, 'unknown'],
])('AC-6: %s counts as %s', (address, network) => expect(networkOf(address)).toBe(network));
