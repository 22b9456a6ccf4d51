import type { Seen } from './seen.ts';

// A record may end and begin anew under the same key within one transaction. What was seen of its collections belongs to
// the life in which it happened: members leave with the record that they were of, and come to the one that is made.

/** What was seen of one record and of one of its collections, each in the order in which it was seen. */
export interface OwnerAndMembers {
  readonly owner: readonly Seen[];
  readonly members: readonly Seen[];
}

/** The order in which the database saw things. */
export type Order = ReadonlyMap<Seen, number>;

/** Counts the lives of a record: of each row that was seen, in which it was. The first is 0. */
export function livesOf({ owner, members }: OwnerAndMembers, order: Order): ReadonlyMap<Seen, number> {
  const lives = new Map<Seen, number>();
  let life = 0;
  let alive = owner[0]?.before !== null;
  const ofOwner = new Set(owner);
  for (const one of [...owner, ...members].sort((a, b) => (order.get(a) ?? 0) - (order.get(b) ?? 0))) {
    if (ofOwner.has(one)) {
      if (one.before === null) life++;
      alive = one.after !== null;
      lives.set(one, life);
      // A member may come in the statement that makes its owner, and be seen before it; it may leave after it.
    } else lives.set(one, alive || one.after === null ? life : life + 1);
  }
  return lives;
}

/** Rows of a collection that leave together with their record, and those that changed while it lived. */
export function leavingOf(members: readonly Seen[]): readonly [lived: readonly Seen[], leaving: readonly Seen[]] {
  const last = members.findLastIndex((one) => one.after !== null);
  return [members.slice(0, last + 1), members.slice(last + 1)];
}
