import { expect, test } from 'vitest';
import type { Connection } from '../../src/api/connection.ts';
import { Problem } from '../../src/api/problem.ts';
import { firstScreen, pause } from '../../src/features/trail/feed.ts';
import type { FeedState } from '../../src/features/trail/feed-state.ts';
import { feedStatus } from '../../src/features/trail/feed-status.ts';

const feed = firstScreen({ events: [], position: 7, next: null, total: { count: 0, more: false }, waiting: 0 });
const state: FeedState = {
  feed,
  problem: null,
  renewing: null,
  following: 'live',
  caughtUp: 0,
  loadingOlder: false,
  olderProblem: null,
  loadingNewer: false,
  newerProblem: null,
};
const open: Connection = { state: 'open' };
const now = Date.parse('2026-11-06T13:05:00Z');
const lost: Connection = { state: 'lost', since: Date.parse('2026-11-06T13:02:10Z'), retryAt: now + 2400 };

const words = (more: Partial<FeedState> = {}, { connection = open, before }: { connection?: Connection; before?: number } = {}) =>
  feedStatus({ connection, feed: { ...state, ...more }, now, timeZone: 'Europe/Berlin', before }).text;

test('the page says in words what it is doing', () => {
  expect(words()).toBe('Live');
  expect(words({ feed: null })).toBe('Reading');
  expect(words({ following: 'starting' })).toBe('Connecting');
  expect(words({ following: 'catching-up', caughtUp: 1204 })).toBe('Catching up · 1,204 events');
  expect(words({ feed: pause(feed, 'asked') })).toBe('Paused by you');
  expect(words({ feed: pause(feed, 'scrolled') })).toBe('Paused while you scroll');
  expect(words({}, { connection: lost })).toBe('Offline since 14:02 · retry in 3 s');
  expect(words({ renewing: 'away' })).toBe('Away too long to catch up: reading the newest anew');
  const past = firstScreen(
    { events: [], position: 90_000, next: null, total: { count: 0, more: false }, waiting: 0 },
    { past: true, before: 1200 },
  );
  expect(words({ feed: past }, { before: 1200 })).toBe('Before event 1,200: not live');
  expect(words({ feed: { ...past, position: 1299 } }, { before: 1200 })).toBe('Before event 1,300: not live');
  expect(words({ problem: new Problem('You may not see this', { code: 'FORBIDDEN' }) })).toBe('Stopped: You may not see this');
});

test('what cannot arrive is not called paused', () => {
  expect(words({ feed: pause(feed, 'asked') }, { connection: lost })).toMatch(/^Offline since/);
});
