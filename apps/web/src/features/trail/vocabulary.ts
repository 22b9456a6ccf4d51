import { createContext, use } from 'react';
import type { VocabularyView } from '../../api/views.ts';

/** How a field is called and how its values are read. */
export interface FieldWords {
  readonly label: string;
  readonly kind: string;
  readonly values: Readonly<Record<string, string>> | null;
}

/** The words of the log. What isn't in them, since it came later or they could not be read, is spelled out from its name. */
export interface Words {
  readonly action: (name: string) => string;
  readonly area: (name: string) => string;
  readonly entity: (name: string) => string;
  readonly field: (entity: string | undefined, name: string) => FieldWords;
}

/** `check_in_time` as `Check in time`. */
export const spelledOut = (name: string): string => {
  const words = name
    .replace(/([a-z])([A-Z])/g, '$1 $2')
    .replaceAll('_', ' ')
    .toLowerCase();
  return words.charAt(0).toUpperCase() + words.slice(1);
};

export function wordsOf(vocabulary: VocabularyView | undefined): Words {
  const labels = (list: readonly { name: string; label: string }[] = []) => new Map(list.map(({ name, label }) => [name, label]));
  const former = vocabulary?.former;
  // AUD-36: an entry is shown with the label that its name had.
  const actions = new Map([...labels(former?.actions), ...labels(vocabulary?.actions)]);
  const areas = labels(vocabulary?.areas);
  const entities = new Map([...labels(former?.entities), ...labels(vocabulary?.entities)]);
  const fields = fieldWords(vocabulary);
  const typeNow = new Map(former?.entities.map(({ name, is }) => [name, is]));
  return {
    action: (name) => actions.get(name) ?? spelledOut(name),
    area: (name) => areas.get(name) ?? spelledOut(name),
    entity: (name) => entities.get(name) ?? spelledOut(name),
    field: (entity = '', name) =>
      fields.get(`${typeNow.get(entity) ?? entity} ${name}`) ?? { label: spelledOut(name), kind: 'text', values: null },
  };
}

/** Every field by entity and name, under the names that it had before too. */
function fieldWords(vocabulary: VocabularyView | undefined): ReadonlyMap<string, FieldWords> {
  const fields = new Map<string, FieldWords>(vocabulary?.fields.map((field) => [`${field.entity} ${field.name}`, field]));
  for (const { entity, name, label, is } of vocabulary?.former.fields ?? []) {
    const now = fields.get(`${entity} ${is}`);
    if (now) fields.set(`${entity} ${name}`, { ...now, label });
  }
  return fields;
}

export const WordsContext = createContext<Words>(wordsOf(undefined));

/** The words of the log; read once for the whole page, since every row asks for several. */
export const useWords = (): Words => use(WordsContext);

/** Fields to choose from, each name once: two entities may have a field of the same name, and a filter goes by the name. */
export function fieldChoices(
  vocabulary: VocabularyView | undefined,
  entities?: readonly string[],
): { value: string; label: string; hint?: string | undefined }[] {
  const words = wordsOf(vocabulary);
  const byName = new Map<string, { value: string; label: string; hint?: string | undefined }>();
  for (const { name, label, entity } of vocabulary?.fields ?? []) {
    if (entities && !entities.includes(entity)) continue;
    if (!byName.has(name)) byName.set(name, { value: name, label, hint: entities ? undefined : words.entity(entity) });
  }
  return [...byName.values()];
}
