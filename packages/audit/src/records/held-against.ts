import type { RecordAsOf } from './as-of.ts';
import { disagreements, type Columns, type Disagreement } from './columns.ts';
import type { Target, Value } from '../events/entry.ts';
import { fieldOf, isUnder } from '../values/field-paths.ts';
import type { EntityPlan, FieldPlan } from '../policy/plan.ts';

/** How the log and the live rows can differ. */
export type DifferenceKind =
  /** The log has the record, and its row isn't there. */
  | 'row_missing'
  /** The row is there, and the log has no such record, or its deletion. */
  | 'not_recorded'
  /** A field, or a path in it, holds something else. */
  | 'field'
  /** A collection has other members. */
  | 'members'
  /** What is kept of a field under a person's key can't be opened, though the key is there: one of the two was altered. */
  | 'sealed';

/** One difference between what was recorded and what is there. */
export interface Difference {
  readonly kind: DifferenceKind;
  readonly target: Target;
  /** The record under whose page it is shown. */
  readonly root: Pick<Target, 'type' | 'id'> | null;
  /** As the log names it, of JSON with its path; null where it is about the whole row. */
  readonly field: string | null;
  /** Its values may be shown only to those who may see sensitive data. */
  readonly sensitive: boolean;
  readonly recorded: Value;
  readonly present: string | null;
}

/** Why a field could not be compared; each is said, none is a difference. */
export interface Uncompared {
  /** Its values were kept under the key of a person who has been erased. */
  erased: number;
  /** Lists of members that were too long to be kept, records whose keys were, and rows that are too long to be read. */
  too_long: number;
  /** The row was there before its record began: what it held then was never told. */
  before_record: number;
  /** The column was added to the table after the record was made. */
  added_later: number;
  /** No entity declares the field any more, or the entity itself. */
  retired: number;
}

/** Where everything was compared. */
export const NOTHING_UNCOMPARED: Readonly<Uncompared> = { erased: 0, too_long: 0, before_record: 0, added_later: 0, retired: 0 };

/** What is known of a record beside its fold. */
export interface Beside {
  /** Fields whose seal can't be opened, though its key is there. */
  readonly unopened: ReadonlySet<string>;
  /** What a column that was added later holds in the rows that were there before, by the field's name. */
  readonly addedLater: ReadonlyMap<string, string>;
  /** Where it is counted what can't be compared. */
  readonly uncompared: Uncompared;
}

/** Holds a record against its row, field by field, and counts what can't be compared. */
export function heldAgainst(
  record: RecordAsOf,
  plan: EntityPlan,
  columns: Columns | undefined,
  { unopened, addedLater, uncompared }: Beside,
): Difference[] {
  const found = disagreements(record, columns).filter((one) => {
    if (!isAddedLater(one, record, addedLater)) return true;
    uncompared.added_later++;
    return false;
  });
  const differences = found.map((one) => differenceOf(one, record, plan));
  if (record.deleted || !columns) return differences;
  countUncompared(record, columns, uncompared);
  const broken = [...record.fields].filter(([path, state]) => 'hidden' in state && unopened.has(path)).map(([path]) => path);
  uncompared.erased -= broken.length;
  return [
    ...differences,
    ...broken.map((path) => ({ ...about(record, plan, path), kind: 'sealed' as const, recorded: null, present: null })),
  ];
}

/** A record tells its creation with every field that isn't null: one that it doesn't name, and that can't be null, came later. */
const isAddedLater = ({ field, recorded, present }: Disagreement, { complete, fields }: RecordAsOf, added: Beside['addedLater']): boolean =>
  field !== null && recorded === null && complete && !fields.has(field) && present !== null && added.get(fieldOf(field)) === present;

function differenceOf({ field, recorded, present }: Disagreement, record: RecordAsOf, plan: EntityPlan): Difference {
  if (field === null) {
    const kind = present === null ? 'row_missing' : 'not_recorded';
    return { ...about(record, plan, null), kind, recorded: null, present: null };
  }
  return { ...about(record, plan, field), kind: declared(plan, field)?.form === 'members' ? 'members' : 'field', recorded, present };
}

const about = (
  { target, root }: RecordAsOf,
  plan: EntityPlan,
  field: string | null,
): Omit<Difference, 'kind' | 'recorded' | 'present'> => ({
  target,
  root,
  field,
  sensitive: field !== null && (declared(plan, field)?.tracked?.sensitive ?? false),
});

const declared = (plan: EntityPlan, path: string): FieldPlan | undefined =>
  [...plan.fields.values()].find(({ name }) => isUnder(path, name));

function countUncompared({ fields, complete }: RecordAsOf, columns: Columns, uncompared: Uncompared): void {
  for (const [path, state] of fields) {
    if (!columns.fields.has(path) && !columns.fields.has(fieldOf(path))) uncompared.retired++;
    else if ('hidden' in state) uncompared.erased++;
    else if ('unknown' in state) uncompared.too_long++;
  }
  if (complete) return;
  const told = new Set([...fields.keys()].map(fieldOf));
  for (const name of columns.fields) if (!told.has(fieldOf(name))) uncompared.before_record++;
}
