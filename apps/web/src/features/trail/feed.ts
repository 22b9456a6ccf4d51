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
  /** Up to here everything has been told. */
  readonly position: number;
  /** The end of the log, as far as is known. */
  readonly head: number;
  /** A look back: it ends before the log does, follows nothing, and goes on in both directions. */
  readonly past: boolean;
  /** The cursor for older events; null where there are none. */
  readonly next: number | null;
  readonly still: Stillness | null;
  /** The newest event that was shown when the reader stopped. */
  readonly stoppedAt: number | null;
  /** Where pages were joined while the list held still, newest first: at the position where the newer side begins. */
  readonly seams: readonly number[];
  /** How many events the filter found when the page was read, and how many came since. */
  readonly total: { readonly count: number; readonly more: boolean };
}

/** Events that one page keeps. Beyond, those at the other end go, and come back when somebody scrolls to them. */
export const KEPT = 5000;
/** Events that wait while the list holds still. Beyond, they are only counted, and read anew when the reader goes on. */
export const HELD = 2000;

/** Of the whole log, or of a look back: what is below a position, or in a stretch of time that has an end. */
export function firstScreen(
  page: EventPage,
  { past = false, before = Infinity }: { past?: boolean; before?: number | undefined } = {},
): Feed {
  return {
    shown: page.events,
    held: [],
    heldCount: 0,
    position: Math.min(page.position, before - 1),
    head: page.position,
    past,
    next: page.next,
    // Nothing comes in by itself that it would have to hold back: it simply never moves.
    still: past ? 'asked' : null,
    stoppedAt: null,
    seams: [],
    total: page.total,
  };
}

/** What a stretch turns out to be: new, told before, or beyond something that is missing. */
export type Arrival = { readonly verdict: 'taken' | 'known'; readonly feed: Feed } | { readonly verdict: 'gap' };

export function arrive(feed: Feed, stretch: Stretch): Arrival {
  if (stretch.from > feed.position) return { verdict: 'gap' };
  if (stretch.to <= feed.position) return { verdict: 'known', feed };
  const events = stretch.events.filter(({ position }) => position > feed.position).sort(newestFirst);
  const told = { ...feed, position: stretch.to, head: stretch.to, total: { ...feed.total, count: feed.total.count + events.length } };
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

/** Adds a page of older events; one that isn't the next one is ignored. A look back lets go of its newest instead of growing too long. */
export function older(feed: Feed, page: EventPage, asked: number): Feed {
  if (feed.next !== asked) return feed;
  const last = feed.shown.at(-1)?.position ?? Infinity;
  const shown = [...feed.shown, ...page.events.filter(({ position }) => position < last)];
  const longer = { ...feed, shown, next: page.next, seams: feed.still ? [...feed.seams, last] : feed.seams };
  if (!feed.past || shown.length <= KEPT) return longer;
  const rest = shown.slice(-KEPT);
  return { ...longer, shown: rest, position: rest[0]?.position ?? feed.position };
}

/** Adds what comes right above a look back; a stretch that isn't the next one is ignored. `head` is the end of the log as it was then. */
export function newer(feed: Feed, { from, to, events }: Stretch, head: number): Feed {
  if (from !== feed.position) return feed;
  const fresh = events.filter(({ position }) => position > from).sort(newestFirst);
  const first = feed.shown[0]?.position ?? from;
  return { ...feed, ...kept([...fresh, ...feed.shown], feed.next), position: to, head, seams: [first + 1, ...feed.seams] };
}

/** Whether there is more above a look back. */
export const hasNewer = (feed: Feed): boolean => feed.past && feed.position < feed.head;

/** Whether the page keeps as many events as it may, so that older ones need a narrower filter or a look back. */
export const isFull = (feed: Feed): boolean => !feed.past && feed.shown.length >= KEPT;

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
  return { ...feed, ...kept([...feed.held, ...feed.shown], feed.next), held: [], heldCount: 0, still: null, stoppedAt, seams: [] };
}

/** What takes the place of a feed that had to be read anew: what the reader chose stays. */
export function renewed(before: Feed, first: Feed): Feed {
  return {
    ...first,
    still: first.past || before.still === 'asked' ? 'asked' : null,
    stoppedAt: first.past ? null : (before.stoppedAt ?? before.shown[0]?.position ?? null),
  };
}
