import type { ManualAction } from '../policy/manual-action.ts';
import type { EntityPlan, PivotPlan } from '../policy/plan.ts';
import { nameOf } from '../policy/table-name.ts';
import { kindColumn } from './table-shape.ts';

/** What `merge` knows of the application: whose triggers wrote a row change, and whom to believe. */
export interface Sight {
  /** The audited entities by their names. */
  readonly plans: Plans;
  /** What is told by hand and no change of a record, by name. */
  readonly actions: ReadonlyMap<string, ManualAction>;
  /** The role that business transactions log in as: what it tells of itself with a transaction is believed. */
  readonly application: string;
  /** The transaction since which a table's row changes are recorded, by the table's name; tables without triggers are absent. */
  readonly coverage: ReadonlyMap<string, bigint>;
  /** What audited tables were called before they were renamed, each with the present name: what was seen by then bears it. */
  readonly formerTables: ReadonlyMap<string, string>;
}

export type Plans = ReadonlyMap<string, EntityPlan>;

/** What stands in a table. */
export type Contents =
  | { readonly kind: 'entities'; readonly plans: readonly EntityPlan[] }
  | { readonly kind: 'members'; readonly plan: EntityPlan; readonly pivot: PivotPlan };

/** What stands in each audited table, by its name. */
export function contentsOf(plans: Plans): ReadonlyMap<string, Contents> {
  const known = contents.get(plans);
  if (known) return known;
  const made = new Map<string, Contents>();
  for (const plan of plans.values()) {
    const there = made.get(nameOf(plan.table));
    made.set(nameOf(plan.table), { kind: 'entities', plans: [...(there?.kind === 'entities' ? there.plans : []), plan] });
    for (const pivot of plan.pivots) made.set(nameOf(pivot.table), { kind: 'members', plan, pivot });
  }
  contents.set(plans, made);
  return made;
}

const contents = new WeakMap<Plans, ReadonlyMap<string, Contents>>();

/**
 * The entity that a row is: where several share a table, the one that the row names. Undefined for one that isn't audited;
 * a kind that nobody declares is what the ORM takes it for, the entity that the others extend.
 */
export function planOfRow(plans: readonly EntityPlan[], row: Readonly<Record<string, string | null>>): EntityPlan | undefined {
  const [first] = plans;
  const column = first && kindColumn(first.meta);
  if (!column) return first;
  const { discriminatorMap = {} } = first.meta.root;
  const named = discriminatorMap[String(row[column])];
  return plans.find(({ meta }) => (named ? meta.class === named : meta.root === meta));
}

/** Whether the triggers must have seen what this transaction did to a table. */
export const covered = ({ coverage }: Sight, table: string, xid: string): boolean => {
  const since = coverage.get(table);
  return since !== undefined && BigInt(xid) >= since;
};
