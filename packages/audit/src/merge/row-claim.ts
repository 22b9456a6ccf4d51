import { agrees, comesTo, mayBeTheSame, pairsOf, type Pair } from './agreement.ts';
import type { Operation } from '../events/entry.ts';
import type { ToldChange } from '../capture/inbox.ts';
import type { EntityPlan } from '../policy/plan.ts';
import { folded, happenedTo, type Seen } from './seen.ts';
import type { Happened } from '../capture/tell.ts';
import type { RowsOf, ToldTarget } from './window.ts';

/** What a flush told of one record's row, and which row changes that was. */
export interface RowClaim {
  /** What happened to the row; null where the database saw nothing that is recorded. */
  readonly happened: Happened | null;
  readonly claimed: readonly Seen[];
  /** What the two disagree about. */
  readonly wrong: readonly string[];
}

const NOTHING: RowClaim = { happened: null, claimed: [], wrong: [] };

export function claimRow(plan: EntityPlan, { id, events }: ToldTarget, told: ReadonlyMap<string, ToldChange>, seen: RowsOf): RowClaim {
  const operation = events[0]?.op ?? 'none';
  const fields = [...told.values()].filter((change) => !isMembers(plan, change.f));
  // Only a collection of it changed: its row has nothing to say.
  if (operation === 'update' && told.size && !fields.length) return NOTHING;
  // Somebody else removed it first: nothing happened here, and nobody is wrong.
  if (operation === 'delete' && !seen.own.length) return NOTHING;
  const whole = agreeing({ plan, id, operation, fields }, seen);
  if (whole) return whole;
  const rest = withoutBrought({ plan, id, operation, fields }, seen);
  if (!rest) return NOTHING;
  return (rest.fields.length < fields.length && agreeing(rest, seen)) || nearest(rest, seen);
}

const isMembers = (plan: EntityPlan, field: string) => plan.pivots.some((pivot) => pivot.field.name === field);

/** What was told of a row, and what of it matters. */
interface ToldRow {
  readonly plan: EntityPlan;
  readonly id: string;
  readonly operation: Operation;
  readonly fields: readonly ToldChange[];
}

/**
 * The changes that come to what was told; null where none do. Best those of which the unit of work knew all, else those
 * that end with what it told, though SQL or somebody else had changed the record before: the database knows the old value.
 */
function agreeing({ plan, id, operation, fields }: ToldRow, { rows, own }: RowsOf): RowClaim | null {
  if (!own.length) return null;
  const isOne = changesOnce(plan, id);
  const isOwn = own.length < rows.length ? new Set(own) : null;
  for (const isSame of [agrees, comesTo])
    for (const run of runs(rows, isOne)) {
      if (isOwn && !run.every((one) => isOwn.has(one))) continue;
      const happened = happenedTo(plan, id, folded(run));
      if (happened?.operation !== operation) continue;
      const seen = pairsOf(happened);
      if (fields.every((change) => isSame(plan, change, seen.get(change.f), operation))) return { happened, claimed: run, wrong: [] };
    }
  return null;
}

/**
 * What was told without what something else had brought about before in the same transaction: a cascade that the unit of
 * work finds out later, SQL of somebody else's, a flush from within a hook. Null where nothing is left.
 */
function withoutBrought(told: ToldRow, { own, others }: RowsOf): ToldRow | null {
  const { plan, id, operation, fields } = told;
  if (operation === 'delete' || !fields.length) return told;
  const before = others();
  if (!before.length) return told;
  const isMade = operation === 'create' && !own.some((one) => one.before === null);
  // What it was made with, and what it got since.
  const life = isMade ? before.slice(0, before.findIndex((one) => one.before === null || one.after === null) + 1) : before;
  if (isMade && life.at(-1)?.before !== null) return told;
  const isBrought = (change: ToldChange) => {
    let isTouched = false;
    for (const one of life) {
      const pair = pairsSeen(plan, id, one)?.get(change.f);
      if (!pair) continue;
      isTouched = true;
      // A change of what it was made with is no matter of its creation; of any other the latest counts.
      if (comesTo(plan, change, pair, 'update')) return true;
      if (!isMade) return false;
    }
    return isMade && !isTouched && change.n === null;
  };
  const news = fields.filter((change) => !isBrought(change));
  if (!news.length) return null;
  return { plan, id, operation: isMade ? 'update' : operation, fields: news };
}

/** Each flush of a transaction may ask for all that was seen before it. */
const known = new WeakMap<Seen, ReadonlyMap<string, Pair> | null>();

function pairsSeen(plan: EntityPlan, id: string, one: Seen): ReadonlyMap<string, Pair> | null {
  const before = known.get(one);
  if (before !== undefined) return before;
  const happened = happenedTo(plan, id, one);
  const pairs = happened && pairsOf(happened);
  known.set(one, pairs);
  return pairs;
}

/**
 * The last change that brings something of what was told, or touches it; the others are told each by itself. What none of
 * them brings is wrong.
 */
function nearest({ plan, id, operation, fields }: ToldRow, seen: RowsOf): RowClaim {
  const all = seen.own.flatMap((one) => {
    const happened = happenedTo(plan, id, one);
    return happened ? [{ happened, claimed: [one], pairs: pairsOf(happened) }] : [];
  });
  const own = all.filter(({ happened }) => happened.operation === operation);
  // A reference that a new record gets later, by an update of its own, was told with its creation.
  const beside = operation === 'create' ? all.filter(({ happened }) => happened.operation === 'update') : [];
  const touches = ({ pairs }: Candidate, { f }: ToldChange) => pairs.has(f);
  const brings = ({ pairs }: Candidate, change: ToldChange) => pairs.has(change.f) && comesTo(plan, change, pairs.get(change.f), operation);
  const best =
    [brings, touches].map((does) => own.findLast((one) => fields.some((change) => does(one, change)))).find((one) => one) ?? own.at(-1);
  const isBrought = (change: ToldChange) =>
    [...own, ...beside].some((one) => brings(one, change)) ||
    (!own.some((one) => touches(one, change)) && comesTo(plan, change, undefined, operation));
  const wrong = fields.filter((change) => !isBrought(change)).map(({ f }) => f);
  // What was there may have been the same, where nobody knew what was.
  const isNothing = fields.length > 0 && (fields.every((change) => mayBeTheSame(plan, change)) || operation === 'update');
  return {
    happened: best?.happened ?? null,
    claimed: best?.claimed ?? [],
    wrong: best || isNothing || wrong.length ? wrong : ['the operation'],
  };
}

/** A row change of the operation that was told. */
interface Candidate {
  readonly happened: Happened;
  readonly claimed: readonly Seen[];
  readonly pairs: ReadonlyMap<string, Pair>;
}

/** Stretches of changes that follow one another, the shortest first and of those the newest. */
function* runs(rows: readonly Seen[], isOne: (run: readonly Seen[]) => boolean): Generator<readonly Seen[]> {
  // A row that one flush changed more often than this was not changed by that flush alone.
  const longest = Math.min(rows.length, 8);
  for (let length = 1; length <= longest; length++) {
    for (let end = rows.length; end >= length; end--) {
      const run = rows.slice(end - length, end);
      if (length === 1 || (isOneLife(run) && isOne(run))) yield run;
    }
  }
}

/** What ended and began anew is not one change. */
const isOneLife = (run: readonly Seen[]): boolean =>
  run.every((one, i) => (i === 0 || one.before !== null) && (i === run.length - 1 || one.after !== null));

/** Whether changes that follow one another change no field twice: as one change they would hide the value in between. */
function changesOnce(plan: EntityPlan, id: string): (run: readonly Seen[]) => boolean {
  const known = new Map<Seen, readonly string[]>();
  const fieldsOf = (one: Seen) => {
    const fields = known.get(one) ?? [...(happenedTo(plan, id, one)?.differences.keys() ?? [])];
    known.set(one, fields);
    return fields;
  };
  return (run) => {
    const fields = run.flatMap(fieldsOf);
    return new Set(fields).size === fields.length;
  };
}
