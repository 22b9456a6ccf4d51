import { memberDifference, type Difference } from '../values/diff.ts';
import type { Value } from '../events/entry.ts';
import type { ToldChange } from '../capture/inbox.ts';
import { leavingOf } from './lives.ts';
import type { EntityPlan, FieldPlan, PivotPlan } from '../policy/plan.ts';
import { rowOf } from '../capture/row.ts';
import { keyIn, membersSeen, type Seen } from './seen.ts';
import type { Differences, Happened } from '../capture/tell.ts';
import { capped } from '../values/values.ts';
import type { RowsOf } from './window.ts';

/** The rows of an entity's collections that belong to one owner, with the members that they name. */
export interface MemberRows {
  readonly pivot: PivotPlan;
  readonly rows: readonly Seen[];
}

/** What the rows of one collection come to. */
export const memberDifferences = ({ pivot, rows }: MemberRows) =>
  membersSeen(
    pivot.field,
    rows.map((one) => ({ member: keyIn(pivot.member, one), there: one.after !== null })),
  );

export interface MemberClaim {
  readonly field: FieldPlan;
  readonly list: readonly Difference[];
  readonly claimed: readonly Seen[];
  readonly wrong: readonly string[];
}

/** What was seen of one collection. */
interface MembersSeen {
  readonly pivot: PivotPlan;
  readonly seen: RowsOf;
}

export function claimMembers({ pivot, seen }: MembersSeen, change: ToldChange | undefined, leaving: boolean): MemberClaim[] {
  if (change) {
    const claim = claimTold({ pivot, rows: seen.own }, change);
    return [claim.wrong.length ? claimRest({ pivot, seen }, change, claim) : claim];
  }
  // Members that leave with their owner are part of its removal; others that nobody told of are not this flush's.
  const [, left] = leaving ? leavingOf(seen.rows) : [];
  const own = new Set(left?.length ? seen.own : []);
  const rows = left?.filter((one) => own.has(one));
  return rows?.length ? [{ field: pivot.field, list: memberDifferences({ pivot, rows }), claimed: rows, wrong: [] }] : [];
}

/** What was told but for the members that something else in the transaction had brought, or taken out; `whole` where nothing had. */
function claimRest({ pivot, seen: { own, others } }: MembersSeen, change: ToldChange, whole: MemberClaim): MemberClaim {
  const latest = new Map<string, boolean>();
  for (const one of others().toReversed()) latest.set(keyIn(pivot.member, one), one.after !== null);
  const gone = membersIn(change.o).filter((member) => latest.get(member) !== false);
  const come = membersIn(change.n).filter((member) => latest.get(member) !== true);
  if (gone.length === membersIn(change.o).length && come.length === membersIn(change.n).length) return whole;
  const [rest] = memberDifference(pivot.field.name, gone, come);
  return rest
    ? claimTold({ pivot, rows: own }, { f: rest.field, o: rest.old, n: rest.new })
    : { ...whole, list: [], claimed: [], wrong: [] };
}

/** The rows of the members that the flush told of, and where they say something else, all of the owner's. */
function claimTold(all: MemberRows, change: ToldChange): MemberClaim {
  const { field } = all.pivot;
  const named = new Set([...membersIn(change.o), ...membersIn(change.n)]);
  const own: MemberRows = { pivot: all.pivot, rows: all.rows.filter((row) => named.has(keyIn(all.pivot.member, row))) };
  // Who came or went by SQL before the flush changed that: each one's latest is the flush's.
  const latest = new Map(own.rows.map((row) => [keyIn(all.pivot.member, row), row]));
  const newest: MemberRows = { pivot: all.pivot, rows: own.rows.filter((row) => latest.get(keyIn(all.pivot.member, row)) === row) };
  for (const rows of [newest, own, all]) {
    const list = memberDifferences(rows);
    if (list[0] && isSameValue(change.o, list[0].old) && isSameValue(change.n, list[0].new))
      return { field, list, claimed: rows.rows, wrong: [] };
  }
  const left = memberDifferences(newest);
  if (saysOnlyGoneMore(change, left[0])) return { field, list: left, claimed: newest.rows, wrong: [] };
  return { field, list: memberDifferences(all), claimed: all.rows, wrong: [field.name] };
}

/** Whom somebody else took out first the flush takes out in vain: nothing happened there, and nobody is wrong. */
const saysOnlyGoneMore = (told: ToldChange, seen: Difference | undefined): boolean => {
  const gone = new Set(membersIn(told.o));
  return gone.size > 0 && isSameValue(told.n, seen?.new ?? null) && membersIn(seen?.old ?? null).every((member) => gone.has(member));
};

const isSameValue = (told: Value, seen: string | null): boolean => {
  const kept = capped(seen);
  return typeof told === 'object' && told && typeof kept === 'object' && kept ? told.sha256 === kept.sha256 : told === kept;
};

/** The members in a told list; none in what is no list, and in one that was too long to be kept. */
function membersIn(value: Value): readonly string[] {
  if (typeof value !== 'string') return [];
  try {
    const members: unknown = JSON.parse(value);
    return Array.isArray(members) ? members.map(String) : [];
  } catch {
    return [];
  }
}

/** A change of a record's collections alone: of its row nothing was seen. */
export const onlyMembers = (plan: EntityPlan, id: string, differences: Differences): Happened => ({
  plan,
  id,
  operation: 'update',
  before: rowOf(plan, {}),
  row: rowOf(plan, {}),
  differences,
  root: null,
});
