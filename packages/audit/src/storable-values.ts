import type { ChangeSet, AnyEntity } from '@mikro-orm/core';
import { limitOf } from './column-limits.ts';
import { AuditLogError } from './errors.ts';
import type { EntityPlan, FieldPlan } from './registry.ts';

/**
 * PostgreSQL keeps no U+0000 in any text, and no half of a surrogate pair in `jsonb`; nor what is longer than its column, or
 * beyond its range. It says so without naming the column. Refused here, before anything is sent. A column of type `json` takes
 * both, since JSON writes them out.
 * @throws AuditLogError naming entity, field and remedy.
 */
export function refuseUnstorable({ type, fields }: EntityPlan, { payload, entity }: ChangeSet<AnyEntity>): void {
  for (const [property, value] of Object.entries(payload as Readonly<Record<string, unknown>>)) {
    const field = fields.get(property);
    const wrong = unstorable(value, field) ?? beyondColumns(value, field);
    if (wrong === null) continue;
    const id = (entity as { readonly __helper: { getSerializedPrimaryKey(): string | null } }).__helper.getSerializedPrimaryKey();
    throw new AuditLogError(`${type}.${property} holds ${wrong} before it is saved. Nothing was saved`, { type, id: id ?? 'new' });
  }
}

function unstorable(value: unknown, field: FieldPlan | undefined): string | null {
  const found = unstorableIn(value, field?.columns[0]?.type === 'jsonb');
  return found === null ? null : `${found}, which PostgreSQL can't store: take it out`;
}

/** What SQL of its own makes of a value, or a list of values, the database alone knows. */
function beyondColumns(value: unknown, field: FieldPlan | undefined): string | null {
  if (!field?.spelled || field.form !== 'text') return null;
  const { columns } = field;
  const parts = columns.length > 1 && Array.isArray(value) ? value.flat(Infinity) : [value];
  for (const [i, column] of columns.entries()) {
    const part: unknown = parts[i];
    if (typeof part !== 'string' && typeof part !== 'number' && typeof part !== 'bigint') continue;
    const found = limitOf(column.type)?.(part) ?? null;
    if (found !== null) return `${found}: shorten it, or widen the column`;
  }
  return null;
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
