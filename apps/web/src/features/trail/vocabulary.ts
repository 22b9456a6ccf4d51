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
  const [actions, areas, entities] = [labels(vocabulary?.actions), labels(vocabulary?.areas), labels(vocabulary?.entities)];
  const fields = new Map(vocabulary?.fields.map((field) => [`${field.entity} ${field.name}`, field]));
  return {
    action: (name) => actions.get(name) ?? spelledOut(name),
    area: (name) => areas.get(name) ?? spelledOut(name),
    entity: (name) => entities.get(name) ?? spelledOut(name),
    field: (entity, name) => fields.get(`${entity} ${name}`) ?? { label: spelledOut(name), kind: 'text', values: null },
  };
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
