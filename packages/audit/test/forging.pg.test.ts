import { Client } from 'pg';
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest';
import type { EntityManager } from '@mikro-orm/postgresql';
import type { Event } from '../src/events/entry.ts';
import { AuditDisagreement, AuditLogError } from '../src/events/errors.ts';
import { record } from '../src/capture/record.ts';
import { carrotsWeighed, contextText, Rabbit, Trait, unrecorded, urlAs, Warren, world, type World } from './warren.ts';

// Whoever holds the application's password can insert any document into the inbox, beside whatever he really changes. What
// it says is believed as far as the database saw it too, and where that doesn't say it, as far as the log knows it.

let w: World;
let own: string;
let foreign: string;
let next = 1;
const dig = (keeper: string, meadow: string) =>
  w.as('fiver', async (em) => {
    const made = em.create(Warren, { name: keeper, keeper, meadow, flooded: false });
    await em.flush();
    return made.id;
  });
beforeAll(async () => {
  w = await world();
  own = await dig('fiver', 'm1');
  foreign = await dig('woundwort', 'efrafa');
});
afterAll(() => w.close());
afterEach(() => expect(w.alarms).toEqual([]));

async function born(): Promise<number> {
  const id = next++;
  await w.as('fiver', async (em) => {
    em.create(Rabbit, { id, warren: em.getReference(Warren, own), name: `R${id}`, tame: false } as never);
    await em.flush();
  });
  return id;
}

/** The events that `work` leaves. */
async function leaves(work: () => Promise<unknown>): Promise<Event[]> {
  const before = (await w.events()).length;
  await work();
  return (await w.events()).slice(before);
}

const tell = (em: EntityManager, ...events: object[]) =>
  em.execute('insert into audit_inbox (context, document) values (?, ?)', [contextText('hazel'), JSON.stringify({ v: 1, events })]);

/** As the application's role, past the application. */
async function insert(...documents: readonly object[]): Promise<void> {
  const client = new Client(urlAs(w.database, w.roles.app));
  await client.connect();
  await client.query(
    `insert into audit_inbox (context, document) select $1, d from unnest($2::text[]) with ordinality t(d, n) order by n`,
    [contextText('hazel'), documents.map((document) => JSON.stringify(document))],
  );
  await client.end();
}

const disagreements = () => w.alarms.splice(0).map((alarm) => (expect(alarm).toBeInstanceOf(AuditDisagreement), (alarm as Error).message));
const refusals = () => w.alarms.splice(0).map((alarm) => (expect(alarm).toBeInstanceOf(AuditLogError), (alarm as Error).message));
const problems = (events: readonly Event[]) => events.map(({ action, metadata }) => [action, metadata['problem']]);

const OF_FIVER = { subject: 'fiver', scopes: ['meadow:m1'], root: { type: 'Warren', label: 'Warren fiver' } };
const FORGED = { label: null, subject: 'woundwort', scopes: ['meadow:efrafa'] };

describe('AUD-4 what a document tells is held against the row that the database saw', () => {
  it('whose a part is: the log’s word about its root stands, and an alarm says what was told otherwise', async () => {
    const id = await born();
    const [event, ...others] = await leaves(() =>
      w.as('hazel', (em) =>
        em.transactional(async (inner) => {
          await inner.execute('update rabbit set name = ? where id = ?', ['Moved', id]);
          const root = { type: 'Warren', id: own, label: 'Somewhere else' };
          const changes = [{ f: 'name', o: `R${id}`, n: 'Moved' }];
          await tell(inner, { ...RABBIT, ...FORGED, label: `Rabbit ${id}`, id: String(id), day: null, root, changes });
        }),
      ),
    );
    expect(others).toEqual([]);
    expect(event).toMatchObject({ ...OF_FIVER, actor: { id: 'hazel' }, target: { id: String(id), label: `Rabbit ${id}` } });
    expect(disagreements()).toEqual([
      `Rabbit ${id}: the application and the log disagree about its subject, its units; what the log knows is recorded`,
    ]);
  });

  it('its root, its label and its day are those of its row', async () => {
    const id = await born();
    const [event] = await leaves(() =>
      w.as('hazel', (em) =>
        em.transactional(async (inner) => {
          await inner.execute('update rabbit set name = ? where id = ?', ['Moved', id]);
          const root = { type: 'Warren', id: foreign, label: 'Warren woundwort' };
          const changes = [{ f: 'name', o: `R${id}`, n: 'Moved' }];
          await tell(inner, { ...RABBIT, ...FORGED, label: 'Nobody', id: String(id), day: '2026-01-01', root, changes });
        }),
      ),
    );
    expect(event).toMatchObject({ ...OF_FIVER, target: { id: String(id), label: `Rabbit ${id}` }, workDate: null });
    expect(disagreements()).toEqual([
      `Rabbit ${id}: the application and the database disagree about its label, its day, its root; what the database saw is recorded`,
    ]);
  });

  it('of a record that is its own root: label, subject and units are what the policy makes of its row', async () => {
    const [event] = await leaves(() =>
      w.as('hazel', (em) =>
        em.transactional(async (inner) => {
          await inner.execute('update warren set name = ? where id = ?', ['fiver', own]);
          await inner.execute('update warren set flooded_since = ? where id = ?', ['2026-11-01', own]);
          const changes = [{ f: 'flooded_since', o: null, n: '2026-11-01' }];
          await tell(inner, { ...RABBIT, ...FORGED, action: 'warren_changed', type: 'Warren', label: 'Mine', id: own, changes });
        }),
      ),
    );
    expect(event).toMatchObject({ ...OF_FIVER, target: { id: own, label: 'Warren fiver' } });
    expect(disagreements()).toEqual([
      `Warren ${own}: the application and the database disagree about its label, its subject, its units; what the database saw is recorded`,
    ]);
  });

  it('of a record of which only members changed, everything is the log’s word', async () => {
    const id = await born();
    const [event] = await leaves(() =>
      w.as('hazel', (em) =>
        em.transactional(async (inner) => {
          await inner.execute('insert into rabbit_traits (rabbit_id, trait_id) values (?, 1)', [id]);
          const root = { type: 'Warren', id: foreign };
          await tell(inner, { ...RABBIT, ...FORGED, label: 'Mine', id: String(id), root, changes: [{ f: 'traits', o: null, n: '["1"]' }] });
        }),
      ),
    );
    expect(event).toMatchObject({ ...OF_FIVER, target: { id: String(id), label: `Rabbit ${id}` } });
    expect(disagreements()).toEqual([
      `Rabbit ${id}: the application and the log disagree about its root, its subject, its units; what the log knows is recorded`,
    ]);
  });

  it('what was told by hand of a root is no word about whose its parts are', async () => {
    const id = await born();
    const root = { type: 'Warren', id: own, label: 'Mine' };
    const manual = { area: 'larder', action: 'carrots_weighed', target: root, root, ...FORGED, meta: { grams: 1, scale: 'market' } };
    await insert({ v: 1, manual });
    // As another node would, which has numbered nothing yet.
    await w.sql(
      `select pg_terminate_backend(pid) from pg_stat_activity where application_name = 'countersign sequencer' and datname = current_database()`,
    );
    const events = await leaves(() => w.sql('update rabbit set name = $1 where id = $2', ['Renamed', id]));
    expect(events.at(-1)).toMatchObject({ ...OF_FIVER, target: { id: String(id) } });
    // The lost connection.
    w.alarms.length = 0;
  });

  describe('a root that the log has never met', () => {
    /** It was there before anything was recorded. */
    async function old(): Promise<string> {
      const id = crypto.randomUUID();
      await unrecorded(
        w,
        `insert into warren (id, name, keeper, meadow, flooded, version) values ('${id}', 'Old', 'fiver', 'm1', false, 1)`,
      );
      return id;
    }
    const OF_OLD = { subject: 'fiver', scopes: ['meadow:m1'] };
    const forged = (root: string, parts: object) => ({
      v: 1,
      events: [{ ...RABBIT, ...FORGED, ...parts, root: { type: 'Warren', id: root, label: 'Warren woundwort' } }],
    });

    it('its row says whose its parts are, by whatever path they change', async () => {
      const root = await old();
      const id = next++;
      const events = await leaves(async () => {
        await w.sql(`insert into rabbit (id, warren_id, name, updated_at) values (${id}, '${root}', 'New', now())`);
        await w.as('fiver', async (em) => {
          (await em.findOneOrFail(Rabbit, id, { populate: ['warren'] as never })).name = 'Newer';
          await em.flush();
          await em.nativeUpdate(Rabbit, { id }, { name: 'Newest' });
        });
      });
      expect(events).toHaveLength(3);
      for (const event of events) expect(event).toMatchObject({ ...OF_OLD, root: { id: root, label: 'Warren Old' } });
    });

    it('what a document says of it is no word about it, neither now nor later', async () => {
      const root = await old();
      const id = next++;
      const events = await leaves(async () => {
        await w.as('hazel', (em) =>
          em.transactional(async (inner) => {
            await inner.execute(`insert into rabbit (id, warren_id, name, updated_at) values (?, ?, 'New', now())`, [id, root]);
            const changes = [{ f: 'name', o: null, n: 'New' }];
            await tell(inner, ...forged(root, { op: 'create', label: `Rabbit ${id}`, id: String(id), day: null, changes }).events);
          }),
        );
        await w.sql('update rabbit set name = $1 where id = $2', ['Later', id]);
      });
      expect(events).toHaveLength(2);
      for (const event of events) expect(event).toMatchObject({ ...OF_OLD, root: { id: root, label: 'Warren Old' } });
      expect(disagreements()).toEqual([expect.stringContaining('disagree about its subject, its units')]);
    });

    it('nor is what is told of it by hand', async () => {
      const root = await old();
      const target = { type: 'Warren', id: root, label: 'Warren woundwort' };
      const manual = { area: 'larder', action: 'carrots_weighed', target, root: target, ...FORGED, meta: { grams: 1, scale: 'market' } };
      const id = next++;
      await insert({ v: 1, manual });
      const events = await leaves(() =>
        w.sql(`insert into rabbit (id, warren_id, name, updated_at) values (${id}, '${root}', 'New', now())`),
      );
      expect(events[0]).toMatchObject({ ...OF_OLD, root: { label: 'Warren Old' } });
    });

    it('of a part that the log has never met either only members changed: the rows say whose it is', async () => {
      const root = await old();
      const id = next++;
      await unrecorded(w, `insert into rabbit (id, warren_id, name, updated_at) values (${id}, '${root}', 'Old', now())`);
      const [event] = await leaves(() => w.sql('insert into rabbit_traits (rabbit_id, trait_id) values ($1, 1)', [id]));
      expect(event).toMatchObject({
        ...OF_OLD,
        target: { id: String(id), label: `Rabbit ${id}` },
        root: { id: root, label: 'Warren Old' },
      });
    });

    it('where its row is gone, or nobody may read it, the event belongs to nobody', async () => {
      const root = await old();
      const id = next++;
      await w.sql(`revoke select on warren from ${w.roles.app}`);
      const events = await leaves(() =>
        w.as('hazel', (em) =>
          em.transactional(async (inner) => {
            await inner.execute(`insert into rabbit (id, warren_id, name, updated_at) values (?, ?, 'New', now())`, [id, root]);
            const changes = [{ f: 'name', o: null, n: 'New' }];
            await tell(inner, ...forged(root, { op: 'create', label: `Rabbit ${id}`, id: String(id), day: null, changes }).events);
          }),
        ),
      );
      await w.sql(`grant select on warren to ${w.roles.app}`);
      expect(events).toHaveLength(1);
      expect(events[0]).toMatchObject({ subject: null, scopes: [], root: { id: root, label: null } });
      expect(events[0]?.changes).toContainEqual({ field: 'name', old: null, new: 'New' });
      expect(w.alarms.splice(0).map(String)).toEqual([
        expect.stringContaining('permission denied for table warren'),
        expect.stringContaining('disagree about its subject, its units'),
      ]);
    });
  });

  it('whose a part is that is made with its root by one flush, the root says', async () => {
    const id = next++;
    const events = await leaves(() =>
      w.as('fiver', async (em) => {
        const root = em.create(Warren, { name: 'Both', keeper: 'fiver', meadow: 'm1', flooded: false });
        em.create(Rabbit, { id, warren: root, name: 'New', tame: false } as never);
        await em.flush();
      }),
    );
    expect(events.map(({ subject, scopes }) => ({ subject, scopes }))).toEqual([
      { subject: 'fiver', scopes: ['meadow:m1'] },
      { subject: 'fiver', scopes: ['meadow:m1'] },
    ]);
  });
});

describe('AUD-4 everyday work raises no alarm', () => {
  it('a root and its parts changed by one flush, in whatever order', async () => {
    const id = await born();
    const mine = await dig('bigwig', 'm2');
    const events = await leaves(() =>
      w.as('fiver', async (em) => {
        const rabbit = await em.findOneOrFail(Rabbit, id, { populate: ['warren'] as never });
        const warren = await em.findOneOrFail(Warren, mine);
        Object.assign(rabbit, { warren, name: 'Follows' });
        Object.assign(warren, { keeper: 'silver', meadow: 'm3' });
        await em.flush();
      }),
    );
    expect(events).toHaveLength(2);
    expect(new Set(events.map(({ target }) => target?.type))).toEqual(new Set(['Rabbit', 'Warren']));
  });

  it('what was loaded in part, or not at all, says nothing of whose it is', async () => {
    const id = await born();
    const events = await leaves(() =>
      w.as('fiver', async (em) => {
        em.getReference(Rabbit, id).name = 'By its key';
        await em.flush();
        em.clear();
        const part = await em.findOneOrFail(Rabbit, id, { fields: ['name', 'warren.name'] as never, populate: ['warren'] as never });
        part.name = 'In part';
        await em.flush();
        em.clear();
        const rabbit = await em.findOneOrFail(Rabbit, id, { populate: ['traits'] as never });
        rabbit.traits.add(em.getReference(Trait, 2));
        await em.flush();
        em.clear();
        em.getReference(Warren, own).floodedSince = '2026-11-02';
        await em.flush();
        em.remove(em.getReference(Rabbit, id));
        await em.flush();
      }),
    );
    expect(events.map(({ operation, target }) => [operation, target?.label])).toEqual([
      ['update', `Rabbit ${id}`],
      ['update', `Rabbit ${id}`],
      ['update', `Rabbit ${id}`],
      ['update', 'Warren fiver'],
      ['delete', `Rabbit ${id}`],
    ]);
    for (const event of events) expect(event).toMatchObject(OF_FIVER);
  });

  it('a column that a trigger or a default fills, and the label goes by', async () => {
    await w.sql(`create function settle() returns trigger language plpgsql as $$ begin update warren set meadow = 'm9' where id = new.id; return null; end $$;
      create trigger settle after insert on warren for each row execute function settle()`);
    const events = await leaves(() => dig('pipkin', 'm1'));
    await w.sql('drop trigger settle on warren; drop function settle()');
    expect(events.at(-1)).toMatchObject({ subject: 'pipkin', scopes: ['meadow:m9'] });
  });
});

describe('AUD-4 whoever makes up many changes raises one alarm', () => {
  const FIRST_AND_MORE = /^Rabbit 700000:.*; Rabbit 700004: .*; and 1995 more like these$/s;

  it('for changes that never were: it names a few, and says how many there are', async () => {
    const ids = Array.from({ length: 2_000 }, (_, i) => String(700_000 + i));
    const changes = [{ f: 'name', o: 'x', n: 'forged' }];
    const events = await leaves(() => insert({ v: 1, events: ids.map((id) => ({ ...RABBIT, label: null, id, changes })) }));
    expect(events).toEqual([]);
    expect(w.alarms).toMatchObject([{ count: 2_000 }]);
    expect(disagreements()).toEqual([expect.stringMatching(FIRST_AND_MORE)]);
  });

  it('for events that no flush tells', async () => {
    const ids = Array.from({ length: 50 }, (_, i) => String(i));
    const events = await leaves(() =>
      insert({ v: 1, events: ids.map((id) => ({ ...RABBIT, type: 'Fox', id, label: null, changes: [] })) }),
    );
    expect(events).toHaveLength(50);
    expect(refusals()).toEqual([expect.stringMatching(/^Fox 0, .*Fox 4, .*; and 45 more like these$/s)]);
  });

  it('with a text that has an end, whatever the fields are called', async () => {
    const changes = Array.from({ length: 2_000 }, (_, i) => ({ f: `${i} ${'long '.repeat(100)}`, o: 'x', n: 'forged' }));
    await leaves(() => insert({ v: 1, events: [{ ...RABBIT, label: null, id: '1', changes }] }));
    const [text = ''] = disagreements();
    expect(text).toMatch(/^Rabbit 1: .* disagree about 0 long .*, 9 long .*…, 1990 more; what the database saw is recorded$/);
    expect(text.length).toBeLessThan(2_000);
  });
});

describe('AUD-4 what no flush tells is unreadable, event by event', () => {
  it('a type that no policy knows', async () => {
    const id = await born();
    const events = await leaves(() =>
      w.as('hazel', (em) =>
        em.transactional(async (inner) => {
          await inner.execute('update rabbit set tame = true where id = ?', [id]);
          await tell(
            inner,
            {
              ...RABBIT,
              type: 'Burrow',
              id: '1',
              label: 'Forged',
              subject: 'fiver',
              scopes: ['meadow:m1'],
              changes: [{ f: 'depth', o: '1', n: '2' }],
            },
            { ...RABBIT, id: String(id), label: null, changes: [{ f: 'tame', o: 'false', n: 'true' }] },
          );
        }),
      ),
    );
    expect(problems(events)).toEqual([
      ['rabbit_changed', undefined],
      ['inbox_row_unreadable', 'it is told of a type that no policy knows'],
    ]);
    expect(events[1]).toMatchObject({
      operation: 'none',
      actor: { id: 'hazel' },
      changes: [],
      subject: null,
      scopes: [],
      metadata: { told_operation: 'update' },
    });
    expect(refusals()).toEqual([
      'Burrow 1, update: it could not be recorded as what it says, and is recorded as unreadable: it is told of a type that no policy knows',
    ]);
  });

  it('what is no change takes along nothing that the database saw of the record', async () => {
    const id = await born();
    const events = await leaves(() =>
      w.as('hazel', (em) =>
        em.transactional(async (inner) => {
          await inner.execute('update rabbit set name = ? where id = ?', ['Hidden', id]);
          await tell(inner, { ...RABBIT, op: 'none', id: String(id), label: null, changes: [] });
        }),
      ),
    );
    expect(problems(events)).toEqual([
      ['rabbit_changed', undefined],
      ['inbox_row_unreadable', 'it is told by a flush, and no change'],
    ]);
    expect(events[0]?.changes).toContainEqual({ field: 'name', old: `R${id}`, new: 'Hidden' });
    expect(refusals()).toHaveLength(1);
  });

  it.each([
    ['a number that JSON can not carry', '1e999'],
    ['a text without end', `"${'x'.repeat(200_000)}"`],
  ])('a context that undoes %s: it isn’t believed, and what was changed is recorded', async (_, undoes) => {
    const id = await born();
    const context = contextText('hazel').replace(/}$/, `,"undoes":${undoes}}`);
    const client = new Client(urlAs(w.database, w.roles.app));
    await client.connect();
    const events = await leaves(async () => {
      await client.query(`select set_config('audit.context', $1, false)`, [context]);
      await client.query('update rabbit set name = $1 where id = $2', ['Hidden', id]);
    });
    await client.end();
    expect(events.map(({ action, actor }) => [action, actor.kind])).toEqual([['rabbit_changed', 'database']]);
    expect(events[0]?.changes).toContainEqual({ field: 'name', old: `R${id}`, new: 'Hidden' });
  });

  it('much beside a change doesn’t push out what changed', async () => {
    const id = await born();
    const name = 'n'.repeat(2_000);
    const events = await leaves(() =>
      w.as('hazel', (em) =>
        em.transactional(async (inner) => {
          await inner.execute('update rabbit set name = ? where id = ?', [name, id]);
          const changes = [{ f: 'name', o: `R${id}`, n: name }];
          const effect = { much: 'x'.repeat(200_000) };
          await tell(inner, { ...RABBIT, id: String(id), label: null, changes, effect });
        }),
      ),
    );
    expect(events).toHaveLength(1);
    expect(events[0]?.changes).toContainEqual({ field: 'name', old: `R${id}`, new: name });
    expect(events[0]?.effect).toMatchObject({ shortened: { bytes: expect.any(Number) as number } });
  });

  it('what is no change, under an action of an entity; and what only the owner says of the log', async () => {
    const events = await leaves(() =>
      insert(
        { v: 1, events: [{ ...RABBIT, type: 'Warren', action: 'warren_flooded', op: 'none', id: own, label: 'Mine', changes: [] }] },
        {
          v: 1,
          events: [
            {
              ...RABBIT,
              type: 'AuditedTable',
              area: 'audit',
              action: 'audit_coverage_repaired',
              op: 'none',
              id: 'warren',
              label: 'warren',
              changes: [],
            },
          ],
        },
        {
          v: 1,
          manual: { area: 'audit', action: 'audit_coverage_repaired', target: { type: 'AuditedTable', id: 'warren', label: 'warren' } },
        },
      ),
    );
    expect(problems(events)).toEqual([
      ['inbox_row_unreadable', 'it is told by a flush, and no change'],
      ['inbox_row_unreadable', 'it is told of a type that no policy knows'],
      ['inbox_row_unreadable', 'it is told by hand, under an action that is not declared for that'],
    ]);
    expect(refusals()).toHaveLength(3);
    const asOwner = `insert into audit_inbox (kind, context, document) values ('a', '{}', '{}')`;
    const client = new Client(urlAs(w.database, w.roles.app));
    await client.connect();
    await expect(client.query(asOwner)).rejects.toThrow('permission denied');
    await client.end();
  });
});

describe('AUD-9 what is told by hand is believed under a declared action and with metadata of its schema alone', () => {
  const weighed = { area: 'larder', action: 'carrots_weighed', target: null, meta: { grams: 1, scale: 'market' } };

  it.each([
    ['an action that nobody declared', { action: 'carrots_stolen' }, 'it is told by hand, under an action that is not declared for that'],
    [
      'the action of a change',
      { area: 'meadow', action: 'warren_flooded' },
      'it is told by hand, under an action that is not declared for that',
    ],
    ['another area', { area: 'meadow' }, 'it is told by hand, in another area than that of its action'],
    ['a value that the schema refuses', { meta: { grams: -1, scale: 'market' } }, 'its metadata are not as its action demands'],
    ['a field that the schema doesn’t know', { meta: { ...weighed.meta, thief: 'x' } }, 'its metadata are not as its action demands'],
    ['no metadata at all', { meta: undefined }, 'its metadata are not as its action demands'],
    [
      'an undo that its context doesn’t know',
      { meta: { ...weighed.meta, undoes: 'c0ffee00-0000-4000-8000-000000000001' } },
      'its metadata are not as its action demands',
    ],
  ])('%s: it alone is refused', async (_, parts, problem) => {
    const events = await leaves(() =>
      insert({ v: 1, manual: weighed }, { v: 1, manual: { ...weighed, ...parts } }, { v: 1, manual: weighed }),
    );
    expect(problems(events)).toEqual([
      ['carrots_weighed', undefined],
      ['inbox_row_unreadable', problem],
      ['carrots_weighed', undefined],
    ]);
    // What it said is kept, and in clear nowhere: a node of another version may know better.
    const document = JSON.stringify({ v: 1, manual: { ...weighed, ...parts } });
    expect(events[1]).toMatchObject({ actor: { id: 'hazel' }, changes: [{ field: 'document', old: null, new: document }] });
    expect(await w.sql('select changes from audit_event where id = $1', [events[1]?.id])).toEqual([
      { changes: [{ field: 'document', sealed: true }] },
    ]);
    expect(refusals()).toEqual([expect.stringContaining(problem)]);
  });

  it.each([
    ['of a later release', { v: 2, manual: weighed, unit: 'stone' }],
    ['that is none', { v: 1, manual: { ...weighed, action: 7 } }],
  ])('a form %s is kept whole, sealed: a node of another version may know it', async (_, told) => {
    const [event, ...others] = await leaves(() => insert(told));
    expect(others).toEqual([]);
    expect(event).toMatchObject({ action: 'inbox_row_unreadable', metadata: { problem: 'not the form of a document' } });
    expect(event?.changes).toEqual([{ field: 'document', old: null, new: JSON.stringify(told) }]);
    expect(await w.sql('select changes from audit_event where id = $1', [event?.id])).toEqual([
      { changes: [{ field: 'document', sealed: true }] },
    ]);
    expect(refusals()).toEqual([expect.stringContaining('not the form of a document')]);
  });

  it('what `record` tells of an undo, and what waited on disk, is as its action demands', async () => {
    const undoes = crypto.randomUUID();
    const events = await leaves(async () => {
      await w.as('hazel', (em) => record(em, carrotsWeighed, { metadata: { grams: 2, scale: 'kitchen' } }), { undoes });
      await insert({ v: 1, manual: { ...weighed, meta: { ...weighed.meta, deferred_since: '2026-11-22T10:00:00.000Z' } } });
    });
    expect(events.map(({ action, metadata }) => [action, metadata['undoes'] ?? metadata['deferred_since']])).toEqual([
      ['carrots_weighed', undoes],
      ['carrots_weighed', '2026-11-22T10:00:00.000Z'],
    ]);
  });
});

const RABBIT = { area: 'meadow', action: 'rabbit_changed', op: 'update', type: 'Rabbit' };
