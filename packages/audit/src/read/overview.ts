import type { Pool } from 'pg';
import { conditionsOf } from './conditions.ts';
import { COUNT_LIMIT } from './count-limit.ts';
import type { Filter } from './filter.ts';
import type { Count } from './count.ts';
import { DIMENSIONS, rollupConditions, type Dimension } from './rollup.ts';
import type { Visibility } from './visibility.ts';

/** What is to be counted. */
export interface OverviewQuery {
  readonly filter: Filter;
  readonly visibility: Visibility;
  /**
   * The bounds of the bars, ascending, for events between two quarters of an hour: bar *i* counts from edge *i* up to, without, edge
   * *i + 1*. Bounds within a quarter of an hour count it where it begins.
   */
  readonly edges: (firstQuarter: string, lastQuarter: string) => readonly string[];
}

/** How many events there are of one value. */
export interface ValueCount {
  readonly value: string;
  readonly count: number;
}

/** What a filter finds, counted: exact from rollups for those who see everything, else of the newest 10,000. */
export interface Overview {
  readonly total: Count;
  readonly bars: readonly { readonly from: string; readonly to: string; readonly count: number }[];
  /** Each counted without its own filter (an event by one in another's name for both), so that one sees what else there is; most frequent first. `more`: older ones aren't counted. */
  readonly facets: Readonly<Record<Dimension, { readonly values: readonly ValueCount[]; readonly more: boolean }>>;
}

/** Values of a facet that are worth a look; the others are found by searching. */
const VALUES = 100;

/** Rows of quarter, area, action, actor, impersonator (empty for none) and events, from rollups or from the events themselves. */
interface Source {
  readonly sql: string;
  readonly params: unknown[];
  /** The newest ones only. */
  readonly limited: boolean;
}

function sourceOf(filter: Filter, visibility: Visibility): Source {
  const rollup = rollupConditions(filter, visibility);
  if (rollup)
    return {
      sql: `select quarter, area, action, actor, impersonator, events from audit_rollup where ${rollup.sql}`,
      params: rollup.params,
      limited: false,
    };
  const where = conditionsOf(filter, visibility);
  return {
    sql: `select date_bin('15 minutes', e.occurred_at, 'epoch') as quarter, e.area, e.action, coalesce(e.actor_id, e.actor_kind) as actor,
        coalesce(e.impersonator_id, '') as impersonator, 1 as events
      from audit_event e where ${where.sql} order by e.position desc limit ${COUNT_LIMIT + 1}`,
    params: where.params,
    limited: true,
  };
}

/** Reads with the application's role. */
export async function readOverview(db: Pool, query: OverviewQuery): Promise<Overview> {
  const { filter, visibility } = query;
  const source = sourceOf(filter, visibility);
  const [bounds, ...facets] = await Promise.all([
    readBounds(db, source),
    ...DIMENSIONS.map((dimension) => readFacet(db, sourceOf(without(filter, dimension), visibility), dimension)),
  ]);
  const edges = bounds.first === null ? [] : query.edges(bounds.first, bounds.last);
  return {
    total: countOf(bounds.events, source),
    bars: await readBars(db, source, edges),
    facets: Object.fromEntries(DIMENSIONS.map((dimension, i) => [dimension, facets[i]])) as unknown as Overview['facets'],
  };
}

const without = (filter: Filter, dimension: Dimension): Filter => ({
  ...filter,
  [dimension]: undefined,
  ...(dimension === 'area' && { withoutArea: undefined }),
});

const isCutOff = (events: number, source: Source) => source.limited && events > COUNT_LIMIT;

function countOf(events: number, source: Source): Count {
  const more = isCutOff(events, source);
  return { total: more ? COUNT_LIMIT : events, more };
}

const QUARTER_TEXT = (column: string) => `to_char(${column} at time zone 'UTC', 'YYYY-MM-DD"T"HH24:MI:SS"Z"')`;

type Bounds = { readonly events: number } & ({ readonly first: string; readonly last: string } | { readonly first: null });

async function readBounds(db: Pool, { sql, params }: Source): Promise<Bounds> {
  const { rows } = await db.query<{ first: string | null; last: string; events: string }>(
    `select ${QUARTER_TEXT('min(quarter)')} as first, ${QUARTER_TEXT('max(quarter)')} as last, coalesce(sum(events), 0) as events from (${sql}) s`,
    params,
  );
  const { first = null, last = '', events = '0' } = rows[0] ?? {};
  return first === null ? { first, events: 0 } : { first, last, events: Number(events) };
}

async function readBars(db: Pool, { sql, params }: Source, edges: readonly string[]): Promise<Overview['bars']> {
  if (edges.length < 2) return [];
  const { rows } = await db.query<{ bar: number; events: string }>(
    `select width_bucket(quarter, $${params.length + 1}::timestamptz[]) as bar, sum(events) as events from (${sql}) s group by 1`,
    [...params, edges],
  );
  const counts = new Map(rows.map((row) => [row.bar - 1, Number(row.events)]));
  return edges.slice(1).map((to, i) => ({ from: edges[i] as string, to, count: counts.get(i) ?? 0 }));
}

/** What was done in another's name counts for both: it is found by either. */
const VALUES_OF: Readonly<Record<Dimension, string>> = {
  area: 'select area as value, events from s',
  action: 'select action as value, events from s',
  actor: `select actor as value, events from s union all select impersonator, events from s where impersonator not in ('', actor)`,
};

async function readFacet(db: Pool, source: Source, dimension: Dimension): Promise<Overview['facets'][Dimension]> {
  const { rows } = await db.query<{ value: string; events: string; all: string }>(
    `with s as (${source.sql}) select value, sum(events) as events, (select sum(events) from s) as all from (${VALUES_OF[dimension]}) v
      group by 1 order by 2 desc, 1 limit ${VALUES}`,
    source.params,
  );
  return {
    values: rows.map(({ value, events }) => ({ value, count: Number(events) })),
    more: isCutOff(Number(rows[0]?.all ?? 0), source),
  };
}
