import { Client } from 'pg';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { LockMode } from '@mikro-orm/postgresql';
import type { Event } from '../src/events/entry.ts';
import { dig, eventsIn } from './rabbits.ts';
import { balanceOf, Rabbit, world, type World } from './warren.ts';

// What PostgreSQL offers beside plain statements: every row that changes is recorded once, by whatever it was changed.

let w: World;
let warren: string;
let next = 1;

beforeAll(async () => {
  w = await world();
  warren = await dig(w);
});
afterAll(() => w.close());

const eventsOf = (work: () => Promise<unknown>) => eventsIn(w, work);

const row = (id: number, name: string) => `(${id}, '${warren}', '${name}', now())`;
const INSERT = 'insert into rabbit (id, warren_id, name, updated_at)';

async function born(): Promise<number> {
  const id = next++;
  await w.sql(`${INSERT} values ${row(id, `R${id}`)}`);
  return id;
}

const named = ({ operation, target, changes }: Event) => {
  const name = changes.find((change) => change.field === 'name');
  return `${operation} ${target?.id}${name && 'new' in name ? ` ${name.old as string} → ${name.new as string}` : ''}`;
};

/** Statements of one transaction, one after the other. */
async function inTransaction(...statements: string[]): Promise<void> {
  const client = new Client(w.database.url);
  await client.connect();
  try {
    await client.query('begin');
    for (const statement of statements) await client.query(statement);
    await client.query('commit');
  } finally {
    await client.end();
  }
}

describe('AUD-4 statements of PostgreSQL', () => {
  it('update … from, delete … using', async () => {
    const [one, two] = [await born(), await born()];
    const events = await eventsOf(async () => {
      await w.sql(`update rabbit r set name = v.name from (values (${one}, 'From')) v(id, name) where v.id = r.id`);
      await w.sql(`delete from rabbit r using (values (${two})) v(id) where v.id = r.id`);
    });
    expect(events.map(named)).toEqual([`update ${one} R${one} → From`, `delete ${two} R${two} → null`]);
  });

  it('one statement with several writes of one table and of others', async () => {
    const [one, two, fresh] = [await born(), await born(), next++];
    const events = await eventsOf(() =>
      w.sql(
        `with gone as (delete from rabbit where id = ${one} returning id),
          changed as (update rabbit set name = 'Changed' where id = ${two} returning id),
          renamed as (update warren set name = 'Conflicting' where id = '${warren}' returning id)
        ${INSERT} select * from (values ${row(fresh, 'Fresh')}) v(id, warren, name, at) where exists (select from gone)`.replace(
          'select * from',
          'select id, warren::uuid, name, at from',
        ),
      ),
    );
    expect(events.map(named).toSorted()).toEqual(
      [
        `create ${fresh} null → Fresh`,
        `delete ${one} R${one} → null`,
        `update ${two} R${two} → Changed`,
        `update ${warren} Down → Conflicting`,
      ].toSorted(),
    );
    await w.sql(`update warren set name = 'Down' where id = $1`, [warren]);
  });

  it('insert … on conflict: a creation, a change, nothing', async () => {
    const [old, fresh] = [await born(), next++];
    const upsert = (values: string, then: string) => w.sql(`${INSERT} values ${values} on conflict (id) do ${then}`);
    const events = await eventsOf(async () => {
      await upsert(row(old, 'Skipped'), 'nothing');
      await upsert(`${row(old, 'Conflicting')}, ${row(fresh, 'Conflict free')}`, 'update set name = excluded.name');
      await upsert(row(old, 'Conflicting'), 'update set name = excluded.name');
    });
    expect(events.map(named).toSorted((a, b) => (a < b ? -1 : 1))).toEqual([
      `create ${fresh} null → Conflict free`,
      `update ${old} R${old} → Conflicting`,
    ]);
  });

  it('a procedure that commits in between, a function, and a block: by whom they were called', async () => {
    const id = await born();
    await w.sql(`create procedure rename(rabbit_id int) language plpgsql as $$ begin
        update rabbit set name = 'Before' where id = rabbit_id; commit; update rabbit set name = 'After' where id = rabbit_id; end $$`);
    await w.sql(
      `create function renamed(rabbit_id int) returns void language sql as $$ update rabbit set name = 'Within' where id = rabbit_id $$`,
    );
    const events = await eventsOf(() =>
      w.as('hazel', async (em) => {
        await em.execute('call rename(?)', [id]);
        await em.execute(`do $$ begin perform renamed(${id}); end $$`);
      }),
    );
    await w.sql('drop procedure rename(int); drop function renamed(int)');
    expect(events.map((event) => [event.actor.id, named(event)])).toEqual([
      ['hazel', `update ${id} R${id} → Before`],
      ['hazel', `update ${id} Before → After`],
      ['hazel', `update ${id} After → Within`],
    ]);
    expect(new Set(events.map(({ changeId }) => changeId)).size, 'two transactions, and a third').toBe(3);
  });

  it('a reference that the database empties, since what it points to is gone', async () => {
    const [mother, child] = [await born(), await born()];
    const [key] = await w.sql<{ conname: string }>(
      `select conname from pg_constraint where conrelid = 'rabbit'::regclass and confrelid = 'rabbit'::regclass`,
    );
    await w.sql(`alter table rabbit drop constraint "${key?.conname}",
      add constraint "${key?.conname}" foreign key (mother_id) references rabbit (id) on delete set null`);
    await w.sql('update rabbit set mother_id = $1 where id = $2', [mother, child]);
    const events = await eventsOf(() => w.sql('delete from rabbit where id = $1', [mother]));
    await w.sql(`alter table rabbit drop constraint "${key?.conname}",
      add constraint "${key?.conname}" foreign key (mother_id) references rabbit (id) on update cascade on delete set null`);
    expect(events.map(named).toSorted((a, b) => (a < b ? -1 : 1))).toEqual([`delete ${mother} R${mother} → null`, `update ${child}`]);
    expect(events.find(({ operation }) => operation === 'update')?.changes).toEqual([
      { field: 'mother_id', old: String(mother), new: null },
    ]);
    expect(new Set(events.map(({ changeId }) => changeId)).size).toBe(1);
  });

  it('what rewrites a table past its triggers, as `alter table … using` does, the balance names', async () => {
    const id = await born();
    await w.sql(
      'alter table rabbit alter pin type varchar(255) using pin, alter secret_name type varchar(255) using coalesce(secret_name, $$Rewritten$$)',
    );
    await w.events();
    const { found } = await balanceOf(w);
    expect(found.filter(({ target }) => target.id === String(id)).map(({ kind, field }) => [kind, field])).toEqual([
      ['field', 'secret_name'],
    ]);
    // Put right by an ordinary change, which is recorded.
    const events = await eventsOf(() => w.sql('update rabbit set secret_name = null'));
    expect(events.length).toBeGreaterThan(0);
  });

  it('a row at which a cursor stands', async () => {
    const id = await born();
    const events = await eventsOf(() =>
      inTransaction(
        `declare c cursor for select * from rabbit where id = ${id} for update`,
        'fetch c',
        `update rabbit set name = 'At the cursor' where current of c`,
      ),
    );
    expect(events.map(named)).toEqual([`update ${id} R${id} → At the cursor`]);
  });

  it('a prepared statement, run twice', async () => {
    const id = await born();
    const events = await eventsOf(() =>
      inTransaction(
        `prepare rename(text) as update rabbit set name = $1 where id = ${id}`,
        `execute rename('One')`,
        `execute rename('Two')`,
        `execute rename('Two')`,
        'deallocate rename',
      ),
    );
    expect(events.map(named)).toEqual([`update ${id} R${id} → One`, `update ${id} One → Two`]);
  });

  it('a view that writes through, one with a trigger instead, and one with a rule', async () => {
    const id = await born();
    await w.sql(`create view plain_rabbit as select id, name from rabbit;
      create view loud_rabbit as select id, upper(name) as name from rabbit;
      create function quieten() returns trigger language plpgsql as $$ begin update rabbit set name = lower(new.name) where id = old.id; return new; end $$;
      create trigger quieten instead of update on loud_rabbit for each row execute function quieten();
      create view ruled_rabbit as select id, name || '' as name from rabbit;
      create rule ruled as on update to ruled_rabbit do instead update rabbit set name = new.name where id = old.id`);
    const events = await eventsOf(async () => {
      await w.sql(`update plain_rabbit set name = 'Plain' where id = $1`, [id]);
      await w.sql(`update loud_rabbit set name = 'LOUD' where id = $1`, [id]);
      await w.sql(`update ruled_rabbit set name = 'Ruled' where id = ${id}`);
    });
    await w.sql('drop view plain_rabbit, loud_rabbit, ruled_rabbit');
    expect(events.map(named)).toEqual([`update ${id} R${id} → Plain`, `update ${id} Plain → loud`, `update ${id} loud → Ruled`]);
  });

  it('a row that another trigger keeps from changing is none', async () => {
    const [one, two] = [await born(), await born()];
    await w.sql(`create function keep() returns trigger language plpgsql as $$ begin return case when old.id = ${one} then null else new end; end $$;
      create trigger keep before update on rabbit for each row execute function keep()`);
    const events = await eventsOf(() => w.sql(`update rabbit set name = 'Other' where id in (${one}, ${two})`));
    await w.sql('drop trigger keep on rabbit');
    expect(events.map(named)).toEqual([`update ${two} R${two} → Other`]);
  });

  it('a key that a foreign key follows: the children that the database changes', async () => {
    const [mother, child] = [await born(), await born()];
    const [{ conname } = { conname: '' }] = await w.sql<{ conname: string }>(
      `select conname from pg_constraint where conrelid = 'rabbit'::regclass and confrelid = 'rabbit'::regclass`,
    );
    await w.sql(`alter table rabbit drop constraint "${conname}"`);
    await w.sql(
      `alter table rabbit add constraint "${conname}" foreign key (mother_id) references rabbit (id) on update cascade on delete set null`,
    );
    await w.sql('update rabbit set mother_id = $1 where id = $2', [mother, child]);
    const moved = next++ + 1_000;
    const events = await eventsOf(async () => {
      await w.sql('update rabbit set id = $1 where id = $2', [moved, mother]);
      await w.sql('delete from rabbit where id = $1', [moved]);
    });
    const mothers = events.filter(({ target }) => target?.id === String(child)).map(({ changes }) => changes);
    expect(events.map(({ operation, target }) => `${operation} ${target?.id}`).toSorted()).toEqual(
      [`create ${moved}`, `delete ${mother}`, `delete ${moved}`, `update ${child}`, `update ${child}`].toSorted(),
    );
    expect(mothers).toEqual([
      [{ field: 'mother_id', old: String(mother), new: String(moved) }],
      [{ field: 'mother_id', old: String(moved), new: null }],
    ]);
  });

  it('a constraint that is checked at the end: what is committed, and nothing of what it refuses', async () => {
    const id = await born();
    await w.sql(`alter table rabbit add constraint one_name unique (name) deferrable initially deferred`);
    const events = await eventsOf(async () => {
      await inTransaction(`update rabbit set name = 'Unique' where id = ${id}`, `${INSERT} values ${row(next++, 'Unique')}`).catch(
        () => undefined,
      );
      await inTransaction(`update rabbit set name = 'Alone' where id = ${id}`);
    });
    await w.sql('alter table rabbit drop constraint one_name');
    expect(events.map(named)).toEqual([`update ${id} R${id} → Alone`]);
  });

  it('a thousand rows of one statement, each its own event', async () => {
    const from = (next += 2_000);
    const events = await eventsOf(() => w.sql(`${INSERT} select ${from} + n, '${warren}', 'many', now() from generate_series(1, 1000) n`));
    expect(events.map(({ target }) => Number(target?.id))).toEqual(Array.from({ length: 1_000 }, (_, i) => from + i + 1));
    next += 2_000;
  });

  it('what changes no row is no event: locks, reading anew, messages, a table that is looked at', async () => {
    const id = await born();
    const events = await eventsOf(() =>
      w.as('hazel', (em) =>
        em.transactional(async (inner) => {
          const rabbit = await inner.findOneOrFail(Rabbit, id);
          await inner.lock(rabbit, LockMode.PESSIMISTIC_WRITE);
          await inner.refresh(rabbit);
          await inner.execute(`notify rabbits, 'hello'`);
          await inner.execute('lock table rabbit in share mode');
          await inner.execute('select * from rabbit for update');
          await inner.flush();
        }),
      ),
    );
    expect(events).toEqual([]);
  });

  it('an upsert that leaves fields out: what it changes and no more', async () => {
    const id = await born();
    const upsert = (name: string, tame: boolean) =>
      w.as('hazel', (em) =>
        em.upsert(Rabbit, { id, warren, name, tame, version: 1, updatedAt: new Date() }, { onConflictExcludeFields: ['tame'] }),
      );
    const events = await eventsOf(async () => {
      await upsert('Upserted', true);
      await upsert('Upserted', true);
    });
    expect(events.map(named)).toEqual([`update ${id} R${id} → Upserted`]);
    expect(events[0]?.changes.map(({ field }) => field).toSorted()).toEqual(['name', 'shout']);
    expect(events[0]?.actor.id).toBe('hazel');
  });
});
