import { DATABASE, knownLater } from '../capture/context.ts';
import type { Context } from '../events/entry.ts';
import type { ToldEvent } from '../capture/inbox.ts';
import { keptKey } from '../capture/kept-key.ts';
import { leavingOf, livesOf, type Order, type OwnerAndMembers } from './lives.ts';
import { memberDifferences, onlyMembers } from './member-claim.ts';
import { happenedTo, ownerOf, type Seen } from './seen.ts';
import { contentsOf, planOfRow, type Contents, type Sight } from '../triggers/sight.ts';
import { tell, type Happened } from '../capture/tell.ts';
import { nameOf } from '../policy/table-name.ts';

/** An event of which no flush told: what the database saw, and on whose behalf; the context is null where nobody knows. */
export interface Unclaimed {
  readonly event: ToldEvent;
  readonly context: Context | null;
  readonly seen: Seen;
}

type Members = Extract<Contents, { kind: 'members' }>;

/** One collection of one record, and what was seen of the record itself. */
interface CollectionSeen extends OwnerAndMembers {
  readonly collection: Members;
  readonly key: string;
}

/** Rows of a collection that are told together: of one life of the record, each member once. */
interface MembersOf {
  readonly collection: Members;
  readonly key: string;
  readonly rows: readonly Seen[];
  /** Its place among what was seen: members follow the creation of their record. */
  readonly at: number;
  /** The removal of the record that they leave with. */
  readonly leavingWith: Seen | undefined;
}

/**
 * What the database saw and no flush told, each change as an event of its own, in its order; members of one owner's
 * collection are one. `near` is the context of the document that stands nearest in the same transaction.
 */
export function unclaimedEvents(seen: readonly Seen[], sight: Sight, near: Context | undefined): Unclaimed[] {
  const contents = contentsOf(sight.plans);
  const order: Order = new Map(seen.map((one, i) => [one, i]));
  const groups = collectionsSeen(seen, contents).flatMap((one) => groupsOf(one, order));
  const leaving = Map.groupBy(groups, ({ leavingWith }) => leavingWith);
  const told = seen.flatMap((one, at) => {
    const there = contents.get(one.table);
    const plan = there?.kind === 'entities' ? planOfRow(there.plans, one.after ?? one.before ?? {}) : undefined;
    const happened = plan && happenedTo(plan, one.key, one);
    if (!happened) return [];
    const events = eventsOf(withMembers(happened, leaving.get(one) ?? []), one, near);
    return events.map((event) => ({ event, at }));
  });
  const ofMembers = (leaving.get(undefined) ?? []).flatMap((group) => memberEvents(group, near).map((event) => ({ event, at: group.at })));
  if (!ofMembers.length) return told.map(({ event }) => event);
  return [...told, ...ofMembers].sort((one, other) => one.at - other.at).map(({ event }) => event);
}

function collectionsSeen(seen: readonly Seen[], contents: ReadonlyMap<string, Contents>): CollectionSeen[] {
  const records = new Map<string, Seen[]>();
  const collections = new Map<string, { readonly collection: Members; readonly key: string; readonly members: Seen[] }>();
  const place = (table: string, key: string) => `${table}\0${key}`;
  for (const one of seen) {
    const there = contents.get(one.table);
    const key = there?.kind === 'members' ? ownerOf(there.pivot, one) : one.key;
    const at = place(one.table, key);
    if (there?.kind === 'members') {
      const known = collections.get(at);
      if (known) known.members.push(one);
      else collections.set(at, { collection: there, key, members: [one] });
    } else {
      const known = records.get(at);
      if (known) known.push(one);
      else records.set(at, [one]);
    }
  }
  return [...collections.values()].map((one) => ({ ...one, owner: records.get(place(nameOf(one.collection.plan.table), one.key)) ?? [] }));
}

function groupsOf({ collection, key, owner, members }: CollectionSeen, order: Order): MembersOf[] {
  const at = (one: Seen | undefined) => (one && order.get(one)) ?? 0;
  const lives = livesOf({ owner, members }, order);
  return [...Map.groupBy(members, (one) => lives.get(one))].flatMap(([life, rows]) => {
    const ofLife = owner.filter((one) => lives.get(one) === life);
    const [begins, ends] = [ofLife.find((one) => one.before === null), ofLife.find((one) => one.after === null)];
    const [lived, left] = ends ? leavingWith(ends, rows) : [rows, []];
    const groups = onceEach(lived).map((group) => ({
      collection,
      key,
      rows: group,
      at: Math.max(at(group[0]), begins ? at(begins) + 0.5 : 0),
      leavingWith: undefined,
    }));
    return left.length ? [...groups, { collection, key, rows: left, at: at(ends), leavingWith: ends }] : groups;
  });
}

/** Who took members out before the record went did that, and nothing else. */
function leavingWith(end: Seen, members: readonly Seen[]): readonly [lived: readonly Seen[], leaving: readonly Seen[]] {
  const [lived, left] = leavingOf(members);
  return [[...lived, ...left.filter((one) => !isSameWork(one, end))], left.filter((one) => isSameWork(one, end))];
}

/** Whether both were done by the same, and for the same reason. */
const isSameWork = (one: Seen, other: Seen): boolean => one.inbox.context === other.inbox.context || workOf(one) === workOf(other);
const workOf = ({ who: { role, application, address, context } }: Seen): string => JSON.stringify([role, application, address, context]);

/** A member that came and went again did so in two changes; and so it is with what was done by others, or for another reason. */
function onceEach(rows: readonly Seen[]): Seen[][] {
  const groups: Seen[][] = [];
  let members = new Set<string>();
  for (const one of rows) {
    const last = groups.at(-1)?.[0];
    if (!last || members.has(one.key) || !isSameWork(one, last)) {
      groups.push([]);
      members = new Set();
    }
    members.add(one.key);
    groups.at(-1)?.push(one);
  }
  return groups;
}

/** On whose behalf, as far as the transaction says. */
export const contextOf = ({ who }: Seen, near: Context | undefined): Context | null =>
  who.context ? knownLater(who.context, near) : (near ?? null);

function eventsOf(happened: Happened, seen: Seen, near: Context | undefined): Unclaimed[] {
  const context = contextOf(seen, near);
  return tell(happened, context ?? DATABASE).map((event) => ({ event, context, seen }));
}

/** Members that leave with their owner are part of its removal. */
function withMembers(happened: Happened, leaving: readonly MembersOf[]): Happened {
  if (!leaving.length) return happened;
  const differences = new Map(happened.differences);
  for (const { collection, rows } of leaving) {
    const { pivot } = collection;
    const list = memberDifferences({ pivot, rows });
    if (list.length) differences.set(pivot.field.property, { field: pivot.field, list });
  }
  return { ...happened, differences };
}

/** Only members changed: whose the record is must be known from its earlier events. */
function memberEvents({ collection: { plan, pivot }, key, rows }: MembersOf, near: Context | undefined): Unclaimed[] {
  const [first] = rows;
  const list = memberDifferences({ pivot, rows });
  if (!first || !list.length) return [];
  const context = contextOf(first, near);
  const differences = new Map([[pivot.field.property, { field: pivot.field, list }]]);
  const facts = { type: plan.type, id: keptKey(key), label: null };
  return tell(onlyMembers(plan, key, differences), context ?? DATABASE, facts).map((event) => ({ event, context, seen: first }));
}
