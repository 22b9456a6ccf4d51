import { effectOf } from '@countersign/domain/record/effect.rules';
import type { EventView } from '../../api/views.ts';

/** All events that share a change id, as far as the page has them: one card. */
export interface ChangeSet {
  readonly changeId: string;
  /** Newest first; never empty. */
  readonly events: readonly EventView[];
  /** Where the card stands: with its newest event. */
  readonly position: number;
}

/**
 * Groups events, newest first, into change sets. A set stands where its newest event does: what older pages add to it
 * grows it below and moves nothing above. A set among `known` that is still the same stays the same object, so that
 * only rows that changed are drawn again.
 */
export function changeSetsOf(events: readonly EventView[], known: readonly ChangeSet[] = []): ChangeSet[] {
  const sets = new Map<string, EventView[]>();
  for (const event of events) {
    const members = sets.get(event.changeId);
    if (members) members.push(event);
    else sets.set(event.changeId, [event]);
  }
  const before = new Map(known.map((set) => [set.changeId, set]));
  return Array.from(sets, ([changeId, members]) => {
    const same = before.get(changeId);
    return same && isSame(same.events, members) ? same : { changeId, events: members, position: newestOf(members).position };
  });
}

/** Events never change: as many of them, from the same one to the same one, are the same. */
const isSame = (one: readonly EventView[], other: readonly EventView[]) =>
  one.length === other.length && one[0] === other[0] && one.at(-1) === other.at(-1);

export const newestOf = (events: readonly EventView[]): EventView => events[0] as EventView;

/** What a set is about, where it is about one record. */
export function rootOf({ events }: ChangeSet): EventView['root'] {
  const first = newestOf(events);
  const root = first.root ?? first.target;
  return root && events.every((event) => (event.root ?? event.target)?.id === root.id) ? root : null;
}

/** How many different records a set touches. */
export const recordsIn = ({ events }: ChangeSet): number =>
  new Set(events.map((event) => (event.root ?? event.target)?.id ?? event.id)).size;

/** The actions of a set, each once, in the order in which they were done. */
export const actionsIn = ({ events }: ChangeSet): string[] => [...new Set(events.map(({ action }) => action))].toReversed();

/** The reasons of a set, each once. */
export const reasonsIn = ({ events }: ChangeSet): string[] => [
  ...new Set(events.map(({ reason }) => reason).filter((reason) => reason !== null)),
];

/** Whether this changed something that had been approved already: the change set itself records that mark, or its effect tells. */
export function isAfterApproval({ events }: ChangeSet): boolean {
  return events.some(({ changes, effect, metadata }) => {
    if (effectOf(effect).afterApproval || metadata['after_approval'] === true) return true;
    return changes.some((change) => change.field === 'edited_after_approval' && !('hidden' in change) && change.new === 'true');
  });
}

/** One changed field with the event that it stands in. */
export interface FieldChange {
  readonly event: EventView;
  readonly change: EventView['changes'][number];
}

/** Fields that only keep count of what the others and the marks of a card say: they stand last. */
const FOLLOWING = new Set([
  'manually_edited',
  'edited_after_approval',
  'break_duration',
  'daily_total_hours',
  'rejection_reason',
  'work_date',
]);

/** Whether a change says nothing that the card doesn't say already. */
export const isFollowing = (one: FieldChange): boolean => FOLLOWING.has(one.change.field) || isEffect(one);

/** Whether the effect of its event tells a change already. */
export const isEffect = ({ event, change }: FieldChange): boolean =>
  event.effect !== null && effectOf(event.effect).steps.some(({ field }) => field === change.field);

/** All changed fields of a set, oldest event first, what was typed before what followed from it. */
export function fieldChangesIn({ events }: ChangeSet): FieldChange[] {
  const all = events.toReversed().flatMap((event) => event.changes.map((change) => ({ event, change })));
  return [...all.filter((one) => !isFollowing(one)), ...all.filter(isFollowing)];
}
