import type { Density } from '../../ui/preferences.ts';
import { type FieldChange, isEffect, isFollowing } from './change-sets.ts';

/** Changed fields that a folded card shows; fewer where a card is to be one line. */
const SHOWN: Readonly<Record<Density, number>> = { comfortable: 4, compact: 2 };
/** Of a new or deleted record: it has many fields, and few that say anything. */
const SHOWN_OF_WHOLE = 2;

/** What a folded card shows of its changes, and how many it leaves out. */
export interface Summary {
  readonly shown: readonly FieldChange[];
  readonly more: number;
}

/**
 * The changes that say most. Of an update those come first that somebody made; of a whole record that came or went, how
 * many hours it is about; of many records at once there is no telling.
 */
export function summaryOf(
  changes: readonly FieldChange[],
  kindOf: (change: FieldChange) => string,
  density: Density = 'comfortable',
): Summary {
  const telling = tellingOf(changes, kindOf);
  // "1 more field" takes as much room as the field itself.
  const most = SHOWN[density];
  const room = isWhole(changes) ? SHOWN_OF_WHOLE : density === 'comfortable' && telling.length === most + 1 ? most + 1 : most;
  const shown = telling.slice(0, room);
  return { shown, more: changes.length - shown.length };
}

const isWhole = (changes: readonly FieldChange[]) =>
  changes.every(({ event }) => event.operation === 'create' || event.operation === 'delete');

function tellingOf(changes: readonly FieldChange[], kindOf: (change: FieldChange) => string): readonly FieldChange[] {
  if (new Set(changes.map(({ event }) => (event.root ?? event.target)?.id)).size > 1) return [];
  // Of one field there is nothing to choose: a setting that gets its first value.
  if (isWhole(changes) && changes.length > 1)
    return changes.filter((one) => one.event.target?.id === one.event.root?.id && kindOf(one) === 'hours' && !isNothing(one));
  const own = changes.filter((one) => !isFollowing(one));
  return own.length ? own : changes.filter((one) => !isEffect(one));
}

/** `0.00` hours: true, and of no interest to anybody. */
const isNothing = ({ change }: FieldChange) => !('hidden' in change) && Number(change.new ?? change.old) === 0;
