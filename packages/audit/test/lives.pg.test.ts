import { defineEntity, p } from '@mikro-orm/postgresql';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { AuditDisagreement } from '../src/events/errors.ts';
import type { Event } from '../src/events/entry.ts';
import { audited, never, unaudited } from '../src/policy/policy.ts';
import { dig, eventsIn } from './rabbits.ts';
import { contextText, Rabbit, Trait, Warren, world, worldOf, type World } from './warren.ts';

// A key may have several lives within one transaction, and a row may become another kind of record. Each life has its
// own beginning, its own changes and its own end.

const changesOf = (event: Event): Record<string, unknown> =>
  Object.fromEntries<unknown>(event.changes.flatMap((change) => ('new' in change ? [[change.field, [change.old, change.new]]] : [])));

/** Operation and key, with the name and the members where they changed. */
const told = (event: Event) => {
  const { name, traits } = changesOf(event);
  const parts = [name, traits].map((pair) => (pair === undefined ? '' : ` ${JSON.stringify(pair)}`));
  return `${event.operation} ${event.target?.type} ${event.target?.id}${parts.join('')}`;
};

describe('AUD-4 several lives under one key', () => {
  let w: World;
  let warren: string;
  let next = 1;
  beforeAll(async () => {
    w = await world();
    warren = await dig(w);
  });
  afterAll(() => w.close());

  const eventsOf = (work: () => Promise<unknown>) => eventsIn(w, work);

  /** A rabbit with the traits 1 and 2. */
  async function born(): Promise<number> {
    const id = next++;
    await w.as('fiver', async (em) => {
      const traits = [em.getReference(Trait, 1), em.getReference(Trait, 2)];
      em.create(Rabbit, { id, warren: em.getReference(Warren, warren), name: `R${id}`, tame: false, traits } as never);
      await em.flush();
    });
    return id;
  }

  const insert = (id: number, name: string) =>
    `insert into rabbit (id, warren_id, name, updated_at) values (${id}, '${warren}', '${name}', now())`;
  const inTransaction = (...statements: string[]) =>
    w.as('hazel', (em) =>
      em.transactional(async (inner) => {
        for (const statement of statements) await inner.execute(statement);
      }),
    );

  it('capture case 4: a record that is deleted and made anew under its key has two lives, each with its own members', async () => {
    const id = await born();
    const events = await eventsOf(() =>
      inTransaction(`delete from rabbit where id = ${id}`, insert(id, 'Second'), `insert into rabbit_traits values (${id}, 2), (${id}, 3)`),
    );
    expect(events.map(told)).toEqual([
      `delete Rabbit ${id} ["R${id}",null] ["[\\"1\\",\\"2\\"]",null]`,
      `create Rabbit ${id} [null,"Second"]`,
      `update Rabbit ${id} [null,"[\\"2\\",\\"3\\"]"]`,
    ]);
  });

  it('capture case 4: in two transactions too, and the old life stays as it was', async () => {
    const id = await born();
    const before = (await w.events()).filter(({ target }) => target?.id === String(id));
    await eventsOf(async () => {
      await inTransaction(`delete from rabbit where id = ${id}`);
      await inTransaction(insert(id, 'Second'));
    });
    const after = (await w.events()).filter(({ target }) => target?.id === String(id));
    expect(after.slice(0, before.length)).toEqual(before);
    expect(after.map(({ operation }) => operation)).toEqual(['create', 'delete', 'create']);
  });

  it('members that come before their owner, by one statement, belong to it', async () => {
    const id = next++;
    const events = await eventsOf(() =>
      inTransaction(`with made as (${insert(id, 'Made')} returning id) insert into rabbit_traits select id, 1 from made`),
    );
    expect(events.map(told)).toEqual([`create Rabbit ${id} [null,"Made"]`, `update Rabbit ${id} [null,"[\\"1\\"]"]`]);
  });

  it('a member that leaves and comes back before its owner goes is told each time', async () => {
    const id = await born();
    const events = await eventsOf(() =>
      inTransaction(
        `delete from rabbit_traits where rabbit_id = ${id} and trait_id = 1`,
        `insert into rabbit_traits values (${id}, 1)`,
        `delete from rabbit where id = ${id}`,
      ),
    );
    expect(events.map(told)).toEqual([
      `update Rabbit ${id} ["[\\"1\\"]",null]`,
      `update Rabbit ${id} [null,"[\\"1\\"]"]`,
      `delete Rabbit ${id} ["R${id}",null] ["[\\"1\\",\\"2\\"]",null]`,
    ]);
  });

  it('a flush that removes a record and makes it anew', async () => {
    const id = await born();
    const events = await eventsOf(() =>
      w.as('hazel', (em) =>
        em.transactional(async (inner) => {
          inner.remove(await inner.findOneOrFail(Rabbit, id));
          await inner.flush();
          inner.clear();
          const traits = [inner.getReference(Trait, 3)];
          inner.create(Rabbit, { id, warren: inner.getReference(Warren, warren), name: 'Second', tame: false, traits } as never);
          await inner.flush();
        }),
      ),
    );
    expect(events.map(told)).toEqual([
      `delete Rabbit ${id} ["R${id}",null] ["[\\"1\\",\\"2\\"]",null]`,
      `create Rabbit ${id} [null,"Second"] [null,"[\\"3\\"]"]`,
    ]);
  });

  it('nothing that somebody tells makes one change of an end and a beginning', async () => {
    const id = await born();
    const before = (await w.events()).length;
    const change = { f: 'name', o: `R${id}`, n: 'Second' };
    const event = {
      area: 'meadow',
      action: 'rabbit_changed',
      op: 'update',
      type: 'Rabbit',
      id: String(id),
      label: null,
      changes: [change],
    };
    await w.as('hazel', (em) =>
      em.transactional(async (inner) => {
        await inner.execute(`delete from rabbit where id = ${id}`);
        await inner.execute(insert(id, 'Second'));
        await inner.execute('insert into audit_inbox (context, document) values (?, ?)', [
          contextText('hazel'),
          JSON.stringify({ v: 1, events: [event] }),
        ]);
      }),
    );
    const events = (await w.events()).slice(before);
    expect(events.map(({ operation }) => operation)).toEqual(['delete', 'create']);
    expect(w.alarms.splice(0)).toEqual([expect.any(AuditDisagreement)]);
  });

  it('where the two disagree each raw change stays an event of its own, in the order in which the database saw it', async () => {
    const id = await born();
    await w.sql(`create function rename() returns trigger language plpgsql as $$ begin if new.tame then new.name := 'by the database'; end if; return new; end $$;
      create trigger rename before update on rabbit for each row execute function rename()`);
    const before = (await w.events()).length;
    await w.as('hazel', (em) =>
      em.transactional(async (inner) => {
        const rabbit = await inner.findOneOrFail(Rabbit, id);
        await inner.execute(`update rabbit set weight = 1 where id = ${id}`);
        await inner.execute(`update rabbit set weight = 2 where id = ${id}`);
        Object.assign(rabbit, { name: 'by the application', tame: true });
        await inner.flush();
        await inner.execute(`update rabbit set weight = 3 where id = ${id}`);
      }),
    );
    await w.sql('drop trigger rename on rabbit');
    const events = (await w.events()).slice(before);
    expect(events.map(changesOf)).toMatchObject([
      { weight: [null, '1.00'] },
      { weight: ['1.00', '2.00'] },
      { name: [`R${id}`, 'by the database'], tame: ['false', 'true'] },
      { weight: ['2.00', '3.00'] },
    ]);
    expect(w.alarms.splice(0)).toEqual([expect.any(AuditDisagreement)]);
  });
});

const Beast = defineEntity({
  name: 'Beast',
  tableName: 'beast',
  abstract: true,
  discriminatorColumn: 'kind',
  properties: { id: p.integer().primary(), kind: p.string(), name: p.string() },
});
const Hare = defineEntity({ name: 'Hare', extends: Beast, discriminatorValue: 'hare', properties: { speed: p.integer().nullable() } });
const Stoat = defineEntity({ name: 'Stoat', extends: Beast, discriminatorValue: 'stoat', properties: { teeth: p.integer().nullable() } });

const harePolicy = audited(Hare, {
  area: 'meadow',
  label: 'Hare',
  fields: {
    id: never('the key'),
    kind: { label: 'Kind', kind: 'enum' },
    name: { label: 'Name', kind: 'text' },
    speed: { label: 'Speed', kind: 'number' },
  } as never,
  title: (row) => `Hare ${(row as { id: string }).id}`,
  actions: { vocabulary: { hare_changed: { label: 'Changed' } }, general: 'hare_changed' },
});

describe('AUD-4 several kinds of records in one table, of which one is audited', () => {
  let w: World;
  beforeAll(async () => {
    w = await worldOf({
      name: 'beasts',
      entities: [Beast, Hare, Stoat],
      policies: [harePolicy, unaudited(Stoat, 'nobody asks for stoats')],
      actions: [],
      tables: ['beast'],
      seed: [],
    });
  });
  afterAll(() => w.close());

  it('the others are not recorded, by flush or by SQL, though they share the table and its keys', async () => {
    await w.as('fiver', async (em) => {
      em.create(Stoat, { id: 1, name: 'Kine', teeth: 34 } as never);
      em.create(Hare, { id: 2, name: 'Jack', speed: 70 } as never);
      await em.flush();
    });
    await w.sql(`update beast set name = name || '!'; insert into beast (id, kind, name) values (3, 'stoat', 'Sela')`);
    await w.sql(`delete from beast where id = 1`);
    expect((await w.events()).map(told)).toEqual(['create Hare 2 [null,"Jack"]', 'update Hare 2 ["Jack","Jack!"]']);
    expect(w.alarms).toEqual([]);
  });

  it('a kind that raw SQL changes ends the record of the one and begins that of the other', async () => {
    await w.sql(`insert into beast (id, kind, name) values (10, 'hare', 'Ten'), (11, 'stoat', 'Eleven')`);
    const before = (await w.events()).length;
    await w.sql(`update beast set kind = case kind when 'hare' then 'stoat' else 'hare' end where id in (10, 11)`);
    await w.sql(`update beast set name = 'unseen' where id = 10`);
    const events = (await w.events()).slice(before);
    expect(events.map(told)).toEqual(['delete Hare 10 ["Ten",null]', 'create Hare 11 [null,"Eleven"]']);
  });
});
