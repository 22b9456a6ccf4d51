import { knownLater } from '../capture/context.ts';
import type { Context } from '../events/entry.ts';
import type { ToldEvent } from '../capture/inbox.ts';
import type { Order } from './lives.ts';
import type { EntityPlan, PivotPlan } from '../policy/plan.ts';
import { rowOf } from '../capture/row.ts';
import { ownerOf, rawOf, type Seen } from './seen.ts';
import type { Row } from '../policy/policy.ts';
import { contentsOf, covered, planOfRow, type Sight } from '../triggers/sight.ts';
import { nameOf } from '../policy/table-name.ts';
import { kindColumn } from '../triggers/table-shape.ts';

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

/** The row changes that were seen since the flush before, found by the record that they are of. */
export interface Window {
  readonly sight: Sight;
  readonly xid: string;
  /** Who and why, as the flush that ends it was told. */
  readonly context: Context;
  /** By table and key; rows of a collection by table and owner. */
  readonly seen: ReadonlyMap<string, readonly Seen[]>;
  /** The same, since the transaction began. */
  readonly earlier: Window['seen'];
  readonly order: Order;
  readonly tables: ReadonlySet<string>;
  /** Whether SQL under another context did it, which it keeps. */
  readonly isOthers: (one: Seen) => boolean;
}

const place = (table: string, key: string) => `${table}\0${key}`;

/** What the windows of one transaction saw up to now: one map, as hooks that flush may open thousands of windows. */
export class Past {
  readonly #seen = new Map<string, Seen[]>();

  get seen(): Window['seen'] {
    return this.#seen;
  }

  add(window: Window): void {
    for (const [at, more] of window.seen) {
      const known = this.#seen.get(at);
      if (!known) this.#seen.set(at, [...more]);
      else for (const one of more) known.push(one);
    }
  }
}

/** A flush may tell of tens of thousands of records: each finds its rows without looking through all. */
export function windowOf(sight: Sight, seen: readonly Seen[], told: Pick<Window, 'xid' | 'context' | 'earlier'>): Window {
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
    ...told,
    seen: found,
    order: new Map(seen.map((one, i) => [one, i])),
    tables: new Set(seen.map(({ table }) => table)),
    isOthers: othersThan(told.context),
  };
}

/** The changes of a row; of a collection's table, those of all of its owner's members. */
export const seenAt = ({ seen }: Pick<Window, 'seen'>, table: string, key: string): readonly Seen[] => seen.get(place(table, key)) ?? [];

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
  rowsOf(target, { ...window, seen: window.earlier }).toReversed();

/** So many states of one record are looked at; whether it ever was as somebody said, the log is asked of the others. */
const LATEST = 100;

/** What stood in its row before each of its latest changes in the transaction, the latest first. */
export const statesBefore = (plan: EntityPlan, target: ToldTarget, window: Window): readonly Row[] =>
  [...rowsOf(target, window).toReversed(), ...rowsBefore(target, window)]
    .slice(0, LATEST)
    .flatMap(({ before }) => (before ? [rowOf(plan, rawOf(plan, before))] : []));

/** What was seen of a record or a collection in one transaction. */
export interface RowsOf {
  /** Since the flush before. */
  readonly rows: readonly Seen[];
  /** Of them, what this flush may have done; the others were made by SQL of somebody else's, or for another reason. */
  readonly own: readonly Seen[];
  /** What this flush didn't do, the latest first. */
  readonly others: () => readonly Seen[];
}

export const rowsForFlush = (target: ToldTarget, window: Window): RowsOf =>
  forFlush(rowsOf(target, window), window, () => rowsBefore(target, window));

export const membersForFlush = (target: ToldTarget, pivot: PivotPlan, rows: readonly Seen[], window: Window): RowsOf =>
  forFlush(rows, window, () => membersOf(target, pivot, { ...window, seen: window.earlier }).toReversed());

function forFlush(rows: readonly Seen[], { isOthers }: Window, before: () => readonly Seen[]): RowsOf {
  if (!rows.some(isOthers)) return { rows, own: rows, others: before };
  return { rows, own: rows.filter((one) => !isOthers(one)), others: () => [...rows.filter(isOthers).toReversed(), ...before()] };
}

/**
 * By whom and why a row change was made, its statement's context says. Where nobody was known yet, whoever became known
 * was at work; where no reason was, what became the reason since holds, as a hook of the flush works one out. Rows that
 * one statement writes tell the same text, which is read once.
 */
function othersThan(own: Context): (one: Seen) => boolean {
  const known = new Map<string, boolean>();
  const text = JSON.stringify(own);
  return ({ inbox, who: { context } }) => {
    const answer =
      known.get(inbox.context) ??
      (context !== null &&
        knownLater(context, own) === context &&
        JSON.stringify(context) !== text &&
        JSON.stringify({ ...context, reason: context.reason ?? own.reason }) !== text);
    known.set(inbox.context, answer);
    return answer;
  };
}

/** Coverage that began after this node looked shows by what it brings. */
export const isCovered = (plan: EntityPlan, { sight, xid, tables }: Window): boolean =>
  covered(sight, nameOf(plan.table), xid) || tables.has(nameOf(plan.table));

/** What was seen of one of its collections. */
export const membersOf = ({ id }: ToldTarget, { table }: PivotPlan, { seen }: Window): readonly Seen[] =>
  seen.get(place(nameOf(table), id)) ?? [];
