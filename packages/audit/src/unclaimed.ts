import { memberDifferences, ownerOf, type MemberRows } from './claim.ts';
import type { Context } from './entry.ts';
import type { ToldEvent } from './inbox.ts';
import { happenedTo, type Seen } from './seen.ts';
import { contentsOf, planOfRow, type Contents, type Sight } from './sight.ts';
import { tell, type Happened } from './tell.ts';
import { nameOf } from './triggers.ts';
import { capped } from './values.ts';

/** An event of which no flush told: what the database saw, and on whose behalf; the context is null where nobody knows. */
export interface Unclaimed {
  readonly event: ToldEvent;
  readonly context: Context | null;
  readonly seen: Seen;
}

type Members = Extract<Contents, { kind: 'members' }>;

/**
 * What the database saw and no flush told, each change as an event of its own, in its order; members of one owner's
 * collection are one. `near` is the context of the document that stands nearest in the same transaction.
 */
export function unclaimedEvents(seen: readonly Seen[], sight: Sight, near: Context | undefined): Unclaimed[] {
  const contents = contentsOf(sight.plans);
  const groups = new Map<string, { readonly members: Members; readonly owner: string; readonly rows: Seen[] }>();
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
  const ofMembers = [...groups.values()]
    .filter((group) => !withOwner.has(group))
    .flatMap((group) => memberEvent(group.members, group.owner, group.rows, near));
  if (!ofMembers.length) return ofRows;
  const order = new Map(seen.map((one, i) => [one, i]));
  return [...ofRows, ...ofMembers].sort((one, other) => (order.get(one.seen) ?? 0) - (order.get(other.seen) ?? 0));
}

const contextOf = ({ who }: Seen, near: Context | undefined): Context | null => (who.context?.actor ? who.context : (near ?? who.context));

function eventsOf(happened: Happened, seen: Seen, near: Context | undefined): Unclaimed[] {
  const context = contextOf(seen, near);
  return tell(happened, context ?? DATABASE).map((event) => ({ event, context, seen }));
}

/** A change of which only the database knows. */
export const DATABASE: Context = {
  actor: { kind: 'database', id: null },
  impersonator: null,
  channel: 'database',
  command: null,
  changeId: null,
  reason: null,
  requestId: null,
  ipAddress: null,
  userAgent: null,
};

/** Members that leave with their owner are part of its removal. */
function withMembers(happened: Happened, leaving: readonly { readonly members: Members; readonly rows: Seen[] }[]): Happened {
  if (!leaving.length) return happened;
  const differences = new Map(happened.differences);
  for (const { members, rows } of leaving) {
    const list = memberDifferences(rowsOf(members, rows));
    if (list.length) differences.set(members.pivot.field.property, { field: members.pivot.field, list });
  }
  return { ...happened, differences };
}

const rowsOf = ({ pivot }: Members, rows: readonly Seen[]): MemberRows => ({ pivot, rows });

/** Only members changed: of the owner's row nothing was seen, so that whose it is must be known from its earlier events. */
function memberEvent(members: Members, owner: string, rows: readonly Seen[], near: Context | undefined): Unclaimed[] {
  const [first] = rows as [Seen];
  const list = memberDifferences(rowsOf(members, rows));
  if (!list.length) return [];
  const { plan, pivot } = members;
  const { general } = plan.policy.actions;
  const context = contextOf(first, near);
  const happening = {
    operation: 'update',
    row: {},
    before: {},
    changed: new Set([pivot.field.property]),
    reason: context?.reason ?? null,
  } as const;
  const actor = (context ?? DATABASE).actor ?? { kind: 'system', id: null };
  const action = typeof general === 'function' ? general({ ...happening, actor, command: context?.command ?? null }) : general;
  const changes = list.map((one) => ({
    f: one.field,
    o: capped(one.old),
    n: capped(one.new),
    ...(pivot.field.tracked?.sensitive && { s: 1 as const }),
  }));
  return [
    { event: { area: plan.policy.area, action, op: 'update', type: plan.type, id: owner, label: null, changes }, context, seen: first },
  ];
}
