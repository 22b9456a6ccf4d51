import { createHash } from 'node:crypto';
import { type EntityManager, IsolationLevel, MikroORM } from '@mikro-orm/postgresql';
import type { PoolClient } from 'pg';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { amendContext, user, withContext } from '../src/capture/context.ts';
import type { Event } from '../src/events/entry.ts';
import { AuditLogError } from '../src/events/errors.ts';
import { bear, dig, eventsIn } from './rabbits.ts';
import { Rabbit, urlAs, world, type World } from './warren.ts';

// What a connection tells of who is at work, and how it tells what a flush did.

let w: World;
let next = 1;
let warren: string;

beforeAll(async () => {
  w = await world();
  warren = await dig(w);
});
afterAll(() => w.close());

const eventsOf = (work: () => Promise<unknown>) => eventsIn(w, work);

const born = () => bear(w, warren, next++);

/** An ORM of its own, whose statements all go over one connection. */
const onOneConnection = () =>
  MikroORM.init({
    entities: [...w.orm.config.get('entities')] as never,
    clientUrl: urlAs(w.database, w.roles.app),
    driverOptions: w.audit.driverOptions,
    pool: { max: 1 },
  });

async function readAll(em: EntityManager, statement: string): Promise<void> {
  for await (const _ of em.getConnection().stream(statement, [], em.getTransactionContext())) continue;
}

const named = (id: number, name: string) => `update rabbit set name = '${name}' where id = ${id}`;
const who = ({ actor, reason }: Event) => [actor.id ?? actor.kind, reason];

describe('AUD-8 a context that changes within a transaction', () => {
  it('capture case 8: an actor who becomes known late, before COMMIT, did all of it, by whatever path', async () => {
    const [one, two, three] = [await born(), await born(), await born()];
    const events = await eventsOf(() =>
      w.as(null, (em) =>
        em.transactional(async (inner) => {
          await inner.execute(named(one, 'raw'));
          await inner.nativeUpdate(Rabbit, { id: two }, { name: 'native' });
          (await inner.findOneOrFail(Rabbit, three)).name = 'flushed';
          await inner.flush();
          amendContext({ actor: user('hazel') });
        }),
      ),
    );
    expect(events.map(who)).toEqual([1, 2, 3].map(() => ['hazel', null]));
  });

  it.each<[string, (em: EntityManager, statement: string) => Promise<unknown>]>([
    ['raw SQL', (em, statement) => em.execute(statement)],
    ['a cursor', readAll],
  ])('capture case 8: also where nothing but %s was sent', async (_, send) => {
    const id = await born();
    const events = await eventsOf(() =>
      w.as(null, (em) =>
        em.transactional(async (inner) => {
          await send(inner, `${named(id, 'raw')} returning id`);
          amendContext({ actor: user('hazel') });
        }),
      ),
    );
    expect(events.map(who)).toEqual([['hazel', null]]);
  });

  it('holds for the statements from there on, and ends with its block', async () => {
    const [one, two, three] = [await born(), await born(), await born()];
    const events = await eventsOf(() =>
      w.as('hazel', (em) =>
        em.transactional(async (inner) => {
          await inner.execute(named(one, 'first'));
          await withContext({ reason: 'a lesson' }, () => inner.execute(named(two, 'second')));
          await inner.execute(named(three, 'third'));
        }),
      ),
    );
    expect(events.map(who)).toEqual([
      ['hazel', null],
      ['hazel', 'a lesson'],
      ['hazel', null],
    ]);
  });

  it('is told again where MikroORM’s own session context makes the connection forget everything', async () => {
    const id = await born();
    const orm = await MikroORM.init({
      entities: [...w.orm.config.get('entities')] as never,
      clientUrl: urlAs(w.database, w.roles.app),
      subscribers: [w.audit.subscriber],
      driverOptions: w.audit.driverOptions,
      sessionContext: 'connection',
      pool: { max: 1 },
    });
    const events = await eventsOf(() =>
      withContext({ actor: user('hazel'), channel: 'web' }, async () => {
        const em = orm.em.fork();
        em.setSessionContext({ variables: { 'app.tenant': 'm1' } });
        await em.execute(named(id, 'first'));
        await em.execute(named(id, 'second'));
        await em.transactional(async (inner) => {
          await inner.execute(named(id, 'third'));
          await inner.execute('reset all');
          await inner.execute(named(id, 'fourth'));
          (await inner.findOneOrFail(Rabbit, id)).name = 'fifth';
        });
        await withContext({ actor: user('bigwig') }, () => em.nativeUpdate(Rabbit, { id }, { name: 'sixth' }));
      }),
    );
    await orm.close(true);
    expect(events.map(who)).toEqual([...Array.from({ length: 5 }, () => ['hazel', null]), ['bigwig', null]]);
  });

  it('is told again where RESET ALL was rolled back: nobody works in the name of whoever worked before', async () => {
    const id = await born();
    const orm = await onOneConnection();
    const events = await eventsOf(async () => {
      await withContext({ actor: user('hazel'), channel: 'web' }, async () => {
        await orm.em.fork().execute(named(id, 'first'));
        const taken = orm.em.fork().transactional(async (inner) => {
          await inner.execute('reset all');
          throw new Error('no');
        });
        await expect(taken).rejects.toThrow('no');
      });
      await orm.em.fork().execute(named(id, 'second'));
    });
    await orm.close(true);
    expect(events.map(who)).toEqual([
      ['hazel', null],
      ['database', null],
    ]);
  });

  const FORGOTTEN = [
    '/* now */ reset all',
    '-- now\nreset /* it */ all',
    '; reset all;',
    'reset "audit.context"',
    `set audit.context to ''`,
    `select set_config('audit.context', '', false)`,
    `do $$ begin reset all; end $$`,
  ];
  it.each([...FORGOTTEN, '/* now */ discard all', '-- now\n;discard all'])(
    'is told again after %j, in whatever a transaction does',
    async (statement) => {
      const id = await born();
      const orm = await onOneConnection();
      const events = await eventsOf(() =>
        withContext({ actor: user('hazel'), channel: 'web' }, async () => {
          const em = orm.em.fork();
          await em.execute(named(id, 'first'));
          await em.execute(statement);
          await em.execute(named(id, 'second'));
          (await em.findOneOrFail(Rabbit, id)).name = 'third';
          await em.flush();
          if (!FORGOTTEN.includes(statement)) return;
          await em.transactional(async (inner) => {
            await inner.execute(named(id, 'fourth'));
            await inner.execute(statement);
            await inner.execute(named(id, 'fifth'));
          });
          await em.execute(named(id, 'sixth'));
        }),
      );
      await orm.close(true);
      expect(events.map(who)).toEqual(events.map(() => ['hazel', null]));
      expect(events).toHaveLength(FORGOTTEN.includes(statement) ? 6 : 3);
    },
  );

  it('stands in no message with a RESET ALL: what follows would be nobody’s', async () => {
    const id = await born();
    const orm = await onOneConnection();
    const em = orm.em.fork();
    const events = await eventsOf(() =>
      withContext({ actor: user('hazel'), channel: 'web' }, async () => {
        await expect(em.execute(`/* now */ reset all; ${named(id, 'lost')}`)).rejects.toThrow('send it by itself');
        await em.execute(named(id, 'reset all; it says'));
      }),
    );
    await orm.close(true);
    expect(events.map(who)).toEqual([['hazel', null]]);
  });

  it('holds to the end behind a comment too: who becomes known late did all of it', async () => {
    const id = await born();
    const orm = await onOneConnection();
    const em = orm.em.fork();
    const events = await eventsOf(() =>
      w.as(null, async () => {
        await em.execute('/* all of it */ begin');
        await em.execute(named(id, 'first'));
        amendContext({ actor: user('hazel') });
        await em.execute('/* is done */ commit');
      }),
    );
    await orm.close(true);
    expect(events.map(who)).toEqual([['hazel', null]]);
  });

  describe('goes along with whatever may change a row, though it looks like reading', () => {
    const WRITERS: Readonly<Record<string, (id: number) => string>> = {
      select: (id) => `select rename(${id}, 'told')`,
      'select * from': (id) => `select * from rename(${id}, 'told')`,
      'a select of everything': () => 'select * from renaming',
      values: (id) => `values (rename(${id}, 'told'))`,
      table: () => 'table renaming',
      with: (id) => `with told as (update rabbit set name = 'told' where id = ${id} returning id) select * from told`,
      explain: (id) => `explain analyze update rabbit set name = 'told' where id = ${id}`,
      do: (id) => `do $$ begin perform rename(${id}, 'told'); end $$`,
      'set constraints': () => 'set constraints all immediate',
      'a comment': (id) => `/* reads */ select rename(${id}, 'told')`,
      'deep in a select': (id) => `select count(*) from (select coalesce(rename (${id}, 'told'), 0) as id) as renamed where (id > 0)`,
      'a name like PostgreSQL’s own': (id) => `select to_rename(${id}, 'told')`,
      'a name in quotes': (id) => `select lower('a'), "rename"(${id}, 'told')`,
    };
    /** What they call stands in no statement. */
    const UNSEEN = new Set(['a select of everything', 'table', 'set constraints']);
    /** Looked at, the view renames whichever was born last; put off, the trigger does. */
    beforeAll(() =>
      w.sql(`create function rename(which int, called text) returns int language sql as $$
          update rabbit set name = called where id = which and name <> called returning id $$;
        create function to_rename(which int, called text) returns int language sql as $$ select rename(which, called) $$;
        create view renaming as select rename((select max(id) from rabbit), 'told');
        grant select on renaming to ${w.roles.app};
        create table put_off (id int);
        grant insert on put_off to ${w.roles.app};
        create function put_off() returns trigger language plpgsql as $$ begin perform rename(new.id, 'told'); return null; end $$;
        create constraint trigger put_off after insert on put_off deferrable initially deferred for each row execute function put_off()`),
    );

    it.each(Object.entries(WRITERS))('%s, in a transaction that began under another', async (_, statement) => {
      const id = await born();
      const events = await eventsOf(() =>
        w.as('bigwig', (em) =>
          em.transactional(async (inner) => {
            await inner.execute(`insert into put_off values (${id})`);
            await withContext({ actor: user('hazel'), reason: 'a lesson' }, () => inner.execute(statement(id)));
          }),
        ),
      );
      expect(events.map(who)).toEqual([['hazel', 'a lesson']]);
    });

    it.each(Object.keys(WRITERS).filter((kind) => !UNSEEN.has(kind)))('%s, alone', async (kind) => {
      const id = await born();
      const events = await eventsOf(async () => {
        await w.as('bigwig', (em) => em.execute('values (1)')); // whom the connection knows by then
        await w.as('hazel', (em) => em.execute(WRITERS[kind]?.(id) ?? ''));
      });
      expect(events.map(who)).toEqual([['hazel', null]]);
    });

    it('a cursor, and what follows it', async () => {
      const [one, two] = [await born(), await born()];
      const events = await eventsOf(() =>
        w.as('bigwig', (em) =>
          em.transactional((inner) =>
            withContext({ actor: user('hazel') }, async () => {
              await readAll(inner, `select rename(${one}, 'told')`);
              await inner.execute(named(two, 'told'));
            }),
          ),
        ),
      );
      expect(events.map(who)).toEqual([
        ['hazel', null],
        ['hazel', null],
      ]);
    });
  });

  it.each(['commit and chain', 'rollback and chain', 'end transaction and chain', 'abort and chain;'])(
    'holds in the transaction that follows %s',
    async (chain) => {
      const [one, two, three] = [await born(), await born(), await born()];
      const events = await eventsOf(() =>
        w.as('hazel', (em) =>
          em.transactional(async (inner) => {
            (await inner.findOneOrFail(Rabbit, one)).name = 'flushed';
            await inner.flush();
            await inner.execute(chain);
            await inner.execute(named(two, 'raw'));
            await withContext({ reason: 'a lesson' }, () => inner.execute(named(three, 'raw')));
          }),
        ),
      );
      const kept = /^(commit|end)/.test(chain);
      expect(events.map((event) => [event.target?.id, ...who(event)])).toEqual([
        ...(kept ? [[String(one), 'hazel', null]] : []),
        [String(two), 'hazel', null],
        [String(three), 'hazel', 'a lesson'],
      ]);
      expect(new Set(events.map(({ changeId }) => changeId)).size).toBe(kept ? 2 : 1);
    },
  );

  it.each(['/* traced */ begin', 'begin; set local lock_timeout = 1000'])('is told where a transaction begins with %s', async (begin) => {
    const [one, two] = [await born(), await born()];
    const orm = await onOneConnection();
    const events = await eventsOf(async () => {
      const as = (name: string, ...statements: string[]) =>
        withContext({ actor: user(name) }, async () => {
          for (const statement of statements) await orm.em.execute(statement);
        });
      await as('hazel', 'begin', named(one, 'first'), 'commit');
      await as('bigwig', begin, named(two, 'first'));
      await as('hazel', named(one, 'second'));
      await as('bigwig', named(two, 'second'), 'commit');
    });
    await orm.close(true);
    expect(events.map(who)).toEqual(['hazel', 'bigwig', 'hazel', 'bigwig'].map((name) => [name, null]));
  });

  it('a statement that goes along with BEGIN is by whom it was sent', async () => {
    const id = await born();
    const orm = await onOneConnection();
    const events = await eventsOf(async () => {
      await withContext({ actor: user('bigwig') }, () => orm.em.execute(named(id, 'first')));
      await withContext({ actor: user('hazel') }, () => orm.em.execute(`begin; ${named(id, 'second')}; commit`));
    });
    await orm.close(true);
    expect(events.map(who)).toEqual(['bigwig', 'hazel'].map((name) => [name, null]));
  });

  it('what a flush told isn’t forgotten by a BEGIN within its transaction', async () => {
    const id = await born();
    const events = await eventsOf(() =>
      w.orm.em.fork().transactional(async (em) => {
        (await em.findOneOrFail(Rabbit, id)).name = 'flushed';
        await em.flush();
        await em.execute('begin');
      }),
    );
    // What is changed outside of any context, and told by no flush, is the database's.
    expect(events.map(who)).toEqual([['system', null]]);
  });

  it('a cursor that writes outside of a transaction is by whoever sent it, and the next one by whoever sends that', async () => {
    const id = await born();
    const events = await eventsOf(async () => {
      for (const name of ['hazel', 'bigwig']) await w.as(name, (em) => readAll(em, `${named(id, name)} returning id`));
    });
    expect(events.map(who)).toEqual([
      ['hazel', null],
      ['bigwig', null],
    ]);
  });

  it('is told again after a savepoint that took it back', async () => {
    const [one, two] = [await born(), await born()];
    const events = await eventsOf(() =>
      w.as('hazel', (em) =>
        em.transactional((inner) =>
          withContext({ reason: 'a lesson' }, async () => {
            await inner
              .transactional(async (nested) => {
                await nested.execute(named(one, 'taken back'));
                throw new Error('no');
              })
              .catch(() => undefined);
            await inner.execute(named(two, 'stays'));
          }),
        ),
      ),
    );
    expect(events.map(({ target, ...event }) => [target?.id, ...who(event as Event)])).toEqual([[String(two), 'hazel', 'a lesson']]);
  });

  it('is told again after a savepoint that was taken back in another spelling', async () => {
    for (const back of ['/* traced */ rollback to savepoint s', 'select 1; rollback to savepoint s']) {
      const [one, two] = [await born(), await born()];
      const events = await eventsOf(() =>
        w.as('hazel', (em) =>
          em.transactional(async (inner) => {
            await inner.execute('savepoint s');
            await withContext({ actor: user('bigwig') }, async () => {
              await inner.execute(named(one, 'taken back'));
              await inner.execute(back);
              await inner.execute(named(two, 'stays'));
            });
          }),
        ),
      );
      expect(events.map(({ target, ...event }) => [target?.id, ...who(event as Event)])).toEqual([[String(two), 'bigwig', null]]);
    }
  });

  it('what stands behind an end in one message is by whoever sends it: behind a savepoint that is taken back, and behind a COMMIT', async () => {
    const [one, two, three, four] = [await born(), await born(), await born(), await born()];
    const [five, six, seven] = [await born(), await born(), await born()];
    const orm = await onOneConnection();
    const as = (name: string, ...statements: string[]) =>
      withContext({ actor: user(name) }, async () => {
        for (const statement of statements) await orm.em.execute(statement);
      });
    const events = await eventsOf(async () => {
      await as('hazel', 'begin', 'savepoint s');
      await as('bigwig', `rollback to savepoint s; ${named(one, 'behind')}`, 'commit');
      await as('hazel', named(two, 'alone'));
      await as('bigwig', 'begin', named(three, 'within'), `commit; ${named(four, 'behind')}`);
      await as('hazel', 'begin', 'savepoint s');
      await as(
        'bigwig',
        `select ';'; /* ; */ rollback to savepoint s; ${named(five, 'behind')}`,
        `${named(six, 'before')}; commit; ${named(seven, 'behind')}`,
      );
    });
    await orm.close(true);
    expect(events.map((event) => [event.target?.id, ...who(event)])).toEqual(
      [one, two, three, four, five, six, seven].map((id, i) => [String(id), i === 1 ? 'hazel' : 'bigwig', null]),
    );
  });

  it('what stands behind an end in one message happens as a whole or not at all', async () => {
    const id = await born();
    const orm = await onOneConnection();
    const events = await eventsOf(async () => {
      await withContext({ actor: user('hazel') }, async () => {
        await orm.em.execute('begin');
        await expect(orm.em.execute(`commit; ${named(id, 'behind')}; select 1 / 0`)).rejects.toThrow('division by zero');
      });
    });
    await orm.close(true);
    expect(events).toEqual([]);
  });

  it('of a message of several statements the first one isn’t taken for all', async () => {
    const [one, two, three] = [await born(), await born(), await born()];
    const events = await eventsOf(async () => {
      await w.as('bigwig', (em) =>
        em.transactional((inner) =>
          withContext({ actor: user('hazel'), reason: 'why' }, () => inner.execute(`set local lock_timeout = 1000; ${named(one, 'x')}`)),
        ),
      );
      await w.as('hazel', (em) => em.execute(`set lock_timeout = 1000; ${named(two, 'x')}`));
      await w.as('hazel', (em) => em.execute(`select 1; ${named(three, 'x')}`));
    });
    expect(events.map(who)).toEqual([
      ['hazel', 'why'],
      ['hazel', null],
      ['hazel', null],
    ]);
  });

  it('capture case 13: a reason of 100 KB is its beginning, with length and hash, beside quotes and signs of all kinds', async () => {
    const id = await born();
    const reason = `it's 100 % "$1" \\ $2 🦊 ${'long '.repeat(20_000)}`;
    const [raw, flushed] = await eventsOf(async () => {
      await w.as('hazel', (em) => em.execute(named(id, 'raw')), { reason });
      await w.as(
        'hazel',
        async (em) => {
          (await em.findOneOrFail(Rabbit, id)).name = 'flushed';
          await em.flush();
        },
        { reason },
      );
    });
    const shortened = { bytes: Buffer.byteLength(reason), sha256: createHash('sha256').update(reason).digest('hex') };
    for (const event of [raw, flushed]) {
      expect(event?.reason).toBe(reason.slice(0, 4_000));
      expect(event?.metadata['reason_shortened']).toEqual(shortened);
    }
  });
});

describe('AUD-5 what a flush tells goes along with COMMIT', () => {
  /** What is sent to the server by an ORM of its own, message by message. */
  async function listening(): Promise<{ orm: MikroORM; sent: string[] }> {
    const sent: string[] = [];
    const { onPoolCreated } = w.audit.driverOptions;
    const orm = await MikroORM.init({
      entities: [...w.orm.config.get('entities')] as never,
      clientUrl: urlAs(w.database, w.roles.app),
      subscribers: [w.audit.subscriber],
      driverOptions: {
        onPoolCreated: (pool: Parameters<typeof onPoolCreated>[0]) => {
          pool.on('connect', (client: PoolClient) => {
            const query = client.query.bind(client) as (...given: unknown[]) => unknown;
            client.query = ((first: string, ...given: unknown[]) => {
              sent.push(first);
              return query(first, ...given);
            }) as typeof client.query;
          });
          onPoolCreated(pool);
        },
      },
    });
    return { orm, sent };
  }

  it('in one message, so that a flush has no round trip more than without', async () => {
    const id = await born();
    const { orm, sent } = await listening();
    const events = await eventsOf(() =>
      withContext({ actor: user('hazel'), channel: 'web', reason: "it's $1 and $2 \\" }, async () => {
        const em = orm.em.fork();
        const rabbit = await em.findOneOrFail(Rabbit, id);
        for (const name of ['first', `'; drop table rabbit; -- $1 \\' "`]) {
          rabbit.name = name;
          await em.flush();
        }
      }),
    );
    await orm.close(true);
    // Once a connection, the statement is prepared.
    const flush = ['begin; set lo', 'update "rabbi', 'execute audit'];
    expect(sent.map((text) => text.slice(0, 13)).slice(-7)).toEqual([...flush.slice(0, 2), 'prepare audit', 'execute audit', ...flush]);
    expect(sent.at(-1)).toMatch(/; commit$/);
    expect(events).toHaveLength(2);
    expect(events[1]).toMatchObject({
      reason: "it's $1 and $2 \\",
      changes: expect.arrayContaining([{ field: 'name', old: 'first', new: `'; drop table rabbit; -- $1 \\' "` }]) as object[],
    });
  });

  it.each(['discard all', 'deallocate all', `set search_path = 'elsewhere', public`])('goes on after %s', async (statement) => {
    const [id, { orm, sent }] = [await born(), await listening()];
    const flush = async (name: string) => {
      const em = orm.em.fork();
      (await em.findOneOrFail(Rabbit, id)).name = name;
      await em.flush();
    };
    const events = await eventsOf(() =>
      withContext({ actor: user('hazel'), channel: 'web' }, async () => {
        await flush('before');
        await orm.em.execute(named(id, 'raw'));
        await orm.em.execute(statement);
        await orm.em.execute(named(id, 'raw again'));
        await flush('after');
      }),
    );
    await orm.close(true);
    expect(sent.filter((text) => text.startsWith('prepare'))).toHaveLength(statement.startsWith('set') ? 1 : 2);
    expect(events.map(({ actor }) => actor.id)).toEqual(['hazel', 'hazel', 'hazel', 'hazel']);
  });

  it('says so where somebody forgot the prepared statement behind its back, and goes on with the next flush', async () => {
    const [id, { orm }] = [await born(), await listening()];
    const flush = (name: string) =>
      withContext({ actor: user('hazel'), channel: 'web' }, async () => {
        const em = orm.em.fork();
        (await em.findOneOrFail(Rabbit, id)).name = name;
        await em.flush();
      });
    const events = await eventsOf(async () => {
      await flush('before');
      await orm.em.execute(`do $$ begin execute 'deallocate audit_flush'; end $$`);
      await expect(flush('lost')).rejects.toThrow(`The change of Rabbit ${id} could not be recorded, so it was not saved`);
      await flush('after');
    });
    await orm.close(true);
    expect(events.map(({ changes }) => changes.find(({ field }) => field === 'name'))).toEqual([
      { field: 'name', old: `R${id}`, new: 'before' },
      { field: 'name', old: 'before', new: 'after' },
    ]);
  });

  it('and knows nothing more of the transaction that was to follow', async () => {
    const [one, two] = [await born(), await born()];
    const { orm } = await listening();
    const em = orm.em.fork();
    const rename = async (name: string) => {
      (await em.findOneOrFail(Rabbit, one)).name = name;
      await em.flush();
    };
    const events = await eventsOf(async () => {
      await withContext({ actor: user('hazel') }, async () => {
        await rename('before');
        await em.execute(`do $$ begin execute 'deallocate audit_flush'; end $$`);
        await em.begin();
        await em.execute('savepoint kept');
      });
      await withContext({ actor: user('bigwig') }, async () => {
        await rename('lost');
        await expect(em.execute('commit and chain')).rejects.toThrow('could not be recorded');
        await em.execute('rollback to kept');
        await em.execute(named(two, 'kept'));
        await em.commit();
      });
    });
    await orm.close(true);
    expect(events.map((event) => [event.target?.id, ...who(event)])).toEqual([
      [String(one), 'hazel', null],
      [String(two), 'bigwig', null],
    ]);
  });

  it('likewise where somebody prepared a statement of that name', async () => {
    const [id, { orm }] = [await born(), await listening()];
    const flush = (name: string) =>
      withContext({ actor: user('hazel'), channel: 'web' }, async () => {
        const em = orm.em.fork();
        (await em.findOneOrFail(Rabbit, id)).name = name;
        await em.flush();
      });
    const events = await eventsOf(async () => {
      await orm.em.execute('prepare audit_flush (text, text) as insert into audit_inbox (context, document) values ($1, $2)');
      await expect(flush('lost')).rejects.toThrow(`The change of Rabbit ${id} could not be recorded, so it was not saved`);
      await flush('after');
    });
    await orm.close(true);
    expect(events).toHaveLength(1);
  });

  it('where the inbox refuses it, nothing is saved, and the error names the record', async () => {
    const id = await born();
    await w.sql(`revoke insert on audit_inbox from ${w.roles.app}; revoke insert (context, document) on audit_inbox from ${w.roles.app}`);
    const error = await w
      .as('hazel', (em) =>
        em.transactional(async (inner) => {
          (await inner.findOneOrFail(Rabbit, id)).name = 'lost';
        }),
      )
      .catch((problem: unknown) => problem);
    await w.sql(`grant insert (context, document) on audit_inbox to ${w.roles.app}`);
    expect(error).toBeInstanceOf(AuditLogError);
    expect((error as AuditLogError).target).toEqual({ type: 'Rabbit', id: String(id) });
    expect(await w.sql(`select name from rabbit where id = ${id}`)).toEqual([{ name: `R${id}` }]);
  });

  it('a transaction that has to be tried again says so, as it would without', async () => {
    const [one, two] = [await born(), await born()];
    const orm = await listening().then((it) => it.orm);
    const serializable = { isolationLevel: IsolationLevel.SERIALIZABLE };
    const look = (em: EntityManager, id: number) => em.execute(`select name from rabbit where id = ${id}`);
    const skewed = withContext({ actor: user('hazel') }, () =>
      w.orm.em.fork().transactional(async (inner) => {
        const rabbit = await inner.findOneOrFail(Rabbit, one);
        await look(inner, two);
        await orm.em.fork().transactional(async (other) => {
          await look(other, one);
          await other.execute(named(two, 'skewed'));
          rabbit.name = 'skewed';
          await inner.flush();
        }, serializable);
      }, serializable),
    );
    await expect(skewed).rejects.toMatchObject({ code: '40001' });
    await orm.close(true);
  });

  it('a COMMIT that is refused for what it commits is no failure of the record', async () => {
    const id = await born();
    await w.sql(
      `create function refuse_late() returns trigger language plpgsql as $$ begin raise exception 'too late' using errcode = 'check_violation'; end $$;
       create constraint trigger late after update on rabbit deferrable initially deferred for each row execute function refuse_late()`,
    );
    const work = (inner: boolean) => () =>
      w.as('hazel', async (em) => {
        (await em.findOneOrFail(Rabbit, id)).name = 'late';
        await (inner ? em.transactional((one) => one.flush()) : em.flush());
      });
    const errors = [await work(false)().catch((problem: unknown) => problem), await work(true)().catch((problem: unknown) => problem)];
    await w.sql('drop trigger late on rabbit; drop function refuse_late()');
    expect(errors.map((error) => (error instanceof AuditLogError ? 'of the record' : (error as Error).message))).toEqual([
      expect.stringContaining('too late'),
      expect.stringContaining('too late'),
    ]);
    // The connection is as good as before.
    const events = await eventsOf(work(false));
    expect(events.map(({ target }) => target?.id)).toEqual([String(id)]);
  });

  it('and stands before whatever statement comes next, in a savepoint and in a transaction that fails', async () => {
    const [one, two] = [await born(), await born()];
    const events = await eventsOf(() =>
      w.as('hazel', (em) =>
        em.transactional(async (outer) => {
          await outer.transactional(async (inner) => {
            (await inner.findOneOrFail(Rabbit, one)).name = 'told';
          });
          await outer
            .transactional(async (inner) => {
              (await inner.findOneOrFail(Rabbit, two)).name = 'taken back';
              await inner.flush();
              throw new Error('no');
            })
            .catch(() => undefined);
          await outer.execute(named(one, 'raw'));
        }),
      ),
    );
    expect(events.map(({ target, changes }) => [target?.id, changes.find(({ field }) => field === 'name')])).toEqual([
      [String(one), { field: 'name', old: `R${one}`, new: 'told' }],
      [String(one), { field: 'name', old: 'told', new: 'raw' }],
    ]);
  });

  it('nothing more is said where the transaction has failed already: it ends as it would without', async () => {
    const id = await born();
    await w.as('hazel', (em) =>
      em.transactional(async (inner) => {
        (await inner.findOneOrFail(Rabbit, id)).name = 'lost';
        await inner.flush();
        await inner.execute('select 1 / 0').catch(() => undefined);
      }),
    );
    // PostgreSQL answers such a COMMIT with ROLLBACK.
    expect(await w.sql(`select name from rabbit where id = ${id}`)).toEqual([{ name: `R${id}` }]);
    expect(await eventsOf(async () => undefined)).toEqual([]);
  });
});
