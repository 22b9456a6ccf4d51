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
 * grows it below and moves nothing above.
 */
export function changeSetsOf(events: readonly EventView[]): ChangeSet[] {
  const sets = new Map<string, EventView[]>();
  for (const event of events) {
    const known = sets.get(event.changeId);
    if (known) known.push(event);
    else sets.set(event.changeId, [event]);
  }
  return Array.from(sets, ([changeId, members]) => ({ changeId, events: members, position: newestOf(members).position }));
}

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
    if (effect?.['after_approval'] === true || metadata['after_approval'] === true) return true;
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
export const isFollowing = ({ change }: FieldChange): boolean => FOLLOWING.has(change.field);

/** All changed fields of a set, oldest event first, what was typed before what followed from it. */
export function fieldChangesIn({ events }: ChangeSet): FieldChange[] {
  const all = events.toReversed().flatMap((event) => event.changes.map((change) => ({ event, change })));
  return [...all.filter((one) => !isFollowing(one)), ...all.filter(isFollowing)];
}
