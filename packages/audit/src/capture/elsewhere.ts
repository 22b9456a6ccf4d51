import type { AnyEntity, ChangeSet, EntityManager } from '@mikro-orm/core';
import { AuditLogError } from '../events/errors.ts';
import { keyOf } from './loaded-entity.ts';
import type { EntityPlan } from '../policy/plan.ts';

/**
 * The tables whose changes are recorded are those that the entities name. An entity manager may write the same entity to
 * a table of another schema (`em.fork({ schema })`), of which nobody would see anything.
 * @throws AuditLogError naming record, schema and remedy.
 */
export function refuseElsewhere(
  em: Pick<EntityManager, 'config'>,
  { type, table }: EntityPlan,
  { schema, entity }: ChangeSet<AnyEntity>,
): void {
  const own = table.schema ?? em.config.get('schema') ?? em.config.getPlatform().getDefaultSchemaName();
  if (!schema || schema === own) return;
  const id = (keyOf(entity) as string | null) ?? 'new';
  throw new AuditLogError(
    `${type} ${id} would be saved in the schema ${schema}, whose tables are not recorded: save it with an entity manager without a schema of its own, or give ${schema} entities of its own. Nothing was saved`,
    { type, id },
  );
}
