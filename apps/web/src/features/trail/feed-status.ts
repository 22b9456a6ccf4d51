import type { Connection } from '../../api/connection.ts';
import { clockOf } from '@countersign/domain/wall-clock.rules';
import type { FeedState } from './feed-state.ts';

/** What a live page is doing, in words. */
export interface FeedStatus {
  readonly state: 'connecting' | 'live' | 'paused' | 'catching-up' | 'offline' | 'reloading' | 'stopped' | 'past';
  readonly text: string;
}

interface Circumstances {
  readonly connection: Connection;
  readonly feed: FeedState;
  /** Milliseconds; counts down to the next try. */
  readonly now: number;
  readonly timeZone: string;
  /** A look back has no tail. */
  readonly before?: number | undefined;
  readonly until?: string | undefined;
}

const RELOADING = {
  away: 'Away too long to catch up: reading the newest anew',
  gap: 'Something was missing in between: reading anew',
  overflow: 'Too much came in meanwhile: reading the newest',
  rights: 'What you may see has changed: reading anew',
} as const;

const PAUSED = { asked: 'Paused by you', scrolled: 'Paused while you scroll', reading: 'Paused while you read' } as const;

/** The connection comes first: what can't arrive isn't paused. */
export function feedStatus({ connection, feed, now, timeZone, before, until }: Circumstances): FeedStatus {
  if (feed.renewing) return { state: 'reloading', text: RELOADING[feed.renewing] };
  if (before !== undefined) {
    // What came on top since, by scrolling up, is shown too.
    const end = feed.feed ? feed.feed.position + 1 : before;
    return { state: 'past', text: `Before event ${end.toLocaleString('en')}: not live` };
  }
  if (until !== undefined && feed.feed) return { state: 'past', text: 'A stretch of the past: not live' };
  if (feed.problem)
    return { state: 'stopped', text: feed.problem.code === 'OFFLINE' ? 'Can’t reach the server' : `Stopped: ${feed.problem.message}` };
  if (connection.state === 'lost' && feed.following !== 'starting')
    return { state: 'offline', text: offlineText(connection, now, timeZone) };
  if (!feed.feed) return { state: 'connecting', text: 'Reading' };
  if (feed.following === 'starting')
    return { state: 'connecting', text: connection.state === 'lost' ? `Connecting · ${tryText(connection.retryAt - now)}` : 'Connecting' };
  if (feed.following === 'catching-up')
    return { state: 'catching-up', text: feed.caughtUp ? `Catching up · ${feed.caughtUp.toLocaleString('en')} events` : 'Catching up' };
  if (feed.feed.still) return { state: 'paused', text: PAUSED[feed.feed.still] };
  return { state: 'live', text: 'Live' };
}

/** `Offline since 14:02 · retry in 3 s`. */
export function offlineText(
  { since, retryAt }: { readonly since: number; readonly retryAt: number },
  now: number,
  timeZone: string,
): string {
  const { hour, minute } = clockOf(since, timeZone);
  return `Offline since ${hour}:${minute} · ${tryText(retryAt - now)}`;
}

function tryText(milliseconds: number): string {
  const seconds = Math.ceil(milliseconds / 1000);
  return seconds > 0 ? `retry in ${seconds} s` : 'retrying';
}
