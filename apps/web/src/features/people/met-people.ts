import { useEffect, useState } from 'react';
import { useStandingChange } from '../../api/use-standing-change.ts';
import type { PersonView } from '../../api/views.ts';
import { roleName } from '../../layouts/role-name.ts';
import type { Choice } from '../../ui/choices.ts';

interface Named {
  readonly id: string;
  readonly name: string;
}

type Met = ReadonlyMap<string, string>;

/**
 * Everybody whom a page has come across. A supervisor of a site sees what people do there without being responsible
 * for those people: they are in no list, and still somebody to look for.
 */
export function useMet<Item>(items: readonly Item[] | undefined, peopleOf: (item: Item) => readonly Named[]): Met {
  const [met, setMet] = useState<Met>(new Map());
  // Of whom one may not hear any more, one has not heard.
  useStandingChange(() => setMet(new Map()));
  useEffect(() => {
    const fresh = new Map<string, string>();
    for (const item of items ?? []) {
      for (const { id, name } of peopleOf(item)) if (!met.has(id)) fresh.set(id, name);
    }
    if (fresh.size) setMet((now) => new Map([...now, ...fresh]));
  }, [items, peopleOf, met]);
  return met;
}

/** The people to choose from, by name: those in the list, and those whom the page has come across. */
export function choicesOf(people: readonly PersonView[] | undefined, met: Met): Choice[] {
  const listed = (people ?? []).map(({ id, name, role }) => ({ value: id, label: name, hint: roleName(role) }));
  const known = new Set(listed.map(({ value }) => value));
  const others = [...met].filter(([id]) => !known.has(id)).map(([id, name]) => ({ value: id, label: name }));
  return [...listed, ...others].sort((one, other) => one.label.localeCompare(other.label));
}
