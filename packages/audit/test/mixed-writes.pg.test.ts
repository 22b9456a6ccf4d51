import { MikroORM, type EntityManager, type EventArgs } from '@mikro-orm/postgresql';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { user, withContext } from '../src/capture/context.ts';
import type { Event } from '../src/events/entry.ts';
import { bear, dig, eventsIn } from './rabbits.ts';
import { Rabbit, Trait, urlAs, Warren, world, type World } from './warren.ts';

// Flushes and SQL at the same field of the same record, in one transaction: every value that it ever had stands in the
// log, each change goes on from where the one before it ended, and nobody is alarmed.

let w: World;
let warren: string;
let next = 1;

beforeAll(async () => {
  w = await world();
  warren = await dig(w);
});
afterAll(() => w.close());

const born = (more: object = {}) => bear(w, warren, next++, { weight: '1.00', ...more });
const eventsOf = (work: () => Promise<unknown>) => eventsIn(w, work);
const named = (em: EntityManager, id: number, name: string) => em.execute('update rabbit set name = ? where id = ?', [name, id]);

/** The events of one transaction in which the rabbit was loaded before. */
const mixed = (id: number, work: (em: EntityManager, rabbit: { name: string; weight?: string | null }) => Promise<unknown>) =>
  eventsOf(() => w.as('hazel', (em) => em.transactional(async (inner) => work(inner, await inner.findOneOrFail(Rabbit, id)))));

/** Operation, and the old and new value of these fields. */
const told = (events: readonly Event[], ...fields: string[]) =>
  events.map(({ operation, changes }) =>
    [
      operation,
      ...changes.flatMap((one) => ('new' in one && fields.includes(one.field) ? [`${one.old as string} → ${one.new as string}`] : [])),
    ].join(' '),
  );

describe('AUD-4 SQL and flushes at one field, in one transaction', () => {
  it('what SQL sets between load and flush is an event of its own, and the flush goes on from there', async () => {
    const id = await born();
    const events = await mixed(id, async (em, rabbit) => {
      await named(em, id, 'by SQL');
      rabbit.name = 'by flush';
      await em.flush();
    });
    expect(told(events, 'name')).toEqual([`update R${id} → by SQL`, 'update by SQL → by flush']);
    expect(events.map(({ actor }) => actor.id)).toEqual(['hazel', 'hazel']);
    expect(events[0]?.changes.map(({ field }) => field)).not.toContain('version');
  });

  it('each of several statements, and what they set beside it', async () => {
    const id = await born();
    const events = await mixed(id, async (em, rabbit) => {
      await named(em, id, 'once');
      await em.execute(`update rabbit set name = 'twice', weight = 2 where id = ?`, [id]);
      rabbit.name = 'by flush';
      await em.flush();
    });
    expect(told(events, 'name', 'weight')).toEqual([`update R${id} → once`, 'update once → twice 1.00 → 2.00', 'update twice → by flush']);
  });

  it('also where SQL put back what was loaded', async () => {
    const id = await born();
    const events = await mixed(id, async (em, rabbit) => {
      await named(em, id, 'for a moment');
      await named(em, id, `R${id}`);
      rabbit.name = 'by flush';
      await em.flush();
    });
    expect(told(events, 'name')).toEqual([`update R${id} → for a moment`, `update for a moment → R${id}`, `update R${id} → by flush`]);
  });

  it('between two flushes', async () => {
    const id = await born();
    const events = await mixed(id, async (em, rabbit) => {
      rabbit.name = 'first';
      await em.flush();
      await named(em, id, 'by SQL');
      rabbit.name = 'second';
      await em.flush();
    });
    expect(told(events, 'name')).toEqual([`update R${id} → first`, 'update first → by SQL', 'update by SQL → second']);
  });

  it('around a savepoint that is taken back, and one that stays', async () => {
    const id = await born();
    const events = await mixed(id, async (em, rabbit) => {
      await em
        .transactional(async (inner) => {
          await named(inner, id, 'taken back');
          throw new Error('no');
        })
        .catch(() => undefined);
      await em.transactional((inner) => named(inner, id, 'stays'));
      rabbit.name = 'by flush';
      await em.flush();
    });
    expect(told(events, 'name')).toEqual([`update R${id} → stays`, 'update stays → by flush']);
  });

  it('before a removal: what was removed is what SQL had set', async () => {
    const id = await born();
    const events = await mixed(id, async (em, rabbit) => {
      await em.execute(`update rabbit set name = 'by SQL', weight = null where id = ?`, [id]);
      em.remove(rabbit);
      await em.flush();
    });
    expect(told(events, 'name', 'weight')).toEqual([`update R${id} → by SQL 1.00 → null`, 'delete by SQL → null']);
  });

  it('where the record was never loaded', async () => {
    const id = await born();
    const events = await eventsOf(() =>
      w.as('hazel', (em) =>
        em.transactional(async (inner) => {
          const rabbit = inner.getReference(Rabbit, id);
          await named(inner, id, 'by SQL');
          rabbit.name = 'by flush';
          await inner.flush();
        }),
      ),
    );
    expect(told(events, 'name')).toEqual([`update R${id} → by SQL`, 'update by SQL → by flush']);
  });

  it('where both set the same: by whom and why SQL set it, it alone says', async () => {
    const id = await born();
    const events = await mixed(id, async (em, rabbit) => {
      await withContext({ reason: 'as the chief wishes' }, () => named(em, id, 'the same'));
      Object.assign(rabbit, { name: 'the same', weight: '2.00' });
      await em.flush();
    });
    expect(told(events, 'name', 'weight')).toEqual([`update R${id} → the same`, 'update 1.00 → 2.00']);
    expect(events.map(({ reason }) => reason)).toEqual(['as the chief wishes', null]);
  });

  it('within a document: what SQL made of it, and what the flush saved', async () => {
    const id = await born({ notes: { ears: 1, tail: 1 } });
    const events = await mixed(id, async (em, rabbit) => {
      await em.execute(`update rabbit set notes = '{"ears": 2, "tail": 2}' where id = ?`, [id]);
      Object.assign(rabbit, { notes: { ears: 3, tail: 1 } });
      await em.flush();
    });
    expect(told(events, 'notes.ears', 'notes.tail')).toEqual(['update 1 → 2 1 → 2', 'update 2 → 3 2 → 1']);
  });

  it('a member that a flush adds, SQL takes out and a flush adds again', async () => {
    const id = await born();
    const events = await eventsOf(() =>
      w.as('hazel', (em) =>
        em.transactional(async (inner) => {
          const rabbit = await inner.findOneOrFail(Rabbit, id, { populate: ['traits'] as never });
          rabbit.traits.add(inner.getReference(Trait, 1));
          await inner.flush();
          await inner.execute('delete from rabbit_traits where rabbit_id = ?', [id]);
          inner.clear();
          const again = await inner.findOneOrFail(Rabbit, id, { populate: ['traits'] as never });
          again.traits.add(inner.getReference(Trait, 1));
          await inner.flush();
        }),
      ),
    );
    expect(told(events, 'traits')).toEqual(['update null → ["1"]', 'update ["1"] → null', 'update null → ["1"]']);
  });

  it('of what says whose the record is, the unit of work may not know', async () => {
    const id = await dig(w);
    const events = await eventsOf(() =>
      w.as('hazel', (em) =>
        em.transactional(async (inner) => {
          const found = await inner.findOneOrFail(Warren, id);
          await inner.execute(`update warren set keeper = 'silver', name = 'Given away' where id = ?`, [id]);
          found.floodedSince = '2026-11-20';
          await inner.flush();
          await inner.execute(`update warren set meadow = 'm2' where id = ?`, [id]);
          found.floodedSince = '2026-11-21';
          await inner.flush();
        }),
      ),
    );
    expect(told(events, 'keeper', 'meadow', 'flooded_since')).toEqual([
      'update fiver → silver',
      'update null → 2026-11-20',
      'update m1 → m2',
      'update 2026-11-20 → 2026-11-21',
    ]);
    expect(events.map(({ subject, scopes, target }) => [subject, scopes, target?.label])).toEqual([
      ['silver', ['meadow:m1'], 'Warren Given away'],
      ['silver', ['meadow:m1'], 'Warren Given away'],
      ['silver', ['meadow:m2'], 'Warren Given away'],
      ['silver', ['meadow:m2'], 'Warren Given away'],
    ]);
  });

  it('what a trigger makes of it and another one puts right again', async () => {
    await w.sql(`create function shy() returns trigger language plpgsql as $$ begin new.name := 'shy'; return new; end $$;
      create function bold() returns trigger language plpgsql as $$ begin update rabbit set name = 'bold' where id = new.id; return null; end $$;
      create trigger shy before update on rabbit for each row when (new.name = 'bold' and pg_trigger_depth() = 0) execute function shy();
      create trigger bold after update on rabbit for each row when (new.name = 'shy') execute function bold()`);
    const id = await born();
    const events = await mixed(id, async (em, rabbit) => {
      rabbit.name = 'bold';
      await em.flush();
    });
    await w.sql('drop trigger shy on rabbit; drop trigger bold on rabbit; drop function shy(), bold()');
    expect(told(events, 'name')).toEqual([`update R${id} → shy`, 'update shy → bold']);
  });
});

describe('AUD-4 what somebody else committed between load and flush', () => {
  it.each(['changed', 'removed'])('the old value of what is %s is the database’s, and nobody is alarmed', async (end) => {
    const id = await born();
    const events = await mixed(id, async (em, rabbit) => {
      await w.as('fiver', (other) => other.execute(`update rabbit set name = 'meanwhile', weight = null where id = ?`, [id]));
      if (end === 'removed') em.remove(rabbit);
      else Object.assign(rabbit, { name: 'by flush', weight: '2.00' });
      await em.flush();
    });
    expect(told(events, 'name', 'weight')).toEqual([
      `update R${id} → meanwhile 1.00 → null`,
      end === 'removed' ? 'delete meanwhile → null' : 'update meanwhile → by flush null → 2.00',
    ]);
    expect(events.map(({ actor }) => actor.id)).toEqual(['fiver', 'hazel']);
  });
});

describe('AUD-4 whose a record is, changed by somebody else between load and flush', () => {
  it('of a part, whose its root is: nobody is alarmed', async () => {
    const id = await born();
    const events = await eventsOf(() =>
      w.as('hazel', async (em) => {
        const rabbit = (await em.findOneOrFail(Rabbit, id, { populate: ['warren'] as never })) as { name: string };
        await w.as('fiver', (other) => other.execute(`update warren set keeper = 'silver', name = 'Given' where id = ?`, [warren]));
        rabbit.name = 'by flush';
        await em.flush();
      }),
    );
    await w.as('fiver', (other) => other.execute(`update warren set keeper = 'fiver', name = 'Down' where id = ?`, [warren]));
    expect(told(events, 'keeper', 'name')).toEqual(['update Down → Given fiver → silver', `update R${id} → by flush`]);
    expect(events.map(({ subject }) => subject)).toEqual(['silver', 'silver']);
  });
});

describe('AUD-4 SQL that a hook sends while a flush is at work', () => {
  it.each(['beforeFlush', 'onFlush', 'beforeUpdate', 'afterUpdate'] as const)('%s: every value stands in the log', async (hook) => {
    const id = await born();
    let sent = 0;
    const orm = await MikroORM.init({
      entities: [...w.orm.config.get('entities')] as never,
      clientUrl: urlAs(w.database, w.roles.app),
      driverOptions: w.audit.driverOptions,
      subscribers: [
        { [hook]: async ({ em }: EventArgs<object>) => void (sent++ || (await named(em as EntityManager, id, 'by the hook'))) },
        w.audit.subscriber,
      ],
    });
    const events = await eventsOf(() =>
      withContext({ actor: user('hazel'), channel: 'web' }, () =>
        orm.em.fork().transactional(async (em) => {
          const rabbit = await em.findOneOrFail(Rabbit, id);
          rabbit.name = 'by flush';
          await em.flush();
        }),
      ),
    );
    await orm.close(true);
    const values = hook === 'afterUpdate' ? [`R${id}`, 'by flush', 'by the hook'] : [`R${id}`, 'by the hook', 'by flush'];
    expect(told(events, 'name')).toEqual(values.slice(1).map((value, i) => `update ${values[i]} → ${value}`));
  });
});
