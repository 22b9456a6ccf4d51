import type { EventView } from '../../api/views.ts';
import { clockOf } from '@countersign/domain/wall-clock.rules';
import { type ChangeSet, isAfterApproval, newestOf, reasonsIn, rootOf } from './change-sets.ts';
import { meaningOf } from './meaning.ts';

/** Milliseconds between two change sets of one run: after a longer pause somebody came back rather than went on. */
const PAUSE = 5 * 60_000;
/** Change sets from which on a run folds: one row less is not worth a fold. */
const WORTH_FOLDING = 3;

/**
 * Cuts change sets, newest first, into runs: neighbours that one actor did to one record in one go, and of which none
 * says anything that must not be overlooked. `mayFollow` keeps apart what a heading or a mark will stand between; it is
 * asked in order, from the newest on.
 */
export function runsOf(sets: readonly ChangeSet[], mayFollow: (newer: ChangeSet, older: ChangeSet) => boolean): ChangeSet[][] {
  const runs: ChangeSet[][] = [];
  let newer: ChangeSet | undefined;
  for (const set of sets) {
    if (newer && goesOn(newer, set) && mayFollow(newer, set)) runs.at(-1)?.push(set);
    else runs.push([set]);
    newer = set;
  }
  return runs;
}

export const isWorthFolding = (run: readonly ChangeSet[]): boolean => run.length >= WORTH_FOLDING;

function goesOn(newer: ChangeSet, older: ChangeSet): boolean {
  const [one, other] = [foldingOf(newer), foldingOf(older)];
  return one.like !== null && one.like === other.like && Math.abs(one.at - other.at) <= PAUSE;
}

/** What decides whether a set folds with its neighbour: what it has to be like, null for one that never folds, and when it was. */
interface Folding {
  readonly like: string | null;
  readonly at: number;
}

/** Thousands of sets are laid out anew for each that comes in: what a set is like is found out once. */
const known = new WeakMap<ChangeSet, Folding>();

function foldingOf(set: ChangeSet): Folding {
  const found = known.get(set) ?? { like: likenessOf(set), at: Date.parse(newestOf(set.events).occurredAt) };
  known.set(set, found);
  return found;
}

/** By whom, to what, what was done and why: a fold hides only what is in all of this like the row above it. */
function likenessOf(set: ChangeSet): string | null {
  const root = rootOf(set);
  if (!root || isAfterApproval(set) || !set.events.every(isRoutine)) return null;
  const whoAndWhat = new Set(set.events.map(({ actor, impersonator, action }) => JSON.stringify([actor, impersonator?.id, action])));
  return JSON.stringify([root.type, root.id, [...whoAndWhat].sort(), reasonsIn(set)]);
}

/** An edit among edits: no decision, no beginning or end of a record, and nothing that came around the application. */
function isRoutine(event: EventView): boolean {
  if (event.operation === 'create' || event.operation === 'delete') return false;
  if (event.actor.kind === 'database' || event.channel === 'database') return false;
  const { tone, icon } = meaningOf(event);
  return tone !== 'good' && tone !== 'refuse' && icon !== 'send';
}

/** `3 earlier changes by Anna Berg to this record, 14:01–14:04`. */
export function runText(earlier: readonly ChangeSet[], timeZone: string): string {
  const [newest, oldest] = [earlier[0], earlier.at(-1)].map((set) => newestOf((set as ChangeSet).events)) as [EventView, EventView];
  const by = newest.impersonator ? `${newest.actor.name} (by ${newest.impersonator.name})` : newest.actor.name;
  const [from, to] = [timeOf(oldest, timeZone), timeOf(newest, timeZone)];
  return `${earlier.length.toLocaleString('en')} earlier changes by ${by} to this record, ${from === to ? from : `${from}–${to}`}`;
}

function timeOf({ occurredAt }: EventView, timeZone: string): string {
  const { hour, minute } = clockOf(occurredAt, timeZone);
  return `${hour}:${minute}`;
}
