import type { EntityManager } from '@mikro-orm/postgresql';
import type { z } from 'zod';
import { compileRegistry } from '@countersign/audit/registry';
import { DECLARED } from '../entities.ts';
import type { vocabularyView } from './record.views.ts';

type VocabularyView = z.input<typeof vocabularyView>;

/** Compiled once for each ORM; nothing in it changes while the process runs. */
const compiled = new WeakMap<object, VocabularyView>();

/** The published vocabulary, computed from what the entities declare. */
export function vocabularyOf(em: EntityManager): VocabularyView {
  const known = compiled.get(em.getDriver());
  if (known) return known;
  const { areas, actions, entities, fields } = compileRegistry(DECLARED, em.getMetadata(), em.getPlatform()).vocabulary;
  const view: VocabularyView = {
    areas: areas.map((name) => ({ name, label: name.charAt(0).toUpperCase() + name.slice(1) })),
    actions: actions.map(({ name, label, area, description }) => ({ name, label, area, description })),
    entities: entities.map((entity) => ({ ...entity })),
    fields: fields.map(({ entity, name, label, kind, sensitive, values }) => ({
      entity,
      name,
      label,
      kind,
      sensitive: sensitive ?? false,
      values: values ? { ...values } : null,
    })),
  };
  compiled.set(em.getDriver(), view);
  return view;
}
