import type { EntityPlan } from '../policy/plan.ts';
import { columnsOf, type Registry } from '../policy/registry.ts';
import { nameOf, quotedTable } from '../policy/table-name.ts';
import { kindOf } from './table-shape.ts';
import { triggersOf, type TableTriggers } from './triggers.ts';

/** An audited table as the policies see it, with the triggers that record it. */
export interface AuditedTable extends TableTriggers {
  /** For SQL. */
  readonly quoted: string;
  /** The entities whose rows stand in it; of a collection's table, whose collection it is. */
  readonly entities: readonly string[];
  /** The columns of the primary key; none of a collection's table, whose rows are never changed. */
  readonly key: readonly string[];
  /** Every column that a policy classifies, recorded or not; null for a collection's table, of which the ORM knows more. */
  readonly classified: ReadonlySet<string> | null;
  /** The columns that the triggers read. */
  readonly recorded: ReadonlySet<string>;
}

/** The tables that the policies have recorded, in the order of their names. */
export function auditedTables(registry: Registry): AuditedTable[] {
  const described = new Map<string, Omit<AuditedTable, keyof TableTriggers>>();
  for (const plan of registry.plans.values()) {
    const name = nameOf(plan.table);
    const own = describe(plan);
    const known = described.get(name);
    described.set(name, known?.classified ? united(known, own) : own);
    for (const pivot of plan.pivots) {
      described.set(nameOf(pivot.table), {
        quoted: quotedTable(pivot.table),
        entities: [`${plan.type}.${pivot.field.property}`],
        key: [],
        classified: null,
        recorded: new Set([...pivot.owner, ...pivot.member]),
      });
    }
  }
  return triggersOf(registry).flatMap((triggers) => {
    const table = described.get(triggers.table);
    return table ? [{ ...triggers, ...table }] : [];
  });
}

function describe(plan: EntityPlan): Omit<AuditedTable, keyof TableTriggers> {
  const fields = [...plan.fields.values()];
  const namesOf = (some: typeof fields) => some.flatMap(({ columns }) => columns.map(({ name }) => name));
  const kind = kindOf(plan).map(({ name }) => name);
  return {
    quoted: quotedTable(plan.table),
    entities: [plan.type],
    key: plan.key,
    // Of several entities in one table each classifies its own: what another one has is no business of this one.
    classified: new Set([
      ...namesOf(fields),
      ...kind,
      ...(kind.length ? plan.meta.root.props.flatMap((prop) => columnsOf(prop).map(({ name }) => name)) : []),
    ]),
    recorded: new Set([
      ...plan.key,
      ...namesOf(fields.filter(({ tracked, property }) => tracked !== null || plan.carried.has(property))),
      ...kind,
    ]),
  };
}

type Described = Omit<AuditedTable, keyof TableTriggers>;

/** Several entities in one table. */
const united = (one: Described, other: Described): Described => ({
  ...one,
  entities: [...one.entities, ...other.entities],
  classified: new Set([...(one.classified ?? []), ...(other.classified ?? [])]),
  recorded: new Set([...one.recorded, ...other.recorded]),
});
