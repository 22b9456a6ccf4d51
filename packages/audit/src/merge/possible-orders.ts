import { areAlike } from '../values/number-spellings.ts';
import { folded, type Seen, type Texts } from './seen.ts';

// In which orders changes of one record can have happened, by what they say was there before and after each. Changes are
// known by their places among all that was written.

/** So many changes of one record are looked at in every order; of more, whether they belong before or behind. */
export const FEW = 32;

/** So many orders are looked at in which two courses are woven into each other. */
const MANY = 256;

/** What was set off behind all of what a statement did, between its changes where there are several, and around it. */
export function ordersOf(places: readonly number[], setOff: readonly number[]): number[][] {
  if (!setOff.length) return [[...places]];
  const [many, manySetOff] = [places.length > FEW, setOff.length > FEW];
  const within = Array.from({ length: many ? 0 : places.length - 1 }, (_, i) => places.length - 1 - i);
  return [
    [...places, ...setOff],
    ...within.map((at) => [...places.slice(0, at), ...setOff, ...places.slice(at)]),
    ...Array.from({ length: manySetOff ? 0 : setOff.length - 1 }, (_, i) => [...setOff.slice(0, i + 1), ...places, ...setOff.slice(i + 1)]),
    [...setOff, ...places],
  ];
}

/** Two courses woven into each other, each in its own order, as far as each change goes on from those before it. */
export function wovenOf(one: readonly number[], other: readonly number[], rowAt: (place: number) => Seen): number[][] {
  const found: number[][] = [];
  let looks = 0;
  const weave = (done: readonly number[], [a, b]: readonly [number, number]): void => {
    if (looks++ > MANY || !goOn(done.map(rowAt), changed)) return;
    if (a === one.length && b === other.length) found.push([...done]);
    if (a < one.length) weave([...done, one[a] as number], [a + 1, b]);
    if (b < other.length) weave([...done, other[b] as number], [a, b + 1]);
  };
  if (one.length + other.length <= FEW) weave([], [0, 0]);
  return found;
}

/** The first of these orders in which each change goes on from those before it. */
export const goesOnBy = (orders: readonly number[][], earlier: readonly Seen[], rowAt: (place: number) => Seen): number[] | undefined =>
  [everything, changed].map((told) => orders.find((order) => goOn([...earlier, ...order.map(rowAt)], told))).find((order) => order);

/** Whether a record is, after these, as this change left it. */
export function isAsLeftBy({ after }: Seen, following: readonly Seen[]): boolean {
  if (!following.length) return true;
  const { before, after: last } = folded(following);
  if (!after || !last) return after === last;
  const left: Texts = { ...before, ...after };
  return Object.entries(last).every(([column, text]) => !Object.hasOwn(left, column) || areAlike(left[column], text));
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
