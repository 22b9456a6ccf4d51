import type { EntityMetadata } from '@mikro-orm/core';
import type { AuditPolicy, TrackedField } from './policy.ts';
import type { ToText } from '../values/values.ts';

/** One property of an audited entity, with everything that capture needs to know, decided once. */
export interface FieldPlan {
  readonly property: string;
  /** The field's name as data. */
  readonly name: string;
  /** Null where the policy says that it is never recorded. */
  readonly tracked: TrackedField | null;
  /** How its change is found: one text, the paths of a JSON value or embedded object, or the members of a collection. */
  readonly form: 'text' | 'json' | 'embedded' | 'members';
  readonly toText: ToText;
  /** The same of what stands in the row: a column that is wider than the schema says may hold more than a program can give it. */
  readonly storedText: ToText;
  /** Whether its text is known before the database has it. */
  readonly spelled: boolean;
  /** The columns that hold it: none for members and what isn't stored, several for a reference to a composite key. */
  readonly columns: readonly Column[];
}

/** A column, by its name and its type as the schema says it: `numeric(6,2)`. */
export interface Column {
  readonly name: string;
  readonly type: string;
}

/** The table behind a collection of members. */
export interface PivotPlan {
  readonly table: Table;
  readonly field: FieldPlan;
  /** The columns that hold the owner's key, and those that hold the member's. */
  readonly owner: readonly string[];
  readonly member: readonly string[];
}

/** A table; the schema is null for the one that the connection looks in. */
export interface Table {
  readonly schema: string | null;
  readonly name: string;
}

/** An audited entity as capture uses it. */
export interface EntityPlan {
  readonly type: string;
  readonly policy: AuditPolicy;
  /** By the keys of MikroORM's change sets: properties, and the flattened parts of inline embeddables. */
  readonly fields: ReadonlyMap<string, FieldPlan>;
  /** Properties that are at hand for the policy, changed or not: the key, the root, what rules claim, and what it names in `carries`. */
  readonly carried: ReadonlySet<string>;
  readonly table: Table;
  /** The columns of the primary key. */
  readonly key: readonly string[];
  readonly pivots: readonly PivotPlan[];
  /** The plan of the entity that the root reference points to; null for a record that is its own root. */
  readonly root: EntityPlan | null;
  readonly meta: EntityMetadata;
}
