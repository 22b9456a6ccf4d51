import { agrees, mayBeTheSame, pairsOf } from './agreement.ts';
import type { ToldChange } from './inbox.ts';
import type { EntityPlan } from './registry.ts';
import { folded, happenedTo, type Seen } from './seen.ts';
import type { Happened } from './tell.ts';
import type { ToldTarget } from './window.ts';

export interface RowClaim {
  /** What happened to the row; null where the database saw nothing that is recorded. */
  readonly happened: Happened | null;
  readonly claimed: readonly Seen[];
  /** What the two disagree about. */
  readonly wrong: readonly string[];
}

/** The row changes of one record: of this window, and of those before it in the transaction. */
export interface RowsOf {
  readonly rows: readonly Seen[];
  readonly earlier: () => readonly Seen[];
}

export function claimRow(
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
