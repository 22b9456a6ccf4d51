import type { EventView } from '../../api/views.ts';
import { clockOf } from '@countersign/domain/wall-clock.rules';
import type { ChangeSet } from './change-sets.ts';

/** One row of the list. */
export type FeedItem =
  | { readonly kind: 'set'; readonly key: string; readonly set: ChangeSet; readonly unfolded: boolean }
  | { readonly kind: 'event'; readonly key: string; readonly event: EventView; readonly withAction: boolean; readonly last: boolean }
  | { readonly kind: 'day'; readonly key: string; readonly day: string }
  | { readonly kind: 'stopped'; readonly key: 'stopped' };

interface Looks {
  readonly unfolded: ReadonlySet<string>;
  /** The newest event that was shown when the reader stopped; null where they didn't. */
  readonly stoppedAt: number | null;
  /** In which days begin. */
  readonly timeZone: string;
  /** YYYY-MM-DD; its heading goes without saying. */
  readonly today: string;
}

/** The rows of a list: change sets, the events of unfolded ones, a heading for each day, and where the reader stopped. */
export function feedItems(sets: readonly ChangeSet[], { unfolded, stoppedAt, timeZone, today }: Looks): FeedItem[] {
  const items: FeedItem[] = [];
  let day = today;
  let stopped = stoppedAt === null;
  for (const set of sets) {
    if (!stopped && stoppedAt !== null && set.position <= stoppedAt) {
      // Nothing is newer than what was read: then there is nothing to mark.
      if (items.length) items.push({ kind: 'stopped', key: 'stopped' });
      stopped = true;
    }
    const itsDay = dayIn(set, timeZone);
    if (itsDay < day) items.push({ kind: 'day', key: `day ${itsDay}`, day: itsDay });
    if (itsDay < day) day = itsDay;
    const open = unfolded.has(set.changeId);
    items.push({ kind: 'set', key: set.changeId, set, unfolded: open });
    if (open && set.events.length > 1) items.push(...eventItems(set));
  }
  return items;
}

/** Days only ever grow older down the list: an event whose clock ran ahead opens no second heading. */
function dayIn(set: ChangeSet, timeZone: string): string {
  const known = days.get(set);
  if (known?.timeZone === timeZone) return known.day;
  const { day } = clockOf((set.events[0] as EventView).occurredAt, timeZone);
  days.set(set, { timeZone, day });
  return day;
}

/** Thousands of sets are laid out anew for each that comes in: a set's day is reckoned once. */
const days = new WeakMap<ChangeSet, { readonly timeZone: string; readonly day: string }>();

function eventItems({ events }: ChangeSet): FeedItem[] {
  const mixed = new Set(events.map(({ action }) => action)).size > 1;
  return events.toReversed().map((event, index) => ({
    kind: 'event',
    key: `event ${event.position}`,
    event,
    withAction: mixed,
    last: index === events.length - 1,
  }));
}
