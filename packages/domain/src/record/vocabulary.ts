import type { EntityManager } from '@mikro-orm/postgresql';
import type { z } from 'zod';
import { declaredIn } from './declared.ts';
import type { vocabularyView } from './record.views.ts';

type VocabularyView = z.input<typeof vocabularyView>;

/** The published vocabulary, computed from what the entities declare. */
export function vocabularyOf(em: EntityManager): VocabularyView {
  const { areas, actions, entities, fields, former } = declaredIn(em).vocabulary;
  return {
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
    former: { actions: [...former.actions], entities: [...former.entities], fields: [...former.fields] },
  };
}
