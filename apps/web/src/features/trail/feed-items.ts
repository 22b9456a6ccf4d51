import type { EventView } from '../../api/views.ts';
import { clockOf } from '@countersign/domain/wall-clock.rules';
import type { ChangeSet } from './change-sets.ts';
import { isWorthFolding, runsOf } from './runs.ts';

/** One row of the list. */
export type FeedItem =
  | { readonly kind: 'set'; readonly key: string; readonly set: ChangeSet; readonly unfolded: boolean }
  | { readonly kind: 'event'; readonly key: string; readonly event: EventView; readonly withAction: boolean; readonly last: boolean }
  | { readonly kind: 'run'; readonly key: string; readonly earlier: readonly ChangeSet[]; readonly unfolded: boolean }
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
  /** How runs fold; left out where every set is shown. */
  readonly folding?: FoldingLooks | undefined;
}

interface FoldingLooks {
  /** Change ids of sets that must not stand behind a fold: where one of them would, the run is unfolded. */
  readonly revealed: ReadonlySet<string>;
  /** Positions, newest first, at which pages were joined under the reader's eyes: what is shown on one side folds with nothing on the other. */
  readonly seams: readonly number[];
}

/**
 * The rows of a list: change sets, the events of unfolded ones, a heading for each day, and where the reader stopped. Of a
 * run the newest set is a row, and behind one slim row below it fold the others.
 */
export function feedItems(sets: readonly ChangeSet[], looks: Looks): FeedItem[] {
  const items: FeedItem[] = [];
  const marks = marksIn(looks);
  for (const run of runsIn(sets, looks)) {
    const [newest, ...earlier] = run as [ChangeSet, ...ChangeSet[]];
    items.push(...marks(newest, items.length > 0), ...setItems(newest, looks));
    // A short run has no row of its own: its sets are rows like all others.
    const folds = isWorthFolding(run);
    const unfolded = !folds || earlier.some(({ changeId }) => looks.folding?.revealed.has(changeId));
    if (folds) items.push({ kind: 'run', key: `run ${earlier.at(-1)?.changeId}`, earlier, unfolded });
    if (unfolded) items.push(...earlier.flatMap((set) => setItems(set, looks)));
  }
  return items;
}

/** A heading, or the mark of where the reader stopped, has to be seen: no run goes on beyond it. */
function runsIn(sets: readonly ChangeSet[], { folding, stoppedAt, timeZone }: Looks): ChangeSet[][] {
  if (!folding) return sets.map((set) => [set]);
  const isSeam = seamsBetween(folding.seams);
  const isStop = (newer: number, older: number) => stoppedAt !== null && newer > stoppedAt && older <= stoppedAt;
  return runsOf(
    sets,
    (newer, older) =>
      dayIn(newer, timeZone) === dayIn(older, timeZone) &&
      !isStop(newer.position, older.position) &&
      !isSeam(newer.position, older.position),
  );
}

/** Whether a seam lies between two neighbours. Asked from the newest on, so that each seam is looked at once. */
function seamsBetween(seams: readonly number[]): (newer: number, older: number) => boolean {
  let at = 0;
  return (newer, older) => {
    while ((seams[at] ?? -Infinity) > newer) at += 1;
    return (seams[at] ?? -Infinity) > older;
  };
}

/** What stands above a set, asked from the newest on. Days only ever grow older down the list: a clock that ran ahead opens no second heading. */
function marksIn({ stoppedAt, timeZone, today }: Looks): (set: ChangeSet, isBelowOthers: boolean) => FeedItem[] {
  let day = today;
  let stopped = stoppedAt === null;
  return (set, isBelowOthers) => {
    const marks: FeedItem[] = [];
    if (!stopped && stoppedAt !== null && set.position <= stoppedAt) {
      // Nothing is newer than what was read: then there is nothing to mark.
      if (isBelowOthers) marks.push({ kind: 'stopped', key: 'stopped' });
      stopped = true;
    }
    const itsDay = dayIn(set, timeZone);
    if (itsDay < day) {
      marks.push({ kind: 'day', key: `day ${itsDay}`, day: itsDay });
      day = itsDay;
    }
    return marks;
  };
}

function setItems(set: ChangeSet, { unfolded }: Looks): FeedItem[] {
  const open = unfolded.has(set.changeId);
  const item: FeedItem = { kind: 'set', key: set.changeId, set, unfolded: open };
  return open && set.events.length > 1 ? [item, ...eventItems(set)] : [item];
}

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
