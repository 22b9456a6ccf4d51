import type { ChangeSet, AnyEntity } from '@mikro-orm/core';
import { limitOf } from '../values/column-limits.ts';
import type { Database } from '../schema/database.ts';
import { AuditLogError } from '../events/errors.ts';
import type { EntityPlan, FieldPlan } from '../policy/plan.ts';
import { quotedTable } from '../policy/table-name.ts';

/** A value that its column has no room for, as far as the entity says what the column is. */
export interface Excess {
  readonly plan: EntityPlan;
  readonly entity: AnyEntity;
  readonly property: string;
  readonly column: string;
  readonly value: string | number | bigint;
}

/**
 * PostgreSQL keeps no U+0000 in any text, and no half of a surrogate pair in `jsonb`; nor what is longer than its column, or
 * beyond its range. It says so without naming the column. Refused here, before anything is sent. A column of type `json` takes
 * both, since JSON writes them out. Answers with what is too much for its column, for `refuseExcess`.
 * @throws AuditLogError naming entity, field and remedy.
 */
export function refuseUnstorable(plan: EntityPlan, { payload, entity }: ChangeSet<AnyEntity>): Excess[] {
  return Object.entries(payload as Readonly<Record<string, unknown>>).flatMap(([property, value]) => {
    const field = plan.fields.get(property);
    const wrong = unstorable(value, field);
    if (wrong !== null) throw refusal({ plan, entity, property }, wrong);
    return beyondColumns(value, field).map((one) => ({ plan, entity, property, ...one }));
  });
}

/**
 * Asks the database, since a column may be wider than its entity says it is, and what has room is saved.
 * @throws AuditLogError naming entity, field and remedy.
 */
export async function refuseExcess(db: Database, excess: readonly Excess[]): Promise<void> {
  for (const one of excess) {
    const { rows } = await db.query<{ type: string }>(
      `select format_type(atttypid, atttypmod) as type from pg_attribute where attrelid = to_regclass($1) and attname = $2`,
      [quotedTable(one.plan.table), one.column],
    );
    const found = rows[0] ? (limitOf(rows[0].type)?.(one.value) ?? null) : null;
    if (found !== null) throw refusal(one, `${found}: shorten it, or widen the column`);
  }
}

function refusal({ plan: { type }, entity, property }: Pick<Excess, 'plan' | 'entity' | 'property'>, wrong: string): AuditLogError {
  const id = (entity as { readonly __helper: { getSerializedPrimaryKey(): string | null } }).__helper.getSerializedPrimaryKey();
  return new AuditLogError(`${type}.${property} holds ${wrong} before it is saved. Nothing was saved`, { type, id: id ?? 'new' });
}

function unstorable(value: unknown, field: FieldPlan | undefined): string | null {
  const found = unstorableIn(value, field?.columns[0]?.type === 'jsonb');
  return found === null ? null : `${found}, which PostgreSQL can't store: take it out`;
}

/** What SQL of its own makes of a value, or a list of values, the database alone knows. */
function beyondColumns(value: unknown, field: FieldPlan | undefined): Pick<Excess, 'column' | 'value'>[] {
  if (!field?.spelled || field.form !== 'text') return [];
  const { columns } = field;
  const parts = columns.length > 1 && Array.isArray(value) ? value.flat(Infinity) : [value];
  return columns.flatMap(({ name, type }, i) => {
    const part: unknown = parts[i];
    if (typeof part !== 'string' && typeof part !== 'number' && typeof part !== 'bigint') return [];
    return (limitOf(type)?.(part) ?? null) === null ? [] : [{ column: name, value: part }];
  });
}

const NUL = 'the character U+0000';
const HALF = 'half a surrogate pair';

/** What can't be stored of it; null where all of it can. */
function unstorableIn(value: unknown, isJsonb: boolean): string | null {
  if (typeof value === 'string') {
    if (value.includes('\0')) return NUL;
    // JSON writes them out: most texts need no second look.
    return isJsonb && /\\u(0000|d[89a-f])/i.test(value) ? unstorableInJson(value) : null;
  }
  if (Array.isArray(value)) return value.reduce<string | null>((found, one) => found ?? unstorableIn(one, isJsonb), null);
  return isJsonb && isPlain(value) ? unstorableIn(JSON.stringify(value), true) : null;
}

const isPlain = (value: unknown): value is object => typeof value === 'object' && value !== null;

function unstorableInJson(text: string): string | null {
  let found: string | null = null;
  const look = (one: unknown) => {
    if (typeof one === 'string') found ??= one.includes('\0') ? NUL : one.isWellFormed() ? null : HALF;
  };
  try {
    JSON.parse(text, (key, value: unknown) => {
      look(key);
      look(value);
      return value;
    });
  } catch {
    // The database will say what it is: no JSON.
  }
  return found;
}
