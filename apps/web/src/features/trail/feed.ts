import type { EventPage, EventView, Stretch } from '../../api/views.ts';

/** Why the list holds still while events go on coming in. */
export type Stillness = 'asked' | 'scrolled' | 'reading';

/**
 * What a page knows of the log: a row of events without a hole in it, newest first, and the position up to which it
 * has been told everything.
 */
export interface Feed {
  readonly shown: readonly EventView[];
  /** Came in while the list held still; newest first, all of them newer than what is shown. */
  readonly held: readonly EventView[];
  /** How many those are; more than `held` holds where there were too many to keep. */
  readonly heldCount: number;
  readonly position: number;
  /** The cursor for older events; null where there are none. */
  readonly next: number | null;
  readonly still: Stillness | null;
  /** The newest event that was shown when the reader stopped. */
  readonly stoppedAt: number | null;
  /** How many events the filter found when the page was read, and how many came since. */
  readonly total: { readonly count: number; readonly more: boolean };
}

/** Events that one page keeps. Beyond, the oldest go, and come back when somebody scrolls to them. */
export const KEPT = 5000;
/** Events that wait while the list holds still. Beyond, they are only counted, and read anew when the reader goes on. */
export const HELD = 2000;

export function firstScreen(page: EventPage): Feed {
  return {
    shown: page.events,
    held: [],
    heldCount: 0,
    position: page.position,
    next: page.next,
    still: null,
    stoppedAt: null,
    total: page.total,
  };
}

/** What a stretch turns out to be: new, told before, or beyond something that is missing. */
export type Arrival = { readonly verdict: 'taken' | 'known'; readonly feed: Feed } | { readonly verdict: 'gap' };

export function arrive(feed: Feed, stretch: Stretch): Arrival {
  if (stretch.from > feed.position) return { verdict: 'gap' };
  if (stretch.to <= feed.position) return { verdict: 'known', feed };
  const events = stretch.events.filter(({ position }) => position > feed.position).sort(newestFirst);
  const told = { ...feed, position: stretch.to, total: { ...feed.total, count: feed.total.count + events.length } };
  if (!events.length) return { verdict: 'taken', feed: told };
  return { verdict: 'taken', feed: feed.still ? hold(told, events) : { ...told, ...kept([...events, ...feed.shown], feed.next) } };
}

const newestFirst = (one: EventView, other: EventView) => other.position - one.position;

function hold(feed: Feed, events: readonly EventView[]): Feed {
  const heldCount = feed.heldCount + events.length;
  return { ...feed, heldCount, held: heldCount > HELD ? [] : [...events, ...feed.held] };
}

/** Cut at the bound, and never inside of a change set's position: the cursor says where to go on. */
function kept(events: readonly EventView[], next: number | null): Pick<Feed, 'shown' | 'next'> {
  if (events.length <= KEPT) return { shown: events, next };
  const shown = events.slice(0, KEPT);
  return { shown, next: shown.at(-1)?.position ?? null };
}

/** Adds a page of older events; one that isn't the next one is ignored. */
export function older(feed: Feed, page: EventPage, asked: number): Feed {
  if (feed.next !== asked) return feed;
  const last = feed.shown.at(-1)?.position ?? Infinity;
  return { ...feed, shown: [...feed.shown, ...page.events.filter(({ position }) => position < last)], next: page.next };
}

/** Whether the page keeps as many events as it may, so that older ones need a narrower filter or a look back. */
export const isFull = (feed: Feed): boolean => feed.shown.length >= KEPT;

/** Holds the list still. What was asked for outlasts what merely happened. */
export function pause(feed: Feed, still: Stillness): Feed {
  if (feed.still === still || feed.still === 'asked') return feed;
  return { ...feed, still, stoppedAt: feed.still ? feed.stoppedAt : (feed.shown[0]?.position ?? feed.position) };
}

/** Whether more came in than could be kept: going on then means to read the first screen anew. */
export const isOverflowing = (feed: Feed): boolean => feed.heldCount > feed.held.length;

/** Shows what waited, and lets the list move again. */
export function resume(feed: Feed): Feed {
  const stoppedAt = feed.heldCount ? feed.stoppedAt : null;
  return { ...feed, ...kept([...feed.held, ...feed.shown], feed.next), held: [], heldCount: 0, still: null, stoppedAt };
}

/** Takes the place of a feed that had to be read anew, and keeps what the reader chose. */
export function renewed(before: Feed, page: EventPage): Feed {
  return {
    ...firstScreen(page),
    still: before.still === 'asked' ? 'asked' : null,
    stoppedAt: before.stoppedAt ?? before.shown[0]?.position ?? null,
  };
}
