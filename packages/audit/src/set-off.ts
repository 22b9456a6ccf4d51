import { areAlike } from './number-spellings.ts';
import type { Seen, Texts } from './seen.ts';

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
 * itself. What a trigger does before a statement stands before it: where both are possible, it was after it.
 */
export function behindWhatSetThemOff(own: readonly number[], seen: readonly Seen[], stretches: readonly Stretch[]): number[] {
  const ordered: number[] = [];
  const rowsAt = (places: readonly number[]) => places.map((place) => seen[place] as Seen);
  for (const [{ since, from }, places] of Map.groupBy(own, (place) => stretches[place] as Stretch)) {
    const setOff = ordered.splice(ordered.findLastIndex((one) => one < since || one >= from) + 1);
    const orders = setOff.length ? ordersOf(places, setOff) : [];
    const whereGoOn = (earlier: readonly Seen[]) =>
      [everything, changed].map((told) => orders.find((order) => goOn([...earlier, ...rowsAt(order)], told))).find((order) => order);
    // What was there before may still be changed by what set all of it off. One by one: as arguments of one call there may be too many.
    for (const place of whereGoOn(rowsAt(ordered.slice(-FEW))) ?? whereGoOn([]) ?? [...setOff, ...places]) ordered.push(place);
  }
  return ordered;
}

/** So many changes of one record are looked at in every order; of more, whether they belong before or behind. */
const FEW = 32;

/** Behind all of it, between its changes where there are several, and around it. */
function ordersOf(places: readonly number[], setOff: readonly number[]): number[][] {
  const [many, manySetOff] = [places.length > FEW, setOff.length > FEW];
  const within = Array.from({ length: many ? 0 : places.length - 1 }, (_, i) => places.length - 1 - i);
  return [
    [...places, ...setOff],
    ...within.map((at) => [...places.slice(0, at), ...setOff, ...places.slice(at)]),
    ...Array.from({ length: manySetOff ? 0 : setOff.length - 1 }, (_, i) => [...setOff.slice(0, i + 1), ...places, ...setOff.slice(i + 1)]),
    [...setOff, ...places],
  ];
}

const everything = ({ after }: Seen): Texts => after ?? {};

/** Of a column that nobody records, a row says what was there when it was written. */
function changed({ before, after }: Seen): Texts {
  return before && after ? Object.fromEntries(Object.entries(after).filter(([column, text]) => before[column] !== text)) : {};
}

/** Whether each change begins with what those before it have brought about, as far as they tell. */
function goOn(rows: readonly Seen[], told: (row: Seen) => Texts): boolean {
  let isThere: boolean | undefined;
  let known = new Map<string, string | null>();
  for (const row of rows) {
    const { before, after } = row;
    if (isThere !== undefined && isThere !== (before !== null)) return false;
    if (before && !Object.entries(before).every(([column, text]) => !known.has(column) || areAlike(known.get(column), text))) return false;
    if (!before || !after) known = new Map();
    for (const [column, text] of Object.entries(told(row))) known.set(column, text);
    isThere = after !== null;
  }
  return true;
}
