import fc from 'fast-check';
import { Client } from 'pg';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { eventually } from '@countersign/testing/eventually';
import { asOf, type RecordAsOf } from '../src/records/as-of.ts';
import { columnsOf, disagreements, type Columns } from '../src/records/columns.ts';
import { declaredForms, plansOf } from '../src/records/declared-forms.ts';
import type { EntityPlan } from '../src/policy/plan.ts';
import { MAX_HISTORY, readHistory, type HistoryQuery } from '../src/read/history.ts';
import { KEEPER, Rabbit, Trait, urlAs, Warren, world, type World } from './warren.ts';

let w: World;
let plans: ReadonlyMap<string, EntityPlan>;
let reader: Client;
let next = 1;

beforeAll(async () => {
  w = await world();
  plans = plansOf(w.audit.registry, w.orm.getMetadata());
  reader = new Client(urlAs(w.database, w.roles.app));
  await reader.connect();
});
afterAll(async () => {
  await reader.end();
  await w.close();
});

async function at(query: Omit<HistoryQuery, 'visibility'>, visibility = KEEPER): Promise<ReadonlyMap<string, RecordAsOf>> {
  await eventually(async () => (await w.open.log.settle()).waiting === 0);
  const { events } = await w.open.log.history({ ...query, visibility });
  return asOf(events, declaredForms(plans.values()));
}

const dig = (name = 'Down') =>
  w.as('fiver', async (em) => {
    const warren = em.create(Warren, { name, keeper: 'fiver', meadow: 'm1', flooded: false });
    await em.flush();
    return warren.id;
  });

const born = (warren: string, more: object = {}, id = (next += 1)) =>
  w.as('fiver', async (em) => {
    em.create(Rabbit, { id, warren: await em.findOneOrFail(Warren, warren), name: 'Hazel', tame: false, ...more } as never);
    await em.flush();
    return id;
  });

const edit = (id: number, changes: object) =>
  w.as('fiver', async (em) => {
    em.assign(await em.findOneOrFail(Rabbit, { id }, { populate: ['warren', 'traits'] as never }), changes as never);
    await em.flush();
  });

const remove = (id: number) =>
  w.as('fiver', async (em) => {
    em.remove(await em.findOneOrFail(Rabbit, { id }, { populate: ['warren'] as never }));
    await em.flush();
  });

const head = async () => {
  await eventually(async () => (await w.open.log.settle()).waiting === 0);
  return w.open.log.head();
};

const columns = (id: number) => columnsOf(w.orm.em, plans.get('Rabbit') as EntityPlan, [String(id)]).then((rows) => rows.get(String(id)));

/** A change that nothing records, as only the owner of the tables can make it. */
async function unrecorded(sql: string, params: unknown[]): Promise<void> {
  await w.sql('alter table rabbit disable trigger user');
  await w.sql(sql, params);
  await w.sql('alter table rabbit enable trigger user');
}

/** What is set, by path. */
const set = (record: RecordAsOf | undefined) =>
  Object.fromEntries<unknown>(
    Array.from(record?.fields ?? [], ([path, state]): [string, unknown] => [path, 'value' in state ? state.value : state]).filter(
      ([, value]) => value !== null,
    ),
  );
const setIn = (row: Columns | undefined) => Object.fromEntries([...(row?.leaves ?? [])].filter(([, value]) => value !== null));

describe('AUD-28 as of an instant, from the log alone', () => {
  it('capture case 22: none before the creation, the new value exactly at the time of the change, flagged after the deletion', async () => {
    const id = await born(await dig());
    await edit(id, { name: 'Bigwig' });
    await remove(id);
    const target = `Rabbit:${id}`;
    await head();
    const times = (await w.open.log.history({ targets: [target], visibility: KEEPER })).events.map(({ occurredAt }) => occurredAt);
    const before = new Date(Date.parse(times[0] as string) - 1).toISOString();
    expect((await at({ targets: [target], at: before })).size).toBe(0);
    expect((await at({ targets: [target], at: times[0] })).get(target)?.fields.get('name')).toEqual({ value: 'Hazel' });
    expect((await at({ targets: [target], at: times[1] })).get(target)?.fields.get('name')).toEqual({ value: 'Bigwig' });
    expect((await at({ targets: [target], at: times[2] })).get(target)).toMatchObject({ deleted: true });
  });

  it('capture case 22: a list of records, with their parts, in one query', async () => {
    const warrens = await Promise.all(['A', 'B', 'C'].map(dig));
    for (const warren of warrens) await born(warren);
    await head();
    const asked: string[] = [];
    const { entries } = await readHistory(
      { query: ((text: string, params: unknown[]) => (asked.push(text), reader.query(text, params))) as Client['query'] },
      { roots: warrens.map((id) => `Warren:${id}`), visibility: KEEPER },
    );
    expect(asked).toHaveLength(1);
    expect(new Set(entries.map(({ target }) => target?.type))).toEqual(new Set(['Rabbit', 'Warren']));
    expect(entries).toHaveLength(6);
    expect(entries.map(({ position }) => position)).toEqual(entries.map(({ position }) => position).sort((a, b) => a - b));
  });

  it('needs no live table', async () => {
    const warren = await dig();
    const id = await born(warren, { notes: { a: 1 } });
    await w.sql(`revoke select on warren, rabbit, rabbit_traits, trait from ${w.roles.app}`);
    try {
      await expect(columns(id)).rejects.toThrow(/permission denied/);
      const records = await at({ roots: [`Warren:${warren}`] });
      expect(records.get(`Warren:${warren}`)?.fields.get('name')).toEqual({ value: 'Down' });
      expect(set(records.get(`Rabbit:${id}`))).toMatchObject({ name: 'Hazel', 'notes.a': '1' });
    } finally {
      await w.sql(`grant select on warren, rabbit, rabbit_traits, trait to ${w.roles.app}`);
    }
  });

  it('a part that moved to another record is known to stand there now, and here until then', async () => {
    const [from, to] = [await dig('From'), await dig('To')];
    const id = await born(from);
    const then = await head();
    await w.as('fiver', async (em) => {
      const rabbit = await em.findOneOrFail(Rabbit, { id });
      Object.assign(rabbit, { warren: await em.findOneOrFail(Warren, to) });
      await em.flush();
    });
    const key = `Rabbit:${id}`;
    expect((await at({ roots: [`Warren:${from}`] })).get(key)?.root?.id).toBe(to);
    expect((await at({ roots: [`Warren:${from}`], position: then })).get(key)?.root?.id).toBe(from);
    const there = (await at({ roots: [`Warren:${to}`] })).get(key);
    expect([there?.root?.id, there?.complete, there?.fields.get('name')]).toEqual([to, true, { value: 'Hazel' }]);
  });

  it('AUD-16 sensitive values are shown to those who may see them, and hidden from others', async () => {
    const id = await born(await dig(), { secretName: 'Hrairoo' });
    const target = `Rabbit:${id}`;
    expect((await at({ targets: [target] })).get(target)?.fields.get('secret_name')).toEqual({ value: 'Hrairoo' });
    const masked = await at({ targets: [target] }, { ...KEEPER, sensitive: false });
    expect(masked.get(target)?.fields.get('secret_name')).toEqual({ hidden: true });
    expect(disagreements(masked.get(target), await columns(id))).toEqual([]);
  });

  it('AC-3 what somebody may see in part makes no whole: it is said, and nothing is given', async () => {
    const id = await born(await dig());
    const target = `Rabbit:${id}`;
    await w.as('bigwig', async (em) => {
      em.assign(await em.findOneOrFail(Rabbit, { id }, { populate: ['warren'] as never }), { name: 'Bigwig' } as never);
      await em.flush();
    });
    await head();
    const history = (keys: readonly string[]) =>
      w.open.log.history({ targets: [target], visibility: { everything: false, keys, sensitive: false } });
    expect(await history(['actor:bigwig'])).toMatchObject({ partial: true, events: [] });
    expect(await history(['actor:nobody'])).toMatchObject({ partial: false, events: [] });
    expect((await history(['subject:fiver'])).events).toHaveLength(2);
  });

  it('AUD-10 of a value kept shortened it shows length and hash, and they agree with the columns', async () => {
    const long = 'x'.repeat(20_000);
    const id = await born(await dig(), { name: long, notes: { text: long } });
    const record = (await at({ targets: [`Rabbit:${id}`] })).get(`Rabbit:${id}`);
    expect(record?.fields.get('name')).toMatchObject({ value: { bytes: 20_000 } });
    expect(disagreements(record, await columns(id))).toEqual([]);
    await unrecorded(`update rabbit set name = 'short' where id = $1`, [id]);
    expect(disagreements(record, await columns(id))).toMatchObject([{ field: 'name', present: 'short' }, { field: 'shout' }]);
  });

  it('a change around the record is found, and so is a row that went', async () => {
    const id = await born(await dig());
    await unrecorded(`update rabbit set tame = true where id = $1`, [id]);
    const record = (await at({ targets: [`Rabbit:${id}`] })).get(`Rabbit:${id}`);
    const found = disagreements(record, await columns(id)).filter(({ field }) => field === 'tame');
    expect(found).toEqual([{ field: 'tame', recorded: 'false', present: 'true' }]);
    await unrecorded(`delete from rabbit where id = $1`, [id]);
    expect(disagreements(record, await columns(id))).toEqual([{ field: null, recorded: 'present', present: null }]);
  });
});

// ── Any history ──────────────────────────────────────────────────────────────────────────────────────────────────

const json = fc.oneof(
  fc.constant(null),
  fc.dictionary(
    fc.constantFrom('a', 'b', 'c.d', ']'),
    fc.oneof(
      fc.constantFrom(1, 2, 'x', true, null, [1, 2], {}),
      fc.dictionary(fc.constantFrom('a', 'b'), fc.constantFrom(1, 'y', null), { maxKeys: 2 }),
    ),
    { maxKeys: 3 },
  ),
  fc.constantFrom([1], 'text', 7),
);
const hole = fc.option(fc.record({ depth: fc.integer({ min: 0, max: 9 }), lining: fc.option(fc.constantFrom('moss', '3', '')) }));
const values = fc.record(
  {
    name: fc.constantFrom('Hazel', '', '{"a":1}', 'it’s 5 %'),
    secretName: fc.option(fc.constantFrom('Hrairoo', '007')),
    weight: fc.option(fc.constantFrom('1.5', '2.005', '100000.10')),
    hops: fc.option(fc.constantFrom(9007199254740993n, 1n)),
    seenAt: fc.option(fc.date({ min: new Date('2020-01-01'), max: new Date('2030-01-01'), noInvalidDate: true })),
    tame: fc.boolean(),
    nicknames: fc.option(fc.array(fc.constantFrom('a', 'b', 'c'), { maxLength: 3 })),
    notes: json,
    front: hole,
    back: hole,
    traits: fc.subarray([1, 2, 3]),
  },
  { requiredKeys: [] },
);
const step = fc.record({ rabbit: fc.integer({ min: 0, max: 2 }), what: fc.constantFrom('change', 'change', 'change', 'remove'), values });
interface Step {
  readonly rabbit: number;
  readonly what: string;
  readonly values: { readonly [property: string]: unknown };
}

const flush = fc.array(step, { minLength: 1, maxLength: 3 });

/** One flush: a rabbit that isn't there is made, one that is there is changed or removed. */
async function play(warren: string, ids: readonly number[], steps: readonly Step[]): Promise<void> {
  await w.as('fiver', async (em) => {
    const home = await em.findOneOrFail(Warren, warren);
    const touched = new Set<number>();
    for (const { rabbit, what, values } of steps) {
      const id = ids[rabbit] as number;
      if (touched.has(id)) continue;
      touched.add(id);
      const known = await em.findOne(Rabbit, { id }, { populate: ['traits'] as never });
      if (known && what === 'remove') {
        em.remove(known);
        continue;
      }
      const { traits, ...plain } = values;
      const made = known ?? em.create(Rabbit, { id, warren: home, name: 'New', tame: false } as never);
      em.assign(made, plain as never, { merge: false });
      if (traits)
        (made as unknown as { traits: { set(items: unknown[]): void } }).traits.set(
          (traits as number[]).map((one) => em.getReference(Trait, one)),
        );
    }
    await em.flush();
  });
}

describe('AUD-28 for any history of flushes', () => {
  it('as of each position it is what the columns were then, and as of now what they are', async () => {
    await fc.assert(
      fc.asyncProperty(fc.array(flush, { minLength: 1, maxLength: 8 }), async (flushes) => {
        const warren = await dig();
        const ids = [(next += 1), (next += 1), (next += 1)];
        const remembered: { position: number; rows: Record<string, unknown> }[] = [];
        const snapshot = async () => {
          const rows = await columnsOf(w.orm.em, plans.get('Rabbit') as EntityPlan, ids.map(String));
          return Object.fromEntries([...rows].map(([id, row]) => [id, setIn(row)]));
        };
        for (const steps of flushes) {
          await play(warren, ids, steps);
          remembered.push({ position: await head(), rows: await snapshot() });
        }
        for (const { position, rows } of remembered) {
          const records = [...(await at({ roots: [`Warren:${warren}`], position })).values()].filter(
            ({ target, deleted }) => target.type === 'Rabbit' && !deleted,
          );
          expect(Object.fromEntries(records.map((record) => [record.target.id, set(record)]))).toEqual(rows);
        }
        const now = await at({ roots: [`Warren:${warren}`] });
        const rows = await columnsOf(w.orm.em, plans.get('Rabbit') as EntityPlan, ids.map(String));
        for (const id of ids) expect(disagreements(now.get(`Rabbit:${id}`), rows.get(String(id)))).toEqual([]);
        // The columns' texts, against what PostgreSQL itself says.
        const raw = await w.sql<{ id: number; name: string; weight: string | null; hops: string | null }>(
          'select id, name, weight::text, hops::text from rabbit where id = any($1)',
          [ids],
        );
        for (const { id, name, weight, hops } of raw) {
          const shown = set(now.get(`Rabbit:${id}`));
          expect([shown['name'], shown['weight'] ?? null, shown['hops'] ?? null]).toEqual([name, weight, hops]);
        }
      }),
      { numRuns: 40 },
    );
  }, 120_000);
});

describe('AUD-37 reading a history', () => {
  it('is served by the indexes on root and target, however long the log is', async () => {
    const warren = await dig();
    await head();
    await w.sql(
      `insert into audit_event select p, gen_random_uuid(), gen_random_uuid(), 'meadow', 'rabbit_changed', 'update', 'user', 'u', null, 'Rabbit', 'r' || p % 20000, null, 'Warren', 'w' || p % 5000, null, 'u', '{}', null, '[]', '{}', null, null, 'web', null, now(), null, null, 1, sha256(p::text::bytea) from generate_series(100001, 160000) p`,
    );
    await w.sql('analyze audit_event');
    let plan: unknown;
    const explained = async (text: string, params: unknown[]) => {
      plan = (await reader.query(`explain (format json) ${text}`, params)).rows;
      return reader.query(text, params);
    };
    await readHistory(
      { query: explained as unknown as Client['query'] },
      { roots: [`Warren:${warren}`], position: 1_000_000, visibility: KEEPER },
    );
    const text = JSON.stringify(plan);
    expect(text).toMatch(/"Index Name":"audit_event_[^"]*root_id/);
    expect(text).toMatch(/"Index Name":"audit_event_[^"]*target_id/);
    expect(text).not.toMatch(/"Seq Scan"[^{}]*"Relation Name":"audit_event/);
  });
});

describe('AUD-28 AUD-29 what is told about a record and is none of its changes', () => {
  it('doesn’t count: a record that was read more often than a history may have events is put together all the same', async () => {
    const warren = await dig('Read often');
    const position = await head();
    const owner = new Client(w.database.url);
    await owner.connect();
    try {
      // Nothing of it stays.
      await owner.query('begin');
      await owner.query('alter table audit_head disable trigger user');
      await owner.query(
        `insert into audit_event (position, id, change_id, area, action, operation, actor_kind, actor_id, target_type, target_id, root_type, root_id, scopes, changes, metadata, channel, occurred_at, leaf_version, leaf_hash)
          select ${position} + n, gen_random_uuid(), gen_random_uuid(), 'looks', 'looked', 'none', 'user', 'fiver', 'Warren', '${warren}', 'Warren', '${warren}', '{}', '[]', '{}', 'web', now(), 1, decode(repeat('00', 32), 'hex') from generate_series(1, ${MAX_HISTORY + 1}) n`,
      );
      await owner.query('update audit_head set position = position + $1', [MAX_HISTORY + 1]);
      const query = { roots: [`Warren:${warren}`], visibility: KEEPER };
      expect(await readHistory(owner, query)).toMatchObject({ entries: [], tooLong: true });
      const found = await readHistory(owner, { ...query, withoutArea: ['looks'] });
      expect([found.tooLong, found.entries.map(({ action }) => action)]).toEqual([false, ['warren_dug']]);
    } finally {
      await owner.query('rollback');
      await owner.end();
    }
  });
});
