import fc from 'fast-check';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { Event } from '../src/events/entry.ts';
import { type Filter, matches } from '../src/read/filter.ts';
import type { Entry } from '../src/events/log-entry.ts';
import type { Overview } from '../src/read/overview.ts';
import { DIMENSIONS } from '../src/read/rollup.ts';
import type { Visibility } from '../src/read/visibility.ts';
import { KEEPER, Rabbit, Warren, world, type World } from './warren.ts';
import { Client } from 'pg';

let w: World;
let events: Event[];
const PEOPLE = ['fiver', 'hazel', 'bigwig'];

/** Two warrens' lives, spread over some weeks by the database's own clock. */
beforeAll(async () => {
  w = await world();
  await w.sql(
    `create or replace function audit_now() returns timestamptz language sql volatile as $$ select timestamptz '2026-10-20 08:03:10Z' + (currval(pg_get_serial_sequence('audit_inbox', 'id')) * interval '7 hours 11 minutes') $$`,
  );
  for (const [i, keeper] of ['fiver', 'hazel'].entries()) {
    const warren = await w.as(keeper, async (em) => {
      const made = em.create(Warren, { name: keeper, keeper, meadow: `m${i}`, flooded: false });
      await em.flush();
      return made.id;
    });
    for (let n = 0; n < 12; n++) {
      await w.as(
        n % 5 === 4 ? null : (PEOPLE[(n + i) % 3] as string),
        async (em) => {
          em.create(Rabbit, {
            id: i * 100 + n,
            warren: await em.findOneOrFail(Warren, warren),
            name: `r${n}`,
            secretName: 'Hrairoo',
            tame: false,
          } as never);
          if (n % 4 === 0) (await em.findOneOrFail(Warren, warren)).flooded = n % 8 === 0;
          await em.flush();
        },
        { reason: 'rain', impersonator: n % 5 === 2 ? 'silver' : n % 5 === 3 ? 'hazel' : null },
      );
    }
  }
  events = await w.events();
});
afterAll(() => w.close());

const DAY = 86_400_000;

/** Bounds of days in UTC. */
function days(first: string, last: string): string[] {
  const edges = [];
  for (let at = Math.floor(Date.parse(first) / DAY) * DAY; edges.length === 0 || at - DAY <= Date.parse(last); at += DAY)
    edges.push(new Date(at).toISOString());
  return edges;
}

const actorOf = (event: Event) => event.actor.id ?? event.actor.kind;
/** Whoever did it, and in whose name. */
const VALUES_OF = {
  area: (event: Event) => [event.area],
  action: (event: Event) => [event.action],
  actor: (event: Event) => [...new Set([actorOf(event), event.impersonator ?? actorOf(event)])],
};

/** The same, counted by hand. */
function counted(filter: Filter, visible: readonly Event[]): Pick<Overview, 'total'> & { days: Record<string, number>; facets: unknown } {
  const found = (wanted: Filter) => visible.filter((event) => matches(wanted, event as unknown as Entry));
  const tally = (values: readonly string[]) =>
    Object.fromEntries([...Map.groupBy(values, (value) => value)].map(([value, all]) => [value, all.length]));
  return {
    total: { total: found(filter).length, more: false },
    days: tally(found(filter).map((event) => event.occurredAt.slice(0, 10))),
    facets: Object.fromEntries(
      DIMENSIONS.map((dimension) => [
        dimension,
        tally(
          found({ ...filter, [dimension]: undefined, ...(dimension === 'area' && { withoutArea: undefined }) }).flatMap(
            VALUES_OF[dimension],
          ),
        ),
      ]),
    ),
  };
}

const shape = ({ total, bars, facets }: Overview) => ({
  total,
  days: Object.fromEntries(bars.filter((bar) => bar.count > 0).map((bar) => [bar.from.slice(0, 10), bar.count])),
  facets: Object.fromEntries(
    DIMENSIONS.map((dimension) => [dimension, Object.fromEntries(facets[dimension].values.map(({ value, count }) => [value, count]))]),
  ),
});

const some = (values: readonly string[]) => fc.option(fc.subarray([...values]), { nil: undefined });

describe('AUD-37 an overview of what a filter finds', () => {
  it('counts what is there, for random filters, whether from rollups or from the events', async () => {
    const filters = fc.record({
      area: some(['meadow', 'elsewhere']),
      withoutArea: some(['elsewhere', 'nowhere']),
      action: some(['rabbit_changed', 'warren_dug', 'flood_reported']),
      actor: some([...PEOPLE, 'silver', 'system']),
      from: fc.constantFrom(undefined, '2026-10-22T00:00:00Z', '2026-10-23T12:15:00Z', '2026-10-24T01:02:03Z'),
      to: fc.constantFrom(undefined, '2026-10-25T23:59:59.999999Z', '2026-10-27T10:14:59.999999Z', '2026-10-26T01:02:03Z'),
      text: fc.constantFrom(undefined, ['r1']),
    });
    await fc.assert(
      fc.asyncProperty(filters, async (filter) => {
        const overview = await w.open.log.overview({ filter, visibility: KEEPER, edges: days });
        expect(shape(overview)).toEqual(counted(filter, events));
      }),
      { seed: 20261122, numRuns: 60 },
    );
  });

  it('of what may be seen, and of nothing else', async () => {
    const visibility: Visibility = { everything: false, keys: ['actor:bigwig', 'meadow:m1'], sensitive: false };
    const visible = events.filter((event) => event.actor.id === 'bigwig' || event.scopes.includes('meadow:m1'));
    expect(visible.length).toBeLessThan(events.length);
    const overview = await w.open.log.overview({ filter: {}, visibility, edges: days });
    expect(shape(overview)).toEqual(counted({}, visible));
  });

  it('finds nothing where there is nothing: no bars, no values', async () => {
    const overview = await w.open.log.overview({ filter: { area: ['nowhere'], action: ['nothing'] }, visibility: KEEPER, edges: days });
    expect(overview).toMatchObject({ total: { total: 0, more: false }, bars: [], facets: { area: { values: [] } } });
  });

  it('of somebody who sees a part it counts the newest 10,000, and says so', async () => {
    const owner = new Client(w.database.url);
    await owner.connect();
    const columns = `id, change_id, area, action, operation, actor_kind, actor_id, scopes, changes, metadata, channel, occurred_at, leaf_version, leaf_hash`;
    await owner.query(
      `insert into audit_event (position, ${columns}) select 1000 + n, gen_random_uuid(), gen_random_uuid(), 'meadow', case when n <= 12000 then 'old' else 'new' end, 'none', 'user', 'crowd', '{meadow:m9}', '[]', '{}', 'web', timestamptz '2026-11-01Z' + n * interval '1 second', 1, decode(repeat('00', 32), 'hex') from generate_series(1, 21000) n`,
    );
    await owner.query('analyze audit_event');
    const visibility: Visibility = { everything: false, keys: ['meadow:m9'], sensitive: false };
    const overview = await w.open.log.overview({ filter: {}, visibility, edges: days });
    expect(overview.total).toEqual({ total: 10_000, more: true });
    expect(overview.facets.action).toEqual({
      values: [
        { value: 'new', count: 9_000 },
        { value: 'old', count: 1_001 },
      ],
      more: true,
    });
    // A filter looks as far as its own matches go.
    const old = await w.open.log.overview({ filter: { action: ['old'] }, visibility, edges: days });
    expect(old.facets.action.values.find(({ value }) => value === 'new')?.count).toBe(9_000);
    await owner.end();
  });
});
