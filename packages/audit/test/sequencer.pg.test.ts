import { createHash, randomUUID } from 'node:crypto';
import { Client } from 'pg';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { eventually } from '@countersign/testing/eventually';
import { random as seeded } from '@countersign/testing/random';
import { leafBytes, leafHash } from '@countersign/proof/leaf';
import type { EntityManager } from '@mikro-orm/postgresql';
import type { FeedBatch } from '../src/read/feed.ts';
import type { Formed } from '../src/sequencer/formed.ts';
import { leafRecord } from '../src/sequencer/leaf-record.ts';
import { ENTRY_COLUMNS, entryOfRow, type EntryRow } from '../src/read/log-rows.ts';
import { AuditDisagreement } from '../src/events/errors.ts';
import { Sequencer } from '../src/sequencer/sequencer.ts';
import { contextText, join, KEEPER, Rabbit, urlAs, Warren, world, type World } from './warren.ts';
import { user, withContext } from '../src/capture/context.ts';

let w: World;
let warren: string;
let next = 1;
beforeAll(async () => {
  w = await world();
  // Ids that cross a power of ten on the way: an order by their text would show itself.
  await w.sql(`alter table audit_inbox alter column id restart with 9990`);
  warren = await w.as('fiver', async (em) => {
    const made = em.create(Warren, { name: 'Down', keeper: 'fiver', meadow: 'm1', flooded: false });
    await em.flush();
    return made.id;
  });
});
afterAll(() => w.close());

const add = (names: string[]) =>
  w.as('fiver', (em) =>
    em.transactional(async (inner) => {
      for (const name of names) {
        inner.create(Rabbit, { id: next++, warren: inner.getReference(Warren, warren), name, tame: false } as never);
        await inner.flush();
      }
    }),
  );

/** What somebody tells by hand, as the text that stands in the inbox. */
const weighed = (parts: object = {}) =>
  JSON.stringify({
    v: 1,
    manual: {
      area: 'larder',
      action: 'carrots_weighed',
      target: { type: 'Burrow', id: '7' },
      subject: null,
      scopes: [],
      meta: { grams: 1, scale: 'kitchen' },
      ...parts,
    },
  });

/** Tells it as the application, each text a row of the inbox, all of them in one transaction. */
async function insert(who: string, ...documents: readonly string[]): Promise<void> {
  const client = new Client(urlAs(w.database, w.roles.app));
  await client.connect();
  await client.query(
    `insert into audit_inbox (context, document) select $1, d from unnest($2::text[]) with ordinality t(d, n) order by n`,
    [who, documents],
  );
  await client.end();
}

const nameOf = (event: { changes: readonly object[] }) =>
  (event.changes as { field: string; new: string }[]).find((change) => change.field === 'name')?.new;

describe('AUD-14 positions', () => {
  it("are 1, 2, 3 … without gaps; a transaction's events stand together, in the order in which they were made", async () => {
    await Promise.all(Array.from({ length: 8 }, (_, i) => add(['a', 'b', 'c'].map((step) => `${i}${step}`))));
    const events = await w.events();
    expect(events.map((event) => event.position)).toEqual(events.map((_, i) => i + 1));
    const names = events.slice(1).map(nameOf);
    for (let i = 0; i < names.length; i += 3) expect(names.slice(i, i + 3).map((name) => name?.slice(1))).toEqual(['a', 'b', 'c']);
  });

  it('what was committed first stands first; a transaction left open delays nobody else', async () => {
    const open = new Client(urlAs(w.database, w.roles.app));
    await open.connect();
    await open.query('begin');
    await open.query(`insert into audit_inbox (context, document) values ($1, $2)`, [contextText('slow'), weighed()]);
    await add(['first']);
    await add(['second']);
    const before = (await w.events()).map(nameOf).slice(-2);
    await open.query('commit');
    await open.end();
    expect(before).toEqual(['first', 'second']);
    await eventually(async () => (await w.events()).at(-1)?.actor.id === 'slow');
  });

  it('a commit wakes the sequencer: nothing waits for the poll', async () => {
    const head = w.open.feed.position;
    const told = new Promise<FeedBatch>((resolve) => {
      const off = w.open.feed.onBatch((batch) => (off(), resolve(batch)));
    });
    await add(['poked']);
    expect(await told).toMatchObject({ from: head, to: head + 1 });
  });
});

describe('what is wrong in the inbox stops nothing', () => {
  it('a row that nobody can read is recorded as that', async () => {
    const client = new Client(urlAs(w.database, w.roles.app));
    await client.connect();
    for (const document of ['no json', '{"v":2}', '{"v":1,"events":7}'])
      await client.query(`insert into audit_inbox (context, document) values ('{}', $1)`, [document]);
    await client.end();
    await eventually(async () => (await w.events()).filter((event) => event.action === 'inbox_row_unreadable').length === 3);
    await add(['after that']);
    expect((await w.events()).map(nameOf).at(-1)).toBe('after that');
  });

  it('nor does one that tells what cannot be told', async () => {
    const client = new Client(urlAs(w.database, w.roles.app));
    await client.connect();
    const event = {
      area: 'meadow',
      action: 'x',
      op: 'explode',
      type: 'Rabbit',
      id: 7,
      label: { a: 1 },
      subject: 5,
      scopes: 'all',
      changes: [{ f: 1 }],
    };
    const told = { area: 'meadow', action: 'x', op: 'none', type: 'Rabbit', id: '7', label: null, changes: [] };
    const context = JSON.stringify({
      actor: null,
      impersonator: null,
      channel: 'web',
      command: null,
      changeId: null,
      reason: null,
      requestId: null,
      ipAddress: null,
      userAgent: null,
    });
    const insert = (text: string, document: string) =>
      client.query(`insert into audit_inbox (context, document) values ($1, $2)`, [text, document]);
    await insert(context, JSON.stringify({ v: 1, events: [event, null] }));
    await insert('{"actor":{"kind":"god"},"channel":3}', JSON.stringify({ v: 1, events: [told] }));
    await insert(context.replace('"changeId":null', '"changeId":"7"'), JSON.stringify({ v: 1, events: [told] }));
    await insert(context, JSON.stringify({ v: 1, events: [{ ...told, day: '2026-02-30' }] }));
    await insert(context, `{"v":1,"events":[${JSON.stringify({ ...told, meta: { n: 1 } }).replace('"n":1', '"n":1e999')}]}`);
    await insert(context, `{"v":1,"events":[${JSON.stringify(told).replace('"x"', '"\\u0000\\ud800"')}]}`);
    await client.end();
    await add(['still going']);
    await eventually(async () => (await w.events()).map(nameOf).at(-1) === 'still going');
  });
});

describe('a row that the log refuses', () => {
  const context = {
    actor: null,
    impersonator: null,
    channel: 'web',
    command: null,
    changeId: null,
    reason: null,
    requestId: null,
    ipAddress: null,
    userAgent: null,
  };
  const long = (length: number) => Array.from({ length }, (_, i) => String.fromCharCode(97 + ((i * 7 + (i >> 3)) % 26))).join('');

  const burrow = (parts: object) => ({ target: { type: 'Burrow', id: '7', ...parts } });
  it.each([
    ['a label of 72 KB', context, weighed(burrow({ label: 'Down Warren '.repeat(6_000) }))],
    ['an id that no index takes', context, weighed(burrow({ id: long(12_800) }))],
    ['an actor that no index takes', { ...context, actor: { kind: 'user', id: long(12_800) } }, weighed()],
    ['a unit that no index takes', context, weighed({ scopes: [long(12_800)] })],
    [
      'a length that is no number',
      context,
      '{"v":1,"events":[{"area":"meadow","action":"x","op":"none","type":"Rabbit","id":"7","label":null,"subject":null,"scopes":[],"changes":[{"f":"name","o":null,"n":{"beginning":"","bytes":1e999,"sha256":""}}]}]}',
    ],
    [
      'metadata of 3,500 levels',
      context,
      weighed({ meta: { grams: 1, scale: 'kitchen', note: JSON.parse(`${'{"a":'.repeat(3_500)}1${'}'.repeat(3_500)}`) as object } }),
    ],
    ['a reason of 200 KB', { ...context, reason: long(200_000) }, weighed()],
  ])('%s stops nothing', async (_, who, document) => {
    const before = (await w.events()).length;
    await insert(JSON.stringify(who), document);
    await add(['goes on']);
    await eventually(async () => (await w.events()).map(nameOf).at(-1) === 'goes on');
    await eventually(() => w.open.feed.position === before + 2);
  });

  it('nor does one that no flush would tell of a record that triggers see', async () => {
    const before = (await w.events()).length;
    w.alarms.splice(0);
    const client = new Client(urlAs(w.database, w.roles.app));
    await client.connect();
    const told = {
      area: 'meadow',
      action: 'x',
      op: 'update',
      type: 'Rabbit',
      id: '7',
      label: null,
      changes: [{ f: 'traits', o: 'x', n: 'y' }],
    };
    await client.query(`insert into audit_inbox (context, document) values ($1, $2)`, [
      contextText(null),
      JSON.stringify({ v: 1, events: [told] }),
    ]);
    await client.end();
    expect((await w.events()).slice(before)).toEqual([]);
    expect(w.alarms.splice(0)).toEqual([expect.any(AuditDisagreement)]);
  });

  it('nor does one whose refusal nobody foresaw: it alone is recorded as unreadable, with record, actor, operation and change set', async () => {
    const backend = w.open.sequencer.backend;
    await add(['b1', 'b2', 'b3']);
    const ids = [next - 3, next - 2, next - 1];
    await w.events();
    w.alarms.splice(0);
    await w.sql(`alter table audit_event add constraint nobody_foresaw check (changes::text not like '%unforeseen%') not valid`);
    const changeId = '00000000-0000-4000-8000-000000000001';
    const flush = async (em: EntityManager) => {
      for (const rabbit of await em.find(Rabbit, { id: { $in: ids } }, { orderBy: { id: 'asc' } }))
        rabbit.name = rabbit.id === ids[1] ? 'unforeseen' : 'foreseen';
      await em.flush();
    };
    await w.as('holly', flush, { changeId });
    await add(['behind it']);
    const events = (await w.events()).slice(-4);
    expect(events.map(({ action, target, changeId: set, actor }) => [action, target?.id, set, actor.id])).toEqual([
      ['rabbit_changed', String(ids[0]), changeId, 'holly'],
      ['inbox_row_unreadable', String(ids[1]), changeId, 'holly'],
      ['rabbit_changed', String(ids[2]), changeId, 'holly'],
      ['rabbit_changed', expect.any(String), expect.any(String), 'fiver'],
    ]);
    expect(events[1]).toMatchObject({
      operation: 'update',
      target: { type: 'Rabbit', label: null },
      metadata: { problem: 'refused by the log: 23514 nobody_foresaw', leaf_hash: expect.stringMatching(/^[0-9a-f]{64}$/) as string },
    });
    expect(w.alarms.splice(0)).toEqual([
      expect.objectContaining({ name: 'AuditLogError', target: { type: 'Rabbit', id: String(ids[1]), label: `Rabbit ${ids[1]}` } }),
    ]);
    // Without a new connection: what is refused would be refused again.
    expect(w.open.sequencer.backend).toBe(backend);
    await w.sql('alter table audit_event drop constraint nobody_foresaw');
  });

  it('nor do thousands: each is recorded as unreadable, those between them as what they say, on the same connection', async () => {
    const backend = w.open.sequencer.backend;
    const before = (await w.events()).length;
    await w.sql(
      `alter table audit_event add constraint nobody_foresaw check (action <> 'carrots_weighed' or metadata->>'grams' <> '666') not valid`,
    );
    const grams = Array.from({ length: 3_000 }, (_, i) => (i % 4 ? 666 : 1));
    await insert(
      contextText(null),
      ...grams.map((each, i) => weighed({ ...burrow({ id: String(i) }), meta: { grams: each, scale: 'kitchen' } })),
    );
    // Thousands of subtransactions take seconds, on a machine that does something else besides many of them.
    await eventually(async () => (await w.open.log.settle()).waiting === 0, { timeout: 90_000 });
    const recorded = (await w.events()).slice(before);
    expect(recorded.map(({ target }) => target?.id)).toEqual(grams.map((_, i) => String(i)));
    expect(recorded.map(({ action }) => action)).toEqual(grams.map((each) => (each === 1 ? 'carrots_weighed' : 'inbox_row_unreadable')));
    expect(new Set(recorded.map(({ changeId }) => changeId)).size).toBe(1);
    expect(w.alarms.splice(0).map(String)).toEqual([expect.stringMatching(/and 2245 more like these$/)]);
    expect(w.open.sequencer.backend).toBe(backend);
    await w.sql('alter table audit_event drop constraint nobody_foresaw');
  }, 120_000);

  it('what the log refuses even as unreadable of its record is recorded without it', async () => {
    await w.sql(`alter table audit_event add constraint nobody_foresaw check (target_id <> 'cursed') not valid`);
    await insert(contextText(null), weighed(burrow({ id: 'cursed' })), weighed(burrow({ id: 'blessed' })));
    expect((await w.events()).slice(-2).map(({ action, target }) => [action, target?.id])).toEqual([
      ['inbox_row_unreadable', undefined],
      ['carrots_weighed', 'blessed'],
    ]);
    expect(w.alarms.splice(0)).toHaveLength(1);
    await w.sql('alter table audit_event drop constraint nobody_foresaw');
  });

  it('an event of a document that cannot be read takes none of the others along', async () => {
    await add(['good']);
    const rabbit = { area: 'meadow', action: 'rabbit_changed', type: 'Rabbit', label: null };
    await w.events();
    w.alarms.splice(0);
    await w.as('fiver', (em) =>
      em.transactional(async (inner) => {
        await inner.execute('update rabbit set tame = true where id = ?', [next - 1]);
        await inner.execute(`insert into audit_inbox (context, document) values (?, ?)`, [
          contextText('fiver'),
          JSON.stringify({
            v: 1,
            events: [
              { ...rabbit, id: String(next - 1), op: 'update', changes: [{ f: 'tame', o: 'false', n: 'true' }] },
              { ...rabbit, id: 'bad', op: 'delete', changes: 'none' },
              null,
            ],
          }),
        ]);
      }),
    );
    const events = (await w.events()).slice(-3);
    expect(events.map(({ action, target, operation }) => [action, target?.id, operation])).toEqual([
      ['rabbit_changed', String(next - 1), 'update'],
      ['inbox_row_unreadable', 'bad', 'none'],
      ['inbox_row_unreadable', undefined, 'none'],
    ]);
    expect(events[1]?.metadata).toMatchObject({ problem: 'not the form of an event', told_operation: 'delete' });
    expect(new Set(events.map(({ changeId }) => changeId)).size).toBe(1);
    expect(w.alarms.splice(0)).toHaveLength(2);
  });

  it('a row change for which the policy fails is recorded as unreadable, with table, key, actor and operation; its neighbours as what they are', async () => {
    const policy = w.audit.registry.plans.get('Rabbit')?.policy as { title: (row: { id?: string }) => string };
    const { title } = policy;
    await add(['one', 'two', 'three']);
    await w.events();
    policy.title = (row) => {
      if (row.id === String(next - 2)) throw new Error('a secret');
      return title(row);
    };
    await w.as('fiver', (em) => em.nativeUpdate(Rabbit, { id: { $gte: next - 3 } }, { tame: true }));
    const events = (await w.events()).slice(-3);
    policy.title = title;
    const byKey = events.map(({ action, operation, actor, target }) => [target?.type, target?.id, action, operation, actor.id]);
    expect(byKey.sort((one, other) => Number(one[1]) - Number(other[1]))).toEqual([
      ['Rabbit', String(next - 3), 'rabbit_changed', 'update', 'fiver'],
      ['Rabbit', String(next - 2), 'inbox_row_unreadable', 'update', 'fiver'],
      ['Rabbit', String(next - 1), 'rabbit_changed', 'update', 'fiver'],
    ]);
    expect(new Set(events.map(({ changeId }) => changeId)).size).toBe(1);
    const unreadable = events.find(({ action }) => action === 'inbox_row_unreadable');
    expect(unreadable?.metadata).toMatchObject({ table: 'rabbit', problem: 'what the entity declares fails for it (Error)' });
    // Whose it is its earlier events know: who may see the record sees that something about it is missing.
    expect(unreadable).toMatchObject({ root: { type: 'Warren', id: warren }, subject: 'fiver', scopes: ['meadow:m1'] });
    expect(w.alarms.splice(0)).toEqual([expect.objectContaining({ cause: expect.objectContaining({ message: 'a secret' }) as Error })]);
  });

  it('a record whose unit no index takes is recorded with what changed', async () => {
    const id = crypto.randomUUID();
    await w.sql(`insert into warren (id, name, keeper, meadow, flooded, version) values ($1, 'Long', 'fiver', 'm1', false, 1)`, [id]);
    await w.sql(`alter table warren alter meadow type text`);
    await w.sql(`update warren set meadow = $1 where id = $2`, [long(3_000), id]);
    expect((await w.events()).slice(-2).map(({ action, operation, target }) => [action, operation, target?.id])).toEqual([
      ['warren_dug', 'create', id],
      ['warren_changed', 'update', id],
    ]);
    expect((await w.events()).at(-1)?.changes).toEqual([{ field: 'meadow', old: 'm1', new: long(3_000) }]);
    expect(w.alarms.splice(0)).toHaveLength(1);
  });

  it('a transaction that cannot even be completed is recorded as unreadable, with one change set', async () => {
    await w.sql(`alter table audit_subject_key add constraint nobody_foresaw check (subject_id <> 'ghost') not valid`);
    const ghost = contextText('ghost', { ipAddress: '10.0.0.1' });
    await insert(ghost, weighed(), weighed());
    const events = (await w.events()).slice(-2);
    expect(events.map(({ action }) => action)).toEqual(['inbox_row_unreadable', 'inbox_row_unreadable']);
    expect(new Set(events.map(({ changeId }) => changeId)).size).toBe(1);
    expect(w.alarms.splice(0)).toHaveLength(2);
    await w.sql('alter table audit_subject_key drop constraint nobody_foresaw');
  });

  it('nor does what was learned by the try that failed stand in the next one: whose a record was when it changed', async () => {
    const mine = await w.as('fiver', async (em) => {
      const made = em.create(Warren, { name: 'Mine', keeper: 'fiver', meadow: 'm1', flooded: false });
      em.create(Rabbit, { id: next++, warren: made, name: 'first', tame: false } as never);
      await em.flush();
      return made.id;
    });
    const rabbit = next - 1;
    await w.events();
    await w.sql(`alter table audit_subject_key add constraint nobody_foresaw check (subject_id <> 'ghost') not valid`);
    // While the head is locked one batch waits, and what follows becomes the next one as a whole.
    const lock = new Client(w.database.url);
    await lock.connect();
    await lock.query('begin; lock table audit_head in share mode');
    await add(['waits']);
    await eventually(async () => {
      const [row] = await w.sql<{ n: number }>(
        `select count(*)::int as n from pg_stat_activity where application_name = 'countersign sequencer' and datname = current_database() and wait_event_type = 'Lock'`,
      );
      return row?.n === 1;
    });
    await w.as('hazel', (em) => em.nativeUpdate(Rabbit, { id: rabbit }, { name: 'second' }));
    await w.as('hazel', (em) => em.nativeUpdate(Warren, { id: mine }, { keeper: 'bigwig' }));
    await insert(contextText('ghost', { ipAddress: '10.0.0.1' }), weighed());
    await lock.query('commit');
    await lock.end();
    const events = (await w.events()).slice(-3);
    expect(events.map(({ action, subject }) => [action, subject])).toEqual([
      ['rabbit_changed', 'fiver'],
      ['warren_changed', 'bigwig'],
      ['inbox_row_unreadable', null],
    ]);
    expect(w.alarms.splice(0)).toHaveLength(1);
    await w.sql('alter table audit_subject_key drop constraint nobody_foresaw');
  });

  it('a change id in capitals is the same in the leaf and in the row', async () => {
    await insert(contextText(null, { changeId: 'C0FFEE00-0000-4000-8000-00000000ABCD' }), weighed());
    await eventually(async () => (await w.events()).at(-1)?.changeId === 'c0ffee00-0000-4000-8000-00000000abcd');
    const [row] = await w.sql<EntryRow & { leaf: string }>(
      `select ${ENTRY_COLUMNS}, encode(e.leaf_hash, 'hex') as leaf from audit_event e order by position desc limit 1`,
    );
    const entry = entryOfRow(row as EntryRow);
    expect(
      Buffer.from(leafHash(leafBytes(leafRecord(entry)), (bytes) => new Uint8Array(createHash('sha256').update(bytes).digest()))).toString(
        'hex',
      ),
    ).toBe(row?.leaf);
  });
});

describe('AUD-21 AUD-24 nodes, kills and a restart', () => {
  it('two nodes with 16 writers, killed connections, rollbacks and savepoints: both feeds tell exactly the committed events, once, in one order', async () => {
    const random = seeded(20261122);
    const other = await join(w.database, w.alarms);
    const since = w.open.feed.position;
    await eventually(() => other.open.feed.position === since);
    const told: FeedBatch[][] = [[], []];
    const off = [w.open.feed, other.open.feed].map((feed, node) => feed.onBatch((batch) => told[node]?.push(batch)));
    const committed = new Set<string>();
    const rolledBack = new Set<string>();

    const write = async (node: typeof other, writer: number) => {
      for (let turn = 0; turn < 12; turn++) {
        const tags: string[] = [];
        const ghosts: string[] = [];
        const fails = random.chance(0.2);
        const put = async (em: typeof node.orm.em, tag: string, into: string[]) => {
          em.create(Rabbit, { id: next++, warren: em.getReference(Warren, warren), name: tag, tame: false } as never);
          await em.flush();
          into.push(tag);
        };
        const work = withContext({ actor: user(`writer ${writer}`), channel: 'web' }, () =>
          node.orm.em.fork().transactional(async (em) => {
            for (let step = 0; step < random.int(1, 3); step++) {
              await put(em, `${writer}.${turn}.${step}`, tags);
              if (random.chance(0.3)) await new Promise((resume) => setTimeout(resume, random.int(0, 8)));
              if (random.chance(0.3)) {
                const inner: string[] = [];
                const drop = random.chance(0.5);
                await em
                  .transactional(async (savepoint) => {
                    await put(savepoint, `${writer}.${turn}.${step}.inner`, inner);
                    if (drop) throw new Error('not this one');
                  })
                  .catch((error: Error) => {
                    if (error.message !== 'not this one') throw error;
                  });
                (drop ? ghosts : tags).push(...inner);
              }
            }
            if (fails) throw new Error('none of it');
          }),
        );
        const failed = await work.then(
          () => false,
          (error: Error) => {
            if (error.message !== 'none of it') throw error;
            return true;
          },
        );
        for (const tag of failed ? tags : ghosts) rolledBack.add(tag);
        for (const tag of failed ? ghosts : []) rolledBack.add(tag);
        if (!failed) for (const tag of tags) committed.add(tag);
      }
    };
    const writers = Promise.all(Array.from({ length: 16 }, (_, writer) => write(writer % 2 ? other : w, writer)));
    let writing = true;
    const killer = (async () => {
      while (writing) {
        await w.sql(
          `select pg_terminate_backend(pid) from pg_stat_activity where application_name in ('countersign sequencer', 'countersign feed') and datname = current_database() and random() < 0.4`,
        );
        await new Promise((resume) => setTimeout(resume, 60));
      }
    })();
    await writers;
    writing = false;
    await killer;

    const head = await eventually(
      async () => {
        const [row] = await w.sql<{ position: number; waiting: number }>(
          `select position::int, (select count(*)::int from audit_inbox) as waiting from audit_head`,
        );
        return row?.waiting === 0 && w.open.feed.position === row.position && other.open.feed.position === row.position
          ? row.position
          : false;
      },
      { timeout: 60_000 },
    );
    for (const stop of off) stop();
    for (const batches of told) {
      const positions = batches.flatMap((batch) => batch.entries.map(({ entry }) => entry.position));
      expect(positions).toEqual(Array.from({ length: head - since }, (_, i) => since + 1 + i));
      for (const [i, batch] of batches.entries()) expect(batch.from).toBe(i === 0 ? since : batches[i - 1]?.to);
      const names = batches.flatMap((batch) => batch.entries.map((one) => nameOf(one.reveal(true)) as string));
      expect(names.filter((name) => rolledBack.has(name))).toEqual([]);
      expect([...names].sort()).toEqual([...committed].sort());
    }
    expect(told[0]?.flatMap((batch) => batch.entries.map(({ entry }) => entry.id))).toEqual(
      told[1]?.flatMap((batch) => batch.entries.map(({ entry }) => entry.id)),
    );
    await other.open.close();
    await other.orm.close(true);
  });

  it('after all of it the log is whole: dense, rolled up, and every leaf recomputes', async () => {
    const [sums] = await w.sql(
      `select (select count(*)::int from audit_event) as events, (select max(position)::int from audit_event) as last, (select position::int from audit_head) as head, (select sum(events)::int from audit_rollup) as rolled, (select count(distinct id)::int from audit_event) as ids`,
    );
    const { events } = sums as { events: number };
    expect(sums).toEqual({ events, last: events, head: events, rolled: events, ids: events });
    const stretch = await w.open.log.after(0, {}, KEEPER, 100_000);
    expect(stretch.to).toBe(events);
  });

  it('AUD-22 whose an event is, when only the batch before it knows: that batch is awaited', async () => {
    const far = await world();
    await far.open.close();
    const names = Array.from({ length: 24 }, (_, i) => `late ${i}`);
    for (const [i, name] of names.entries()) {
      const made = await far.as('hazel', async (em) => {
        const fresh = em.create(Warren, { name, keeper: `keeper ${i}`, meadow: 'm1', flooded: false });
        await em.flush();
        return fresh.id;
      });
      await far.as('hazel', async (em) => {
        em.create(Rabbit, { id: 1 + i, warren: em.getReference(Warren, made), name, tame: false } as never);
        await em.flush();
      });
    }
    const numbered = Promise.withResolvers<void>();
    const formed: Formed[] = [];
    const sequencer = new Sequencer({
      connectionString: urlAs(far.database, far.roles.sequencer),
      rowsPerBatch: 1,
      sight: { ...far.audit.registry, application: far.roles.app },
      alarm: (error) => numbered.reject(error),
      publish: (batch) => {
        formed.push(...batch.formed);
        if (formed.length === 2 * names.length) numbered.resolve();
      },
    });
    await sequencer.start();
    await numbered.promise;
    await sequencer.stop();
    const rabbits = formed.filter(({ entry }) => entry.target?.type === 'Rabbit');
    expect(rabbits.map(({ entry }) => entry.subject)).toEqual(names.map((_, i) => `keeper ${i}`));
    await far.close();
  });

  it('AUD-4: a row longer than is read is recorded as unreadable, with table, record, operation, length and hash; what follows is numbered', async () => {
    const far = await world();
    const home = await far.as('fiver', async (em) => {
      const made = em.create(Warren, { name: 'Far', keeper: 'fiver', meadow: 'm1', flooded: false });
      em.create(Rabbit, { id: 1, warren: made, name: 'short', tame: false } as never);
      await em.flush();
      return made.id;
    });
    await far.events();
    await far.open.close();
    const formed: Formed[] = [];
    const problems: string[] = [];
    const numbered = async (count: number) => {
      await eventually(() => formed.length >= count);
      return formed.splice(0).map(({ entry }) => entry);
    };
    const longText = 'é'.repeat(250_000);
    await far.as('hazel', (em) => em.nativeUpdate(Rabbit, { id: 1 }, { name: longText }));
    const [row] = await far.sql<{ bytes: number; sha256: string }>(
      `select octet_length(document) as bytes, encode(sha256(convert_to(document, 'UTF8')), 'hex') as sha256 from audit_inbox`,
    );
    const sequencer = new Sequencer({
      connectionString: urlAs(far.database, far.roles.sequencer),
      longestRead: 8_000,
      // Not what the row is long counts, but what is read of it.
      room: 1_000_000,
      sight: { ...far.audit.registry, application: far.roles.app },
      alarm: (error) => problems.push(String(error)),
      publish: (batch) => formed.push(...batch.formed),
    });
    await sequencer.start();
    const unreadable = {
      action: 'inbox_row_unreadable',
      operation: 'update',
      target: { type: 'Rabbit', id: '1' },
      root: { type: 'Warren', id: home },
      actor: user('hazel'),
      metadata: { problem: 'it is longer than is read', table: 'rabbit', bytes: row?.bytes, sha256: row?.sha256 },
    };
    expect(await numbered(1)).toMatchObject([unreadable]);
    // The look at a few that wait reads no more either.
    await far.as('hazel', (em) => em.nativeUpdate(Rabbit, { id: 1 }, { name: 'short again' }));
    await far.as('hazel', (em) => em.nativeUpdate(Rabbit, { id: 1 }, { name: 'after' }));
    sequencer.poke();
    expect((await numbered(2)).map(({ action }) => action)).toEqual(['inbox_row_unreadable', 'rabbit_changed']);
    const client = new Client(urlAs(far.database, far.roles.app));
    await client.connect();
    await client.query(`insert into audit_inbox (context, document) values ($1, $2), ($2, $3)`, [
      contextText('hazel'),
      'x'.repeat(8_001),
      weighed(),
    ]);
    await client.end();
    sequencer.poke();
    expect((await numbered(2)).map(({ actor, metadata }) => [actor.id, metadata['problem']])).toEqual([
      ['hazel', 'it is longer than is read'],
      [null, 'not the form of a context'],
    ]);
    expect(problems).toHaveLength(4);
    expect(problems[0]).toMatch(/Rabbit 1, update: .* it is longer than is read/);
    await sequencer.stop();
    await far.close();
  });

  it('a transaction larger than memory waits and raises the alarm, ends no process, and is numbered in its place by one with more', async () => {
    const far = await world();
    await far.open.close();
    await far.sql(`insert into warren (id, name, keeper, meadow, flooded) values ('${randomUUID()}', 'before', 'fiver', 'm1', false)`);
    await far.sql(
      `insert into warren (id, name, keeper, meadow, flooded) select gen_random_uuid(), n::text, 'fiver', 'm1', false from generate_series(1, 50) n`,
    );
    await far.sql(`insert into warren (id, name, keeper, meadow, flooded) values ('${randomUUID()}', 'after', 'fiver', 'm1', false)`);
    const formed: Formed[] = [];
    const sequencerWith = (problems: string[], room?: number) =>
      new Sequencer({
        connectionString: urlAs(far.database, far.roles.sequencer),
        sight: { ...far.audit.registry, application: far.roles.app },
        alarm: (error) => problems.push(String(error)),
        publish: (batch) => formed.push(...batch.formed),
        rowsPerBatch: 1,
        ...(room !== undefined && { room }),
      });
    const refused: string[] = [];
    const small = sequencerWith(refused, 40 * 6 * 1024);
    await small.start();
    await eventually(() => refused.length > 1);
    expect(refused[0]).toMatch(/^TransactionTooLarge: A transaction of 50 row changes waits .* NODE_OPTIONS=--max-old-space-size=1 /);
    expect(formed.map(({ entry }) => nameOf(entry))).toEqual(['before']);
    const problems: string[] = [];
    const large = sequencerWith(problems);
    await large.start();
    await eventually(() => formed.length === 52);
    expect(formed.map(({ entry }) => nameOf(entry))).toEqual(['before', ...Array.from({ length: 50 }, (_, n) => String(n + 1)), 'after']);
    expect(problems).toEqual([]);
    await Promise.all([small.stop(), large.stop()]);
    await far.close();
  });

  it('a log that could not be opened leaves no connection behind', async () => {
    const connections = async () => {
      const [row] = await w.sql<{ n: string }>(
        `select count(*) as n from pg_stat_activity where datname = current_database() and application_name like 'countersign %'`,
      );
      return Number(row?.n);
    };
    const before = await connections();
    const sequencer = urlAs(w.database, 'nobody_at_all');
    const opened = w.audit.openLog({ app: urlAs(w.database, w.roles.app), sequencer, alarm: (error) => w.alarms.push(error) });
    await expect(opened).rejects.toThrow('nobody_at_all');
    await eventually(async () => (await connections()) <= before);
  });

  it('what can not be closed keeps nothing else open, and whoever closes is told', async () => {
    const connections = async () => {
      const [row] = await w.sql<{ n: string }>(
        `select count(*) as n from pg_stat_activity where datname = current_database() and application_name like 'countersign %'`,
      );
      return Number(row?.n);
    };
    const before = await connections();
    const { open, orm } = await join(w.database, w.alarms);
    const failing = (part: { stop(): Promise<void> }, problem: string) => {
      const stop = part.stop.bind(part);
      part.stop = () => stop().then(() => Promise.reject(new Error(problem)));
    };
    failing(open.sequencer, 'the sequencer is stuck');
    failing(open.feed, 'the feed is stuck');
    await open.log.head();
    const problem = await open.close().then(
      () => null,
      (error: unknown) => error as AggregateError,
    );
    expect(problem?.errors.map(String)).toEqual(['Error: the sequencer is stuck', 'Error: the feed is stuck']);
    await eventually(async () => (await connections()) <= before);
    await orm.close(true);
  });

  it('a transaction is never cut in two, however small the batches', async () => {
    const { batches } = await import('../src/sequencer/sweep.ts');
    const transactions = [3, 1, 9, 2, 2].map((rows, i) => ({ xid: String(i), rows, bytes: 1 }));
    expect(batches(transactions, 4).map((batch) => batch.map((one) => one.xid))).toEqual([['0', '1'], ['2'], ['3', '4']]);
  });
});
