import type { EntityManager } from '@mikro-orm/postgresql';
import type { z } from 'zod';
import type { Overview } from '@countersign/audit/overview';
import { names } from '../people/directory.ts';
import { actorName } from './present-event.ts';
import type { overviewView } from './record.views.ts';
import { vocabularyOf } from './vocabulary.ts';

type OverviewView = z.input<typeof overviewView>;
type Facet = OverviewView['facets'][keyof OverviewView['facets']];

/** An overview with the words for its values, and with the names, which the log itself doesn't hold. */
export async function presentOverview({ total, bars, facets }: Overview, em: EntityManager): Promise<OverviewView> {
  const { areas, actions } = vocabularyOf(em);
  const known = await names(
    em,
    facets.actor.values.map(({ value }) => value).filter((value) => UUID.test(value)),
  );
  const labelled = (facet: Overview['facets'][keyof Overview['facets']], labelOf: (value: string) => string): Facet => ({
    values: facet.values.map(({ value, count }) => ({ value, label: labelOf(value), count })),
    more: facet.more,
  });
  return {
    total: { count: total.total, more: total.more },
    bars: bars.map((bar) => ({ ...bar })),
    facets: {
      area: labelled(facets.area, (value) => areas.find(({ name }) => name === value)?.label ?? value),
      action: labelled(facets.action, (value) => actions.find(({ name }) => name === value)?.label ?? value),
      actor: labelled(facets.actor, (value) => actorLabel(value, known)),
    },
  };
}

const UUID = /^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$/;

/** An actor is counted by id, or by kind where it has none; a job's id is its name. */
function actorLabel(value: string, known: ReadonlyMap<string, string>): string {
  if (UUID.test(value)) return actorName({ kind: 'user', id: value }, known);
  if (value === 'database' || value === 'anonymous' || value === 'system') return actorName({ kind: value, id: null }, known);
  return value;
}
