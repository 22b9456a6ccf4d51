import { agrees, mayBeTheSame, pairsOf } from './agreement.ts';
import { allegedBeside, contradictedFacts, type Alleged, type SeenRow } from './alleged.ts';
import type { Difference } from './diff.ts';
import type { Context, Value } from './entry.ts';
import type { ToldChange, ToldEvent } from './inbox.ts';
import type { EntityPlan, FieldPlan, PivotPlan } from './registry.ts';
import { leavingOf, livesOf, type Order, type OwnerAndMembers } from './lives.ts';
import { rowOf } from './row.ts';
import { folded, happenedTo, membersSeen, type Seen } from './seen.ts';
import { contentsOf, covered, planOfRow, type Sight } from './sight.ts';
import { factsOf, tell, type Differences, type Happened } from './tell.ts';
import { kindColumn, nameOf } from './triggers.ts';
import { capped } from './values.ts';

/** What a flush told of one record, held against what the database saw of it. */
export interface Claimed {
  readonly events: readonly ToldEvent[];
  readonly claimed: ReadonlySet<Seen>;
  /** In a sentence, where the two disagree; the database's values are recorded. No values: they may be personal. */
  readonly disagreement: string | null;
  /** What the flush says of whose the record is, where its row doesn't say it. */
  readonly alleged?: Alleged | null;
}

/** The row changes that were seen since the flush before, found by the record that they are of. */
export interface Window {
  readonly sight: Sight;
  readonly xid: string;
  /** By table and key; rows of a collection by table and owner. */
  readonly seen: ReadonlyMap<string, readonly Seen[]>;
  /** The same, of the flushes before in this transaction. */
  readonly earlier: readonly Window['seen'][];
  readonly order: Order;
  readonly tables: ReadonlySet<string>;
}

const place = (table: string, key: string) => `${table}\0${key}`;

/** A flush may tell of tens of thousands of records: each finds its rows without looking through all. */
export function windowOf(sight: Sight, seen: readonly Seen[], { xid, earlier }: Pick<Window, 'xid' | 'earlier'>): Window {
  const contents = contentsOf(sight.plans);
  const found = new Map<string, Seen[]>();
  for (const one of seen) {
    const there = contents.get(one.table);
    const at = place(one.table, there?.kind === 'members' ? ownerOf(there.pivot, one) : one.key);
    const known = found.get(at);
    if (known) known.push(one);
    else found.set(at, [one]);
  }
  return {
    sight,
    xid,
    earlier,
    seen: found,
    order: new Map(seen.map((one, i) => [one, i])),
    tables: new Set(seen.map(({ table }) => table)),
  };
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
 * Finds which row changes a flush told of, and forms its events from what the database saw of them: their values, their
 * actions and, where the row says so, whose they are. From the flush come who, why and what it did beyond the row.
 * What no flush tells (`whyNotTold`) is not asked for here.
 */
export function claim(target: ToldTarget, window: Window, context: Context): Claimed {
  const plan = window.sight.plans.get(target.type);
  if (!plan || !isCovered(plan, window)) return { events: target.events, claimed: new Set(), disagreement: null };
  const rows = rowsOf(target, window);
  const told = new Map(target.events.flatMap(({ changes }) => changes.map((change) => [change.f, change])));
  const row = claimRow(plan, target, told, { rows, earlier: () => rowsBefore(target, window) });
  const members = plan.pivots.map((pivot) => {
    const ofOwner = window.seen.get(place(nameOf(pivot.table), target.id)) ?? [];
    return { pivot, rows: inLifeOf(row.claimed, { owner: rows, members: ofOwner }, window.order) };
  });
  const lists = members.flatMap((one) => claimMembers(one, told.get(one.pivot.field.name), row.happened?.operation === 'delete'));
  const happened = together(plan, target.id, row.happened, lists);
  const seen = row.happened && !row.happened.partial ? { happened: row.happened, facts: factsOf(row.happened) } : null;
  const wrong = [...row.wrong, ...lists.flatMap((one) => one.wrong), ...contradictedFacts(target.events, seen)];
  return {
    events: happened ? eventsOf(target, happened, seen, context) : [],
    claimed: new Set([...row.claimed, ...lists.flatMap((one) => one.claimed)]),
    disagreement: wrong.length ? disagreementOf(target, wrong) : null,
    alleged: happened && allegedBeside(target.events, seen && seen.facts),
  };
}

/** Why no flush tells this; null where one does. Whatever the database saw of the record stands by itself then. */
export function whyNotTold(target: ToldTarget, { plans }: Sight): string | null {
  if (!plans.has(target.type)) return 'it is told of a type that no policy knows';
  // Whoever tells what is no change does so under an action that is declared for it, with metadata that can be checked.
  return isNoChange(target) ? 'it is told by a flush, and no change' : null;
}

/** The changes of a record's own row; where several entities share a table they share its keys. */
export function rowsOf({ type, id }: ToldTarget, { sight, seen }: Window): readonly Seen[] {
  const plan = sight.plans.get(type);
  const rows = (plan && seen.get(place(nameOf(plan.table), id))) ?? [];
  if (!plan || !kindColumn(plan.meta)) return rows;
  const there = contentsOf(sight.plans).get(nameOf(plan.table));
  return rows.filter((one) => there?.kind === 'entities' && planOfRow(there.plans, one.after ?? one.before ?? {}) === plan);
}

/** What was seen of it before the flush before, the latest first. */
const rowsBefore = (target: ToldTarget, window: Window): readonly Seen[] =>
  window.earlier.flatMap((seen) => rowsOf(target, { ...window, seen })).toReversed();

/** The members that came and went in the life that began or ended with what was claimed of the record itself. */
function inLifeOf(claimed: readonly Seen[], seen: OwnerAndMembers, order: Order): readonly Seen[] {
  const turn = claimed.find((one) => one.before === null || one.after === null);
  if (!turn || !seen.members.length) return seen.members;
  const lives = livesOf(seen, order);
  return seen.members.filter((one) => lives.get(one) === lives.get(turn));
}

const isNoChange = ({ events }: ToldTarget) => events.every(({ op, changes }) => op === 'none' && !changes.length);

/** Coverage that began after this node looked shows by what it brings. */
const isCovered = (plan: EntityPlan, { sight, xid, tables }: Window): boolean =>
  covered(sight, nameOf(plan.table), xid) || tables.has(nameOf(plan.table));

interface RowClaim {
  /** What happened to the row; null where the database saw nothing that is recorded. */
  readonly happened: Happened | null;
  readonly claimed: readonly Seen[];
  /** What the two disagree about. */
  readonly wrong: readonly string[];
}

/** The row changes of one record: of this window, and of those before it in the transaction. */
interface RowsOf {
  readonly rows: readonly Seen[];
  readonly earlier: () => readonly Seen[];
}

function claimRow(
  plan: EntityPlan,
  { id, events }: ToldTarget,
  told: ReadonlyMap<string, ToldChange>,
  { rows, earlier }: RowsOf,
): RowClaim {
  const operation = events[0]?.op;
  const fields = [...told.values()].filter((change) => !isMembers(plan, change.f));
  // Only a collection of it changed: its row has nothing to say.
  if (operation === 'update' && told.size && !fields.length) return { happened: null, claimed: [], wrong: [] };
  // Somebody else removed it first: nothing happened here, and nobody is wrong.
  if (operation === 'delete' && !rows.length) return { happened: null, claimed: [], wrong: [] };
  const whole = agreeing(plan, { id, events, fields }, rows);
  if (whole) return whole;
  // What a cascade has done already the unit of work may find out later.
  const before = operation === 'update' && fields.length ? earlier() : [];
  const news = before.length ? fields.filter((change) => !isBroughtBefore(plan, id, change, before)) : fields;
  if (news.length < fields.length && !news.length) return { happened: null, claimed: [], wrong: [] };
  const rest = news.length < fields.length ? agreeing(plan, { id, events, fields: news }, rows) : null;
  return rest ?? contradicted(plan, { id, events, fields: news }, rows);
}

/** The changes that come to what was told; null where none do. */
function agreeing(plan: EntityPlan, { id, events, fields }: Contradicted, rows: readonly Seen[]): RowClaim | null {
  const operation = events[0]?.op;
  for (const run of runs(rows)) {
    const happened = happenedTo(plan, id, folded(run));
    if (!happened || happened.operation !== operation) continue;
    const seen = pairsOf(happened);
    if (fields.every((change) => agrees(plan, change, seen.get(change.f), operation === 'create')))
      return { happened, claimed: run, wrong: [] };
  }
  return null;
}

/** Whether the database saw it come to this in the same transaction, before the flush before. */
function isBroughtBefore(plan: EntityPlan, id: string, change: ToldChange, before: readonly Seen[]): boolean {
  for (const one of before) {
    const happened = happenedTo(plan, id, one);
    const pair = happened && pairsOf(happened).get(change.f);
    if (pair) return agrees(plan, change, pair, false);
  }
  return false;
}

/** What the database saw last of what the flush says that it did; the other changes are told each by itself. */
function contradicted(plan: EntityPlan, { id, events, fields }: Contradicted, rows: readonly Seen[]): RowClaim {
  const candidates = rows.flatMap((one) => {
    const happened = happenedTo(plan, id, one);
    return happened?.operation === events[0]?.op && happened ? [{ happened, claimed: [one], pairs: pairsOf(happened) }] : [];
  });
  const touched = candidates.findLast(({ pairs }) => fields.some(({ f }) => pairs.has(f)));
  const { happened, claimed, pairs } = touched ?? candidates.at(-1) ?? { happened: null, claimed: [], pairs: new Map<string, never>() };
  const wrong = fields.filter((change) => !agrees(plan, change, pairs.get(change.f), events[0]?.op === 'create')).map(({ f }) => f);
  const isNothing = fields.length > 0 && fields.every((change) => mayBeTheSame(plan, change));
  return { happened, claimed, wrong: wrong.length || isNothing ? wrong : ['the operation'] };
}

/** What was told of a row, and what of it matters. */
interface Contradicted extends Pick<ToldTarget, 'id' | 'events'> {
  readonly fields: readonly ToldChange[];
}

/** Stretches of changes that follow one another, the shortest first and of those the newest. */
function* runs(rows: readonly Seen[]): Generator<readonly Seen[]> {
  // A row that one flush changed more often than this was not changed by that flush alone.
  const longest = Math.min(rows.length, 8);
  for (let length = 1; length <= longest; length++) {
    for (let end = rows.length; end >= length; end--) {
      const run = rows.slice(end - length, end);
      if (isOneLife(run)) yield run;
    }
  }
}

/** What ended and began anew is not one change. */
const isOneLife = (run: readonly Seen[]): boolean =>
  run.every((one, i) => (i === 0 || one.before !== null) && (i === run.length - 1 || one.after !== null));

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
  readonly list: readonly Difference[];
  readonly claimed: readonly Seen[];
  readonly wrong: readonly string[];
}

function claimMembers(all: MemberRows, change: ToldChange | undefined, leaving: boolean): MemberClaim[] {
  const { pivot } = all;
  if (change) return [claimTold(all, change)];
  // Members that leave with their owner are part of its removal; others that nobody told of are not this flush's.
  const [, rows] = leaving ? leavingOf(all.rows) : [];
  return rows?.length ? [{ field: pivot.field, list: memberDifferences({ pivot, rows }), claimed: rows, wrong: [] }] : [];
}

/** The rows of the members that the flush told of, and where they say something else, all of the owner's. */
function claimTold(all: MemberRows, change: ToldChange): MemberClaim {
  const { field } = all.pivot;
  const named = new Set([...membersIn(change.o), ...membersIn(change.n)]);
  const own: MemberRows = { pivot: all.pivot, rows: all.rows.filter((row) => named.has(keyIn(all.pivot.member, row))) };
  // Who came or went by SQL before the flush changed that: each one's latest is the flush's.
  const latest = new Map(own.rows.map((row) => [keyIn(all.pivot.member, row), row]));
  const newest: MemberRows = { pivot: all.pivot, rows: own.rows.filter((row) => latest.get(keyIn(all.pivot.member, row)) === row) };
  for (const rows of [newest, own, all]) {
    const list = memberDifferences(rows);
    if (list[0] && isSameValue(change.o, list[0].old) && isSameValue(change.n, list[0].new))
      return { field, list, claimed: rows.rows, wrong: [] };
  }
  const left = memberDifferences(newest);
  if (saysOnlyGoneMore(change, left[0])) return { field, list: left, claimed: newest.rows, wrong: [] };
  return { field, list: memberDifferences(all), claimed: all.rows, wrong: [field.name] };
}

/** Whom somebody else took out first the flush takes out in vain: nothing happened there, and nobody is wrong. */
const saysOnlyGoneMore = (told: ToldChange, seen: Difference | undefined): boolean => {
  const gone = new Set(membersIn(told.o));
  return gone.size > 0 && isSameValue(told.n, seen?.new ?? null) && membersIn(seen?.old ?? null).every((member) => gone.has(member));
};

const isSameValue = (told: Value, seen: string | null): boolean => {
  const kept = capped(seen);
  return typeof told === 'object' && told && typeof kept === 'object' && kept ? told.sha256 === kept.sha256 : told === kept;
};

/** The members in a told list; none in what is no list, and in one that was too long to be kept. */
function membersIn(value: Value): readonly string[] {
  if (typeof value !== 'string') return [];
  try {
    const members: unknown = JSON.parse(value);
    return Array.isArray(members) ? members.map(String) : [];
  } catch {
    return [];
  }
}

/** The row's change and those of its collections as one; null where nothing is left of either. */
function together(plan: EntityPlan, id: string, row: Happened | null, members: readonly MemberClaim[]): Happened | null {
  const differences = new Map(row?.differences);
  for (const { field, list } of members) if (list.length) differences.set(field.property, { field, list });
  if (row) return { ...row, differences };
  return differences.size ? onlyMembers(plan, id, differences) : null;
}

function eventsOf({ type, id, events }: ToldTarget, happened: Happened, seen: SeenRow | null, context: Context): ToldEvent[] {
  const facts = seen?.facts ?? { type, id, label: null };
  const effects = new Map(events.map(({ action, effect }) => [action, effect]));
  // What the row of its root has to do with it, only the flush knows.
  const isOwn = seen !== null && happened.plan.root === null;
  return tell(happened, context, facts).map(({ effect: own, ...event }) => {
    const effect = !isOwn && effects.has(event.action) ? effects.get(event.action) : own;
    return { ...event, ...(effect && { effect }) };
  });
}

/** A change of a record's collections alone: of its row nothing was seen. */
export const onlyMembers = (plan: EntityPlan, id: string, differences: Differences): Happened => ({
  plan,
  id,
  operation: 'update',
  before: rowOf(plan, {}),
  row: rowOf(plan, {}),
  differences,
  root: null,
});

const disagreementOf = ({ type, id }: ToldTarget, fields: readonly string[]) =>
  `${type} ${id}: the application and the database disagree about ${fields.join(', ')}; what the database saw is recorded`;
