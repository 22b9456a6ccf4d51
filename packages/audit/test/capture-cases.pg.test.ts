import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { EntityManager } from '@mikro-orm/postgresql';
import type { Event } from '../src/events/entry.ts';
import { bear, dig, eventsIn } from './rabbits.ts';
import { Rabbit, Trait, Warren, world, type World } from './warren.ts';

// Behaviour that users of other audit libraries rely on, case by case. The first half of case 8, and 6, 9, 12, 13, 14,
// 15 and 22 stand beside what they are about.

let w: World;
let warren: string;
let next = 1;

beforeAll(async () => {
  w = await world();
  warren = await dig(w);
});
afterAll(() => w.close());

const eventsOf = (work: () => Promise<unknown>) => eventsIn(w, work);

const born = (more: object = {}) => bear(w, warren, next++, more);

const inTransaction = (work: (em: EntityManager) => Promise<unknown>, who = 'fiver') =>
  w.as(who, (em) => em.transactional((inner) => work(inner)));

const edit = (id: number, change: (rabbit: Record<string, unknown>, em: EntityManager) => void) =>
  eventsOf(() =>
    w.as('fiver', async (em) => {
      change((await em.findOneOrFail(Rabbit, id, { populate: ['traits'] as never })) as never, em);
      await em.flush();
    }),
  );

/** The changes of an event without what the database counts and computes. */
const changes = (event: Event | undefined): Record<string, unknown> =>
  Object.fromEntries<unknown>(
    (event?.changes ?? []).flatMap((change) =>
      'new' in change && !['version', 'shout'].includes(change.field) ? [[change.field, [change.old, change.new]]] : [],
    ),
  );

describe('AUD-2 basics', () => {
  it('capture case 1: a creation is one event with every set field from nothing to its value, and its actor', async () => {
    const [event, ...more] = await eventsOf(() => born({ weight: '1.50', tame: true }));
    expect(more).toEqual([]);
    expect(event).toMatchObject({ operation: 'create', actor: { kind: 'user', id: 'fiver' } });
    expect(changes(event)).toEqual({
      warren_id: [null, warren],
      name: [null, `R${event?.target?.id}`],
      weight: [null, '1.50'],
      tame: [null, 'true'],
    });
  });

  it('capture case 2: a save with nothing changed, and SQL that sets what is there, are no event', async () => {
    const id = await born();
    expect(await edit(id, (rabbit) => (rabbit['name'] = `R${id}`))).toEqual([]);
    expect(await eventsOf(() => w.sql('update rabbit set name = name, weight = weight where id = $1', [id]))).toEqual([]);
  });

  it('capture case 3: two fields changed in memory and one of them saved: that one alone', async () => {
    const id = await born();
    const [event, ...more] = await eventsOf(() =>
      w.as('fiver', async (em) => {
        const rabbit = await em.findOneOrFail(Rabbit, id);
        Object.assign(rabbit, { name: 'kept in memory', tame: true });
        await em.nativeUpdate(Rabbit, { id }, { tame: rabbit.tame });
      }),
    );
    expect(more).toEqual([]);
    expect(changes(event)).toEqual({ tame: ['false', 'true'] });
  });

  it.each([
    ['do nothing', 'do nothing', []],
    ['do update with the same data', 'do update set name = rabbit.name', []],
    ['do update with changed data', 'do update set name = excluded.name', ['update']],
  ])('capture case 5: on conflict %s', async (_, action, expected) => {
    const id = await born();
    const events = await eventsOf(() =>
      w.sql(`insert into rabbit (id, warren_id, name, updated_at) values (${id}, '${warren}', 'Other', now()) on conflict (id) ${action}`),
    );
    expect(events.map(({ operation }) => operation)).toEqual(expected);
  });
});

describe('AUD-3 change sets', () => {
  it('capture case 7: records of two kinds in one transaction share a change set; the next transaction has another', async () => {
    const id = await born();
    const change = (name: string) =>
      inTransaction(async (em) => {
        (await em.findOneOrFail(Rabbit, id)).name = name;
        (await em.findOneOrFail(Warren, warren)).name = name;
        await em.flush();
      });
    const events = await eventsOf(async () => {
      await change('One');
      await change('Two');
    });
    const sets = events.map(({ changeId }) => changeId);
    expect(events).toHaveLength(4);
    expect([sets[0] === sets[1], sets[2] === sets[3], sets[0] === sets[2]]).toEqual([true, true, false]);
  });

  it('capture case 10: 1, 2, 3 by two flushes are two events of one set; by one flush they are one, and 1, 2, 1 is none', async () => {
    const id = await born({ weight: '1.00' });
    const steps = (...flushes: readonly (readonly string[])[]) =>
      eventsOf(() =>
        inTransaction(async (em) => {
          const rabbit = await em.findOneOrFail(Rabbit, id);
          for (const weights of flushes) {
            for (const weight of weights) rabbit.weight = weight;
            await em.flush();
          }
        }),
      );
    const two = await steps(['2.00'], ['3.00']);
    expect(two.map(changes)).toEqual([{ weight: ['1.00', '2.00'] }, { weight: ['2.00', '3.00'] }]);
    expect(new Set(two.map(({ changeId }) => changeId)).size).toBe(1);
    expect((await steps(['4.00', '5.00'])).map(changes)).toEqual([{ weight: ['3.00', '5.00'] }]);
    expect(await steps(['6.00', '5.00'])).toEqual([]);
  });

  it('capture case 11: transactions at once on one record are as many events, each going on from the one before', async () => {
    const id = await born({ weight: '0.00' });
    const events = await eventsOf(() =>
      Promise.all(
        Array.from({ length: 12 }, () =>
          inTransaction((em) => em.execute('update rabbit set weight = coalesce(weight, 0) + 1 where id = ?', [id])),
        ),
      ),
    );
    expect(events.map((event) => changes(event)['weight'])).toEqual(Array.from({ length: 12 }, (_, i) => [`${i}.00`, `${i + 1}.00`]));
    expect(events.map(({ position }) => position)).toEqual(events.map((_, i) => (events[0]?.position ?? 0) + i));
  });
});

describe('AUD-2 fields and values', () => {
  it('capture case 16: a change of what is never recorded is no event, and is absent from those made for other reasons', async () => {
    const id = await born();
    expect(await eventsOf(() => w.sql(`update rabbit set pin = '1' where id = $1`, [id]))).toEqual([]);
    const [event] = await edit(id, (rabbit) => Object.assign(rabbit, { pin: '1234', name: 'Other' }));
    expect(Object.keys(changes(event))).toEqual(['name']);
  });

  it.each([
    ['appended to', ['a', 'b'], ['a', 'b', 'c'], '["a","b","c"]'],
    ['in another order', ['a', 'b'], ['b', 'a'], '["b","a"]'],
    ['with less', ['a', 'b'], ['a'], '["a"]'],
    ['emptied', ['a'], [], '[]'],
  ])('capture case 17: a list %s is a change', async (_, first, second, expected) => {
    const id = await born({ nicknames: first });
    const [event] = await edit(id, (rabbit) => (rabbit['nicknames'] = second));
    expect(changes(event)).toEqual({ nicknames: [JSON.stringify(first), expected] });
  });

  it('capture case 17: an equal list is none', async () => {
    const id = await born({ nicknames: ['a', 'b'] });
    expect(await edit(id, (rabbit) => (rabbit['nicknames'] = ['a', 'b']))).toEqual([]);
  });

  it('capture case 18: JSON is told by its path, in whatever order its keys stand, and null is not a missing key', async () => {
    const id = await born({ notes: { a: true, b: 1 } });
    const set = async (notes: object) => changes((await edit(id, (rabbit) => (rabbit['notes'] = notes)))[0]);
    expect(await set({ a: false, b: 1 })).toEqual({ 'notes.a': ['true', 'false'] });
    expect(await set({ b: 1, a: false })).toEqual({});
    expect(await set({ b: 1, a: null })).toEqual({ 'notes.a': ['false', 'null'] });
    expect(await set({ b: 1 })).toEqual({ 'notes.a': ['null', null] });
  });

  it('capture case 19: what looks like a number stays a text, letters of any script stay themselves, a NUL is refused with its field', async () => {
    const id = await born();
    for (const name of ['557236406134e62000323100', '0012', '1e400', 'Ünder ✓ 兔 🐇', `it's 100 %`])
      expect(changes((await edit(id, (rabbit) => (rabbit['name'] = name)))[0])['name']).toEqual([expect.any(String), name]);
    await expect(edit(id, (rabbit) => (rabbit['name'] = 'nul \0'))).rejects.toThrow(/^Rabbit\.name holds the character U\+0000/);
    expect((await eventsOf(() => born())).length).toBe(1);
  });
});

describe('AUD-2 relations', () => {
  const traits = (event: Event | undefined) => changes(event)['traits'];

  it('capture case 20: add, remove, set and clear are one event each, with who came and who went', async () => {
    const id = await born();
    type Traits = { add(...traits: unknown[]): void; remove(...traits: unknown[]): void; set(traits: unknown[]): void; removeAll(): void };
    const step = async (act: (list: Traits, trait: (of: number) => unknown) => void) =>
      (await edit(id, (rabbit, em) => act(rabbit['traits'] as Traits, (of) => em.getReference(Trait, of)))).map(traits);
    expect(await step((list, trait) => list.add(trait(1), trait(2)))).toEqual([[null, '["1","2"]']]);
    expect(await step((list, trait) => list.add(trait(1)))).toEqual([]);
    expect(await step((list, trait) => list.remove(trait(1)))).toEqual([['["1"]', null]]);
    expect(await step((list, trait) => list.set([trait(1), trait(3)]))).toEqual([['["2"]', '["1","3"]']]);
    expect(await step((list, trait) => list.set([trait(3), trait(1)]))).toEqual([]);
    expect(await step((list) => list.removeAll())).toEqual([['["1","3"]', null]]);
  });

  it('capture case 20: from the other side of the relation it is told of the record that has the members, once', async () => {
    const [one, two] = [await born(), await born()];
    const from = (act: (trait: InstanceType<typeof Trait.class>, em: EntityManager) => void) =>
      eventsOf(() =>
        w.as('hazel', async (em) => {
          act(await em.findOneOrFail(Trait, 2, { populate: ['rabbits'] as never }), em);
          await em.flush();
        }),
      );
    const brief = (events: readonly Event[]) =>
      events.map((event) => `${event.target?.type} ${event.target?.id} ${event.actor.id} ${JSON.stringify(traits(event))}`).toSorted();
    const came = await from((trait, em) => trait.rabbits.add(em.getReference(Rabbit, one), em.getReference(Rabbit, two)));
    expect(brief(came)).toEqual([one, two].map((id) => `Rabbit ${id} hazel [null,"[\\"2\\"]"]`));
    expect(await from((trait, em) => trait.rabbits.add(em.getReference(Rabbit, one)))).toEqual([]);
    const went = await from((trait, em) => trait.rabbits.remove(em.getReference(Rabbit, one)));
    expect(brief(went)).toEqual([`Rabbit ${one} hazel ["[\\"2\\"]",null]`]);
    const cleared = await from((trait) => trait.rabbits.removeAll());
    expect(brief(cleared).filter((text) => text.includes(`Rabbit ${two} `))).toEqual([`Rabbit ${two} hazel ["[\\"2\\"]",null]`]);
  });

  it('capture case 20: an existing member added by SQL is none, and rows of the shared table are told once', async () => {
    const id = await born();
    const insert = `insert into rabbit_traits (rabbit_id, trait_id) values (${id}, 1), (${id}, 2) on conflict do nothing`;
    expect((await eventsOf(() => w.sql(insert))).map(traits)).toEqual([[null, '["1","2"]']]);
    expect(await eventsOf(() => w.sql(insert))).toEqual([]);
  });

  it.each([
    ['the ORM', (em: EntityManager, id: string) => em.findOneOrFail(Warren, id).then((one) => em.remove(one).flush())],
    ['the database', (em: EntityManager, id: string) => em.nativeDelete(Warren, { id }).then(() => undefined)],
  ])('capture case 21: a parent that %s removes takes its children along, each told, in one change set', async (_, remove) => {
    const parent = await w.as('fiver', async (em) => {
      const made = em.create(Warren, { name: 'Doomed', keeper: 'fiver', meadow: 'm1', flooded: false });
      await em.flush();
      return made.id;
    });
    const ids = [next++, next++];
    await w.as('fiver', async (em) => {
      for (const id of ids) em.create(Rabbit, { id, warren: em.getReference(Warren, parent), name: `R${id}`, tame: false } as never);
      await em.flush();
    });
    const events = await eventsOf(() => w.as('hazel', (em) => remove(em, parent)));
    expect(events.map(({ operation, target }) => `${operation} ${target?.type} ${target?.id}`).toSorted()).toEqual(
      [...ids.map((id) => `delete Rabbit ${id}`), `delete Warren ${parent}`].toSorted(),
    );
    expect(new Set(events.map(({ changeId, actor }) => `${changeId} ${actor.id}`)).size).toBe(1);
  });
});
