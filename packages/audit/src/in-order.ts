import type { Seen, Texts } from './seen.ts';

/**
 * Row changes in the order in which they happened to each record. A trigger that changes a row because it was made or
 * changed has its own statement end first, so that its change is written before the one that it followed. What can't be,
 * tells so: a change of a record before it was made, and one that begins with what another one has yet to bring about.
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
  for (const own of slots.values()) {
    if (own.length < 2) continue;
    const rows = ofRecord(own.map((i) => seen[i] as Seen));
    own.forEach((i, n) => (ordered[i] = rows[n] as Seen));
  }
  return ordered;
}

function ofRecord(rows: readonly Seen[]): Seen[] {
  const ordered: Seen[] = [];
  for (const row of rows) {
    let at = ordered.length;
    while (at > 0 && followed(ordered[at - 1] as Seen, row)) at--;
    ordered.splice(at, 0, row);
  }
  return ordered;
}

/** Whether one change, written before the other, came after it. */
function followed(written: Seen, other: Seen): boolean {
  if (!written.before || !written.after || !other.after) return false;
  if (!other.before) return true;
  return !continues(other.before, written.after, written) && continues(written.before, other.after, other);
}

/** Whether a change begins with what was there, as far as the columns go that both of them know. */
const continues = (begins: Texts, was: Texts, by: Pick<Seen, 'before' | 'after'>): boolean =>
  Object.keys(begins).every((column) => begins[column] === was[column] || !isChanged(column, by));

const isChanged = (column: string, { before, after }: Pick<Seen, 'before' | 'after'>): boolean => before?.[column] !== after?.[column];
