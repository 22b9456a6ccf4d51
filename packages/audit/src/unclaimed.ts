import { memberDifferences, onlyMembers, ownerOf } from './claim.ts';
import { DATABASE } from './context.ts';
import type { Context } from './entry.ts';
import type { ToldEvent } from './inbox.ts';
import { happenedTo, type Seen } from './seen.ts';
import { contentsOf, planOfRow, type Contents, type Sight } from './sight.ts';
import { tell, type Happened } from './tell.ts';
import { nameOf } from './triggers.ts';

/** An event of which no flush told: what the database saw, and on whose behalf; the context is null where nobody knows. */
export interface Unclaimed {
  readonly event: ToldEvent;
  readonly context: Context | null;
  readonly seen: Seen;
}

type Members = Extract<Contents, { kind: 'members' }>;

/** The rows of one collection of one record. */
interface MembersOf {
  readonly members: Members;
  readonly owner: string;
  readonly rows: Seen[];
}

/**
 * What the database saw and no flush told, each change as an event of its own, in its order; members of one owner's
 * collection are one. `near` is the context of the document that stands nearest in the same transaction.
 */
export function unclaimedEvents(seen: readonly Seen[], sight: Sight, near: Context | undefined): Unclaimed[] {
  const contents = contentsOf(sight.plans);
  const groups = new Map<string, MembersOf>();
  const single: Seen[] = [];
  for (const one of seen) {
    const there = contents.get(one.table);
    if (there?.kind !== 'members') {
      single.push(one);
      continue;
    }
    const owner = ownerOf(there.pivot, one);
    const group = groups.get(`${one.table}\0${owner}`) ?? { members: there, owner, rows: [] };
    group.rows.push(one);
    groups.set(`${one.table}\0${owner}`, group);
  }
  const withOwner = new Set<unknown>();
  const ofRows = single.flatMap((one) => {
    const there = contents.get(one.table);
    const plan = there?.kind === 'entities' ? planOfRow(there.plans, one.after ?? one.before ?? {}) : undefined;
    const happened = plan && happenedTo(plan, one.key, one);
    if (!happened) return [];
    const leaving =
      happened.operation === 'delete' ? happened.plan.pivots.flatMap(({ table }) => groups.get(`${nameOf(table)}\0${one.key}`) ?? []) : [];
    for (const group of leaving) withOwner.add(group);
    return eventsOf(withMembers(happened, leaving), one, near);
  });
  const ofMembers = [...groups.values()].filter((group) => !withOwner.has(group)).flatMap((group) => memberEvents(group, near));
  if (!ofMembers.length) return ofRows;
  const order = new Map(seen.map((one, i) => [one, i]));
  return [...ofRows, ...ofMembers].sort((one, other) => (order.get(one.seen) ?? 0) - (order.get(other.seen) ?? 0));
}

/** On whose behalf, as far as the transaction says. */
export const contextOf = ({ who }: Seen, near: Context | undefined): Context | null =>
  who.context?.actor ? who.context : (near ?? who.context);

function eventsOf(happened: Happened, seen: Seen, near: Context | undefined): Unclaimed[] {
  const context = contextOf(seen, near);
  return tell(happened, context ?? DATABASE).map((event) => ({ event, context, seen }));
}

/** Members that leave with their owner are part of its removal. */
function withMembers(happened: Happened, leaving: readonly MembersOf[]): Happened {
  if (!leaving.length) return happened;
  const differences = new Map(happened.differences);
  for (const { members, rows } of leaving) {
    const { pivot } = members;
    const list = memberDifferences({ pivot, rows });
    if (list.length) differences.set(pivot.field.property, { field: pivot.field, list });
  }
  return { ...happened, differences };
}

/** Only members changed: whose the record is must be known from its earlier events. */
function memberEvents({ members: { plan, pivot }, owner, rows }: MembersOf, near: Context | undefined): Unclaimed[] {
  const [first] = rows as [Seen];
  const list = memberDifferences({ pivot, rows });
  if (!list.length) return [];
  const context = contextOf(first, near);
  const differences = new Map([[pivot.field.property, { field: pivot.field, list }]]);
  const facts = { type: plan.type, id: owner, label: null };
  return tell(onlyMembers(plan, owner, differences), context ?? DATABASE, facts).map((event) => ({ event, context, seen: first }));
}
