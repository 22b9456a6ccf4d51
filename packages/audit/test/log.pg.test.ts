import { createHash } from 'node:crypto';
import { Client } from 'pg';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { leafBytes, leafHash } from '@countersign/proof/leaf';
import { eventually } from '@countersign/testing/eventually';
import { AuditTampering } from '../src/events/errors.ts';
import { type Filter, filterSql } from '../src/read/filter.ts';
import { immutability } from '../src/schema/immutable.ts';
import { leafRecord } from '../src/sequencer/leaf-record.ts';
import { ENTRY_COLUMNS, entryOfRow, type EntryRow } from '../src/read/log-rows.ts';
import { fieldRowId } from '../src/read/pg-log.ts';
import type { Visibility } from '../src/read/visibility.ts';
import { KEEPER, Rabbit, urlAs, Warren, world, type World } from './warren.ts';

let w: World;
let warren: string;
const sha256 = (bytes: Uint8Array) => new Uint8Array(createHash('sha256').update(bytes).digest());

beforeAll(async () => {
  w = await world();
  warren = await w.as(
    'fiver',
    async (em) => {
      const made = em.create(Warren, { name: 'Down', keeper: 'fiver', meadow: 'm1', flooded: false });
      em.create(Rabbit, {
        id: 1,
        warren: made,
        name: 'Hazel',
        secretName: 'Hrairoo',
        tame: false,
        born: '2026-01-01',
        weight: '1.25',
      } as never);
      await em.flush();
      return made.id;
    },
    { reason: 'spring', requestId: 'r1', ipAddress: '10.0.0.7', userAgent: 'Burrow/1.0' },
  );
  await w.as('bigwig', async (em) => {
    em.assign(await em.findOneOrFail(Rabbit, { id: 1 }, { populate: ['warren'] as never }), {
      name: 'Hazel-rah',
      secretName: 'Elahrairah',
    } as never);
    await em.flush();
  });
  await w.events();
});
afterAll(() => w.close());

const asRole = async (role: string, sql: string) => {
  const client = new Client(urlAs(w.database, role));
  await client.connect();
  try {
    return await client.query(sql);
  } finally {
    await client.end();
  }
};

describe('AUD-11 an event holds who, what, when and why', () => {
  it('with all its parts', async () => {
    const [event] = await w.events();
    expect(event).toMatchObject({
      position: 1,
      area: 'meadow',
      action: 'warren_dug',
      operation: 'create',
      actor: { kind: 'user', id: 'fiver' },
      impersonator: null,
      target: { type: 'Warren', id: warren, label: 'Warren Down' },
      root: { type: 'Warren', id: warren },
      subject: 'fiver',
      scopes: ['meadow:m1'],
      workDate: null,
      reason: 'spring',
      channel: 'web',
      requestId: 'r1',
      ipAddress: '10.0.0.7',
      userAgent: 'Burrow/1.0',
    });
    expect((await w.events())[1]).toMatchObject({ workDate: '2026-01-01', changeId: event?.changeId });
  });

  it("occurred-at is the database's clock: the application's role can set neither it nor transaction nor number", async () => {
    for (const column of ['at', 'xid', 'id']) {
      await expect(
        asRole(w.roles.app, `insert into audit_inbox (context, document, ${column}) values ('{}', '{}', default)`),
      ).rejects.toThrow(/permission denied/);
    }
    const [{ drift }] = (await w.sql<{ drift: number }>(
      `select max(abs(extract(epoch from clock_timestamp() - occurred_at)))::float as drift from audit_event`,
    )) as [{ drift: number }];
    expect(drift).toBeLessThan(60);
  });
});

describe('the log is append-only, and each role may do its own', () => {
  it.each([
    ['app', `update audit_event set action = 'x'`],
    ['app', `insert into audit_event select * from audit_event`],
    ['app', `select * from audit_inbox`],
    ['app', `delete from audit_inbox`],
    ['app', `update audit_head set position = 0`],
    ['app', `update audit_rollup set events = 0`],
    ['sequencer', `update audit_event set action = 'x'`],
    ['sequencer', `delete from audit_event`],
    ['sequencer', `truncate audit_event`],
    ['sequencer', `insert into audit_inbox (context, document) values ('{}', '{}')`],
    ['sequencer', `delete from audit_subject_key`],
    ['sequencer', `select * from rabbit`],
  ] as const)('%s may not: %s', async (role, sql) => {
    await expect(asRole(w.roles[role], sql)).rejects.toThrow(/permission denied|append-only/);
  });

  it.each([
    `update audit_event set action = 'x'`,
    `delete from audit_event where position = 1`,
    `truncate audit_event`,
    `set session_replication_role = replica; delete from audit_event`,
  ])('AUD-12 even the owner may not: %s', async (sql) => {
    await expect(w.sql(sql)).rejects.toThrow(/append-only/);
  });

  it.each([
    `update audit_head set position = position - 1`,
    `update audit_head set position = position + 1`,
    `delete from audit_head`,
    `truncate audit_head`,
    `update audit_rollup set events = events - 1`,
    `update audit_rollup set events = events + 1`,
    `delete from audit_rollup`,
    `truncate audit_rollup`,
    `update audit_subject_key set key = decode(repeat('00', 32), 'hex')`,
    `delete from audit_subject_key`,
    `truncate audit_subject_key`,
    `set session_replication_role = replica; delete from audit_rollup`,
  ])('AUD-12 nor head, counts and keys: %s', async (sql) => {
    await expect(w.sql(`begin; ${sql}; commit`)).rejects.toThrow(/append-only/);
    await w.sql('rollback; reset session_replication_role');
  });

  it('nor on a partition itself', async () => {
    const [{ name }] = (await w.sql<{ name: string }>(
      `select inhrelid::regclass::text as name from pg_inherits where inhparent = 'audit_event'::regclass`,
    )) as [{ name: string }];
    await expect(w.sql(`truncate ${name}`)).rejects.toThrow(/append-only/);
    await expect(w.sql(`delete from ${name}`)).rejects.toThrow(/append-only/);
  });
});

describe('AUD-12 an attempt to alter the log is recorded, though what it did is rolled back', () => {
  const attempts = async () => (await w.events()).filter(({ action }) => action === 'audit_tampering_refused');

  it('with who, what and when; and an alarm is raised', async () => {
    const before = (await attempts()).length;
    w.alarms.splice(0);
    await expect(w.sql(`begin; insert into trait values (99, 'gone'); update audit_event set reason = 'mine'`)).rejects.toThrow(
      /append-only/,
    );
    await w.sql('rollback');
    await eventually(async () => (await attempts()).length === before + 1);
    expect((await attempts()).at(-1)).toMatchObject({
      area: 'audit',
      actor: { kind: 'database', id: null },
      channel: 'database',
      operation: 'none',
      target: null,
      metadata: { operation: 'update', table: expect.stringMatching(/^audit_event_/) as string, database_user: 'postgres' },
    });
    await eventually(() => w.alarms.length === 1);
    expect(w.alarms.splice(0)).toEqual([expect.any(AuditTampering)]);
    expect(await w.sql('select from trait where id = 99')).toEqual([]);
  });

  it('on each of its tables', async () => {
    const before = (await attempts()).length;
    for (const table of ['audit_event', 'audit_head', 'audit_rollup', 'audit_subject_key'])
      await expect(w.sql(`truncate ${table}`)).rejects.toThrow(/append-only/);
    await eventually(async () => (await attempts()).length === before + 4);
    expect((await attempts()).slice(-4).map(({ metadata }) => metadata['table'])).toEqual([
      'audit_event',
      'audit_head',
      'audit_rollup',
      'audit_subject_key',
    ]);
    w.alarms.splice(0);
  });

  it('it is refused all the same where it cannot be recorded', async () => {
    await w.sql(`update audit_role set password = 'forgotten', role = 'nobody_there' where purpose = 'witness'`);
    await expect(w.sql(`delete from audit_event`)).rejects.toThrow(/append-only/);
  });

  it('nobody but the refusal itself tells of attempts', async () => {
    for (const role of [w.roles.app, w.roles.sequencer]) {
      for (const sql of [
        `select audit_told_attempt('{}', '{}')`,
        `select audit_attempted('DELETE', 'audit_event')`,
        `select audit_by_witness('select 1')`,
        `insert into audit_inbox (kind, context, document) values ('a', '{}', '{}')`,
        `select * from audit_role`,
      ])
        await expect(asRole(role, sql), sql).rejects.toThrow(/permission denied/);
    }
  });
});

describe('AUD-12 whether the log refuses', () => {
  it('is told for each of its tables and parts, also where a trigger was switched off or altered', async () => {
    const owner = new Client(w.database.url);
    await owner.connect();
    const whole = await immutability(owner);
    expect(whole.map(({ table }) => table)).toEqual(
      expect.arrayContaining(['audit_event', 'audit_head', 'audit_rollup', 'audit_subject_key', expect.stringMatching(/^audit_event_\d/)]),
    );
    expect(whole.filter(({ missing }) => missing.length)).toEqual([]);
    await owner.query(`begin; alter table audit_rollup disable trigger audit_append_only;
      alter function audit_guard_key rename to was_guard;
      create function audit_guard_key() returns trigger language plpgsql as 'begin return new; end';
      drop trigger audit_append_only on audit_subject_key;
      create trigger audit_append_only before update or delete on audit_subject_key for each row execute function audit_guard_key();
      alter table audit_subject_key enable always trigger audit_append_only`);
    expect((await immutability(owner)).filter(({ missing }) => missing.length)).toEqual([
      { table: 'audit_rollup', missing: ['audit_append_only'] },
      { table: 'audit_subject_key', missing: ['audit_append_only'] },
    ]);
    await owner.end();
  });
});

describe('AUD-15 partitioned by month', () => {
  it('a partition begins at the first event of a month; the finished one ends there', async () => {
    const parts = await w.sql<{ bounds: string }>(
      `select pg_get_expr(c.relpartbound, c.oid) as bounds from pg_inherits i join pg_class c on c.oid = i.inhrelid where i.inhparent = 'audit_event'::regclass`,
    );
    expect(parts).toEqual([{ bounds: `FOR VALUES FROM ('1') TO (MAXVALUE)` }]);
    await w.sql(
      `create or replace function audit_now() returns timestamptz language sql volatile as $$ select clock_timestamp() + interval '40 days' $$`,
    );
    try {
      await w.as('fiver', async (em) => {
        (await em.findOneOrFail(Warren, warren)).name = 'Next month';
        await em.flush();
      });
      const last = (await w.events()).at(-1)?.position;
      const bounds = await w.sql<{ bounds: string }>(
        `select pg_get_expr(c.relpartbound, c.oid) as bounds from pg_inherits i join pg_class c on c.oid = i.inhrelid where i.inhparent = 'audit_event'::regclass order by c.relname`,
      );
      expect(bounds.map((part) => part.bounds)).toEqual([
        `FOR VALUES FROM ('1') TO ('${last}')`,
        `FOR VALUES FROM ('${last}') TO (MAXVALUE)`,
      ]);
    } finally {
      await w.sql(`create or replace function audit_now() returns timestamptz language sql volatile as $$ select clock_timestamp() $$`);
    }
  });
});

describe('AUD-16 personal data never stand in the log in clear', () => {
  it('sensitive values, addresses and user agents are found in no column; those who may see them see them', async () => {
    const everything = JSON.stringify(await w.sql(`select e::text from audit_event e`));
    for (const secret of ['Hrairoo', 'Elahrairah', '10.0.0.7', 'Burrow/1.0']) expect(everything).not.toContain(secret);
    const changed = (await w.events()).find((event) => event.actor.id === 'bigwig');
    expect(changed?.changes).toContainEqual({ field: 'secret_name', old: 'Hrairoo', new: 'Elahrairah' });
  });

  it('without the key the values are gone and the leaf still verifies', async () => {
    const [before] = await w.sql(`select leaf_hash from audit_event where position = 2`);
    const key = await w.sql<{ key: Buffer }>(`select key from audit_subject_key where subject_id = 'fiver'`);
    await w.sql(`update audit_subject_key set key = null, erased_at = now() where subject_id = 'fiver'`);
    const { PgLog } = await import('../src/read/pg-log.ts');
    const { Pool } = await import('pg');
    const pool = new Pool({ connectionString: urlAs(w.database, w.roles.app) });
    const event = await new PgLog(pool, () => Promise.resolve(0)).event(2, KEEPER);
    await pool.end();
    expect(event?.changes).toContainEqual({ field: 'secret_name', hidden: true });
    expect(await recomputed(2)).toEqual((before as { leaf_hash: Buffer }).leaf_hash.toString('hex'));
    // Erased is erased: even the owner puts no key back.
    await expect(
      w.sql(`update audit_subject_key set key = $1, erased_at = null where subject_id = 'fiver'`, [key[0]?.key]),
    ).rejects.toThrow(/append-only/);
  });
});

async function recomputed(position: number): Promise<string> {
  const [row] = await w.sql<EntryRow>(`select ${ENTRY_COLUMNS} from audit_event e where position = $1`, [position]);
  return Buffer.from(leafHash(leafBytes(leafRecord(entryOfRow(row as EntryRow))), sha256)).toString('hex');
}

describe('AUD-17 the leaf', () => {
  it('can be recomputed from every row', async () => {
    for (const { position, leaf } of await w.sql<{ position: string; leaf: string }>(
      `select position, encode(leaf_hash, 'hex') as leaf from audit_event`,
    ))
      expect(await recomputed(Number(position))).toBe(leaf);
  });
});

describe('AUD-13 the published view', () => {
  it("answers the sources' queries unchanged, with [protected] where a value is", async () => {
    const rows = await w.sql<{
      user_id: string;
      action_type: string;
      metadata: { changes: unknown[]; reason: string };
      ip_address: string;
      user_agent: string;
    }>(
      `SELECT * FROM audit_log WHERE target_entity = 'Rabbit' AND target_id = '1' AND action_type = 'rabbit_changed' ORDER BY timestamp ASC`,
    );
    expect(rows.map((row) => row.user_id)).toEqual(['fiver', 'bigwig']);
    expect(rows[0]).toMatchObject({ ip_address: '[protected]', user_agent: '[protected]', metadata: { reason: 'spring' } });
    expect(rows[1]?.metadata.changes).toContainEqual({ field: 'secret_name', old: '[protected]', new: '[protected]' });
    expect(Object.keys(rows[0] ?? {})).toEqual([
      'id',
      'user_id',
      'action_type',
      'target_entity',
      'target_id',
      'metadata',
      'timestamp',
      'ip_address',
      'user_agent',
    ]);
  });
});

describe('AC-3, AC-4 what one may not see is not there', () => {
  const stranger: Visibility = { everything: false, keys: ['actor:woundwort'], sensitive: false };
  const bigwig: Visibility = { everything: false, keys: ['actor:bigwig'], sensitive: false };

  it('a stranger sees, counts and finds nothing', async () => {
    const { log } = w.open;
    expect((await log.page({ filter: {}, visibility: stranger, limit: 10 })).events).toEqual([]);
    expect(await log.count({}, stranger)).toEqual({ total: 0, more: false });
    expect(await log.event(1, stranger)).toBe(null);
    expect((await log.fieldRows({ filter: {}, visibility: stranger, limit: 10, offset: 0 })).count.total).toBe(0);
    expect((await log.changeSets({ filter: {}, visibility: stranger, limit: 10, offset: 0 })).sets).toEqual([]);
  });

  it('a sensitive change is shown as changed, hidden; no text search finds its value, whoever asks', async () => {
    const { log } = w.open;
    const [event] = (await log.page({ filter: {}, visibility: bigwig, limit: 10 })).events;
    expect(event?.changes).toContainEqual({ field: 'secret_name', hidden: true });
    for (const visibility of [bigwig, KEEPER])
      expect((await log.page({ filter: { text: ['hrairoo'] }, visibility, limit: 10 })).events).toEqual([]);
    expect((await log.page({ filter: { text: ['HAZEL-RAH'] }, visibility: bigwig, limit: 10 })).events).toHaveLength(1);
  });
});

describe('AUD-26 reading by field and by change set', () => {
  it('gives stable ids that the views give too, and counts what it pages', async () => {
    const { log } = w.open;
    const all = await log.fieldRows({ filter: { root: [`Warren:${warren}`] }, visibility: KEEPER, limit: 500, offset: 0 });
    expect(all.count).toEqual({ total: all.rows.length, more: false });
    const paged = [];
    for (let offset = 0; offset < all.rows.length; offset += 3)
      paged.push(...(await log.fieldRows({ filter: { root: [warren] }, visibility: KEEPER, limit: 3, offset })).rows);
    expect(paged.map((row) => row.id)).toEqual(all.rows.map((row) => row.id));
    const [{ id }] = (await w.sql<{ id: string }>(
      `select md5(id::text || ':name')::uuid::text as id from audit_event where position = 1`,
    )) as [{ id: string }];
    expect(fieldRowId((await w.events())[0]?.id ?? '', 'name')).toBe(id);
  });

  it('a field filter takes away the other fields of an event', async () => {
    const { rows, count } = await w.open.log.fieldRows({
      filter: { field: ['name'], target: ['Rabbit:1'] },
      visibility: KEEPER,
      limit: 10,
      offset: 0,
    });
    expect(rows.map((row) => row.change.field)).toEqual(['name', 'name']);
    expect(count.total).toBe(2);
  });

  it('by change set, limit, offset and total count sets', async () => {
    const { log } = w.open;
    const first = await log.changeSets({ filter: { root: [warren] }, visibility: KEEPER, limit: 1, offset: 0 });
    const second = await log.changeSets({ filter: { root: [warren] }, visibility: KEEPER, limit: 1, offset: first.count.total - 1 });
    expect(first.count.total).toBe(3);
    expect(second.sets[0]?.map((row) => row.event.position)).toContain(1);
    expect(new Set(second.sets[0]?.map((row) => row.event.changeId)).size).toBe(1);
  });
});

describe('AUD-37 every reading is served by an index', () => {
  it('no plan reads the whole log', async () => {
    await w.sql(
      `insert into audit_event select p, gen_random_uuid(), gen_random_uuid(), 'meadow', 'rabbit_changed', 'update', 'user', 'u' || p % 5000, case when p % 100 = 3 then 'admin' || p % 7 end, 'Rabbit', 'r' || p % 20000, null, 'Warren', 'w' || p % 5000, null, 'u' || p % 5000, array['meadow:' || p % 500], null, '[{"field":"name","old":"a","new":"b"}]', '{}', null, null, 'web', null, '2026-12-31'::timestamptz + p * interval '1 second', null, null, 1, sha256(p::text::bytea) from generate_series(1001, 60000) p`,
    );
    await w.sql('analyze audit_event');
    const visible = `audit_seen_by(actor_id, subject_id, scopes) && array['actor:u7', 'meadow:3']`;
    const literal = (filter: Filter) => filterSql(filter, (value) => `'{${(value as string[]).join(',')}}'`).join(' and ');
    for (const condition of [
      // What somebody did, in whoever's name.
      `${literal({ actor: ['u7'] })} order by position desc limit 50`,
      `${literal({ actor: ['admin3'] })} order by position desc limit 50`,
      `${literal({ actor: ['admin3', 'u7'] })} limit 10001`,
      `root_id = any('{w7}') order by position desc limit 50`,
      `target_id = any('{r7}') order by position desc limit 50`,
      `actor_id = any('{u7}') order by position desc limit 50`,
      `root_id = any('{w7}') and action = any('{rabbit_changed}') order by position desc limit 50`,
      `change_id = any('{c0ffee00-0000-4000-8000-000000000000}')`,
      `occurred_at between '2026-12-31 01:00' and '2026-12-31 01:05' order by position desc limit 50`,
      `position > 59000 order by position limit 500`,
      `${visible} order by position desc limit 50`,
      `${visible} limit 10001`,
      `${visible} order by position desc limit 10001`,
    ]) {
      const plan = (await w.sql<{ 'QUERY PLAN': string }>(`explain select * from audit_event where ${condition}`))
        .map((row) => row['QUERY PLAN'])
        .join('\n');
      const big = plan.split('\n').filter((line) => /Seq Scan on audit_event_\d+_(\d+)/.test(line));
      // A partition of a handful of rows is read whole by any planner: the large one must not be.
      const [{ name }] = (await w.sql<{ name: string }>(
        `select tableoid::regclass::text as name from audit_event where position = 59000`,
      )) as [{ name: string }];
      expect(
        big.filter((line) => line.includes(name)),
        plan,
      ).toEqual([]);
    }
  });
});

describe('the rollups', () => {
  it('count exactly what the log holds', async () => {
    const [counted] = await w.sql(
      `select (select sum(events)::int from audit_rollup) as rolled, (select position::int from audit_head) as head`,
    );
    expect(counted).toEqual({ rolled: (counted as { head: number }).head, head: (counted as { head: number }).head });
    expect(await w.open.log.count({ action: ['warren_dug'] }, KEEPER)).toEqual({ total: 1, more: false });
    await w.as(null, async (em) => {
      (await em.findOneOrFail(Warren, warren)).name = 'By nobody';
      await em.flush();
    });
    await w.events();
    const nobody = { actor: ['system'] };
    const { events } = await w.open.log.page({ filter: nobody, visibility: KEEPER, limit: 10 });
    expect([events.length, await w.open.log.count(nobody, KEEPER)]).toEqual([1, { total: 1, more: false }]);
  });
});
