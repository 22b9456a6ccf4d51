import { afterEach, beforeEach, expect, test, vi } from 'vitest';
import { Backlog } from '../src/backlog.ts';

beforeEach(() => void vi.useFakeTimers({ now: new Date('2026-11-03T08:00:00Z') }));
afterEach(() => void vi.useRealTimers());

/** A sequencer that answers after so many milliseconds, in time or not. */
function sequencer() {
  const state = { waiting: 0, takes: 5 };
  const settle = (within: number) =>
    new Promise<number>((done) =>
      setTimeout(() => done(state.takes <= within ? 0 : Math.max(1, state.waiting)), Math.min(state.takes, within)),
    );
  return Object.assign(state, { settle });
}

test('flushes that wait for more than ten seconds are told of, with their number and since when, until they are through', async () => {
  const stuck = sequencer();
  const backlog = new Backlog(stuck);
  await vi.advanceTimersByTimeAsync(5_500);
  Object.assign(stuck, { waiting: 7, takes: Infinity });
  await vi.advanceTimersByTimeAsync(10_000);
  expect(backlog.problem()).toBeNull();
  await vi.advanceTimersByTimeAsync(1_000);
  expect(backlog.problem()).toBe('7 flushes wait in the inbox, some since 2026-11-03T08:00:06.000Z');
  await vi.advanceTimersByTimeAsync(60_000);
  expect(backlog.problem()).toBe('7 flushes wait in the inbox, some since 2026-11-03T08:00:06.000Z');
  Object.assign(stuck, { waiting: 0, takes: 5 });
  await vi.advanceTimersByTimeAsync(15_000);
  expect(backlog.problem()).toBeNull();
  backlog.close();
});

test('a log that is always some seconds behind is no problem', async () => {
  const busy = Object.assign(sequencer(), { waiting: 900, takes: 8_000 });
  const backlog = new Backlog(busy);
  for (let second = 0; second < 60; second++) {
    await vi.advanceTimersByTimeAsync(1_000);
    expect(backlog.problem()).toBeNull();
  }
  backlog.close();
});

test('a sequencer that sees nothing at all is told of as well', async () => {
  const blind = Object.assign(sequencer(), { takes: Infinity });
  const backlog = new Backlog(blind);
  await vi.advanceTimersByTimeAsync(12_000);
  expect(backlog.problem()).toBe('nobody has looked into the inbox since 2026-11-03T08:00:01.000Z');
  backlog.close();
});
