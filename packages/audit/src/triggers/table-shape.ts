import type { EntityMetadata } from '@mikro-orm/core';
import type { Column, EntityPlan, PivotPlan, Table } from '../policy/plan.ts';
import type { Registry } from '../policy/registry.ts';
import { nameOf } from '../policy/table-name.ts';

/** What a table's triggers compare and carry along. */
export interface Shape {
  readonly table: Table;
  readonly key: readonly Column[];
  /** The column that says which entity a row is, where several share the table. */
  readonly kind: readonly string[];
  readonly tracked: readonly Column[];
  /** Columns that are one value together, as a reference to a record whose key has several. */
  readonly composites: readonly (readonly Column[])[];
  /** Carried along whether changed or not. */
  readonly carried: readonly Column[];
  /** Whether its rows are members of a collection, and nothing else. */
  readonly isMembers: boolean;
}

/** The shapes of every audited table and of the tables behind their collections. */
export function shapesOf(registry: Registry): Shape[] {
  const tables = new Map<string, Shape>();
  for (const plan of registry.plans.values()) {
    const shape = entityShape(plan);
    const known = tables.get(nameOf(plan.table));
    // Several entities in one table: all of their columns.
    tables.set(nameOf(plan.table), known ? { ...shape, ...union(known, shape) } : shape);
    for (const pivot of plan.pivots) tables.set(nameOf(pivot.table), pivotShape(pivot));
  }
  return [...tables.values()];
}

const union = (one: Shape, other: Shape): Pick<Shape, 'tracked' | 'composites' | 'carried'> => ({
  tracked: distinct([...one.tracked, ...other.tracked]),
  composites: [...one.composites, ...other.composites],
  carried: distinct([...one.carried, ...other.carried]),
});

export const distinct = (columns: readonly Column[]): Column[] => [...new Map(columns.map((column) => [column.name, column])).values()];

function entityShape(plan: EntityPlan): Shape {
  const fields = [...plan.fields.values()];
  const values = fields.filter((field) => field.tracked).map((field) => field.columns);
  const kind = [kindColumn(plan.meta) ?? []].flat();
  const known = new Map(fields.flatMap(({ columns }) => columns.map((column) => [column.name, column])));
  const carried = fields.filter((field) => plan.carried.has(field.property)).flatMap((field) => field.columns);
  return {
    table: plan.table,
    key: plan.key.map((name) => known.get(name) ?? { name, type: 'text' }),
    kind,
    tracked: distinct(values.flat()),
    composites: values.filter((columns) => columns.length > 1),
    isMembers: false,
    carried: distinct([...carried, ...kind.map((name) => ({ name, type: 'text' }))]),
  };
}

/** The column that says which entity a row is, where several share the table. */
export function kindColumn({ root }: EntityMetadata): string | undefined {
  const property = root.props.find(({ name }) => name === root.discriminatorColumn);
  return property && (property.fieldNames[0] ?? property.name);
}

export const kindOf = ({ meta }: EntityPlan): Column[] => [kindColumn(meta) ?? []].flat().map((name) => ({ name, type: 'text' }));

const pivotShape = ({ table, owner, member }: PivotPlan): Shape => ({
  table,
  key: [...owner, ...member].map((name) => ({ name, type: 'text' })),
  kind: [],
  tracked: [...owner, ...member].map((name) => ({ name, type: 'text' })),
  composites: [],
  carried: [],
  isMembers: true,
});
