import { areAlike } from '../values/number-spellings.ts';
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

function ofRecord(rows: readonly Seen[]): readonly Seen[] {
  const course = new Course();
  for (const row of rows) course.add(row);
  return course.ended();
}

type Brought = Map<string, string | null>;

/** The changes of one record, put in order one by one. Each looks at the last few alone: there may be a hundred thousand. */
class Course {
  readonly #ordered: Seen[] = [];
  /** Where those since the record was made, or made anew, begin; and what they have brought about. */
  #begins = 0;
  #latest: Brought = new Map();
  /** Up to where nothing is put in any more, and what has been brought about there. */
  #settledTo = 0;
  #settled: Brought = new Map();
  /** Up to where nothing stands behind the removal of what it changes. */
  #endedTo = 0;

  add(row: Seen): void {
    const ordered = this.#ordered;
    if (this.#isOfFormerLife(row)) {
      ordered.splice(this.#begins - 1, 0, row);
      this.#begins++;
      this.#settledTo++;
      return;
    }
    const early = row.before ? undefined : ordered[this.#begins];
    if (early?.before && this.#begins > 0 && !goesOn(early.before, new Map(Object.entries(row.after ?? {})))) {
      this.ended();
      this.#begin(ordered.length);
    }
    const at = this.#placeOf(row);
    const isLast = at === ordered.length;
    ordered.splice(at, 0, row);
    if (!row.after || (!row.before && isLast)) {
      this.#begin(ordered.length);
      this.#latest = new Map();
    } else if (!row.before) this.#begin(at + 1);
    else learn(this.#latest, row, ordered.slice(at + 1));
  }

  /**
   * Nothing happens to a record that is gone: what one cascade did to it before another one of the same statement removed it
   * is written after its removal.
   */
  ended(): readonly Seen[] {
    const ordered = this.#ordered;
    for (; this.#endedTo < ordered.length; this.#endedTo++) {
      const [before, row] = [ordered[this.#endedTo - 1], ordered[this.#endedTo] as Seen];
      if (before && !before.after && row.before && row.after) ordered.splice(this.#endedTo - 1, 2, row, before);
    }
    return ordered;
  }

  /** One statement that removes a record and makes it anew tells the second first: what is gone isn't what was made, or the row is there all the same. */
  #isOfFormerLife({ before, after, who, stood }: Seen): boolean {
    const made = this.#ordered[this.#begins - 1];
    if (!before || after || !made || made.before || who.message === null) return false;
    if (made.who.message !== who.message || made.who.depth !== who.depth) return false;
    if (stood === false) return true;
    const there: Brought = new Map();
    for (let at = this.#begins - 1; at < this.#ordered.length; at++)
      for (const [column, text] of Object.entries(this.#ordered[at]?.after ?? {})) there.set(column, text);
    return !goesOn(before, there);
  }

  #begin(at: number): void {
    this.#begins = at;
    this.#settledTo = at;
    this.#settled = new Map();
  }

  /** At the end, unless it begins with what those that were written before it have changed already. */
  #placeOf(row: Seen): number {
    const end = this.#ordered.length;
    if (!row.after) return end;
    if (!row.before) return this.#begins;
    if (goesOn(row.before, this.#latest)) return end;
    const possible: number[] = [];
    const from = Math.max(this.#begins, end - FAR_BACK);
    for (; this.#settledTo < from; this.#settledTo++) bring(this.#settled, this.#ordered[this.#settledTo] as Seen);
    const brought = new Map(this.#settled);
    for (let at = from; at < end; at++) {
      if (goesOn(row.before, brought)) possible.push(at);
      bring(brought, this.#ordered[at] as Seen);
    }
    return possible.findLast((at) => areLeftBy(row, this.#ordered.slice(at))) ?? end;
  }
}

/**
 * Of what it changed itself the row says what is there now, unless something after it did so too; of the rest the last one
 * does: what changed without a record of its own, beside the tracked fields, the next change that knows of it tells.
 */
function learn(latest: Brought, row: Seen, following: readonly Seen[]): void {
  const changed = new Set(changedBy(row));
  const later = new Set(following.flatMap(changedBy));
  for (const [column, text] of Object.entries(row.after ?? {}))
    if (changed.has(column) ? !later.has(column) : latest.has(column) && !following.length) latest.set(column, text);
}

function bring(brought: Brought, row: Seen): void {
  for (const column of changedBy(row)) brought.set(column, row.after?.[column] ?? null);
}

/** Whether it begins with what was brought about, as far as it knows of it. */
const goesOn = (before: Texts, brought: Brought): boolean =>
  Object.keys(before).every((column) => !brought.has(column) || areAlike(brought.get(column), before[column]));

/** Whether the changes after it begin with what it leaves. */
const areLeftBy = (row: Seen, following: readonly Seen[]): boolean =>
  changedBy(row).every((column) => {
    const next = following.find(({ before }) => before && Object.hasOwn(before, column));
    return !next || areAlike(next.before?.[column], row.after?.[column]);
  });

const changedBy = ({ before, after }: Seen): string[] =>
  before && after ? Object.keys(after).filter((column) => before[column] !== after[column]) : [];
