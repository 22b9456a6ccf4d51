import type { Actor, Event, ShownChange, Value } from '@countersign/audit/entry';
import { isShown } from '@countersign/audit/entry';
import type { Visibility } from '@countersign/audit/visibility';
import type { LogCall } from '../definition.ts';
import type { ConflictingField } from '../errors.ts';
import { names, type Names } from '../people/directory.ts';
import { seesSensitive } from '../people/viewer.ts';
import { TimecardVersion } from './timecard-version.ts';

/** Events read at once. */
const PAGE = 200;

/** A field's first and last change since. */
interface Fold {
  readonly first: ShownChange;
  last: ShownChange;
  by: Event;
}

/**
 * The fields of a card that were changed since a version of it, with base and present value, by whom.
 *
 * Read from the log, which only explains here: that the version is out of date its column has said. Whoever asks may
 * change the card, so they may see all of its changes; sensitive ones they may neither see nor change are left out.
 */
export async function conflictsSince(call: LogCall, card: string, version: number): Promise<ConflictingField[]> {
  await call.log.settle();
  const { base, next } = await changeSetsOf(call, card, version);
  const folds = new Map<string, Fold>();
  for (const event of await eventsSince(call, card, base, base === next)) foldIn(folds, event);
  const changed = [...folds].filter(([, { first, last }]) => text(first.old) !== text(last.new));
  const known = await names(
    call.em,
    changed.flatMap(([, { by }]) => (by.actor.kind === 'user' && by.actor.id ? [by.actor.id] : [])),
  );
  return changed.map(([field, { first, last, by }]) => ({
    field,
    base: text(first.old),
    present: text(last.new),
    changedBy: changedBy(by.actor, known),
    changedAt: by.occurredAt,
  }));
}

/** The change sets that made this version and the next one. A change around the application makes a version without one: then the latest before it. */
async function changeSetsOf(
  call: LogCall,
  card: string,
  version: number,
): Promise<{ readonly base: string | undefined; readonly next: string | undefined }> {
  const made = await call.em
    .fork()
    .find(TimecardVersion, { timecard: card, version: { $lte: version + 1 } }, { orderBy: { version: 'desc' }, limit: 2 });
  return { base: made.find((one) => one.version <= version)?.changeId, next: made.find((one) => one.version > version)?.changeId };
}

/**
 * The card's events after the change set that made the base version, oldest first. Within one change set versions
 * can't be told apart: where the next version belongs to it too, it is taken along as a whole.
 */
async function eventsSince(call: LogCall, card: string, base: string | undefined, including: boolean): Promise<Event[]> {
  // Without a base there is nothing to count from: a card that no command made, or a version that never was.
  if (base === undefined) return [];
  const since: Event[] = [];
  let reached = false;
  for await (const event of newestFirst(call, card)) {
    if (event.changeId === base ? !including : reached) break;
    reached ||= event.changeId === base;
    since.unshift(event);
  }
  return since;
}

async function* newestFirst(call: LogCall, card: string): AsyncGenerator<Event> {
  const visibility: Visibility = { everything: true, keys: [], sensitive: seesSensitive(call.viewer) };
  let before: number | undefined;
  do {
    const page = await call.log.page({ filter: { root: [`Timecard:${card}`] }, visibility, limit: PAGE, before });
    yield* page.events;
    before = page.next ?? undefined;
  } while (before !== undefined);
}

function foldIn(folds: Map<string, Fold>, event: Event): void {
  for (const change of event.changes) {
    if (!isShown(change)) continue;
    const field = event.target?.type === 'TimecardEntry' ? `entries.${event.workDate}.${change.field}` : change.field;
    const fold = folds.get(field);
    if (fold) Object.assign(fold, { last: change, by: event });
    else folds.set(field, { first: change, last: change, by: event });
  }
}

const text = (value: Value): string | null => (value === null || typeof value === 'string' ? value : `${value.beginning}…`);

/** People have names; a job is named by its own; what came around the application is nobody's. */
export function changedBy(actor: Actor, known: Names): ConflictingField['changedBy'] {
  if (actor.kind === 'user' && actor.id) return { id: actor.id, name: known.get(actor.id) ?? 'Somebody unknown' };
  if (actor.kind === 'system' && actor.id) return { id: null, name: actor.id };
  return null;
}
