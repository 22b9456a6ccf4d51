import type { Event, Target } from '../events/entry.ts';

/** A name that stands in older entries, the label that it is shown with, and what it is called now. */
export interface FormerName {
  readonly name: string;
  readonly label: string;
  readonly is: string;
}

/** What was renamed. Names that were removed stand in the vocabulary themselves: nothing has taken their place. */
export interface FormerNames {
  readonly actions: readonly FormerName[];
  readonly entities: readonly FormerName[];
  readonly fields: readonly (FormerName & { readonly entity: string })[];
}

/** How former names are declared: alone, or each with the label that it had, where that was another one. */
export type Formerly = readonly string[] | Readonly<Record<string, string>>;

/** The former names of what is called `is` now; where no label is declared, they have the present one. */
export const formerNames = (formerly: Formerly | undefined, is: string, label: string): FormerName[] =>
  Array.isArray(formerly)
    ? formerly.map((name: string) => ({ name, label, is }))
    : Object.entries((formerly as Readonly<Record<string, string>> | undefined) ?? {}).map(([name, own]) => ({ name, label: own, is }));

/** What something is called now. */
export const presentName = (name: string, former: readonly FormerName[]): string => former.find((one) => one.name === name)?.is ?? name;

/** An event with its records under the types that they have now: a record that was renamed has one history. */
export function underPresentTypes(event: Event, { entities }: FormerNames): Event {
  if (!entities.length) return event;
  const present = (record: Target | null) => record && { ...record, type: presentName(record.type, entities) };
  return { ...event, target: present(event.target), root: present(event.root) };
}
