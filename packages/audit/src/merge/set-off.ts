import { goesOnBy, isAsLeftBy, FEW, ordersOf, wovenOf } from './possible-orders.ts';
import type { Seen } from './seen.ts';

// A trigger that changes a row has its statement end before the one that set it off, so that what it did is written first.
// How deep in triggers a statement ran tells which of them set off which.

/** Of each row change, which stretch of what was written before it its statement may have set off: from `since`, and up to `from`. */
export type Stretch = { readonly since: number; readonly from: number };

/** Whatever ran deeper in triggers of the same message to the database, since the last statement that ran as deep. */
export function setOffBy(seen: readonly Seen[]): readonly Stretch[] {
  const open: (Stretch & Pick<Seen, 'table' | 'who'>)[] = [];
  return seen.map(({ table, who }, i) => {
    const last = open.at(-1);
    if (last?.table === table && last.who.depth === who.depth && last.who.message === who.message) return last;
    let since = i;
    for (let below = last; below && isDeeper(below.who, who); below = open.at(-1)) {
      since = below.since;
      open.pop();
    }
    const stretch = { table, who, since, from: i };
    open.push(stretch);
    return stretch;
  });
}

const isDeeper = (one: Seen['who'], other: Seen['who']): boolean =>
  one.depth !== null && other.depth !== null && one.depth > other.depth && one.message === other.message;

/**
 * The changes of one record, by their places among all that was written, with what a statement set off behind what it did
 * itself. What a trigger does before a statement stands before it: where both are possible, it was after it, unless the row
 * itself said who had the last word.
 */
export function behindWhatSetThemOff(own: readonly number[], seen: readonly Seen[], stretches: readonly Stretch[]): number[] {
  const ordered: number[] = [];
  const rowAt = (place: number) => seen[place] as Seen;
  const rowsAt = (places: readonly number[]) => places.map(rowAt);
  for (const [{ since, from }, places] of Map.groupBy(own, (place) => stretches[place] as Stretch)) {
    const end = places.at(-1) as number;
    const last = rowAt(end);
    const looked = last.stood !== undefined;
    const setOff = takeLast(ordered, (one) => (looked ? isDeeper(rowAt(one).who, last.who) : one >= since && one < from));
    // What was there before may still be changed by what set all of it off.
    const possible = (among: readonly number[][], earlier: readonly number[]) =>
      goesOnBy(among, rowsAt(earlier.slice(-FEW)), rowAt) ?? goesOnBy(among, [], rowAt);
    const stands = (order: readonly number[]) => isAsLeftBy(last, rowsAt(order.slice(order.indexOf(end) + 1))) === last.stood;
    const orders = setOff.length || looked ? ordersOf(places, setOff) : [];
    let found = possible(looked ? orders.filter(stands) : orders, ordered);
    const sameMessage = ordered.length - 1 - ordered.findLastIndex((one) => !isOf(rowAt(one).who, last.who));
    if (!found && looked && sameMessage + places.length + setOff.length <= FEW) {
      // Of one statement with several tables, or several times at this one: what is deeper may belong between.
      const before = ordered.splice(ordered.length - sameMessage);
      const isBelow = (one: number) => isDeeper(rowAt(one).who, last.who);
      const [deeper, level] = [before.filter(isBelow), before.filter((one) => !isBelow(one))];
      const woven = wovenOf([...level, ...places], [...deeper, ...setOff], rowAt);
      found = possible(woven.filter(stands), ordered);
      if (!found) ordered.push(...before);
    }
    // One by one: as arguments of one call there may be too many.
    for (const place of found ?? possible(orders, ordered) ?? [...setOff, ...places]) ordered.push(place);
  }
  return ordered;
}

/** Takes the last ones of which that is so. */
const takeLast = (places: number[], is: (place: number) => boolean): number[] => places.splice(places.findLastIndex((one) => !is(one)) + 1);

/** Whether it ran in the same message, as deep or deeper. */
const isOf = (one: Seen['who'], other: Seen['who']): boolean =>
  one.message === other.message && one.depth !== null && other.depth !== null && one.depth >= other.depth;
