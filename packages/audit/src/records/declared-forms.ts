import type { MetadataStorage } from '@mikro-orm/core';
import type { FieldForms } from './as-of.ts';
import { formerNames } from '../policy/former-names.ts';
import type { FieldForm } from '../values/field-paths.ts';
import type { EntityPlan } from '../policy/plan.ts';
import type { Registry } from '../policy/registry.ts';

/** The audited entities by name. */
export const plansOf = (registry: Registry, metadata: MetadataStorage): ReadonlyMap<string, EntityPlan> =>
  new Map(
    [...metadata.getAll().values()].flatMap((meta) =>
      registry.planOf(meta) ? [[meta.className, registry.planOf(meta) as EntityPlan]] : [],
    ),
  );

/** What the declarations say of recorded fields, renamed ones too. */
export function declaredForms(plans: Iterable<EntityPlan>): FieldForms {
  const forms = new Map<string, FieldForm>();
  const renamed = new Map<string, string>();
  for (const { type, fields } of plans) {
    for (const { name, form, tracked } of fields.values()) {
      if (!tracked) continue;
      forms.set(`${type} ${name}`, form);
      for (const former of formerNames(tracked.formerly, name, tracked.label)) renamed.set(`${type} ${former.name}`, name);
    }
  }
  return {
    of: (type, field) => forms.get(`${type} ${field}`),
    presentName: (type, field) => renamed.get(`${type} ${field}`) ?? field,
  };
}
