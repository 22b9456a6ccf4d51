import { defineEntity, MikroORM, p, type EntityManager, type EventArgs } from '@mikro-orm/postgresql';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { amendContext, user, withContext } from '../src/capture/context.ts';
import type { Event } from '../src/events/entry.ts';
import { audited, never, unaudited } from '../src/policy/policy.ts';
import { eventsIn } from './rabbits.ts';
import { urlAs, worldOf, type World } from './warren.ts';

// SQL and a flush at the same thing, in one transaction: which of them did it, under whose name, and what stands first.

const Tag = defineEntity({ name: 'Tag', tableName: 'tag', properties: { id: p.integer().primary(), name: p.text() } });
// Without a version: a flush that sets what is there changes nothing.
const Nest = defineEntity({
  name: 'Nest',
  tableName: 'nest',
  properties: {
    id: p.integer().primary(),
    name: p.text(),
    size: p.integer().nullable(),
    keeper: p.text().default('fiver'),
    rival: () => p.manyToOne(Nest).nullable(),
    tags: () => p.manyToMany(Tag),
  },
});
const policies = [
  unaudited(Tag, 'a fixed list'),
  audited(Nest, {
    area: 'meadow',
    label: 'Nest',
    fields: {
      id: never('the key'),
      name: { label: 'Name', kind: 'text' },
      size: { label: 'Size', kind: 'number' },
      keeper: { label: 'Keeper', kind: 'text' },
      rival: { label: 'Rival', kind: 'reference' },
      tags: { label: 'Tags', kind: 'members' },
    },
    carries: ['name', 'keeper'],
    title: ({ name }) => `Nest ${name}`,
    subject: ({ keeper }) => keeper ?? null,
    actions: { vocabulary: { nest_changed: { label: 'Changed' } }, general: 'nest_changed' },
  }),
];

let w: World;
let next = 1;

beforeAll(async () => {
  w = await worldOf({
    name: 'nests',
    entities: [Tag, Nest],
    policies,
    actions: [],
    tables: ['tag', 'nest', 'nest_tags'],
    seed: [`insert into tag values (1, 'a'), (2, 'b'), (3, 'c')`],
  });
});
afterAll(() => w.close());

const eventsOf = (work: () => Promise<unknown>) => eventsIn(w, work);

/** One that is called by its key, with these tags. */
async function born(...tags: readonly number[]): Promise<number> {
  const id = next++;
  await w.as('fiver', async (em) => {
    em.create(Nest, { id, name: `N${id}`, size: 1, tags: tags.map((tag) => em.getReference(Tag, tag)) } as never);
    await em.flush();
  });
  return id;
}

/** What the database does by itself, while `work` is done. */
async function where<Result>(table: string, when: string, does: string, work: () => Promise<Result>): Promise<Result> {
  await w.sql(`create function does() returns trigger language plpgsql as $$ begin ${does} end $$;
    create trigger does ${when} on ${table} for each row execute function does()`);
  try {
    return await work();
  } finally {
    await w.sql(`drop trigger does on ${table}; drop function does()`);
  }
}

/** An ORM of its own in which this happens as well. */
async function hooked<Result>(hook: object, work: (orm: MikroORM) => Promise<Result>): Promise<Result> {
  const orm = await MikroORM.init({
    entities: [...w.orm.config.get('entities')] as never,
    clientUrl: urlAs(w.database, w.roles.app),
    driverOptions: w.audit.driverOptions,
    subscribers: [hook, w.audit.subscriber],
  });
  try {
    return await work(orm);
  } finally {
    await orm.close(true);
  }
}

/** Operation, whose, why, and what changed of these fields. */
const told = (events: readonly Event[], ...fields: string[]) =>
  events.map(({ operation, actor, reason, changes }) =>
    [
      `${operation} by ${actor.id ?? actor.kind}${reason === null ? '' : ` (${reason})`}`,
      ...changes.flatMap((one) => ('new' in one && fields.includes(one.field) ? [`${one.old as string} → ${one.new as string}`] : [])),
    ].join(' '),
  );

/** One transaction of bigwig's, in which ada does something by SQL, for a reason of hers. */
const between = (work: (em: EntityManager, byAda: (sql: string, ...params: unknown[]) => Promise<unknown>) => Promise<unknown>) =>
  eventsOf(() =>
    w.as('bigwig', (em) =>
      em.transactional((inner) =>
        work(inner, (sql, ...params) => withContext({ actor: user('ada'), reason: 'she may' }, () => inner.execute(sql, params))),
      ),
    ),
  );

const tagged = 'insert into nest_tags (nest_id, tag_id) values (?, ?)';
const untagged = 'delete from nest_tags where nest_id = ? and tag_id = ?';

describe('AUD-4 members that come with their record, by SQL of another', () => {
  const fresh = async (em: EntityManager, ...tags: readonly number[]) => {
    em.create(Nest, { id: next++, name: 'new', tags: tags.map((tag) => em.getReference(Tag, tag)) } as never);
    await em.flush();
  };

  it('a trigger adds them: they follow the creation', async () => {
    const does = 'insert into nest_tags (nest_id, tag_id) values (new.id, 1); return null;';
    await where('nest', 'after insert', does, async () => {
      expect(told(await eventsOf(() => w.as('bigwig', (em) => fresh(em))), 'tags')).toEqual([
        'create by bigwig',
        'update by bigwig null → ["1"]',
      ]);
      expect(told(await eventsOf(() => w.as('bigwig', (em) => fresh(em, 2))), 'tags')).toEqual([
        'create by bigwig null → ["2"]',
        'update by bigwig null → ["1"]',
      ]);
      const raw = () => w.as('bigwig', (em) => em.execute(`insert into nest (id, name) values (?, 'raw')`, [next++]));
      expect(told(await eventsOf(raw), 'tags')).toEqual(['create by bigwig', 'update by bigwig null → ["1"]']);
    });
  });

  it('to the life that begins, and not to one that ended', async () => {
    const id = await born();
    const does = `insert into nest_tags (nest_id, tag_id) values (new.id, 1); return null;`;
    const events = await where('nest', 'after insert', does, () =>
      between(async (em) => {
        await em.execute(tagged, [id, 2]);
        await em.execute('delete from nest where id = ?', [id]);
        em.create(Nest, { id, name: 'again' } as never);
        await em.flush();
        await em.execute(tagged, [id, 3]);
      }),
    );
    expect(told(events, 'tags')).toEqual([
      'update by bigwig null → ["2"]',
      'delete by bigwig ["2"] → null',
      'create by bigwig',
      'update by bigwig null → ["1"]',
      'update by bigwig null → ["3"]',
    ]);
  });

  it('a hook adds them, with SQL, while the flush is at work', async () => {
    const afterCreate = ({ em, entity }: EventArgs<{ id: number }>) =>
      withContext({ actor: user('ada') }, () => (em as EntityManager).execute(tagged, [entity.id, 1]));
    await hooked({ afterCreate }, async (orm) => {
      const events = (...tags: number[]) => eventsOf(() => withContext({ actor: user('bigwig') }, () => fresh(orm.em.fork(), ...tags)));
      expect(told(await events(), 'tags')).toEqual(['create by bigwig', 'update by ada null → ["1"]']);
      expect(told(await events(2, 3), 'tags')).toEqual(['create by bigwig null → ["2","3"]', 'update by ada null → ["1"]']);
    });
  });
});

describe('AUD-4 what SQL of somebody else did, and a flush then tells as well', () => {
  const hers = 'by ada (she may)';

  it('a change of a row stays SQL’s, with its who and why', async () => {
    const id = await born();
    const events = await between(async (em, byAda) => {
      const nest = await em.findOneOrFail(Nest, id);
      await byAda(`update nest set name = 'told' where id = ?`, id);
      nest.name = 'told';
      await em.flush();
    });
    expect(told(events, 'name')).toEqual([`update ${hers} N${id} → told`]);
  });

  it('of several statements, each; of several records, each; and what the flush did beside it', async () => {
    const [one, two, three] = [await born(), await born(), await born()];
    const events = await between(async (em, byAda) => {
      const nests = await em.find(Nest, { id: { $in: [one, two, three] } });
      await byAda(`update nest set name = 'first' where id = ?`, one);
      await byAda(`update nest set name = 'told' where id in (?, ?)`, one, two);
      for (const nest of nests) nest.name = 'told';
      (nests[1] as { size: number }).size = 2;
      await em.flush();
    });
    expect(told(events, 'name', 'size')).toEqual([
      `update ${hers} N${one} → first`,
      `update ${hers} first → told`,
      `update ${hers} N${two} → told`,
      'update by bigwig 1 → 2',
      `update by bigwig N${three} → told`,
    ]);
  });

  it('and what the flush did around it stands on its own side of it', async () => {
    const id = await born();
    const hook = {
      beforeUpdate: ({ em }: EventArgs<object>) =>
        withContext({ actor: user('ada') }, () => (em as EntityManager).execute(`update nest set name = 'hers' where id = ?`, [id])),
    };
    const events = await hooked(hook, (orm) =>
      eventsOf(() =>
        withContext({ actor: user('bigwig') }, () =>
          orm.em.fork().transactional(async (em) => {
            const nest = await em.findOneOrFail(Nest, id);
            await em.execute('update nest set size = 2 where id = ?', [id]);
            Object.assign(nest, { name: 'told', size: 2 });
          }),
        ),
      ),
    );
    expect(told(events, 'name', 'size')).toEqual(['update by bigwig 1 → 2', `update by ada N${id} → hers`, 'update by bigwig hers → told']);
  });

  it('a removal', async () => {
    const id = await born(1);
    const events = await between(async (em, byAda) => {
      const nest = await em.findOneOrFail(Nest, id);
      await byAda('delete from nest where id = ?', id);
      em.remove(nest);
      await em.flush();
    });
    expect(told(events, 'name', 'tags')).toEqual([`delete ${hers} N${id} → null ["1"] → null`]);
  });

  it('a creation', async () => {
    const id = next++;
    const does = 'return case when exists (select from nest where id = new.id) then null else new end;';
    const events = await where('nest', 'before insert', does, () =>
      between(async (em, byAda) => {
        await byAda(`insert into nest (id, name, size) values (?, 'told', 1)`, id);
        em.create(Nest, { id, name: 'told', size: 1, tags: [em.getReference(Tag, 1)] } as never);
        await em.flush();
      }),
    );
    expect(told(events, 'name', 'tags')).toEqual([`create ${hers} null → told`, 'update by bigwig null → ["1"]']);
  });

  it('members that come, and members that go', async () => {
    const [one, two] = [await born(), await born()];
    const does =
      'return case when exists (select from nest_tags where nest_id = new.nest_id and tag_id = new.tag_id) then null else new end;';
    const events = await where('nest_tags', 'before insert', does, () =>
      between(async (em, byAda) => {
        const [first, second] = await em.find(Nest, { id: { $in: [one, two] } }, { populate: ['tags'] as never, orderBy: { id: 'asc' } });
        for (const tag of [1, 2]) await byAda(tagged, one, tag);
        await byAda(tagged, two, 1);
        for (const tag of [1, 2, 3]) first?.tags.add(em.getReference(Tag, tag));
        second?.tags.add(em.getReference(Tag, 1));
        await em.flush();
        await byAda(untagged, one, 1);
        first?.tags.removeAll();
        await em.flush();
      }),
    );
    expect(told(events, 'tags')).toEqual([
      `update ${hers} null → ["1","2"]`,
      `update ${hers} null → ["1"]`,
      'update by bigwig null → ["3"]',
      `update ${hers} ["1"] → null`,
      'update by bigwig ["2","3"] → null',
    ]);
  });

  it('members that she took out of what is removed then', async () => {
    const id = await born(1, 2);
    const events = await between(async (em, byAda) => {
      const nest = await em.findOneOrFail(Nest, id);
      await byAda(untagged, id, 1);
      em.remove(nest);
      await em.flush();
    });
    expect(told(events, 'tags')).toEqual([`update ${hers} ["1"] → null`, 'delete by bigwig ["2"] → null']);
  });

  it('and where no flush tells: whoever adds members to one record by SQL, each under their own name', async () => {
    const id = await born();
    const events = await between(async (em, byAda) => {
      await em.execute(tagged, [id, 1]);
      await byAda(tagged, id, 2);
      await em.execute(tagged, [id, 3]);
      await byAda(untagged, id, 1);
      await em.execute('delete from nest where id = ?', [id]);
    });
    expect(told(events, 'tags')).toEqual([
      'update by bigwig null → ["1"]',
      `update ${hers} null → ["2"]`,
      'update by bigwig null → ["3"]',
      `update ${hers} ["1"] → null`,
      'delete by bigwig ["2","3"] → null',
    ]);
  });

  it('of jobs that nobody signed in for, each keeps its reason', async () => {
    const id = await born();
    const events = await eventsOf(() =>
      w.as(null, (em) =>
        em.transactional(async (inner) => {
          const nest = await inner.findOneOrFail(Nest, id);
          await withContext({ reason: 'the night' }, () => inner.execute(`update nest set name = 'told' where id = ?`, [id]));
          nest.name = 'told';
          nest.size = 2;
          await inner.flush();
        }),
      ),
    );
    expect(told(events, 'name', 'size')).toEqual([`update by system (the night) N${id} → told`, 'update by system 1 → 2']);
  });

  it('AUD-8: a reason that a hook works out while the flush saves is that of the change', async () => {
    const id = await born();
    const events = await eventsOf(() =>
      withContext({ actor: user('hazel') }, async () => {
        const em = w.orm.em.fork({ freshEventManager: true });
        em.getEventManager().registerSubscriber({ afterUpdate: () => Promise.resolve(amendContext({ reason: 'worked out' })) });
        Object.assign(await em.findOneOrFail(Nest, id), { name: 'told' });
        await em.flush();
      }),
    );
    expect(told(events, 'name')).toEqual([`update by hazel (worked out) N${id} → told`]);
  });

  it.each(['SQL', 'a flush'])('AUD-8: a job of its own within somebody’s transaction is recorded by its name, by %s', async (how) => {
    const id = await born();
    const events = await eventsOf(() =>
      w.as('hazel', (em) =>
        em.transactional(async (inner) => {
          const nest = await inner.findOneOrFail(Nest, id);
          await withContext({ actor: null, command: 'nightly' }, async () => {
            if (how === 'SQL') return inner.execute(`update nest set name = 'told' where id = ?`, [id]);
            nest.name = 'told';
            await inner.flush();
          });
          nest.size = 2;
          await inner.flush();
        }),
      ),
    );
    expect(told(events, 'name', 'size')).toEqual([`update by nightly N${id} → told`, 'update by hazel 1 → 2']);
  });

  it('AUD-8 but of one who becomes known on the way, all of it', async () => {
    const id = await born();
    const events = await eventsOf(() =>
      w.as(null, (em) =>
        em.transactional(async (inner) => {
          const nest = await inner.findOneOrFail(Nest, id);
          await inner.execute(`update nest set name = 'told' where id = ?`, [id]);
          amendContext({ actor: user('hazel') });
          nest.name = 'told';
          await inner.flush();
        }),
      ),
    );
    expect(told(events, 'name')).toEqual([`update by hazel N${id} → told`]);
  });
});

describe('AUD-4 nobody is alarmed where nobody is wrong', () => {
  it('a change of what somebody else has removed meanwhile', async () => {
    const id = await born();
    const events = await eventsOf(() =>
      w.as('hazel', async (em) => {
        const nest = await em.findOneOrFail(Nest, id);
        await w.as('ada', (other) => other.execute('delete from nest where id = ?', [id]));
        nest.name = 'too late';
        await em.flush();
      }),
    );
    expect(told(events, 'name')).toEqual([`delete by ada N${id} → null`]);
  });

  it('a hook that flushes a fork while its record is being made: both stand in the log, the creation first', async () => {
    const afterCreate = async ({ em, entity }: EventArgs<{ id: number }>) => {
      const fork = (em as EntityManager).fork({ clear: true, keepTransactionContext: true });
      const nest = await fork.findOneOrFail(Nest, entity.id);
      nest.name = 'by the hook';
      nest.size = 3;
      await fork.flush();
    };
    const id = next++;
    const events = await hooked({ afterCreate }, (orm) =>
      eventsOf(() =>
        withContext({ actor: user('bigwig') }, async () => {
          const em = orm.em.fork();
          em.create(Nest, { id, name: 'new', size: 1, tags: [em.getReference(Tag, 1)] } as never);
          await em.flush();
        }),
      ),
    );
    expect(told(events, 'name', 'size', 'tags')).toEqual([
      'create by bigwig null → new null → 1',
      'update by bigwig new → by the hook 1 → 3',
      'update by bigwig null → ["1"]',
    ]);
  });

  it('a hook that flushes a fork while two that refer to each other are being made', async () => {
    const afterCreate = async ({ em, entity }: EventArgs<{ id: number }>) => {
      const fork = (em as EntityManager).fork({ clear: true, keepTransactionContext: true });
      (await fork.findOneOrFail(Nest, entity.id)).size = 3;
      await fork.flush();
    };
    const [one, two] = [next++, next++];
    const events = await hooked({ afterCreate }, (orm) =>
      eventsOf(() =>
        withContext({ actor: user('bigwig') }, async () => {
          const em = orm.em.fork();
          const made = (id: number) => em.create(Nest, { id, name: 'new' } as never) as { rival?: unknown };
          const [first, second] = [made(one), made(two)];
          [first.rival, second.rival] = [second, first];
          await em.flush();
        }),
      ),
    );
    const of = (id: number) =>
      told(
        events.filter(({ target }) => target?.id === String(id)),
        'name',
        'size',
        'rival_id',
      ).toSorted();
    expect([...of(one), ...of(two)].filter((text) => text.startsWith('create'))).toHaveLength(2);
    expect([...of(one), ...of(two)].filter((text) => text.includes('null → 3'))).toHaveLength(2);
    const rivals = events.flatMap(({ target, changes }) =>
      changes.flatMap((change) => ('new' in change && change.field === 'rival_id' ? [`${target?.id} ${change.new as string}`] : [])),
    );
    expect(rivals.toSorted()).toEqual([`${one} ${two}`, `${two} ${one}`].toSorted());
  });

  it('what it is called and whose it is was changed by another transaction, after it was loaded', async () => {
    const id = await born();
    const events = await eventsOf(() =>
      w.as('bigwig', async (em) => {
        const nest = await em.findOneOrFail(Nest, id);
        await w.as('ada', (other) => other.execute(`update nest set name = 'hers', keeper = 'ada' where id = ?`, [id]));
        nest.size = 2;
        await em.flush();
      }),
    );
    expect(told(events, 'name', 'keeper', 'size')).toEqual([`update by ada N${id} → hers fiver → ada`, 'update by bigwig 1 → 2']);
    expect(events.map(({ subject, target }) => [subject, target?.label])).toEqual([1, 2].map(() => ['ada', 'Nest hers']));
  });

  it('also twice, and of what is removed', async () => {
    const id = await born();
    const events = await eventsOf(() =>
      w.as('bigwig', async (em) => {
        const nest = await em.findOneOrFail(Nest, id);
        for (const name of ['once', 'twice'])
          await w.as('ada', (other) => other.execute('update nest set name = ?, keeper = ? where id = ?', [name, name, id]));
        em.remove(nest);
        await em.flush();
      }),
    );
    expect(told(events, 'name')).toEqual([`update by ada N${id} → once`, 'update by ada once → twice', 'delete by bigwig twice → null']);
  });
});
