import type { ChangeSet, AnyEntity } from '@mikro-orm/core';
import { AuditLogError } from './errors.ts';
import type { EntityPlan } from './registry.ts';

/**
 * PostgreSQL keeps no U+0000 in any text, and says so without naming the column. Refused here, before anything is sent.
 * @throws AuditLogError naming entity, field and remedy.
 */
export function refuseUnstorable({ type, fields }: EntityPlan, { payload, entity }: ChangeSet<AnyEntity>): void {
  for (const [property, value] of Object.entries(payload as Readonly<Record<string, unknown>>)) {
    if (!holdsNul(value, fields.get(property)?.form === 'json')) continue;
    const id = (entity as { readonly __helper: { getSerializedPrimaryKey(): string | null } }).__helper.getSerializedPrimaryKey();
    throw new AuditLogError(
      `${type}.${property} holds the character U+0000, which PostgreSQL can't store: take it out before it is saved. Nothing was saved`,
      { type, id: id ?? 'new' },
    );
  }
}

function holdsNul(value: unknown, isJson: boolean): boolean {
  if (Array.isArray(value)) return value.some((one) => holdsNul(one, isJson));
  if (typeof value !== 'string') return false;
  // In JSON it is written out, and a backslash before it is written twice.
  return value.includes('\0') || (isJson && value.includes(String.raw`\u0000`) && /(?<!\\)(?:\\\\)*\\u0000/.test(value));
}
