import type { EntityManager } from '@mikro-orm/postgresql';
import type { FieldForms } from '@countersign/audit/as-of';
import { declaredForms, plansOf } from '@countersign/audit/declared-forms';
import type { EntityPlan } from '@countersign/audit/plan';
import { compileRegistry } from '@countersign/audit/registry';
import type { Vocabulary } from '@countersign/audit/vocabulary';
import { DECLARED, MANUAL_ACTIONS } from '../entities.ts';

/** What the entities declare of their record, compiled. */
export interface CompiledDeclarations {
  readonly vocabulary: Vocabulary;
  /** By the entity's name. */
  readonly plans: ReadonlyMap<string, EntityPlan>;
  readonly forms: FieldForms;
}

/** Compiled once for each ORM; nothing in it changes while the process runs. */
const compiled = new WeakMap<object, CompiledDeclarations>();

export function declaredIn(em: EntityManager): CompiledDeclarations {
  const known = compiled.get(em.getDriver());
  if (known) return known;
  const registry = compileRegistry(DECLARED, em.getMetadata(), { actions: MANUAL_ACTIONS });
  const plans = plansOf(registry, em.getMetadata());
  const declared = { vocabulary: registry.vocabulary, plans, forms: declaredForms(plans.values()) };
  compiled.set(em.getDriver(), declared);
  return declared;
}
