import { Client, Pool } from 'pg';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import type { EntityManager } from '@mikro-orm/postgresql';
import type { Balance } from '../src/balance/balance.ts';
import type { Difference } from '../src/records/held-against.ts';
import { MODEST } from '../src/read/moment.ts';
import type { EntityPlan } from '../src/policy/plan.ts';
import { rowFactsOver } from '../src/sequencer/row-facts.ts';
import { balanceOf, Rabbit, Trait, unrecorded as without, urlAs, Warren, world, type World } from './warren.ts';

// AUD-31: the folded log is held against the live rows.

let w: World;
let next = 0;
// A database for each test: what one of them alters stays altered.
beforeEach(async () => {
  w = await world();
  next = 0;
});
afterEach(() => w.close());

async function check(): Promise<{ found: Difference[]; result: Balance }> {
  const { found, result } = await balanceOf(w);
  expect(result.differences).toBe(found.length);
  return { found, result };
}

const shown = ({ kind, target, field, recorded, present }: Difference) => ({
  kind,
  of: `${target.type}:${target.id}`,
  field,
  recorded,
  present,
});
const differences = async () => (await check()).found.map(shown);

const dig = (name = 'Down') =>
  w.as('fiver', async (em) => {
    const warren = em.create(Warren, { name, keeper: 'fiver', meadow: 'm1', flooded: false });
    await em.flush();
    return warren.id;
  });

const born = (warren: string, more: object = {}) =>
  w.as('fiver', async (em) => {
    const id = (next += 1);
    em.create(Rabbit, { id, warren: await em.findOneOrFail(Warren, warren), name: 'Hazel', tame: false, ...more } as never);
    await em.flush();
    return id;
  });

const traits = (id: number, list: readonly number[]) =>
  w.as('fiver', async (em) => {
    const rabbit = await em.findOneOrFail(Rabbit, { id }, { populate: ['traits'] as never });
    (rabbit as unknown as { traits: { set(items: unknown[]): void } }).traits.set(list.map((one) => em.getReference(Trait, one)));
    await em.flush();
  });

const unrecorded = (sql: string) => without(w, sql);

describe('AUD-31 the audit balance', () => {
  it('finds nothing where every change was recorded, whatever kind of value it is', async () => {
    const warren = await dig();
    const id = await born(warren, {
      secretName: 'Hrairoo',
      born: '2026-11-03',
      seenAt: new Date('2026-11-03T10:00:00.123Z'),
      weight: '2.5',
      hops: 9007199254740993n,
      nicknames: ['a', 'b'],
      notes: { a: { b: [1, null] }, 'odd.key': 'x', e: {} },
      front: { depth: 3, lining: null },
      back: { depth: 4, lining: 'moss' },
      photo: Buffer.from('a photo'),
    });
    await born(warren, { mother: id, notes: [1] });
    await traits(id, [1, 3]);
    await w.as('fiver', (em) => em.nativeUpdate(Rabbit, { id }, { name: 'Bigwig', notes: { a: { b: 2 } } }));
    const gone = await born(warren);
    await w.as('fiver', (em) => em.nativeDelete(Rabbit, { id: gone }));
    await w.events(); // the first step counts what is numbered by then
    const { found, result } = await check();
    expect(found).toEqual([]);
    expect(result).toMatchObject({ records: 4, rows: 3, rowsBefore: 0, uncovered: [] });
    expect(result.uncompared).toEqual({ erased: 0, too_long: 0, before_record: 0, added_later: 0, retired: 0 });
    expect(result.events).toBeGreaterThanOrEqual(6);
    expect(result.to).toBe(await w.open.log.head());
  });

  it('names a row that was altered: type, id, field and both values', async () => {
    const id = await born(await dig());
    await unrecorded(`update rabbit set tame = true, weight = 3 where id = ${id}`);
    expect(await differences()).toEqual([
      { kind: 'field', of: `Rabbit:${id}`, field: 'tame', recorded: 'false', present: 'true' },
      { kind: 'field', of: `Rabbit:${id}`, field: 'weight', recorded: null, present: '3.00' },
    ]);
  });

  it('leaves out and names a row longer than is read, and compares the others, not all of them at once', async () => {
    const warren = await dig();
    const [short, long, other, longest] = [await born(warren), await born(warren), await born(warren), await born(warren)];
    await w.sql(`update rabbit set notes = to_jsonb(repeat('é', 4000)) where id in (${long}, ${other})`);
    await w.sql(`update rabbit set notes = to_jsonb(repeat('é', 6000)) where id = ${longest}`);
    await unrecorded(`update rabbit set tame = true`);
    const read = async (rowsAtOnce?: number) => {
      const { found, result } = await balanceOf(w, rowsAtOnce === undefined ? {} : { rowsAtOnce });
      return [found.map(shown).map(({ of, field }) => `${of} ${field}`), result.unread.map(({ id }) => id), result.uncompared.too_long > 0];
    };
    const tame = [short, long, other, longest].map((id) => `Rabbit:${id} tame`);
    expect(await read(10_000)).toEqual([tame.slice(0, 3), [String(longest)], true]);
    expect(await read()).toEqual([tame, [], false]);
  });

  it('of a row longer than is read nobody learns whose it is, and of the others one does', async () => {
    const warren = await dig();
    const [short, long] = [await born(warren), await born(warren)];
    await w.sql(`update rabbit set name = repeat('é', 100) where id = ${long}`);
    const pool = new Pool({ connectionString: urlAs(w.database, w.roles.app) });
    const { plans } = w.audit.registry;
    const facts = rowFactsOver(pool, plans, (problem) => w.alarms.push(problem), 100);
    const found = await facts(plans.get('Rabbit') as EntityPlan, [String(short), String(long), '999']);
    await pool.end();
    expect([...found.keys()]).toEqual([String(short)]);
    expect(w.alarms).toEqual([]);
  });

  it('names a row that was inserted, with the record under which it stands', async () => {
    const warren = await dig();
    await unrecorded(`insert into rabbit (id, warren_id, name, version, updated_at) values (777, '${warren}', 'Stranger', 1, now())`);
    const { found } = await check();
    expect(found.map(shown)).toEqual([{ kind: 'not_recorded', of: 'Rabbit:777', field: null, recorded: null, present: null }]);
    expect(found[0]).toMatchObject({ target: { label: 'Rabbit 777' }, root: { type: 'Warren', id: warren } });
  });

  it('names a row that was deleted, and one that came back', async () => {
    const warren = await dig();
    const [gone, back] = [await born(warren), await born(warren)];
    await w.as('fiver', (em) => em.nativeDelete(Rabbit, { id: back }));
    await unrecorded(`delete from rabbit where id = ${gone}`);
    await unrecorded(`insert into rabbit (id, warren_id, name, version, updated_at) values (${back}, '${warren}', 'Hazel', 1, now())`);
    expect(await differences()).toEqual(
      [
        { kind: 'row_missing', of: `Rabbit:${gone}`, field: null, recorded: null, present: null },
        { kind: 'not_recorded', of: `Rabbit:${back}`, field: null, recorded: null, present: null },
      ].toSorted((one, other) => one.of.localeCompare(other.of)),
    );
  });

  it('names one member of a collection', async () => {
    const id = await born(await dig());
    await traits(id, [1, 2]);
    await unrecorded(`update rabbit_traits set trait_id = 3 where rabbit_id = ${id} and trait_id = 2`);
    expect(await differences()).toEqual([
      { kind: 'members', of: `Rabbit:${id}`, field: 'traits', recorded: '["1","2"]', present: '["1","3"]' },
    ]);
  });

  it('names members that nobody has any more', async () => {
    await unrecorded(`alter table rabbit_traits disable trigger all; insert into rabbit_traits (rabbit_id, trait_id) values (4711, 1)`);
    expect(await differences()).toEqual([{ kind: 'members', of: 'Rabbit:4711', field: 'traits', recorded: null, present: '["1"]' }]);
  });

  it('names the path in a JSON value', async () => {
    const id = await born(await dig(), { notes: { a: { b: 1, c: 2 } } });
    await unrecorded(`update rabbit set notes = jsonb_set(notes, '{a,b}', '7') where id = ${id}`);
    expect(await differences()).toEqual([{ kind: 'field', of: `Rabbit:${id}`, field: 'notes.a.b', recorded: '1', present: '7' }]);
  });

  it('AUD-10 compares the hashes of a value that was kept shortened', async () => {
    const long = 'x'.repeat(20_000);
    const id = await born(await dig(), { name: long });
    expect(await differences()).toEqual([]);
    await unrecorded(`update rabbit set name = name || 'y' where id = ${id}`);
    expect(await differences()).toMatchObject([
      { kind: 'field', field: 'name', recorded: { bytes: 20_000 } },
      { kind: 'field', field: 'shout', recorded: { bytes: 20_000 } },
    ]);
  });

  it('AUD-16 compares sensitive values, and says of an erased person’s that it can’t', async () => {
    const id = await born(await dig(), { secretName: 'Hrairoo' });
    await unrecorded(`update rabbit set secret_name = 'Woundwort' where id = ${id}`);
    expect(await check()).toMatchObject({ found: [{ kind: 'field', field: 'secret_name', sensitive: true }] });
    await w.sql(`update audit_subject_key set key = null, erased_at = now() where subject_id = 'fiver'`);
    expect(await check()).toMatchObject({ found: [], result: { uncompared: { erased: 1 } } });
  });

  it('names a sealed value that can’t be opened although its key is there', async () => {
    const id = await born(await dig(), { secretName: 'Hrairoo' });
    await w.open.log.settle();
    await w.sql('alter table audit_subject_key disable trigger user');
    await w.sql(`update audit_subject_key set key = sha256('another') where subject_id = 'fiver'`);
    expect(await differences()).toEqual([{ kind: 'sealed', of: `Rabbit:${id}`, field: 'secret_name', recorded: null, present: null }]);
  });

  it('what was there before the record began is said, and is no difference', async () => {
    const warren = await dig();
    await unrecorded(
      `insert into rabbit (id, warren_id, name, version, updated_at) values (801, '${warren}', 'Old', 1, now()), (802, '${warren}', 'Older', 1, now())`,
    );
    await w.sql('update audit_coverage set since = pg_current_xact_id()');
    await w.as('fiver', (em) => em.nativeUpdate(Rabbit, { id: 801 }, { name: 'New' }));
    await w.open.log.settle();
    const { found, result } = await check();
    expect(found).toEqual([]);
    expect(result.rowsBefore).toBe(1);
    expect(result.uncompared.before_record).toBeGreaterThan(0);
    await unrecorded(`update rabbit set name = 'Altered' where id = 801`);
    expect(await differences()).toMatchObject([
      { of: 'Rabbit:801', field: 'name', recorded: 'New', present: 'Altered' },
      { of: 'Rabbit:801', field: 'shout', recorded: 'NEW', present: 'ALTERED' },
    ]);
  });

  it('AUD-36 a column that was added later is no difference, and an altered one is', async () => {
    const [one, other] = [await born(await dig()), await born(await dig())];
    // As if the records had been made before there was such a column.
    await w.open.log.settle();
    await w.sql(
      `alter table audit_event disable trigger user; update audit_event set changes = (select jsonb_agg(c) from jsonb_array_elements(changes) c where c->>'field' <> 'tame') where target_type = 'Rabbit'`,
    );
    const { found, result } = await check();
    expect(found).toEqual([]);
    expect(result.uncompared.added_later).toBe(2);
    await unrecorded(`update rabbit set tame = true where id = ${one}`);
    expect(await differences()).toMatchObject([{ of: `Rabbit:${one}`, field: 'tame', recorded: null, present: 'true' }]);
    expect(other).not.toBe(one);
  });

  it('what is committed and waits for its number is no difference', async () => {
    const warren = await dig();
    const id = await born(warren);
    await w.open.log.settle();
    await w.sql('begin');
    try {
      // Whoever wants to move the head waits.
      await w.sql('select from audit_head for update');
      await w.as('fiver', (em) => em.nativeUpdate(Rabbit, { id }, { name: 'Waiting', secretName: 'too' }));
      await born(warren);
      await w.as('fiver', (em) => em.nativeDelete(Rabbit, { id: next }));
      await born(warren);
      expect(Number((await w.sql<{ n: string }>('select count(*) as n from audit_inbox'))[0]?.n)).toBeGreaterThan(0);
      expect(await differences()).toEqual([]);
    } finally {
      await w.sql('commit');
    }
  });

  it('finds nothing while eight writers are at work, with savepoints and what they roll back', async () => {
    const warren = await dig();
    let stop = false;
    let written = 0;
    const write = async (writer: number) => {
      for (let i = 0; !stop; i++) {
        const id = 10_000 + ((writer * 3 + i) % 12);
        await w.as(`writer ${writer}`, (em) => busy(em, { warren, id, i }).then(() => (written += 1))).catch(ordinary);
      }
    };
    const writers = Array.from({ length: 8 }, (_, writer) => write(writer));
    try {
      for (let i = 0; i < 8; i++) expect(await differences()).toEqual([]);
    } finally {
      stop = true;
      await Promise.all(writers);
    }
    expect(written).toBeGreaterThan(50);
    expect(await differences()).toEqual([]);
  }, 120_000);

  it('AUD-37 goes through the log by an index, and sorts nothing', async () => {
    await born(await dig());
    await w.open.log.settle();
    await w.sql(
      `insert into audit_event select p, gen_random_uuid(), gen_random_uuid(), 'meadow', 'rabbit_changed', 'update', 'user', 'u', null, 'Rabbit', 'r' || p % 5000, null, 'Warren', 'w', null, 'u', '{}', null, '[]', '{}', null, null, 'web', null, now(), null, null, 1, sha256(p::text::bytea) from generate_series(100001, 120000) p`,
    );
    await w.sql('analyze audit_event');
    const reader = new Client({ connectionString: urlAs(w.database, w.roles.app), options: MODEST });
    await reader.connect();
    try {
      const { rows } = await reader.query(
        `explain (format json) select e.* from audit_event e where e.target_id > 'r1' order by e.target_id, e.position`,
      );
      expect(JSON.stringify(rows)).toMatch(/"Index Name":"audit_event_[^"]*target_id/);
      expect(JSON.stringify(rows)).not.toMatch(/"Seq Scan"|"Sort"/);
    } finally {
      await reader.end();
    }
  });
});

class Back extends Error {}

/** What several people do to the same few rabbits at once; what they get in each other's way with is rolled back. */
async function busy(em: EntityManager, { warren, id, i }: { warren: string; id: number; i: number }): Promise<void> {
  await em.transactional(async (tx) => {
    await tx.execute(
      `insert into rabbit (id, warren_id, name, version, updated_at) values (?, ?, ?, 1, now()) on conflict (id) do update set name = excluded.name`,
      [id, warren, `name ${i}`],
    );
    await tx
      .transactional(async (inner) => {
        await inner.execute('update rabbit set weight = ?, secret_name = ? where id = ?', [i % 7, `secret ${i}`, id]);
        if (i % 3 === 0) throw new Back();
      })
      .catch((error: unknown) => {
        if (!(error instanceof Back)) throw error;
      });
    if (i % 5 === 0)
      await tx.execute('insert into rabbit_traits select id, ? from rabbit where id = ? on conflict do nothing', [1 + (i % 3), id]);
    if (i % 11 === 0) await tx.execute('delete from rabbit where id = ?', [id]);
    if (i % 4 === 0) throw new Back();
  });
}

function ordinary(error: unknown): void {
  if (!(error instanceof Back) && !/deadlock|duplicate key|foreign key/i.test((error as Error).message)) throw error;
}
