import { createHash } from 'node:crypto';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { leafBytes, leafHash } from '@countersign/proof/leaf';
import { changeSet, withContext } from '../src/capture/context.ts';
import type { Event } from '../src/events/entry.ts';
import { AuditLogError } from '../src/events/errors.ts';
import { leafRecord } from '../src/sequencer/leaf-record.ts';
import { ENTRY_COLUMNS, entryOfRow, type EntryRow } from '../src/read/log-rows.ts';
import { Rabbit, Trait, Warren, world, type World } from './warren.ts';

let w: World;
let next = 1;

beforeAll(async () => {
  w = await world();
});
afterAll(() => w.close());

const dig = (name = 'Down') =>
  w.as('fiver', async (em) => {
    const warren = em.create(Warren, { name, keeper: 'fiver', meadow: 'm1', flooded: false });
    await em.flush();
    return warren.id;
  });

const born = async (warren: string, more: object = {}) => {
  const id = next++;
  await w.as('fiver', async (em) => {
    em.create(Rabbit, { id, warren: await em.findOneOrFail(Warren, warren), name: `R${id}`, tame: false, ...more } as never);
    await em.flush();
  });
  return id;
};

/** The events of what `work` does. */
async function eventsOf(work: () => Promise<unknown>): Promise<Event[]> {
  const before = (await w.events()).length;
  await work();
  return (await w.events()).slice(before);
}

const edit = (id: number, change: (rabbit: { [key: string]: unknown }) => void, who = 'fiver') =>
  eventsOf(() =>
    w.as(who, async (em) => {
      change((await em.findOneOrFail(Rabbit, { id }, { populate: ['warren', 'traits'] as never })) as never);
      await em.flush();
    }),
  );

const changes = (event: Event | undefined): Record<string, unknown> =>
  Object.fromEntries<unknown>(
    (event?.changes ?? []).map((change) => ('hidden' in change ? [change.field, 'hidden'] : [change.field, [change.old, change.new]])),
  );

describe('AUD-2 many records in one flush', () => {
  it('are told as changes, though the ORM brings their keys along from the database', async () => {
    const ids = Array.from({ length: 350 }, (_, n) => 30_000 + n);
    await w.sql('insert into warren (id, name, keeper, meadow, flooded, version) values (gen_random_uuid(), $1, $1, $1, false, 1)', [
      'many',
    ]);
    await w.as('k1', async (em) => {
      const [warren] = await em.find(Warren, { name: 'many' });
      for (const id of ids) em.create(Rabbit, { id, name: `Rabbit ${id}`, warren: warren as never, tame: false });
      await em.flush();
    });
    const told = w.alarms.length;
    const before = (await w.events()).length;
    await w.as('k1', async (em) => {
      for (const rabbit of await em.find(Rabbit, { id: { $in: ids } })) rabbit.tame = true;
      await em.flush();
    });
    const events = (await w.events()).slice(before);
    expect(new Set(events.map(({ operation }) => operation))).toEqual(new Set(['update']));
    expect(events).toHaveLength(ids.length);
    expect(w.alarms.slice(told)).toEqual([]);
  });
});

describe('AUD-34 the effect of a change', () => {
  it('is computed when the change is made, from the row before and after, and stands with its event', async () => {
    const id = await born(await dig(), { weight: '1.90' });
    const [event] = await edit(id, (rabbit) => void (rabbit['weight'] = '2.10'));
    expect(event?.effect).toEqual({ size: { old: 'small', new: 'large' } });
    // A creation, and a change that brings nothing about, have none.
    const [made, renamed] = [
      (await w.events()).find(({ target }) => target?.type === 'Rabbit' && target.id === String(id)),
      (await edit(id, (rabbit) => void (rabbit['name'] = 'Big'))).at(0),
    ];
    expect([made?.effect, renamed?.effect]).toEqual([null, null]);
  });

  it('may go by the record under whose page the changed one stands', async () => {
    const warren = await dig();
    const id = await born(warren, { weight: '1.90' });
    await w.as(
      'fiver',
      async (em) => {
        Object.assign(await em.findOneOrFail(Warren, warren), { flooded: true });
        await em.flush();
      },
      { reason: 'rain' },
    );
    const [event] = await edit(id, (rabbit) => void (rabbit['weight'] = '1.95'));
    expect(event?.effect).toEqual({ size: { old: 'small', new: 'small' }, in_a_flood: true });
  });

  it('is part of the leaf', async () => {
    const id = await born(await dig(), { weight: '1.00' });
    const [event] = await edit(id, (rabbit) => void (rabbit['weight'] = '3.00'));
    const [row] = await w.sql<EntryRow & { leaf_hash: Buffer }>(
      `select ${ENTRY_COLUMNS}, e.leaf_hash from audit_event e where e.position = $1`,
      [event?.position],
    );
    const record = leafRecord(entryOfRow(row as EntryRow));
    expect(record['effect']).toEqual({ size: { old: 'small', new: 'large' } });
    const hash = leafHash(leafBytes(record), (bytes) => new Uint8Array(createHash('sha256').update(bytes).digest()));
    expect(Buffer.from(hash).toString('hex')).toBe(row?.leaf_hash.toString('hex'));
  });
});

describe('AUD-2 the hooks capture field changes', () => {
  it('a creation tells every set field from nothing to its value, generated and defaulted ones too', async () => {
    const warren = await dig();
    const id = next++;
    const [event] = await eventsOf(() =>
      w.as('fiver', async (em) => {
        em.create(Rabbit, {
          id,
          warren: await em.findOneOrFail(Warren, warren),
          name: 'Hazel',
          tame: true,
          traits: [em.getReference(Trait, 1)],
        } as never);
        await em.flush();
      }),
    );
    expect(event).toMatchObject({
      action: 'rabbit_changed',
      operation: 'create',
      target: { type: 'Rabbit', id: String(id), label: `Rabbit ${id}` },
      root: { type: 'Warren', id: warren, label: 'Warren Down' },
      subject: 'fiver',
      scopes: ['meadow:m1'],
      actor: { kind: 'user', id: 'fiver' },
    });
    expect(changes(event)).toEqual({
      warren_id: [null, warren],
      name: [null, 'Hazel'],
      tame: [null, 'true'],
      shout: [null, 'HAZEL'],
      version: [null, '1'],
      traits: [null, '["1"]'],
    });
  });

  it('an update tells only what changed, with the values that the flush itself sets', async () => {
    const id = await born(await dig());
    const events = await edit(id, (rabbit) => (rabbit['name'] = 'Bigwig'));
    expect(events).toHaveLength(1);
    expect(changes(events[0])).toEqual({ name: [`R${id}`, 'Bigwig'], shout: [`R${id}`, 'BIGWIG'], version: ['1', '2'] });
  });

  it('a field set and set back, and a save without a change, record nothing', async () => {
    const id = await born(await dig(), { notes: { a: 1, b: { c: true } } });
    expect(await edit(id, (rabbit) => ((rabbit['name'] = 'x'), (rabbit['name'] = `R${id}`)))).toEqual([]);
    expect(await edit(id, () => undefined)).toEqual([]);
    const reordered = await edit(id, (rabbit) => (rabbit['notes'] = { b: { c: true }, a: 1 }));
    expect(reordered.flatMap((event) => Object.keys(changes(event))).filter((field) => field.startsWith('notes'))).toEqual([]);
  });

  it('a removal tells every value that was there', async () => {
    const id = await born(await dig(), { weight: '1.5', mother: null });
    const [event] = await eventsOf(() =>
      w.as('fiver', async (em) => {
        em.remove(await em.findOneOrFail(Rabbit, { id }, { populate: ['warren'] as never }));
        await em.flush();
      }),
    );
    expect(event?.operation).toBe('delete');
    expect(changes(event)).toMatchObject({ name: [`R${id}`, null], weight: ['1.50', null] });
    expect(event?.root?.label).toBe('Warren Down');
  });

  it('JSON is told by its changed paths, embedded objects by their parts, inline and as objects alike', async () => {
    const id = await born(await dig(), {
      notes: { a: 1, keep: null, 'odd.key': [1] },
      front: { depth: 1, lining: null },
      back: { depth: 1, lining: 'moss' },
    });
    const events = await edit(id, (rabbit) => {
      rabbit['notes'] = { a: '1', keep: null, 'odd.key': [1, 2], fresh: { deep: null } };
      (rabbit['front'] as { lining: string }).lining = 'hay';
      (rabbit['back'] as { depth: number }).depth = 2;
    });
    expect(changes(events[0])).toEqual({
      'notes.a': ['1', '"1"'],
      'notes["odd.key"]': ['[1]', '[1,2]'],
      'notes.fresh': [null, '{"deep":null}'],
      'front.lining': [null, 'hay'],
      'back.depth': ['1', '2'],
      version: ['1', '2'],
    });
  });

  it('members of a collection are told as removed and added, and the owner is named though nothing else of it changed', async () => {
    const id = await born(await dig());
    await w.as('fiver', async (em) => {
      (await em.findOneOrFail(Rabbit, { id }, { populate: ['traits'] as never })).traits.set([
        em.getReference(Trait, 1),
        em.getReference(Trait, 2),
      ]);
      await em.flush();
    });
    const [event, ...more] = await eventsOf(() =>
      w.as('fiver', async (em) => {
        const rabbit = await em.findOneOrFail(Rabbit, { id }, { populate: ['warren', 'traits'] as never });
        rabbit.traits.remove(em.getReference(Trait, 1));
        rabbit.traits.add(em.getReference(Trait, 3));
        await em.flush();
      }),
    );
    expect(more).toEqual([]);
    expect(changes(event)).toEqual({ traits: ['["1"]', '["3"]'] });
    expect(event).toMatchObject({ operation: 'update', target: { id: String(id) }, subject: 'fiver' });
  });

  it('one row changed by two flushes of one transaction is two events of one change set', async () => {
    const id = await born(await dig());
    const events = await eventsOf(() =>
      w.as('fiver', (em) =>
        em.transactional(async (inner) => {
          const rabbit = await inner.findOneOrFail(Rabbit, { id });
          rabbit.name = 'two';
          await inner.flush();
          rabbit.name = 'three';
        }),
      ),
    );
    expect(events.map((event) => changes(event)['name'])).toEqual([
      [`R${id}`, 'two'],
      ['two', 'three'],
    ]);
    expect(new Set(events.map((event) => event.changeId)).size).toBe(1);
  });

  it('a root that was never loaded is known from the log', async () => {
    const warren = await dig('Efrafa');
    const id = await born(warren);
    const [event] = await eventsOf(() =>
      w.as('fiver', async (em) => {
        (await em.findOneOrFail(Rabbit, { id })).name = 'Campion';
        await em.flush();
      }),
    );
    expect(event).toMatchObject({ root: { id: warren, label: 'Warren Efrafa' }, subject: 'fiver', scopes: ['meadow:m1'] });
  });
});

describe('AUD-3 change sets', () => {
  it('all events of one transaction share one, and the next transaction has another', async () => {
    const warren = await dig();
    const events = await eventsOf(async () => {
      for (const names of [['a', 'b'], ['c']]) {
        await w.as('fiver', async (em) => {
          for (const name of names) em.create(Rabbit, { id: next++, warren: em.getReference(Warren, warren), name, tame: false } as never);
          await em.flush();
        });
      }
    });
    const [a, b, c] = events.map((event) => event.changeId);
    expect(a).toBe(b);
    expect(c).not.toBe(a);
  });

  it('a changeSet block spans transactions, and inner blocks belong to the outer', async () => {
    const warren = await dig();
    const events = await eventsOf(() =>
      changeSet('warren.count', async () => {
        const one = await born(warren);
        await changeSet('inner', () => edit(one, (rabbit) => (rabbit['tame'] = true)));
      }),
    );
    expect(events).toHaveLength(2);
    expect(new Set(events.map((event) => event.changeId)).size).toBe(1);
  });
});

describe('AUD-5 events live and die with the transaction', () => {
  it('capture case 9: a rolled-back transaction leaves no event', async () => {
    const warren = await dig();
    const events = await eventsOf(() =>
      w
        .as('fiver', (em) =>
          em.transactional(async (inner) => {
            inner.create(Rabbit, { id: next++, warren: inner.getReference(Warren, warren), name: 'ghost', tame: false } as never);
            await inner.flush();
            throw new Error('changed my mind');
          }),
        )
        .catch(() => undefined),
    );
    expect(events).toEqual([]);
  });

  it('a rolled-back savepoint leaves none, what stands around it leaves all', async () => {
    const warren = await dig();
    const [first, ghost, last] = [next++, next++, next++];
    const events = await eventsOf(() =>
      w.as('fiver', (em) =>
        em.transactional(async (outer) => {
          const add = (manager: typeof outer, id: number) => {
            manager.create(Rabbit, { id, warren: manager.getReference(Warren, warren), name: `R${id}`, tame: false } as never);
            return manager.flush();
          };
          await add(outer, first);
          await outer
            .transactional(async (inner) => {
              await add(inner, ghost);
              throw new Error('not this one');
            })
            .catch(() => undefined);
          await add(outer, last);
        }),
      ),
    );
    expect(events.map((event) => event.target?.id)).toEqual([String(first), String(last)]);
  });

  it('where the inbox refuses, nothing is saved, and the error names the record', async () => {
    const warren = await dig();
    const id = next++;
    await w.sql(`alter table audit_inbox add constraint full_up check (kind <> 'f') not valid`);
    try {
      const failed = born(warren, { id }).catch((error: unknown) => error);
      const error = await failed;
      expect(error).toBeInstanceOf(AuditLogError);
      expect((error as AuditLogError).target?.type).toBe('Rabbit');
    } finally {
      await w.sql('alter table audit_inbox drop constraint full_up');
    }
    expect(await w.sql('select from rabbit where id = $1', [id])).toEqual([]);
  });
});

describe('AUD-5 a flush that failed', () => {
  it('tells nothing with the next flush of the same entity manager', async () => {
    const events = await eventsOf(() =>
      w.as('fiver', async (em) => {
        const ghost = em.create(Warren, { name: 'Ghost', keeper: 'fiver', meadow: 'm1', flooded: false });
        ghost.name = null as never;
        await expect(em.flush()).rejects.toThrow();
        em.clear();
        em.create(Trait, { id: 77, name: 'unaudited' });
        await em.flush();
      }),
    );
    expect(events).toEqual([]);
  });
});

describe('AUD-6 semantic actions, AUD-7 state changes', () => {
  it('a rule gathers its fields into one event with the step in its metadata; the rest stays under the general action', async () => {
    const warren = await dig();
    const events = await eventsOf(() =>
      w.as(
        'bigwig',
        async (em) => {
          em.assign(await em.findOneOrFail(Warren, warren), { flooded: true, floodedSince: '2026-03-01', name: 'Lake' });
          await em.flush();
        },
        { reason: 'it rained' },
      ),
    );
    expect(events.map((event) => [event.action, Object.keys(changes(event))])).toEqual([
      ['warren_flooded', ['flooded', 'flooded_since']],
      ['warren_changed', ['name']],
    ]);
    expect(events[0]?.metadata).toEqual({
      previous_value: 'false',
      new_value: 'true',
      reason: 'it rained',
      changed_by_user_id: 'bigwig',
      since: '2026-03-01',
    });
  });

  it('the first rule that claims a field has it, and the general action records nothing twice', async () => {
    const warren = await dig();
    const flood = (flooded: boolean) =>
      eventsOf(() =>
        w.as(
          'bigwig',
          async (em) => {
            em.assign(await em.findOneOrFail(Warren, warren), { flooded });
            await em.flush();
          },
          { reason: 'rain' },
        ),
      );
    expect((await flood(true)).map((event) => event.action)).toEqual(['warren_flooded']);
    expect((await flood(false)).map((event) => event.action)).toEqual(['warren_in_trouble']);
  });

  it('capture case 15: an action that needs a reason is refused without one, and nothing is saved', async () => {
    const warren = await dig();
    const attempt = w.as('bigwig', async (em) => {
      em.assign(await em.findOneOrFail(Warren, warren), { flooded: true });
      await em.flush();
    });
    await expect(attempt).rejects.toThrow(/warren_flooded of Warren .* needs a reason/);
    expect(await w.sql('select flooded from warren where id = $1', [warren])).toEqual([{ flooded: false }]);
  });
});

describe('AUD-8 actor and context', () => {
  it('capture case 14: travel through asynchronous code; interleaved requests never see each other', async () => {
    const warren = await dig();
    const events = await eventsOf(() =>
      Promise.all(
        ['hazel', 'fiver', 'pipkin'].map((who) =>
          w.as(
            who,
            async (em) => {
              for (let i = 0; i < 3; i++) {
                await new Promise((resume) => setTimeout(resume, Math.random() * 5));
                em.create(Rabbit, { id: next++, warren: em.getReference(Warren, warren), name: `by ${who}`, tame: false } as never);
                await em.flush();
              }
            },
            { requestId: `request of ${who}` },
          ),
        ),
      ),
    );
    expect(events).toHaveLength(9);
    for (const event of events) {
      expect(changes(event)['name']).toEqual([null, `by ${event.actor.id}`]);
      expect(event.requestId).toBe(`request of ${event.actor.id}`);
    }
  });

  it('capture case 12: are restored after an error: the next request is not blamed', async () => {
    await expect(withContext({ actor: { kind: 'user', id: 'hazel' } }, () => Promise.reject(new Error('lost')))).rejects.toThrow('lost');
    const warren = await dig();
    const [event] = await eventsOf(() =>
      w.as(
        null,
        async (em) => {
          (await em.findOneOrFail(Warren, warren)).name = 'Job';
          await em.flush();
        },
        { command: 'nightly count', channel: 'job' },
      ),
    );
    expect(event).toMatchObject({ actor: { kind: 'system', id: 'nightly count' }, channel: 'job' });
  });

  it('capture case 12: a request without sign-in is anonymous, with its address for those who may see it', async () => {
    const warren = await dig();
    const [event] = await eventsOf(() =>
      withContext({ actor: { kind: 'anonymous', id: null }, ipAddress: '10.1.2.3', userAgent: `it's "100%" ü` }, async () => {
        const em = w.orm.em.fork();
        (await em.findOneOrFail(Warren, warren)).name = 'Anon';
        await em.flush();
      }),
    );
    expect(event).toMatchObject({ actor: { kind: 'anonymous', id: null }, ipAddress: '10.1.2.3', userAgent: `it's "100%" ü` });
  });
});

describe('AUD-10 values keep their type', () => {
  it('decimals, big integers, instants, dates, bytes and arrays are exact', async () => {
    const id = await born(await dig(), {
      weight: '1234.565',
      hops: 9007199254740993n,
      born: '2026-03-29',
      seenAt: new Date('2026-03-29T00:30:00.123Z'),
      nicknames: ['a,b', '"c"', ''],
      photo: Buffer.from([0, 255]),
    });
    const event = (await w.events()).find((one) => one.target?.type === 'Rabbit' && one.target.id === String(id));
    const row = (await w.sql<{ weight: string; hops: string }>('select weight, hops from rabbit where id = $1', [id]))[0];
    expect(changes(event)).toMatchObject({
      weight: [null, row?.weight],
      hops: [null, row?.hops],
      born: [null, '2026-03-29'],
      seen_at: [null, '2026-03-29T00:30:00.123Z'],
      nicknames: [null, '["a,b","\\"c\\"",""]'],
      photo: [null, 'AP8='],
    });
  });

  it('null differs from the empty text', async () => {
    const id = await born(await dig(), { secretName: null });
    expect(changes((await edit(id, (rabbit) => (rabbit['secretName'] = '')))[0])).toMatchObject({ secret_name: [null, ''] });
    expect(changes((await edit(id, (rabbit) => (rabbit['secretName'] = null)))[0])).toMatchObject({ secret_name: ['', null] });
  });

  it('a value over 8 KiB is kept shortened, with its length and SHA-256', async () => {
    const long = 'ä'.repeat(5_000);
    const id = await born(await dig());
    const name = changes((await edit(id, (rabbit) => (rabbit['name'] = long)))[0])['name'] as unknown[];
    const { createHash } = await import('node:crypto');
    expect(name[1]).toEqual({ beginning: 'ä'.repeat(256), bytes: 10_000, sha256: createHash('sha256').update(long).digest('hex') });
  });

  it("an event's canonical bytes are at most 60 KiB, whatever it holds", async () => {
    const id = await born(await dig(), { notes: {} });
    const notes = Object.fromEntries(Array.from({ length: 400 }, (_, i) => [`key${i}`, 'x'.repeat(i === 7 ? 8_000 : 700)]));
    const [event] = await edit(id, (rabbit) => (rabbit['notes'] = notes));
    expect(Buffer.byteLength(JSON.stringify(event))).toBeLessThan(62 * 1024);
    expect(changes(event)['notes.key7']).toMatchObject([null, { bytes: 8_002 }]);
  });

  it('a NUL and half a surrogate pair neither break the write nor stop the log', async () => {
    const id = await born(await dig());
    const events = await eventsOf(() =>
      w.as(
        'fiver',
        async (em) => {
          (await em.findOneOrFail(Rabbit, { id })).name = 'half \ud83d pair \\u0000 text';
          await em.flush();
        },
        { reason: 'nul \0 and \udc00' },
      ),
    );
    expect(changes(events[0])['name']).toEqual([`R${id}`, 'half \ufffd pair \\u0000 text']);
    expect(events[0]?.reason).toBe('nul \ufffd and \ufffd');
  });
});

describe('one flush is one insert, whatever its size', () => {
  it('a flush of 200 changes adds one statement, beside what the trigger writes within the one that inserts', async () => {
    const warren = await dig();
    await w.sql(
      `create table inserts (n serial); create function count_insert() returns trigger language plpgsql security definer as $$ begin insert into inserts default values; return null; end $$; create trigger count_insert after insert on audit_inbox for each statement execute function count_insert()`,
    );
    const events = await eventsOf(() =>
      w.as('fiver', async (em) => {
        for (let i = 0; i < 200; i++)
          em.create(Rabbit, { id: next++, warren: em.getReference(Warren, warren), name: 'many', tame: false } as never);
        await em.flush();
      }),
    );
    const inserts = await w.sql('select from inserts');
    await w.sql('drop trigger count_insert on audit_inbox; drop table inserts');
    expect([events.length, inserts.length]).toEqual([200, 2]);
  });
});
