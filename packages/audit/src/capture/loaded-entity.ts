import type { AnyEntity, EntityMetadata } from '@mikro-orm/core';
import { keySpelled } from '../policy/key-spelling.ts';
import type { Raw } from './row.ts';

// What every entity of MikroORM carries, beside its properties.
interface Helper {
  readonly __initialized: boolean;
  readonly __originalEntityData?: Raw;
  readonly entity: AnyEntity;
  readonly __em?: { getComparator(): { prepareEntity(entity: AnyEntity): Raw } };
  getSerializedPrimaryKey(): string;
}

const helperOf = (entity: unknown) => (entity as { readonly __helper?: Helper } | undefined)?.__helper;

/** What kind of entity it is; undefined for what is no entity. */
export const metaOf = (entity: object): EntityMetadata | undefined => (entity as { readonly __meta?: EntityMetadata }).__meta;

/** The key of an entity, as the database writes it. */
export function keyOf(entity: AnyEntity): string {
  const key = (helperOf(entity) as Helper).getSerializedPrimaryKey();
  const meta = metaOf(entity);
  return meta && key ? keySpelled(meta, key) : key;
}

/** An entity's raw row, where the unit of work holds it: a reference that was never loaded tells nothing but its key. */
export function rawOf(entity: unknown): Raw | null {
  const helper = helperOf(entity);
  if (!helper?.__initialized) return null;
  return helper.__originalEntityData ?? helper.__em?.getComparator().prepareEntity(helper.entity) ?? null;
}
