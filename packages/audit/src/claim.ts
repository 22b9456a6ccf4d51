import type { Context, Value } from './entry.ts';
import type { ToldChange, ToldEvent } from './inbox.ts';
import type { EntityPlan, FieldPlan, PivotPlan } from './registry.ts';
import { folded, happenedTo, membersSeen, type Seen } from './seen.ts';
import { contentsOf, covered, type Sight } from './sight.ts';
import { tell, type Happened } from './tell.ts';
import { nameOf } from './triggers.ts';
import { capped } from './values.ts';

/** What a flush told of one record, held against what the database saw of it. */
export interface Claimed {
  readonly events: readonly ToldEvent[];
  readonly claimed: ReadonlySet<Seen>;
  /** In a sentence, where the two disagree; the database's values are recorded. No values: they may be personal. */
  readonly disagreement: string | null;
}

/** The row changes that were seen since the flush before, found by the record that they are of. */
export interface Window {
  readonly sight: Sight;
  readonly xid: string;
  /** By table and key; rows of a collection by table and owner. */
  readonly seen: ReadonlyMap<string, readonly Seen[]>;
  readonly tables: ReadonlySet<string>;
}

const place = (table: string, key: string) => `${table}\0${key}`;

/** A flush may tell of tens of thousands of records: each finds its rows without looking through all. */
export function windowOf(sight: Sight, xid: string, seen: readonly Seen[]): Window {
  const contents = contentsOf(sight.plans);
  const found = new Map<string, Seen[]>();
  for (const one of seen) {
    const there = contents.get(one.table);
    const at = place(one.table, there?.kind === 'members' ? ownerOf(there.pivot, one) : one.key);
    const known = found.get(at);
    if (known) known.push(one);
    else found.set(at, [one]);
  }
  return { sight, xid, seen: found, tables: new Set(seen.map(({ table }) => table)) };
}

/** What one flush told of one record: its events in the flush's order. */
export interface ToldTarget {
  readonly type: string;
  readonly id: string;
  readonly events: readonly ToldEvent[];
}

/** The events of a document, by record; a removal and a creation under one key are two lives. */
export function toldTargets(events: readonly ToldEvent[]): ToldTarget[] {
  const targets = new Map<string, { type: string; id: string; events: ToldEvent[] }>();
  for (const event of events) {
    const key = `${event.type}\0${event.id}\0${event.op}`;
    const known = targets.get(key);
    if (known) known.events.push(event);
    else targets.set(key, { type: event.type, id: event.id, events: [event] });
  }
  return [...targets.values()];
}

/**
 * Finds which row changes a flush told of. What the flush told stands where the database saw the same; where it saw
 * more (a default, another trigger) or something else, its values stand, under the actions that they mean.
 */
export function claim(target: ToldTarget, window: Window, context: Context): Claimed {
  const plan = window.sight.plans.get(target.type);
  if (!plan || target.events[0]?.op === 'none' || !isCovered(plan, window))
    return { events: target.events, claimed: new Set(), disagreement: null };
  const table = nameOf(plan.table);
  const rows = window.seen.get(place(table, target.id)) ?? [];
  const members = plan.pivots.map((pivot) => ({ pivot, rows: window.seen.get(place(nameOf(pivot.table), target.id)) ?? [] }));
  const told = new Map(target.events.flatMap(({ changes }) => changes.map((change) => [change.f, change])));
  const row = claimRow(plan, target, told, rows);
  const lists = claimMembers(target, told, row.happened ? members : members.filter(({ pivot }) => told.has(pivot.field.name)));
  const claimed = new Set([...row.claimed, ...lists.flatMap(({ claimed: some }) => some)]);
  const wrong = [...row.wrong, ...lists.flatMap(({ wrong: some }) => some)];
  const events = row.exact && lists.every(({ exact }) => exact) ? target.events : rebuilt(target, row.happened, lists, context);
  return { events, claimed, disagreement: wrong.length ? disagreementOf(target, wrong) : null };
}

/** Coverage that began after this node looked shows by what it brings. */
const isCovered = (plan: EntityPlan, { sight, xid, tables }: Window): boolean =>
  covered(sight, nameOf(plan.table), xid) || tables.has(nameOf(plan.table));

interface RowClaim {
  /** What happened to the row; null where the database saw nothing that is recorded. */
  readonly happened: Happened | null;
  readonly claimed: readonly Seen[];
  readonly exact: boolean;
  /** Fields of which the two disagree. */
  readonly wrong: readonly string[];
}

function claimRow(plan: EntityPlan, { id, events }: ToldTarget, told: ReadonlyMap<string, ToldChange>, rows: readonly Seen[]): RowClaim {
  const operation = events[0]?.op;
  const fields = [...told.values()].filter((change) => !isMembers(plan, change.f));
  // Only a collection of it changed: its row has nothing to say.
  if (operation === 'update' && !fields.length) return { happened: null, claimed: [], exact: true, wrong: [] };
  // Somebody else removed it first: nothing happened here, and nobody is wrong.
  if (operation === 'delete' && !rows.length) return { happened: null, claimed: [], exact: false, wrong: [] };
  for (const run of runs(rows)) {
    const happened = happenedTo(plan, id, folded(run));
    if (!happened || happened.operation !== operation) continue;
    const seen = valuesOf(happened);
    if (!fields.every((change) => agrees(change, seen.get(change.f)))) continue;
    return {
      happened,
      claimed: run,
      exact: seen.size === fields.length && fields.every((change) => isSame(change, seen.get(change.f))),
      wrong: [],
    };
  }
  const happened = rows.length ? happenedTo(plan, id, folded(rows)) : null;
  const seen = happened ? valuesOf(happened) : new Map<string, never>();
  const wrong = fields.filter((change) => !agrees(change, seen.get(change.f))).map(({ f }) => f);
  return { happened, claimed: rows, exact: false, wrong: wrong.length ? wrong : ['the operation'] };
}

/** Stretches of changes that follow one another, the shortest first and of those the newest. */
function* runs(rows: readonly Seen[]): Generator<readonly Seen[]> {
  // A row that one flush changed more often than this was not changed by that flush alone.
  const longest = Math.min(rows.length, 8);
  for (let length = 1; length <= longest; length++) {
    for (let end = rows.length; end >= length; end--) yield rows.slice(end - length, end);
  }
}

interface Pair {
  readonly o: Value;
  readonly n: Value;
}

const valuesOf = ({ differences }: Happened): Map<string, Pair> =>
  new Map([...differences.values()].flatMap(({ list }) => list.map((one) => [one.field, { o: capped(one.old), n: capped(one.new) }])));

const isSame = (told: Pair, seen: Pair | undefined): boolean =>
  seen !== undefined && sameValue(told.o, seen.o) && sameValue(told.n, seen.n);

/**
 * Of a record that was never loaded, and of what the database computes, the unit of work doesn't know what was there
 * before: then it is enough that both know what is there now, or that the database saw no change of it.
 */
const agrees = (told: ToldChange, seen: Pair | undefined): boolean => {
  if (told.o !== null) return isSame(told, seen);
  return seen === undefined || sameValue(told.n, seen.n);
};

const sameValue = (one: Value, other: Value): boolean =>
  one === other || (typeof one === 'object' && typeof other === 'object' && one?.sha256 !== undefined && one.sha256 === other?.sha256);

const isMembers = (plan: EntityPlan, field: string) => plan.pivots.some((pivot) => pivot.field.name === field);

/** The rows of an entity's collections that belong to one owner, with the members that they name. */
export interface MemberRows {
  readonly pivot: PivotPlan;
  readonly rows: readonly Seen[];
}

const keyIn = (columns: readonly string[], { before, after }: Seen): string =>
  columns.map((column) => (after ?? before)?.[column] ?? '').join('~~~');
export const ownerOf = (pivot: PivotPlan, seen: Seen): string => keyIn(pivot.owner, seen);

/** What the rows of one collection come to. */
export const memberDifferences = ({ pivot, rows }: MemberRows) =>
  membersSeen(
    pivot.field,
    rows.map((one) => ({ member: keyIn(pivot.member, one), there: one.after !== null })),
  );

interface MemberClaim {
  readonly field: FieldPlan;
  readonly list: ReturnType<typeof memberDifferences>;
  readonly claimed: readonly Seen[];
  readonly exact: boolean;
  readonly wrong: readonly string[];
}

function claimMembers({ events }: ToldTarget, told: ReadonlyMap<string, ToldChange>, members: readonly MemberRows[]): MemberClaim[] {
  return members.flatMap((one) => {
    const { field } = one.pivot;
    const change = told.get(field.name);
    if (change) return [claimTold(one, change)];
    // Members that leave with their owner are part of its removal; others that nobody told of are not this flush's.
    if (events[0]?.op !== 'delete' || !one.rows.length) return [];
    return [{ field, list: memberDifferences(one), claimed: one.rows, exact: false, wrong: [] }];
  });
}

/** The rows of the members that the flush told of, and where they say something else, all of the owner's. */
function claimTold(all: MemberRows, change: ToldChange): MemberClaim {
  const { field } = all.pivot;
  const named = new Set([change.o, change.n].flatMap((members) => (typeof members === 'string' ? (JSON.parse(members) as string[]) : [])));
  const own: MemberRows = { pivot: all.pivot, rows: all.rows.filter((row) => named.has(keyIn(all.pivot.member, row))) };
  for (const rows of [own, all]) {
    const list = memberDifferences(rows);
    const seen = list[0] && { o: capped(list[0].old), n: capped(list[0].new) };
    if (isSame(change, seen)) return { field, list, claimed: rows.rows, exact: true, wrong: [] };
  }
  return { field, list: memberDifferences(all), claimed: all.rows, exact: false, wrong: [field.name] };
}

/** The events anew, by what the database saw; which record it is, whose, and its effect are what the flush knew. */
function rebuilt(target: ToldTarget, row: Happened | null, members: readonly MemberClaim[], context: Context): ToldEvent[] {
  const [first] = target.events as [ToldEvent];
  const differences = new Map(row?.differences);
  for (const { field, list } of members) if (list.length) differences.set(field.property, { field, list });
  if (first.op === 'update' && !differences.size) return [];
  if (!row && first.op !== 'update') return [];
  if (!row)
    return [
      { ...first, changes: [...differences.values()].flatMap(({ list }) => list.map((one) => ({ f: one.field, o: one.old, n: one.new }))) },
    ];
  const { type, id, label, root, subject, scopes, day } = first;
  const facts = {
    type,
    id,
    label,
    ...(root && { root }),
    ...(subject !== undefined && { subject }),
    ...(scopes && { scopes }),
    ...(day !== undefined && { day }),
  };
  const effects = new Map(target.events.map((event) => [event.action, event.effect]));
  return tell({ ...row, differences }, context, facts).map((event) => {
    const effect = effects.get(event.action) ?? event.effect;
    return { ...event, ...(effect && { effect }) };
  });
}

const disagreementOf = ({ type, id }: ToldTarget, fields: readonly string[]) =>
  `${type} ${id}: the application and the database disagree about ${fields.join(', ')}; what the database saw is recorded`;
