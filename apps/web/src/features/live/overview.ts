import type { EventView, OverviewView } from '../../api/views.ts';

type Bar = OverviewView['bars'][number];
type Facet = OverviewView['facets']['area'];

/** Bars that a chart has room for, however long a page stays open. */
const MOST_BARS = 200;

/** The overview with what came in since, so that it grows without being asked for again. Bars that stay the same stay the same objects. */
export function grown(overview: OverviewView, events: readonly EventView[]): OverviewView {
  if (!events.length) return overview;
  const { area, action, actor } = overview.facets;
  return {
    total: { ...overview.total, count: overview.total.count + events.length },
    bars: grownBars(overview.bars, events),
    facets: {
      area: grownFacet(
        area,
        events.map((event) => ({ value: event.area, label: event.area })),
      ),
      action: grownFacet(
        action,
        events.map((event) => ({ value: event.action, label: event.action })),
      ),
      actor: grownFacet(
        actor,
        events.map(({ actor: { id, kind, name } }) => ({ value: id ?? kind, label: name })),
      ),
    },
  };
}

function grownBars(before: readonly Bar[], events: readonly EventView[]): Bar[] {
  const bars = [...before];
  for (const event of events) {
    const at = Date.parse(event.occurredAt);
    extend(bars, at);
    const index = bars.findLastIndex(({ from, to }) => Date.parse(from) <= at && at < Date.parse(to));
    const bar = bars[index];
    if (bar) bars[index] = { ...bar, count: bar.count + 1 };
  }
  return bars;
}

/** Adds bars as wide as the last one until the instant has one; into an empty chart a quarter of an hour. */
function extend(bars: Bar[], at: number): void {
  const last = bars.at(-1);
  const width = last ? Date.parse(last.to) - Date.parse(last.from) : 900_000;
  for (let from = last ? Date.parse(last.to) : Math.floor(at / width) * width; from <= at && bars.length < MOST_BARS; from += width)
    bars.push({ from: new Date(from).toISOString(), to: new Date(from + width).toISOString(), count: 0 });
}

function grownFacet(facet: Facet, added: readonly { readonly value: string; readonly label: string }[]): Facet {
  const values = new Map(facet.values.map((one) => [one.value, one]));
  for (const { value, label } of added) {
    const known = values.get(value);
    values.set(value, { value, label: known?.label ?? label, count: (known?.count ?? 0) + 1 });
  }
  return { ...facet, values: [...values.values()] };
}

/** The bars from one to another as a stretch of time; open at the end where that is the newest bar, so that it goes on live. */
export function stretchOf(bars: readonly Bar[], one: number, other: number): { from: string | undefined; to: string | undefined } {
  const [first, last] = [Math.min(one, other), Math.max(one, other)];
  const end = bars[last];
  // Both ends are inclusive: a microsecond is the finest that the log keeps.
  const to = last === bars.length - 1 || !end ? undefined : new Date(Date.parse(end.to) - 1).toISOString().replace('Z', '999Z');
  return { from: bars[first]?.from, to };
}
