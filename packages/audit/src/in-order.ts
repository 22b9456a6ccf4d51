import { areAlike } from './number-spellings.ts';
import type { Seen, Texts } from './seen.ts';
import { behindWhatSetThemOff, setOffBy } from './set-off.ts';

/**
 * Row changes in the order in which they happened to each record. A trigger that changes a row because it was made or
 * changed has its own statement end first, so that its change is written before the one that it followed. How deep in
 * triggers each ran tells of most of them which followed which; and what can't be, tells so: a change of a record before it
 * was made, and one that begins with what another one has yet to bring about.
 */
export function inOrder(seen: readonly Seen[]): readonly Seen[] {
  const slots = new Map<string, number[]>();
  seen.forEach(({ table, key }, i) => {
    const record = `${table}\0${key}`;
    const known = slots.get(record);
    if (known) known.push(i);
    else slots.set(record, [i]);
  });
  if (slots.size === seen.length) return seen;
  const ordered = [...seen];
  const stretches = setOffBy(seen);
  for (const own of slots.values()) {
    if (own.length < 2) continue;
    const rows = ofRecord(behindWhatSetThemOff(own, seen, stretches).map((i) => seen[i] as Seen));
    own.forEach((i, n) => (ordered[i] = rows[n] as Seen));
  }
  return ordered;
}

/** How far back a change may belong that was written late: a trigger does a few things, and whoever does thousands does them in order. */
const FAR_BACK = 32;

function ofRecord(rows: readonly Seen[]): Seen[] {
  let ordered: Seen[] = [];
  // What the changes since the record was made, or made anew, have brought about.
  let latest = new Map<string, string | null>();
  let begins = 0;
  for (const row of rows) {
    const [early] = row.before ? [] : ordered.slice(begins);
    if (early?.before && begins > 0 && !goesOn(early.before, new Map(Object.entries(row.after ?? {})))) {
      ordered = endedLast(ordered);
      begins = ordered.length;
    }
    const at = placeOf(row, ordered, begins, latest);
    const isLast = at === ordered.length;
    ordered.splice(at, 0, row);
    if (!row.after || (!row.before && isLast)) {
      begins = ordered.length;
      latest = new Map();
    } else if (!row.before) begins = at + 1;
    else learn(latest, row, ordered.slice(at + 1));
  }
  return endedLast(ordered);
}

/**
 * Nothing happens to a record that is gone: what one cascade did to it before another one of the same statement removed it
 * is written after its removal.
 */
function endedLast(ordered: readonly Seen[]): Seen[] {
  const rows: Seen[] = [];
  for (const row of ordered) {
    const isOver = rows.length > 0 && !rows.at(-1)?.after;
    rows.splice(isOver && row.before && row.after ? rows.length - 1 : rows.length, 0, row);
  }
  return rows;
}

/**
 * Of what it changed itself the row says what is there now, unless something after it did so too; of the rest the last one
 * does: what changed without a record of its own, beside the tracked fields, the next change that knows of it tells.
 */
function learn(latest: Map<string, string | null>, row: Seen, following: readonly Seen[]): void {
  const changed = new Set(changedBy(row));
  const later = new Set(following.flatMap(changedBy));
  for (const [column, text] of Object.entries(row.after ?? {}))
    if (changed.has(column) ? !later.has(column) : latest.has(column) && !following.length) latest.set(column, text);
}

/** Where a change belongs among those that were written before it: at the end, unless it begins with what they have changed already. */
function placeOf(row: Seen, ordered: readonly Seen[], begins: number, latest: ReadonlyMap<string, string | null>): number {
  if (!row.after) return ordered.length;
  if (!row.before) return begins;
  if (goesOn(row.before, latest)) return ordered.length;
  for (let at = ordered.length - 1; at >= Math.max(begins, ordered.length - FAR_BACK); at--) {
    if (goesOn(row.before, broughtBy(ordered.slice(begins, at))) && areLeftBy(row, ordered.slice(at))) return at;
  }
  return ordered.length;
}

/** Whether it begins with what was brought about, as far as it knows of it. */
const goesOn = (before: Texts, brought: ReadonlyMap<string, string | null>): boolean =>
  Object.keys(before).every((column) => !brought.has(column) || areAlike(brought.get(column), before[column]));

function broughtBy(changes: readonly Seen[]): ReadonlyMap<string, string | null> {
  const brought = new Map<string, string | null>();
  for (const one of changes) for (const column of changedBy(one)) brought.set(column, one.after?.[column] ?? null);
  return brought;
}

/** Whether the changes after it begin with what it leaves. */
const areLeftBy = (row: Seen, following: readonly Seen[]): boolean =>
  changedBy(row).every((column) => {
    const next = following.find(({ before }) => before && Object.hasOwn(before, column));
    return !next || areAlike(next.before?.[column], row.after?.[column]);
  });

const changedBy = ({ before, after }: Seen): string[] =>
  before && after ? Object.keys(after).filter((column) => before[column] !== after[column]) : [];
