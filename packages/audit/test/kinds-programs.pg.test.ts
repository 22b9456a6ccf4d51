import fc from 'fast-check';
import { defineEntity, p, type EntityManager } from '@mikro-orm/postgresql';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { asOf } from '../src/records/as-of.ts';
import { declaredForms } from '../src/records/declared-forms.ts';
import { audited, never, unaudited } from '../src/policy/policy.ts';
import { balanceOf, worldOf, type World } from './warren.ts';

// Random programs of writes at what is harder than one table with one key: two kinds in one table, keys of several columns
// and references to them, collections from both sides, records that are never loaded, cascades. The oracle: the balance
// finds nothing, no record has a gap, and every value that a row had when a statement ended stands in the log.

const Tag = defineEntity({
  name: 'Tag',
  tableName: 'tag',
  properties: { id: p.integer().primary(), label: p.string(), nests: () => p.manyToMany(Nest).mappedBy('tags') },
});
const Nest = defineEntity({
  name: 'Nest',
  tableName: 'nest',
  properties: {
    row: p.integer().primary(),
    col: p.integer().primary(),
    name: p.text(),
    depth: p.decimal().precision(8).scale(2).nullable(),
    tags: () => p.manyToMany(Tag),
    version: p.integer().version(),
  },
});
const Beast = defineEntity({
  name: 'Beast',
  tableName: 'beast',
  abstract: true,
  discriminatorColumn: 'kind',
  properties: {
    id: p.integer().primary(),
    kind: p.string(),
    name: p.text(),
    parent: () => p.manyToOne(Beast).nullable().deleteRule('cascade'),
    rival: () => p.manyToOne(Beast).nullable().deleteRule('set null'),
    home: () => p.manyToOne(Nest).nullable().deleteRule('set null').updateRule('cascade'),
  },
});
const Hare = defineEntity({ name: 'Hare', extends: Beast, discriminatorValue: 'hare', properties: { speed: p.integer().nullable() } });
const Stoat = defineEntity({
  name: 'Stoat',
  extends: Beast,
  discriminatorValue: 'stoat',
  properties: { teeth: p.integer().nullable(), marks: () => p.manyToMany(Tag) },
});

const text = (label: string) => ({ label, kind: 'text' }) as const;
const COMMON = { area: 'meadow', actions: { vocabulary: { meadow_changed: { label: 'Changed' } }, general: 'meadow_changed' } } as const;
const BEAST = {
  id: never('the key'),
  kind: text('Kind'),
  name: text('Name'),
  parent: text('Parent'),
  rival: text('Rival'),
  home: text('Home'),
};
const policies = [
  unaudited(Tag, 'a fixed list'),
  audited(Nest, {
    ...COMMON,
    label: 'Nest',
    fields: {
      row: never('the key'),
      col: never('the key'),
      name: text('Name'),
      depth: text('Depth'),
      tags: { label: 'Tags', kind: 'members' },
      version: text('Version'),
    },
    carries: ['depth'],
    title: ({ depth }) => `Nest of ${depth}`,
  }),
  audited(Hare, { ...COMMON, label: 'Hare', fields: { ...BEAST, speed: text('Speed') }, title: () => 'Hare' }),
  audited(Stoat, {
    ...COMMON,
    label: 'Stoat',
    fields: { ...BEAST, teeth: text('Teeth'), marks: { label: 'Marks', kind: 'members' } },
    title: () => 'Stoat',
  }),
];

let w: World;
beforeAll(async () => {
  w = await worldOf({
    name: 'kinds',
    entities: [Tag, Nest, Beast, Hare, Stoat],
    policies,
    actions: [],
    tables: ['tag', 'nest', 'nest_tags', 'beast', 'beast_marks'],
    seed: [`insert into tag values (1, 'a'), (2, 'b'), (3, 'c')`],
  });
  await w.sql(`alter database ${w.database.name} set deadlock_timeout = '10ms'`);
  await w.sql(`create table stood (id text, field text, value text);
    create function stand() returns trigger language plpgsql security definer as $$ declare found jsonb := to_jsonb(new); begin
      insert into stood select coalesce(found->>'id', (found->>'row') || '~~~' || (found->>'col')), key, value from jsonb_each_text(found)
        where value is not null and key = any('{kind,name,depth,speed,teeth,parent_id,rival_id}');
      return null;
    end $$;
    create trigger stand after insert or update on nest for each row execute function stand();
    create trigger stand after insert or update on beast for each row execute function stand()`);
});
afterAll(() => w.close());

/** What a step goes by, as far as its path does. */
interface Parts {
  readonly id: number;
  readonly to: number;
  readonly kind: 'hare' | 'stoat';
  readonly name: string;
  readonly number: number | null;
  readonly at: readonly [row: number, col: number];
  readonly into: readonly [row: number, col: number];
  readonly tags: readonly [number, number];
}

type Path = (em: EntityManager, parts: Parts) => Promise<unknown>;
type Loaded = Record<string, unknown> & {
  readonly tags: { add(...tags: object[]): void; set(tags: object[]): void; remove(tag: object): void };
};

const entityOf = (kind: Parts['kind']) => (kind === 'hare' ? Hare : Stoat) as typeof Hare;
const ownOf = ({ kind, number }: Parts) => (kind === 'hare' ? { speed: number } : { teeth: number });
const nestAt = async (em: EntityManager, [row, col]: Parts['at']) =>
  (await em.findOne(Nest, { row, col }, { populate: ['tags'], refresh: true })) as unknown as Loaded | null;
const tagsOf = (em: EntityManager, { tags }: Parts) => [...new Set(tags)].map((tag) => em.getReference(Tag, tag));

/** Of this kind, or of none: the unit of work doesn't know what SQL has made of it. */
async function kindThere(em: EntityManager, id: number): Promise<string | null> {
  const [found] = await em.execute<{ kind: string }[]>('select kind from beast where id = ?', [id]);
  return found?.kind ?? null;
}

const saveBeast: Path = async (em, parts) => {
  const there = await kindThere(em, parts.id);
  const [parent, rival, home] = [await em.findOne(Beast, parts.to), await em.findOne(Beast, parts.to), await nestAt(em, parts.at)];
  const values = { name: parts.name, ...ownOf(parts), parent: parts.to === parts.id ? null : parent, rival, home };
  if (there === null) em.create(entityOf(parts.kind), { id: parts.id, ...values } as never);
  else if (there === parts.kind) Object.assign(await em.findOneOrFail(entityOf(parts.kind), parts.id), values);
  return em.flush();
};

const saveNest: Path = async (em, { at, name, number, ...parts }) => {
  const there = await nestAt(em, at);
  const values = { name, depth: number === null ? null : `${number}.50` };
  if (there) Object.assign(there, values);
  else em.create(Nest, { row: at[0], col: at[1], ...values, tags: tagsOf(em, { at, name, number, ...parts }) } as never);
  return em.flush();
};

/** Both sides of the collection, with SQL at the same members in between. */
const tagFrom =
  (change: (em: EntityManager, nest: Loaded, parts: Parts) => unknown): Path =>
  async (em, parts) => {
    const nest = await nestAt(em, parts.at);
    if (!nest) return;
    await change(em, nest, parts);
    await em.flush();
  };

const inverse = async (em: EntityManager, { tags }: Parts) => {
  const tag = await em.findOneOrFail(Tag, tags[0], { populate: ['nests'], refresh: true });
  return tag.nests as unknown as { add(nest: object): void; remove(nest: object): void };
};

const PATHS = {
  saveBeast,
  saveNest,
  'a beast, with SQL between load and flush': async (em, parts) => {
    if ((await kindThere(em, parts.id)) !== parts.kind) return;
    const beast = await em.findOneOrFail(entityOf(parts.kind), parts.id);
    await em.execute('update beast set name = ?, rival_id = null where id = ?', [`${parts.name} by SQL`, parts.id]);
    Object.assign(beast, { name: parts.name, ...ownOf(parts) });
    await em.flush();
  },
  'a beast that is never loaded': async (em, parts) => {
    if ((await kindThere(em, parts.id)) !== parts.kind) return;
    em.clear();
    Object.assign(em.getReference(entityOf(parts.kind), parts.id), { name: parts.name });
    await em.flush();
  },
  'removal of a beast': async (em, { id }) => {
    const beast = await em.findOne(Beast, id);
    if (beast) em.remove(beast);
    await em.flush();
  },
  'removal of a beast that is never loaded': async (em, { id, kind }) => {
    em.clear();
    em.remove(em.getReference(entityOf(kind), id));
    await em.flush();
  },
  'upsert of a beast': async (em, parts) => {
    if ((await kindThere(em, parts.id)) === (parts.kind === 'hare' ? 'stoat' : 'hare')) return;
    await em.upsert(entityOf(parts.kind), { id: parts.id, kind: parts.kind, name: parts.name, ...ownOf(parts) } as never);
  },
  'SQL at a beast': (em, { id, to, name }) =>
    em.execute('update beast set name = ?, rival_id = (select id from beast where id = ?) where id = ?', [name, to, id]),
  'a home by SQL': (em, { id, at }) =>
    em.execute('update beast set (home_row, home_col) = (select row, col from nest where row = ? and col = ?) where id = ?', [...at, id]),
  'deletion of a beast': (em, { id }) => em.execute('delete from beast where id = ?', [id]),
  'another kind by SQL': async (em, { id, to }) => {
    const other = `case kind when 'hare' then 'stoat' else 'hare' end`;
    await em.execute(`update beast set kind = ${other}, speed = null, teeth = null where id in (?, ?)`, [id, to]);
    // The unit of work would take it for what it was.
    em.clear();
  },
  'another key by SQL': (em, { id, to }) =>
    em.execute(`update beast set id = ? where id = ? and not exists (select from beast where id = ? or parent_id = ? or rival_id = ?)`, [
      to,
      id,
      to,
      id,
      id,
    ]),
  'a nest, with SQL between load and flush': async (em, parts) => {
    const nest = await nestAt(em, parts.at);
    await em.execute('update nest set name = ?, depth = 7 where row = ? and col = ?', [`${parts.name} by SQL`, ...parts.at]);
    if (nest) Object.assign(nest, { name: parts.name, depth: '1.00' });
    await em.flush();
  },
  'a nest with another key, whose beasts follow': (em, { at, into }) =>
    em.execute('update nest set row = ?, col = ? where row = ? and col = ? and not exists (select from nest where row = ? and col = ?)', [
      ...into,
      ...at,
      ...into,
    ]),
  'deletion of a nest': (em, { at }) => em.execute('delete from nest where row = ? and col = ?', [...at]),
  'removal of a nest whose tags change before': tagFrom(async (em, nest, parts) => {
    nest.tags.set(tagsOf(em, parts));
    await em.flush();
    nest.tags.remove(em.getReference(Tag, parts.tags[0]));
    em.remove(nest);
  }),
  'everything at once': async (em, { name, tags }) => {
    const nests = (await em.find(Nest, {}, { populate: ['tags'], refresh: true })) as unknown as Loaded[];
    for (const nest of nests) {
      nest['name'] = name;
      nest.tags.set([em.getReference(Tag, tags[0])]);
    }
    for (const beast of await em.find(Beast, {})) Object.assign(beast, { name, home: nests[0] ?? null });
    await em.flush();
  },
  'tags that are added': tagFrom((em, nest, parts) => nest.tags.add(...tagsOf(em, parts))),
  'tags that are set': tagFrom((em, nest, parts) => nest.tags.set(tagsOf(em, parts))),
  'a tag that is added from the other side': tagFrom(async (em, nest, parts) => (await inverse(em, parts)).add(nest)),
  'a tag that is removed from the other side': tagFrom(async (em, nest, parts) => (await inverse(em, parts)).remove(nest)),
  'tags by SQL': (em, { at, tags }) =>
    em.execute('insert into nest_tags select row, col, ? from nest where row = ? on conflict do nothing', [tags[0], at[0]]),
  'no tags by SQL': (em, { at, tags }) => em.execute('delete from nest_tags where nest_row = ? and tag_id = ?', [at[0], tags[0]]),
} as const satisfies Record<string, Path>;

interface Step extends Parts {
  readonly path: keyof typeof PATHS;
  /** In a savepoint, which is taken back or stays. */
  readonly savepoint: 'back' | 'stays' | null;
}

const id = fc.integer({ min: 1, max: 4 });
const place = fc.tuple(fc.integer({ min: 1, max: 2 }), fc.integer({ min: 1, max: 2 }));
const tag = fc.integer({ min: 1, max: 3 });
const step: fc.Arbitrary<Step> = fc.record({
  path: fc.constantFrom(...(Object.keys(PATHS) as (keyof typeof PATHS)[])),
  id,
  to: id,
  kind: fc.constantFrom('hare', 'stoat'),
  name: fc.constantFrom('A', 'B', 'C'),
  number: fc.constantFrom(null, 1, 2),
  at: place,
  into: place,
  tags: fc.tuple(tag, tag),
  savepoint: fc.constantFrom(null, null, null, null, 'back', 'stays'),
});
interface Program {
  readonly steps: readonly Step[];
  readonly back: boolean;
  /** Whether each step begins with nothing loaded. */
  readonly fresh: boolean;
}
const program: fc.Arbitrary<Program> = fc.record({
  steps: fc.array(step, { minLength: 2, maxLength: 8 }),
  back: fc.integer({ min: 0, max: 5 }).map((n) => n === 0),
  fresh: fc.boolean(),
});
const programs = fc.array(program, { minLength: 2, maxLength: 5 });

class Back extends Error {}

async function perform(em: EntityManager, { savepoint, path, ...parts }: Step): Promise<void> {
  if (savepoint === null) return void (await PATHS[path](em, parts));
  await em
    .transactional(async (inner) => {
      await PATHS[path](inner, parts);
      if (savepoint === 'back') throw new Back();
    })
    .catch((error: unknown) => {
      if (!(error instanceof Back)) throw error;
    });
  // What the savepoint did, or undid, this unit of work doesn't know.
  em.clear();
}

/** What the ORM and the database refuse (a lost race, a deadlock, a record that is gone) rolls the program back as a whole. */
async function run({ steps, back, fresh }: Program): Promise<boolean> {
  try {
    await w.as('hazel', (em) =>
      em.transactional(async (inner) => {
        for (const one of steps) {
          await perform(inner, one);
          if (fresh) inner.clear();
        }
        if (back) throw new Back();
      }),
    );
    return true;
  } catch {
    return false;
  }
}

async function compare(): Promise<void> {
  const events = await w.events();
  const stood = await w.sql<{ stood: string }>(`select distinct id || ' ' || field || ' ' || value as stood from stood`);
  const named = new Set(
    events.flatMap(({ target, changes }) =>
      changes.flatMap((change) => ('new' in change ? [`${target?.id} ${change.field} ${change.new as string}`] : [])),
    ),
  );
  expect(stood.map((one) => one.stood).filter((one) => !named.has(one))).toEqual([]);
  const records = [...asOf(events, declaredForms(w.audit.registry.plans.values())).values()];
  expect(records.flatMap(({ target, gaps }) => gaps.map(({ field }) => `${target.type} ${target.id} ${field}`))).toEqual([]);
  expect((await balanceOf(w)).found).toEqual([]);
}

const SEED = Number(process.env['WRITE_PROGRAMS_SEED'] ?? 20_261_122);
const TIMES = Number(process.env['WRITE_PROGRAMS_TIMES'] ?? 1);
const PATIENCE = 120_000 * TIMES;

describe('AUD-2, AUD-4, AUD-5 random programs of writes at kinds, keys of several columns and collections', () => {
  it(
    'one after the other: nothing goes lost, and the application and the database never disagree',
    async () => {
      let committed = 0;
      await fc.assert(
        fc.asyncProperty(programs, async (some) => {
          for (const one of some) committed += Number(await run(one));
          await compare();
          expect(w.alarms).toEqual([]);
        }),
        { numRuns: 15 * TIMES, seed: SEED, endOnFailure: true },
      );
      expect(committed).toBeGreaterThan(20);
    },
    PATIENCE,
  );

  it(
    'at once: nothing goes lost',
    async () => {
      let committed = 0;
      await fc.assert(
        fc.asyncProperty(programs, async (some) => {
          committed += (await Promise.all(some.map(run))).filter(Boolean).length;
          await compare();
        }),
        { numRuns: 15 * TIMES, seed: SEED, endOnFailure: true },
      );
      expect(committed).toBeGreaterThan(20);
    },
    PATIENCE,
  );
});

describe('AUD-2 a collection that one of several kinds in a table has', () => {
  it('is recorded as the others are', async () => {
    const before = (await w.events()).length;
    await w.as('hazel', async (em) => {
      const stoat = em.create(Stoat, { id: 100, kind: 'stoat', name: 'Marked', marks: [em.getReference(Tag, 1)] } as never);
      await em.flush();
      (stoat as unknown as { marks: { set(tags: object[]): void } }).marks.set([em.getReference(Tag, 2)]);
      await em.flush();
      await em.nativeDelete(Stoat, { id: 100 });
    });
    const marks = (await w.events())
      .slice(before)
      .map(({ operation, changes }) => [operation, changes.find(({ field }) => field === 'marks')] as const);
    expect(marks).toEqual([
      ['create', { field: 'marks', old: null, new: '["1"]' }],
      ['update', { field: 'marks', old: '["1"]', new: '["2"]' }],
      ['delete', { field: 'marks', old: '["2"]', new: null }],
    ]);
    expect((await balanceOf(w)).found).toEqual([]);
  });
});
