import { AUDIT_AREA, UNCLASSIFIED } from '../events/entry.ts';
import type { ToldChange } from '../capture/inbox.ts';
import { keptKey } from '../capture/kept-key.ts';
import type { Seen } from './seen.ts';
import { contentsOf, planOfRow, type Contents, type Plans, type Sight } from '../triggers/sight.ts';
import { kindOf } from '../triggers/table-shape.ts';
import { contextOf, type Unclaimed } from './unclaimed.ts';
import { capped } from '../values/values.ts';

/**
 * What the database saw of columns and tables that no policy here knows: triggers of an older or a newer version wrote it.
 * Nobody leaves it out. It is told by the column's own name and sealed, since nobody knows whether it is personal.
 */
export function unclassifiedEvents(seen: readonly Seen[], sight: Sight): Unclaimed[] {
  return seen.flatMap((one) => {
    const changes = unknownChanges(one, knownColumns(sight.plans).get(one.table));
    if (!changes.length) return [];
    const event = {
      area: AUDIT_AREA,
      action: UNCLASSIFIED,
      op: 'none',
      type: typeOf(one, contentsOf(sight.plans).get(one.table)),
      id: keptKey(one.key),
      label: null,
      changes,
      meta: { table: one.table, operation: one.before ? (one.after ? 'update' : 'delete') : 'create' },
    } as const;
    return [{ event, context: contextOf(one, undefined), seen: one }];
  });
}

function unknownChanges({ before, after }: Seen, known: ReadonlySet<string> | undefined): ToldChange[] {
  const changes: ToldChange[] = [];
  for (const column of Object.keys({ ...before, ...after })) {
    if (known?.has(column)) continue;
    const [old, now] = [before?.[column] ?? null, after?.[column] ?? null];
    if (old !== now) changes.push({ f: column, o: capped(old), n: capped(now), s: 1 });
  }
  return changes;
}

/** The entity where somebody knows it, the table where nobody does. */
function typeOf({ table, after, before }: Seen, there: Contents | undefined): string {
  if (there?.kind === 'members') return there.plan.type;
  return (there && planOfRow(there.plans, after ?? before ?? {})?.type) ?? table;
}

const columns = new WeakMap<Plans, ReadonlyMap<string, ReadonlySet<string>>>();

/** The columns of each audited table that the policies classify. */
function knownColumns(plans: Plans): ReadonlyMap<string, ReadonlySet<string>> {
  const known = columns.get(plans);
  if (known) return known;
  const made = new Map([...contentsOf(plans)].map(([table, there]) => [table, new Set(columnsOf(there))]));
  columns.set(plans, made);
  return made;
}

const columnsOf = (there: Contents): string[] =>
  there.kind === 'members'
    ? [...there.pivot.owner, ...there.pivot.member]
    : there.plans.flatMap((plan) => [
        ...plan.key,
        ...kindOf(plan).map(({ name }) => name),
        ...[...plan.fields.values()].flatMap((field) => field.columns.map(({ name }) => name)),
      ]);
