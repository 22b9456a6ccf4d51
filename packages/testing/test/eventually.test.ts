import { expect, it } from 'vitest';
import { eventually } from '../src/eventually.ts';

it('answers what the check answers once it holds', async () => {
  let looks = 0;
  const third = await eventually(() => (++looks < 3 ? false : looks));
  expect(third).toBe(3);
});

it('takes a failed expectation for "not yet"', async () => {
  let looks = 0;
  await eventually(() => expect(++looks).toBe(3));
  expect(looks).toBe(3);
});

it('gives up after its time, with the last reason', async () => {
  const hopeless = eventually(() => Promise.reject(new Error('no carrots')), { timeout: 30, interval: 5 });
  await expect(hopeless).rejects.toThrow('not so within 30 ms: no carrots');
  await expect(eventually(() => false, { timeout: 5 })).rejects.toThrow('the condition is false');
});
