import { barEdges } from '@countersign/domain/record/bars.rules';
import type { EventFilter, EventView, OverviewView } from '../../src/api/views.ts';
import { matches } from './matches.ts';

interface Asked {
  readonly filter: EventFilter;
  readonly timeZone: string;
  readonly atMost: number;
}

const VALUE_OF = {
  area: (event: EventView) => ({ value: event.area, label: event.area }),
  action: (event: EventView) => ({ value: event.action, label: event.action }),
  actor: ({ actor }: EventView) => ({ value: actor.id ?? actor.kind, label: actor.name }),
};

/** What the server answers: bars over all that matches, and each facet as if it had no filter. */
export function overviewOf(events: readonly EventView[], { filter, timeZone, atMost }: Asked): OverviewView {
  const found = events.filter((event) => matches(event, filter));
  const times = found.map(({ occurredAt }) => Date.parse(occurredAt)).toSorted((one, other) => one - other);
  const [first, last] = [times[0], times.at(-1)];
  const edges =
    first === undefined || last === undefined
      ? []
      : barEdges(new Date(first).toISOString(), new Date(last).toISOString(), { timeZone, atMost });
  const facetOf = (name: keyof typeof VALUE_OF) => {
    const counted = new Map<string, { value: string; label: string; count: number }>();
    for (const event of events.filter((one) =>
      matches(one, { ...filter, [name]: undefined, ...(name === 'area' && { withoutArea: undefined }) }),
    )) {
      const { value, label } = VALUE_OF[name](event);
      counted.set(value, { value, label, count: (counted.get(value)?.count ?? 0) + 1 });
    }
    return { values: [...counted.values()].toSorted((one, other) => other.count - one.count), more: false };
  };
  return {
    total: { count: found.length, more: false },
    bars: edges.slice(1).map((to, i) => {
      const from = edges[i] ?? to;
      return { from, to, count: times.filter((at) => at >= Date.parse(from) && at < Date.parse(to)).length };
    }),
    facets: { area: facetOf('area'), action: facetOf('action'), actor: facetOf('actor') },
  };
}
