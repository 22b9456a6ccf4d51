import { Client } from 'pg';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { AuditDisagreement } from '../src/events/errors.ts';
import type { Event } from '../src/events/entry.ts';
import { FlushMode, raw, type EntityManager } from '@mikro-orm/postgresql';
import { changeSet, withContext } from '../src/capture/context.ts';
import { sendCopy } from '../src/sequencer/copy-message.ts';
import { bear, dig, eventsIn } from './rabbits.ts';
import { contextText, Rabbit, Trait, urlAs, Warren, world, type World } from './warren.ts';

// Every way that MikroORM and PostgreSQL offer to change a row: the log holds each change once, with old and new
// values, and with who and why wherever anybody could know.

let w: World;
let next = 1;
let warren: string;

beforeAll(async () => {
  w = await world();
  warren = await dig(w);
});
afterAll(() => w.close());

/** The events of what `work` does, and what the two recorders disagreed about meanwhile. */
const eventsOf = (work: () => Promise<unknown>) => eventsIn(w, work);

const brief = (event: Event | undefined) =>
  event && {
    what: `${event.operation} ${event.target?.type} ${event.target?.id}`,
    who: event.actor.id ?? event.actor.kind,
    ...Object.fromEntries<unknown>(
      event.changes.map((change) => ('hidden' in change ? [change.field, 'hidden'] : [change.field, [change.old, change.new]])),
    ),
  };

const alphabetical = (one: string, other: string) => one.localeCompare(other);
const whatsInOrder = (events: readonly Event[]) => events.map((event) => `${event.operation} ${event.target?.type} ${event.target?.id}`);
/** What was done to what, whatever the order. */
const whatsOf = (events: readonly Event[]) =>
  events.map((event) => `${event.operation} ${event.target?.type} ${event.target?.id}`).toSorted(alphabetical);

/** A rabbit of which only the name is interesting. */
const born = (more: object = {}) => bear(w, warren, next++, more);

/** A connection of the application's own role, past the ORM: what another program of the house has. */
async function asApplication(...statements: string[]): Promise<void> {
  const client = new Client({ connectionString: urlAs(w.database, w.roles.app), application_name: 'a script' });
  await client.connect();
  try {
    for (const statement of statements) await client.query(statement);
  } finally {
    await client.end();
  }
}

describe('AUD-4 what goes around the unit of work is recorded once, with its context', () => {
  it('nativeUpdate: of every row that it changes, and of no other', async () => {
    const [one, two, three] = [await born({ tame: true }), await born(), await born()];
    const events = await eventsOf(() =>
      w.as('hazel', (em) => em.nativeUpdate(Rabbit, { id: { $in: [one, two, three] }, tame: false }, { tame: true }), {
        reason: 'a lesson',
      }),
    );
    expect(events.map(brief)).toEqual(
      [two, three].map((id) => ({ what: `update Rabbit ${id}`, who: 'hazel', tame: ['false', 'true'], version: ['1', '2'] })),
    );
    expect(events.map(({ reason, channel, root }) => [reason, channel, root?.id])).toEqual([1, 2].map(() => ['a lesson', 'web', warren]));
    // Whose it is, the log knows from the root.
    expect(events[0]).toMatchObject({
      subject: 'fiver',
      scopes: ['meadow:m1'],
      target: { label: `Rabbit ${two}` },
      root: { label: 'Warren Down' },
    });
  });

  it('nativeUpdate inside a transaction, and the same without a change', async () => {
    const id = await born();
    const events = await eventsOf(() =>
      w.as('hazel', (em) =>
        em.transactional(async (inner) => {
          await inner.nativeUpdate(Rabbit, { id }, { name: 'Silver' });
          await inner.execute(`update rabbit set name = name where id = ${id}`);
        }),
      ),
    );
    expect(events.map(brief)).toEqual([
      { what: `update Rabbit ${id}`, who: 'hazel', name: [`R${id}`, 'Silver'], shout: [`R${id}`, 'SILVER'], version: ['1', '2'] },
    ]);
  });

  it('nativeDelete: with everything that was there, and the members that leave with it', async () => {
    const id = await born({ weight: '1.50', notes: { a: 1 } });
    await w.as('fiver', async (em) => {
      (await em.findOneOrFail(Rabbit, id, { populate: ['traits'] as never })).traits.add(em.getReference(Trait, 2));
      await em.flush();
    });
    const [event, ...more] = await eventsOf(() => w.as('hazel', (em) => em.nativeDelete(Rabbit, { id })));
    expect(more).toEqual([]);
    expect(brief(event)).toMatchObject({
      what: `delete Rabbit ${id}`,
      who: 'hazel',
      name: [`R${id}`, null],
      weight: ['1.50', null],
      traits: ['["2"]', null],
    });
  });

  it('insert and insertMany', async () => {
    const [one, two, three] = [next++, next++, next++];
    const row = (id: number) => ({ id, warren, name: `many ${id}`, tame: true, updatedAt: new Date(), version: 1 }) as never;
    const events = await eventsOf(() =>
      w.as('hazel', async (em) => {
        await em.insert(Rabbit, row(one));
        await em.insertMany(Rabbit, [row(two), row(three)]);
      }),
    );
    expect(events.map(brief)).toEqual(
      [one, two, three].map((id) => ({
        what: `create Rabbit ${id}`,
        who: 'hazel',
        warren_id: [null, warren],
        name: [null, `many ${id}`],
        tame: [null, 'true'],
        shout: [null, `MANY ${id}`],
        version: [null, '1'],
      })),
    );
  });

  it('upsert and upsertMany: a creation, a change, nothing', async () => {
    const [old, same, fresh] = [await born(), await born({ name: 'Same' }), next++];
    const row = (id: number, name: string) => ({ id, warren, name, tame: false, updatedAt: new Date(0), version: 1 }) as never;
    await w.sql(`update rabbit set updated_at = 'epoch' where id = $1`, [same]);
    const events = await eventsOf(() =>
      w.as('hazel', async (em) => {
        await em.upsert(Rabbit, row(old, 'Renamed'));
        await em.upsertMany(Rabbit, [row(same, 'Same'), row(fresh, 'Fresh')]);
      }),
    );
    expect(events.map((event) => brief(event)).map((one) => [one?.what, (one as { name?: unknown }).name])).toEqual([
      [`update Rabbit ${old}`, [`R${old}`, 'Renamed']],
      [`create Rabbit ${fresh}`, [null, 'Fresh']],
    ]);
  });

  it('the query builder, Kysely and raw SQL, in a transaction and outside of one', async () => {
    const id = await born();
    const events = await eventsOf(() =>
      w.as('hazel', async (em) => {
        await em.createQueryBuilder(Rabbit).update({ name: 'by builder' }).where({ id }).execute();
        await em.execute('update rabbit set name = ? where id = ?', ['by SQL', id]);
        await em.transactional(async (inner) => {
          await inner.execute('update rabbit set name = ? where id = ?', ['in a transaction', id]);
        });
        await em
          .getKysely<Record<string, Record<string, unknown>>>()
          .updateTable('rabbit')
          .set({ name: 'by Kysely' })
          .where('id', '=', id)
          .execute();
      }),
    );
    expect(events.map((event) => [event.actor.id, event.changes[0] && 'new' in event.changes[0] && event.changes[0].new])).toEqual([
      ['hazel', 'by builder'],
      ['hazel', 'by SQL'],
      ['hazel', 'in a transaction'],
      ['hazel', 'by Kysely'],
    ]);
  });

  it('all that the query builder writes: insert, insert … select, on conflict, update, delete; truncate is refused', async () => {
    const [one, two, copy] = [next++, next++, next++];
    const row = (id: number, name: string) => ({ id, warren, name, tame: false, version: 1, updatedAt: new Date() });
    const events = await eventsOf(() =>
      w.as('hazel', async (em) => {
        const builder = () => em.createQueryBuilder(Rabbit);
        await builder()
          .insert([row(one, 'One'), row(two, 'Two')])
          .execute();
        await builder().insert(row(one, 'Once more')).onConflict('id').ignore().execute();
        await builder().insert(row(one, 'Merged')).onConflict('id').merge(['name']).execute();
        await builder()
          .insertFrom(
            builder()
              .select([raw(String(copy)).as('id'), 'warren', 'name', 'tame', 'version', 'updatedAt'] as never)
              .where({ id: two }),
            { columns: ['id', 'warren', 'name', 'tame', 'version', 'updatedAt'] },
          )
          .execute();
        await builder().update({ name: 'Updated' }).where({ id: copy }).execute();
        await builder().delete({ id: two }).execute();
        await expect(builder().truncate().execute()).rejects.toThrow(/truncating rabbit is refused|permission denied/);
      }),
    );
    expect(events.map((event) => [event.actor.id, brief(event)?.what, (brief(event) as { name?: unknown }).name])).toEqual([
      ['hazel', `create Rabbit ${one}`, [null, 'One']],
      ['hazel', `create Rabbit ${two}`, [null, 'Two']],
      ['hazel', `update Rabbit ${one}`, ['One', 'Merged']],
      ['hazel', `create Rabbit ${copy}`, [null, 'Two']],
      ['hazel', `update Rabbit ${copy}`, ['Two', 'Updated']],
      ['hazel', `delete Rabbit ${two}`, ['Two', null]],
    ]);
  });

  it('what a repository writes, and what is assigned and merged', async () => {
    const [one, two, copy] = [await born(), await born(), next++];
    const events = await eventsOf(() =>
      w.as('hazel', async (em) => {
        const rabbits = em.getRepository(Rabbit);
        em.assign(await em.findOneOrFail(Rabbit, one), { name: 'Assigned' });
        await em.tryFlush(Rabbit, { flushMode: FlushMode.ALWAYS });
        em.clear();
        Object.assign(em.merge(Rabbit, { id: two, warren, name: `R${two}`, tame: false } as never), { name: 'Merged' });
        await em.flush();
        em.create(Rabbit, { id: copy, warren: em.getReference(Warren, warren), name: 'Copy', tame: false } as never);
        await em.flush();
        await rabbits.nativeUpdate({ id: copy }, { name: 'By its repository' });
        await rabbits.upsert({ id: copy, warren, name: 'Upserted', tame: false, version: 1, updatedAt: new Date() });
        await rabbits.nativeDelete({ id: copy });
      }),
    );
    expect(events.map((event) => [event.actor.id, brief(event)?.what, (brief(event) as { name?: unknown }).name])).toEqual([
      ['hazel', `update Rabbit ${one}`, [`R${one}`, 'Assigned']],
      ['hazel', `update Rabbit ${two}`, [`R${two}`, 'Merged']],
      ['hazel', `create Rabbit ${copy}`, [null, 'Copy']],
      ['hazel', `update Rabbit ${copy}`, ['Copy', 'By its repository']],
      ['hazel', `update Rabbit ${copy}`, ['By its repository', 'Upserted']],
      ['hazel', `delete Rabbit ${copy}`, ['Upserted', null]],
    ]);
  });

  it('nobody is blamed for the statement of another one over the same connection', async () => {
    const id = await born();
    const events = await eventsOf(async () => {
      for (const who of ['hazel', null, 'bigwig', null] as const)
        await w.as(who, (em) => em.nativeUpdate(Rabbit, { id }, { name: `by ${who}` }));
      await w.orm.em.fork().nativeUpdate(Rabbit, { id }, { name: 'by a job without a name' });
    });
    expect(events.map(({ actor }) => actor)).toEqual([
      { kind: 'user', id: 'hazel' },
      { kind: 'system', id: null },
      { kind: 'user', id: 'bigwig' },
      { kind: 'system', id: null },
      { kind: 'database', id: null },
    ]);
  });

  describe('outside of any context, and in one without an actor', () => {
    const SYSTEM = { kind: 'system', id: null };
    const byAll = async (em: EntityManager, id: number) => {
      (await em.findOneOrFail(Rabbit, id)).name = 'by a flush';
      await em.flush();
      await em.nativeUpdate(Rabbit, { id }, { name: 'in bulk' });
      await em.execute('update rabbit set name = ? where id = ?', ['by SQL', id]);
    };

    it('outside of any context a flush is `system`, and what passes no hook is `database`', async () => {
      const id = await born();
      const events = await eventsOf(() => byAll(w.orm.em.fork(), id));
      expect(events.map(({ actor, channel }) => [actor, channel])).toEqual([
        [SYSTEM, 'job'],
        [{ kind: 'database', id: null }, 'database'],
        [{ kind: 'database', id: null }, 'database'],
      ]);
      expect(events[1]?.metadata).toMatchObject({ database_user: w.roles.app });
    });

    it('outside of any context: in the transaction of a flush, bulk and raw SQL are `system` as well', async () => {
      const id = await born();
      const events = await eventsOf(() => w.orm.em.fork().transactional((em) => byAll(em as EntityManager, id)));
      expect(events.map(({ actor }) => actor)).toEqual([SYSTEM, SYSTEM, SYSTEM]);
    });

    it('in a context without an actor everything is `system`, with the name of the job', async () => {
      const id = await born();
      const work = () => changeSet('nightly count', () => byAll(w.orm.em.fork() as EntityManager, id));
      const events = await eventsOf(() => withContext({ channel: 'job' }, work));
      expect(events.map(({ actor }) => actor)).toEqual(Array.from({ length: 3 }, () => ({ kind: 'system', id: 'nightly count' })));
    });
  });

  it('nor where a statement that reads calls a function that writes', async () => {
    const id = await born();
    await w.sql(`create function tame_one(which int) returns void language sql as 'update rabbit set tame = true where id = which'`);
    const events = await eventsOf(async () => {
      await w.as('hazel', (em) => em.nativeUpdate(Rabbit, { id }, { name: 'by hazel' }));
      await w.orm.em.fork().execute(`select tame_one(${id})`);
    });
    expect(events.map(({ actor }) => actor.id ?? actor.kind)).toEqual(['hazel', 'database']);
  });

  it('a context with a NUL and half a surrogate pair loses nothing', async () => {
    const id = await born();
    const [event] = await eventsOf(() => w.as('hazel', (em) => em.nativeUpdate(Rabbit, { id }, { tame: true }), { reason: 'a\0b\ud800' }));
    expect([event?.target?.id, event?.actor.id, event?.reason]).toEqual([String(id), 'hazel', 'a\ufffdb\ufffd']);
  });

  it('a person with psql is the database, named by role, program and address', async () => {
    const id = await born();
    const [event, ...more] = await eventsOf(() => w.sql(`update rabbit set name = 'Psql' where id = ${id}`));
    expect(more).toEqual([]);
    expect(event).toMatchObject({
      actor: { kind: 'database', id: null },
      channel: 'database',
      ipAddress: '127.0.0.1',
      root: { id: warren },
      subject: 'fiver',
    });
    expect(event?.metadata).toMatchObject({ database_user: expect.any(String) as string, application: expect.any(String) as string });
  });

  it('what somebody else tells of themselves is not believed', async () => {
    const id = await born();
    const forged = contextText('hazel', { reason: 'forged' });
    const [event] = await eventsOf(async () => {
      await w.sql(`select set_config('audit.context', $1, false)`, [forged]);
      await w.sql(`update rabbit set name = 'Forged' where id = ${id}`);
      await w.sql(`reset "audit.context"`);
    });
    expect([event?.actor.kind, event?.reason]).toEqual(['database', null]);
  });

  it('another program of the application’s role, which tells nothing', async () => {
    const id = await born();
    const [event] = await eventsOf(() => asApplication(`update rabbit set weight = 2.5 where id = ${id}`));
    expect(brief(event)).toEqual({ what: `update Rabbit ${id}`, who: 'database', weight: [null, '2.50'] });
    expect(event?.metadata).toMatchObject({ application: 'a script', database_user: w.roles.app });
  });

  it('a cascade of the database: parent and every child, in one change set', async () => {
    const doomed = await w.as('fiver', async (em) => {
      const made = em.create(Warren, { name: 'Doomed', keeper: 'fiver', meadow: 'm1', flooded: false });
      await em.flush();
      return made.id;
    });
    const ids = [next++, next++];
    await w.as('fiver', async (em) => {
      for (const id of ids) em.create(Rabbit, { id, warren: em.getReference(Warren, doomed), name: `R${id}`, tame: false } as never);
      await em.flush();
    });
    const events = await eventsOf(() =>
      w.as('hazel', async (em) => {
        em.remove(await em.findOneOrFail(Warren, doomed));
        await em.flush();
      }),
    );
    expect(whatsOf(events)).toEqual([...ids.map((id) => `delete Rabbit ${id}`), `delete Warren ${doomed}`].toSorted(alphabetical));
    expect(new Set(events.map(({ changeId }) => changeId)).size).toBe(1);
    expect(new Set(events.map(({ actor }) => actor.id))).toEqual(new Set(['hazel']));
  });

  it('members of a collection, by raw SQL', async () => {
    const id = await born();
    const events = await eventsOf(() =>
      asApplication(
        `insert into rabbit_traits (rabbit_id, trait_id) values (${id}, 1), (${id}, 3)`,
        `delete from rabbit_traits where rabbit_id = ${id} and trait_id = 1`,
        `insert into rabbit_traits (rabbit_id, trait_id) values (${id}, 3) on conflict do nothing`,
      ),
    );
    expect(events.map(brief)).toEqual([
      { what: `update Rabbit ${id}`, who: 'database', traits: [null, '["1","3"]'] },
      { what: `update Rabbit ${id}`, who: 'database', traits: ['["1"]', null] },
    ]);
    expect(events[0]).toMatchObject({ root: { type: 'Warren', id: warren }, target: { label: `Rabbit ${id}` }, subject: 'fiver' });
  });

  it('a changed key is a removal and a creation', async () => {
    const [id, other] = [await born(), next++];
    const events = await eventsOf(() => asApplication(`update rabbit set id = ${other} where id = ${id}`));
    expect(whatsOf(events)).toEqual([`create Rabbit ${other}`, `delete Rabbit ${id}`]);
  });

  it('COPY', async () => {
    const id = next++;
    const events = await eventsOf(async () => {
      const client = new Client(urlAs(w.database, w.roles.app));
      await client.connect();
      await sendCopy(client, 'copy rabbit (id, warren_id, name, updated_at) from stdin', [Buffer.from(`${id}\t${warren}\tCopied\tnow\n`)]);
      await client.end();
    });
    expect(events.map((event) => brief(event))).toMatchObject([{ what: `create Rabbit ${id}`, who: 'database', name: [null, 'Copied'] }]);
  });

  it('MERGE', async () => {
    const [id, fresh] = [await born(), next++];
    const events = await eventsOf(() =>
      asApplication(
        `merge into rabbit r using (values (${id}, 'Merged'), (${fresh}, 'Fresh')) as v (id, name) on r.id = v.id
          when matched then update set name = v.name
          when not matched then insert (id, warren_id, name, updated_at) values (v.id, '${warren}', v.name, now())`,
      ),
    );
    expect(whatsOf(events)).toEqual([`create Rabbit ${fresh}`, `update Rabbit ${id}`]);
  });

  it('truncating is refused, with what to do instead', async () => {
    await expect(w.sql('truncate rabbit cascade')).rejects.toThrow('truncating rabbit');
  });

  it('no role and no setting silences the triggers: replication, switched-off triggers, a read-only look', async () => {
    const id = await born();
    const events = await eventsOf(async () => {
      await w.sql(`set session_replication_role = replica`);
      await w.sql(`update rabbit set name = 'Replica' where id = ${id}`);
      await w.sql(`reset session_replication_role`);
    });
    expect(events).toHaveLength(1);
    await expect(asApplication('alter table rabbit disable trigger all')).rejects.toThrow('must be owner');
    await expect(asApplication(`insert into audit_inbox (kind, context, document) values ('s', '{}', '{}')`)).rejects.toThrow(
      'permission denied',
    );
    await expect(asApplication('select audit_saw_update_rabbit()')).rejects.toThrow(/permission denied|trigger functions/);
  });

  it('a rollback, to a savepoint too, leaves nothing', async () => {
    const id = await born();
    const events = await eventsOf(() =>
      w.as('hazel', (em) =>
        em.transactional(async (inner) => {
          await inner.execute(`update rabbit set name = 'kept' where id = ${id}`);
          await inner
            .transactional(async (deeper) => {
              await deeper.execute(`update rabbit set name = 'lost' where id = ${id}`);
              throw new Error('back');
            })
            .catch(() => undefined);
        }),
      ),
    );
    expect(events.map(brief)).toEqual([{ what: `update Rabbit ${id}`, who: 'hazel', name: [`R${id}`, 'kept'], shout: [`R${id}`, 'KEPT'] }]);
  });
});

describe('AUD-4 inside one transaction that mixes both', () => {
  it('flush, bulk and raw SQL on one row: each change once, in order, under its own', async () => {
    const id = await born();
    const events = await eventsOf(() =>
      w.as('hazel', (em) =>
        em.transactional(async (inner) => {
          const rabbit = await inner.findOneOrFail(Rabbit, id);
          await inner.execute(`update rabbit set weight = 1 where id = ${id}`);
          rabbit.name = 'by flush';
          await inner.flush();
          await inner.execute(`update rabbit set tame = true where id = ${id}`);
          rabbit.name = 'by flush again';
          await inner.flush();
          await inner.execute(`update rabbit set weight = weight + 1 where id = ${id}`);
        }),
      ),
    );
    expect(
      events.map(({ changes }) =>
        changes
          .map((change) => change.field)
          .sort()
          .join(' '),
      ),
    ).toEqual(['weight', 'name shout version', 'tame', 'name shout version', 'weight']);
    expect(new Set(events.map(({ changeId, actor }) => `${changeId} ${actor.id}`)).size).toBe(1);
  });

  it('a rule names what raw SQL did: a flood made with psql is warren_flooded too', async () => {
    const [event] = await eventsOf(() => w.sql(`update warren set flooded = true, flooded_since = '2026-11-03' where id = $1`, [warren]));
    expect(event).toMatchObject({
      action: 'warren_flooded',
      metadata: { since: '2026-11-03', previous_value: 'false', new_value: 'true' },
    });
  });

  it('what another trigger sets is part of the event of the flush, and no disagreement', async () => {
    await w.sql(`create function nick() returns trigger language plpgsql as $$ begin new.nicknames := array['by a trigger']; return new; end $$;
      create trigger nick before update on rabbit for each row execute function nick()`);
    const id = await born();
    const events = await eventsOf(() =>
      w.as('hazel', async (em) => {
        (await em.findOneOrFail(Rabbit, id)).name = 'Nick';
        await em.flush();
      }),
    );
    await w.sql('drop trigger nick on rabbit');
    expect(events.map(brief)).toEqual([
      {
        what: `update Rabbit ${id}`,
        who: 'hazel',
        name: [`R${id}`, 'Nick'],
        nicknames: [null, '["by a trigger"]'],
        shout: [`R${id}`, 'NICK'],
        version: ['1', '2'],
      },
    ]);
  });
});

describe('AUD-14 in the order in which it happened', () => {
  it('also where raw SQL made or changed it: each change goes on from where the one before it ended', async () => {
    await w.sql(`create function settle() returns trigger language plpgsql as $$ begin
        update rabbit set weight = new.weight + 1 where id = new.id; return null; end $$;
      create trigger settle after insert or update on rabbit for each row when (new.weight in (1, 5)) execute function settle()`);
    const id = next++;
    const events = await eventsOf(async () => {
      await w.sql(`insert into rabbit (id, warren_id, name, weight, updated_at) values (${id}, '${warren}', 'Settles', 1, now())`);
      await w.sql(`update rabbit set weight = 5 where id = ${id}`);
    });
    await w.sql('drop trigger settle on rabbit; drop function settle()');
    expect(events.map(brief)).toMatchObject([
      { what: `create Rabbit ${id}`, weight: [null, '1.00'] },
      { what: `update Rabbit ${id}`, weight: ['1.00', '2.00'] },
      { what: `update Rabbit ${id}`, weight: ['2.00', '5.00'] },
      { what: `update Rabbit ${id}`, weight: ['5.00', '6.00'] },
    ]);
  });

  it('a record that one cascade empties and another one removes, by one statement: first the one, then the other', async () => {
    // In the order in which the constraints were made: the removal begins before the reference is emptied.
    const mothers = 'rabbit_mother_id_foreign foreign key (mother_id) references rabbit on delete set null';
    await w.sql(`alter table rabbit add column rival_id int references rabbit on delete cascade, drop constraint rabbit_mother_id_foreign`);
    await w.sql(`alter table rabbit add constraint ${mothers}`);
    const gone = await born();
    const between = await born();
    const id = await born({ mother: gone });
    await w.sql(`update rabbit set rival_id = $1 where id = $2`, [gone, between]);
    await w.sql(`update rabbit set rival_id = $1 where id = $2`, [between, id]);
    const events = await eventsOf(() => w.sql('delete from rabbit where id = $1', [gone]));
    await w.sql('alter table rabbit drop column rival_id');
    expect(whatsInOrder(events.filter(({ target }) => target?.id === String(id)))).toEqual([`update Rabbit ${id}`, `delete Rabbit ${id}`]);
  });

  it('a member that two requests take out at once is told once, and nobody disagrees', async () => {
    const rabbit = await bear(w, await dig(w), 920_001);
    const held = (em: EntityManager) => em.findOneOrFail(Rabbit, rabbit, { populate: ['traits'] });
    await w.as('fiver', async (em) => {
      (await held(em)).traits.set([em.getReference(Trait, 1), em.getReference(Trait, 2), em.getReference(Trait, 3)]);
      await em.flush();
    });
    const events = await eventsIn(w, () =>
      w.as('hazel', async (em) => {
        const [one, other] = [em, em.fork()];
        const [mine, theirs] = [await held(one), await held(other)];
        theirs.traits.remove((trait) => trait.id === 1);
        await other.flush();
        mine.traits.remove((trait) => trait.id < 3);
        await one.flush();
      }),
    );
    expect(events.map(({ changes }) => changes.map((change) => 'old' in change && [change.old, change.new]))).toEqual([
      [['["1"]', null]],
      [['["2"]', null]],
    ]);
  });

  it('a member that SQL added and a flush takes out, in one transaction: each is told, and nobody disagrees', async () => {
    const id = await born();
    const events = await eventsOf(() =>
      w.as('hazel', (em) =>
        em.transactional(async (inner) => {
          await inner.execute('insert into rabbit_traits (rabbit_id, trait_id) values (?, 3)', [id]);
          const rabbit = await inner.findOneOrFail(Rabbit, id, { populate: ['traits'] as never });
          rabbit.traits.remove(inner.getReference(Trait, 3));
          await inner.flush();
        }),
      ),
    );
    expect(events.map(({ changes }) => changes)).toEqual([
      [{ field: 'traits', old: null, new: '["3"]' }],
      [{ field: 'traits', old: '["3"]', new: null }],
    ]);
  });

  it('a reference that a cascade has emptied, and the unit of work empties again: told once, and nobody disagrees', async () => {
    const mother = await born();
    const id = await born({ mother });
    const events = await eventsOf(() =>
      w.as('hazel', (em) =>
        em.transactional(async (inner) => {
          const child = await inner.findOneOrFail(Rabbit, id);
          inner.remove(await inner.findOneOrFail(Rabbit, mother));
          await inner.flush();
          child.name = 'Orphan';
          child.mother = null;
          await inner.flush();
        }),
      ),
    );
    const ofChild = events.filter(({ target }) => target?.id === String(id));
    expect(ofChild.map(brief)).toEqual([
      { what: `update Rabbit ${id}`, who: 'hazel', mother_id: [String(mother), null] },
      expect.objectContaining({ what: `update Rabbit ${id}`, who: 'hazel', name: [`R${id}`, 'Orphan'] }),
    ]);
    expect(ofChild[1]?.changes.map(({ field }) => field)).not.toContain('mother_id');
  });

  it('what another trigger does to a record after it was made stands after its creation', async () => {
    await w.sql(`create function fatten() returns trigger language plpgsql as $$ begin update rabbit set weight = 9 where id = new.id; return null; end $$;
      create trigger fatten after insert on rabbit for each row execute function fatten()`);
    let id = 0;
    const before = (await w.events()).length;
    id = await born();
    const events = (await w.events()).slice(before);
    await w.sql('drop trigger fatten on rabbit');
    expect(whatsInOrder(events)).toEqual([`create Rabbit ${id}`, `update Rabbit ${id}`]);
  });
});

describe('AUD-2 what the unit of work doesn’t know, the database does', () => {
  it('a record that was never loaded: the old values', async () => {
    const id = await born({ weight: '1.00' });
    const events = await eventsOf(() =>
      w.as('hazel', async (em) => {
        Object.assign(em.getReference(Rabbit, id), { weight: '2.00' });
        await em.flush();
      }),
    );
    expect(events.map(brief)).toMatchObject([{ what: `update Rabbit ${id}`, who: 'hazel', weight: ['1.00', '2.00'] }]);
  });

  it('two flushes of one transaction: the old values of what the database computes', async () => {
    const id = await born();
    const events = await eventsOf(() =>
      w.as('hazel', (em) =>
        em.transactional(async (inner) => {
          const rabbit = await inner.findOneOrFail(Rabbit, id);
          rabbit.name = 'one';
          await inner.flush();
          rabbit.name = 'two';
          await inner.flush();
        }),
      ),
    );
    expect(events.map(brief)).toMatchObject([
      { name: [`R${id}`, 'one'], shout: [`R${id}`, 'ONE'], version: ['1', '2'] },
      { name: ['one', 'two'], shout: ['ONE', 'TWO'], version: ['2', '3'] },
    ]);
  });
});

describe('AUD-4 where the two disagree', () => {
  it('the database’s value stands, and an alarm names record and field, not the value', async () => {
    await w.sql(`create function rename() returns trigger language plpgsql as $$ begin new.name := 'by the database'; return new; end $$;
      create trigger rename before update on rabbit for each row execute function rename()`);
    const id = await born();
    const before = (await w.events()).length;
    await w.as('hazel', async (em) => {
      (await em.findOneOrFail(Rabbit, id)).name = 'by the application';
      await em.flush();
    });
    const events = (await w.events()).slice(before);
    await w.sql('drop trigger rename on rabbit');
    expect(events.map(brief)).toMatchObject([{ what: `update Rabbit ${id}`, who: 'hazel', name: [`R${id}`, 'by the database'] }]);
    const alarms = w.alarms.splice(0) as Error[];
    expect(alarms.map(({ message }) => message)).toEqual([
      `Rabbit ${id}: the application and the database disagree about name; what the database saw is recorded`,
    ]);
  });

  const told = { area: 'meadow', action: 'rabbit_changed', op: 'update', type: 'Rabbit', label: null, subject: null, scopes: [] };
  const tell = (em: EntityManager, ...events: object[]) =>
    em.execute('insert into audit_inbox (context, document) values (?, ?)', [contextText('hazel'), JSON.stringify({ v: 1, events })]);

  it.each([
    ['a change', { changes: [{ f: 'name', o: 'x', n: 'forged' }] }],
    ['a change of nothing', { changes: [] }],
    ['a change that calls itself none', { op: 'none', changes: [{ f: 'name', o: 'x', n: 'forged' }] }],
    ['a creation', { op: 'create', changes: [{ f: 'name', o: null, n: 'forged' }] }],
  ])('what was told and never happened is not recorded: %s', async (_, forged) => {
    const id = await born();
    const before = (await w.events()).length;
    await w.as('hazel', (em) => tell(em, { ...told, id: String(id), ...forged }));
    expect((await w.events()).slice(before)).toEqual([]);
    expect(w.alarms.splice(0)).toEqual([expect.any(AuditDisagreement)]);
  });

  it('what happened is recorded as what it is, however it was told: its action, whose it is, and what is sensitive', async () => {
    const id = await born();
    const before = (await w.events()).length;
    const own = await w.as('fiver', async (em) => {
      const made = em.create(Warren, { name: 'Own', keeper: 'fiver', meadow: 'm1', flooded: false });
      await em.flush();
      return made.id;
    });
    await w.as('hazel', (em) =>
      em.transactional(async (inner) => {
        await inner.execute('update warren set flooded = true where id = ?', [own]);
        await inner.execute('update rabbit set secret_name = ? where id = ?', ['hush', id]);
        await tell(
          inner,
          {
            ...told,
            action: 'warren_changed',
            type: 'Warren',
            id: own,
            subject: 'nobody',
            changes: [{ f: 'flooded', o: 'false', n: 'true' }],
          },
          { ...told, id: String(id), changes: [{ f: 'secret_name', o: null, n: 'hush' }] },
        );
      }),
    );
    const [, flooded, named] = (await w.events()).slice(before);
    expect(flooded).toMatchObject({ action: 'warren_flooded', subject: 'fiver', scopes: ['meadow:m1'] });
    expect(brief(named)).toEqual({ what: `update Rabbit ${id}`, who: 'hazel', secret_name: [null, 'hush'] });
    expect(await w.sql(`select from audit_event e where e::text like '%hush%'`)).toEqual([]);
  });
});
