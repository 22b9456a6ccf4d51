import type { OverviewView } from '../../api/views.ts';
import type { Choice } from '../../ui/choices.ts';

export type Facets = OverviewView['facets'];
type Facet = Facets[keyof Facets];

/** The choices with how many events there are of each, most frequent first; what nobody knew to offer is offered too, as a job's name. */
export function facetChoices(known: readonly Choice[] = [], facet: Facet | undefined): readonly Choice[] {
  if (!facet) return known;
  const counts = new Map(facet.values.map(({ value, count }) => [value, count]));
  const listed = new Set(known.map(({ value }) => value));
  const others = facet.values.filter(({ value }) => !listed.has(value));
  return [...known, ...others]
    .map((choice) => ({ ...choice, count: counts.get(choice.value) ?? 0 }))
    .toSorted((one, other) => other.count - one.count);
}

/** How far the counts go, where they don't go all the way. */
export const facetNote = (facet: Facet | undefined): string | undefined =>
  facet?.more ? 'Counted among the newest 10,000 events.' : undefined;
