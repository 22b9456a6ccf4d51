import fc from 'fast-check';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { EntityManager } from '@mikro-orm/postgresql';
import { asOf } from '../src/records/as-of.ts';
import { user, withContext } from '../src/capture/context.ts';
import { declaredForms } from '../src/records/declared-forms.ts';
import type { Event } from '../src/events/entry.ts';
import { balanceOf, Rabbit, Trait, unrecorded, Warren, world, type World } from './warren.ts';

// Random programs of writes, by all paths mixed, with savepoints, rollbacks and neighbours at the same rows. The oracle:
// the log, folded, is the live rows; each change goes on from where the one before it ended; every value that a row had
// when a statement ended stands in it, under the name and for the reason of whoever wrote it; and nothing that was rolled
// back does.

let w: World;
let warren: string;
beforeAll(async () => {
  w = await world();
  // Programs that run at once wait for each other in circles: the sooner that is found, the more of them run. For connections to come.
  await w.sql(`alter database ${w.database.name} set deadlock_timeout = '10ms'`);
  // What another trigger does to a record that is being made.
  await w.sql(`create function hop() returns trigger language plpgsql as $$ begin update rabbit set hops = 7 where id = new.id; return null; end $$;
    create trigger hop after insert on rabbit for each row when (new.weight = 2.5) execute function hop()`);
  // Triggers that spread one change over six: of whoever is called Spread the name comes first, and each other field by itself.
  await w.sql(`create function hold() returns trigger language plpgsql as $$ begin
      perform set_config('meadow.held', row_to_json(new)::text, true);
      if tg_op = 'INSERT' then
        new.weight := null; new.hops := null; new.born := null; new.secret_name := null; new.nicknames := null;
      else
        new.weight := old.weight; new.hops := old.hops; new.born := old.born; new.secret_name := old.secret_name; new.nicknames := old.nicknames;
      end if;
      return new;
    end $$;
    create function spread() returns trigger language plpgsql as $$ declare held rabbit; begin
      held := json_populate_record(null::rabbit, current_setting('meadow.held')::json);
      update rabbit set weight = held.weight where id = new.id;
      update rabbit set hops = held.hops where id = new.id;
      update rabbit set born = held.born where id = new.id;
      update rabbit set secret_name = held.secret_name where id = new.id;
      update rabbit set nicknames = held.nicknames where id = new.id;
      return null;
    end $$;
    create trigger hold_new before insert on rabbit for each row when (new.name = 'Spread') execute function hold();
    create trigger hold before update on rabbit for each row when (new.name = 'Spread' and old.name <> 'Spread') execute function hold();
    create trigger spread_new after insert on rabbit for each row when (new.name = 'Spread') execute function spread();
    create trigger spread after update on rabbit for each row when (new.name = 'Spread' and old.name <> 'Spread') execute function spread()`);
  // Members that another trigger adds, and takes out.
  await w.sql(`create function befriend() returns trigger language plpgsql as $$ begin
      if tg_op = 'INSERT' then insert into rabbit_traits (rabbit_id, trait_id) values (new.id, 3);
      elsif new.name = 'Hazel' then insert into rabbit_traits (rabbit_id, trait_id) values (new.id, 2) on conflict do nothing;
      else delete from rabbit_traits where rabbit_id = new.id and trait_id = 2; end if;
      return null;
    end $$;
    create trigger befriend_new after insert on rabbit for each row when (new.weight = 1) execute function befriend();
    create trigger befriend after update on rabbit for each row
      when (old.name <> new.name and 'Hazel' in (old.name, new.name)) execute function befriend()`);
  // Every change of a value as a trigger for each row finds it, before any other one, with who is at work as the program itself says.
  await w.sql(`create table stood (n bigserial, record text, field text, old text, new text, who text);
    create function stand() returns trigger language plpgsql security definer as $$
    declare was jsonb; becomes jsonb; moved bool := false;
    begin
      if tg_op <> 'INSERT' then was := to_jsonb(old); end if;
      if tg_op <> 'DELETE' then becomes := to_jsonb(new); end if;
      if tg_op = 'UPDATE' then moved := was->>tg_argv[0] <> becomes->>tg_argv[0]; end if;
      insert into stood (record, field, old, new, who)
        select coalesce(o, n)->>tg_argv[0], field, o->>field, n->>field, current_setting('meadow.who', true)
        from (select was, case when not moved then becomes end union all select null, becomes where moved) as change(o, n), unnest(tg_argv[1:]) field
        where o->>field is distinct from n->>field;
      return null;
    end $$;
    create trigger a_stand after insert or update or delete on rabbit for each row
      execute function stand(id, name, weight, hops, version, born, secret_name, nicknames, mother_id);
    create trigger a_stand after insert or update or delete on rabbit_traits for each row execute function stand(rabbit_id, trait_id)`);
  warren = await w.as('fiver', async (em) => {
    const made = em.create(Warren, { name: 'Down', keeper: 'fiver', meadow: 'm1', flooded: false });
    await em.flush();
    return made.id;
  });
});
afterAll(() => w.close());

const KEYS = 6;
const key = fc.integer({ min: 1, max: KEYS });
const name = fc.constantFrom('Hazel', 'Fiver', 'Big wig', "O'Hare", 'Ünder', 'Spread');
const weight = fc.constantFrom(null, '1.00', '2.50');

/** Under which of the contexts something is written. */
interface Under {
  readonly under: number;
}

type Step = (
  | {
      readonly path: 'flush' | 'native' | 'sql' | 'upsert' | 'builder' | 'merge' | 'conflict' | 'twice' | 'insertMany';
      readonly id: number;
      readonly name: string;
      readonly weight: string | null;
    }
  /** Fields enough that the database takes several statements for what the flush does with one, and rabbits that point at each other. */
  | { readonly path: 'full' | 'pair'; readonly id: number; readonly to: number; readonly name: string; readonly hops: bigint }
  | { readonly path: 'remove' | 'nativeDelete' | 'sqlDelete'; readonly id: number }
  /** One unit of work, and SQL at the same record in between, of which it knows nothing. */
  | { readonly path: 'amid'; readonly id: number; readonly edits: readonly Edit[] }
  | { readonly path: 'trait' | 'untrait' | 'sqlTrait' | 'sqlUntrait'; readonly id: number; readonly trait: number }
  | { readonly path: 'move'; readonly id: number; readonly to: number }
  | { readonly path: 'savepoint'; readonly steps: readonly Step[]; readonly back: boolean }
) &
  Under;

interface Edit extends Under {
  readonly by: 'sql' | 'flush' | 'member';
  readonly name: string;
  readonly weight: string | null;
}
const under = fc.nat(2);
const edit = fc.record({ by: fc.constantFrom('sql', 'sql', 'flush', 'member'), name, weight, under });

const { step } = fc.letrec<{ step: Step; simple: Step }>((tie) => ({
  simple: fc.oneof(
    fc.record({
      path: fc.constantFrom('flush', 'native', 'sql', 'upsert', 'builder', 'merge', 'conflict', 'twice', 'insertMany'),
      id: key,
      name,
      weight,
      under,
    }),
    fc.record({ path: fc.constantFrom('full', 'pair'), id: key, to: key, name, hops: fc.bigInt({ min: 1n, max: 3n }), under }),
    fc.record({ path: fc.constantFrom('remove', 'nativeDelete', 'sqlDelete'), id: key, under }),
    fc.record({ path: fc.constant('amid'), id: key, edits: fc.array(edit, { minLength: 2, maxLength: 4 }), under }),
    fc.record({
      path: fc.constantFrom('trait', 'untrait', 'sqlTrait', 'sqlUntrait'),
      id: key,
      trait: fc.integer({ min: 1, max: 3 }),
      under,
    }),
    fc.record({ path: fc.constant('move'), id: key, to: key, under }),
  ),
  step: fc.oneof(
    { weight: 6, arbitrary: tie('simple') },
    {
      weight: 1,
      arbitrary: fc.record({ path: fc.constant('savepoint'), steps: fc.array(tie('simple'), { maxLength: 3 }), back: fc.boolean(), under }),
    },
  ),
}));
const program = fc.record({
  steps: fc.array(step, { minLength: 1, maxLength: 6 }),
  back: fc.boolean(),
});

/** Who is at work, and why: two of one person, for two reasons. */
const CONTEXTS = [
  ['hazel', 'the harvest'],
  ['hazel', 'the hunt'],
  ['bigwig', 'the harvest'],
] as const;

/** Under one of the contexts; the database is told by the program itself as well. */
async function as<Result>(em: EntityManager, { under: which }: Under, work: () => Promise<Result>): Promise<Result> {
  const [who, reason] = CONTEXTS[which] as (typeof CONTEXTS)[0];
  return withContext({ actor: user(who), reason }, async () => {
    await em.execute(`select set_config('meadow.who', ?, true)`, [`${who}, ${reason}`]);
    return work();
  });
}

const INSERT = 'insert into rabbit (id, warren_id, name, weight, updated_at)';

class Back extends Error {}

const perform = (em: EntityManager, step: Step): Promise<void> => as(em, step, () => performed(em, step));

async function performed(em: EntityManager, step: Step): Promise<void> {
  if (step.path === 'savepoint') return inSavepoint(em, step);
  const { id } = step;
  switch (step.path) {
    case 'flush': {
      const known = await em.findOne(Rabbit, id);
      if (known) Object.assign(known, { name: step.name, weight: step.weight });
      else em.create(Rabbit, { id, warren: em.getReference(Warren, warren), name: step.name, weight: step.weight, tame: false } as never);
      return em.flush();
    }
    case 'full':
    case 'pair':
      return makeOrChange(em, step);
    case 'amid':
      return editAmid(em, id, step.edits);
    case 'native':
      return void (await em.nativeUpdate(Rabbit, { id }, { name: step.name, weight: step.weight }));
    case 'builder':
      return void (await em.createQueryBuilder(Rabbit).update({ name: step.name }).where({ id }).execute());
    case 'sql':
      return void (await em.execute('update rabbit set name = ?, weight = ? where id = ?', [step.name, step.weight, id]));
    case 'upsert':
      return void (await em.upsert(Rabbit, {
        id,
        warren,
        name: step.name,
        weight: step.weight,
        tame: true,
        version: 1,
        updatedAt: new Date(),
      }));
    case 'remove': {
      const known = await em.findOne(Rabbit, id);
      if (known) em.remove(known);
      return em.flush();
    }
    case 'nativeDelete':
      return void (await em.nativeDelete(Rabbit, { id }));
    case 'sqlDelete':
      return void (await em.execute('delete from rabbit where id = ?', [id]));
    case 'merge':
      return void (await em.execute(
        `merge into rabbit r using (values (?::int, ?::text, ?::numeric)) v(id, name, weight) on r.id = v.id
          when matched and v.weight is null then delete
          when matched then update set name = v.name, weight = v.weight
          when not matched then insert (id, warren_id, name, weight, updated_at) values (v.id, ?, v.name, v.weight, now())`,
        [id, step.name, step.weight, warren],
      ));
    case 'conflict':
      return void (await em.execute(`${INSERT} values (?, ?, ?, ?, now()) on conflict (id) do update set name = excluded.name`, [
        id,
        warren,
        step.name,
        step.weight,
      ]));
    case 'twice':
      // Two writes in one statement: of this row, and of its neighbour.
      return void (await em.execute(
        `with one as (update rabbit set name = ? where id = ? returning id) update rabbit set weight = ? where id = ? and exists (select from one)`,
        [step.name, id, step.weight, (id % KEYS) + 1],
      ));
    case 'insertMany': {
      const free = [id, (id % KEYS) + 1];
      const there = new Set((await em.find(Rabbit, { id: { $in: free } })).map((one) => one.id));
      const fresh = free.filter((one) => !there.has(one));
      const rabbit = { warren, name: step.name, weight: step.weight, tame: false, version: 1, updatedAt: new Date() };
      if (fresh.length)
        await em.insertMany(
          Rabbit,
          fresh.map((one) => ({ ...rabbit, id: one })),
        );
      return;
    }
    case 'move':
      return void (await em.execute('update rabbit set id = ? where id = ? and not exists (select from rabbit where id = ?)', [
        step.to,
        id,
        step.to,
      ]));
    case 'trait':
    case 'untrait': {
      const known = await em.findOne(Rabbit, id, { populate: ['traits'] as never, refresh: true });
      const trait = em.getReference(Trait, step.trait);
      if (step.path === 'trait') known?.traits.add(trait);
      else known?.traits.remove(trait);
      return em.flush();
    }
    case 'sqlUntrait':
      return void (await em.execute('delete from rabbit_traits where rabbit_id = ? and trait_id = ?', [id, step.trait]));
    case 'sqlTrait':
      return void (await em.execute(
        'insert into rabbit_traits (rabbit_id, trait_id) select id, ? from rabbit where id = ? on conflict do nothing',
        [step.trait, id],
      ));
    default:
      return step satisfies never;
  }
}

/** One that is filled, or two each of which is the other's mother: where both are new, the ORM inserts first and refers later. */
async function makeOrChange(
  em: EntityManager,
  { path, id, to, name: called, hops }: Extract<Step, { path: 'full' | 'pair' }>,
): Promise<void> {
  const parts = {
    name: called,
    weight: `${hops}.75`,
    hops,
    born: `2026-01-0${hops}`,
    secretName: `S${hops}`,
    nicknames: ['a', `n${hops}`],
  };
  const rabbit = async (which: number) => {
    const known = await em.findOne(Rabbit, which);
    if (known) return Object.assign(known, parts);
    return em.create(Rabbit, { id: which, warren: em.getReference(Warren, warren), tame: false, ...parts } as never);
  };
  const one = await rabbit(id);
  if (path === 'pair') {
    const other = id === to ? one : await rabbit(to);
    Object.assign(one, { mother: other });
    Object.assign(other, { mother: one });
  }
  return em.flush();
}

async function editAmid(em: EntityManager, id: number, edits: readonly Edit[]): Promise<void> {
  const known = await em.findOne(Rabbit, id, { populate: ['traits'] as never, refresh: true });
  if (!known) return;
  for (const { by, name: called, weight: heavy, under: which } of edits)
    await as(em, { under: which }, async () => {
      if (by === 'sql') await em.execute('update rabbit set name = ?, weight = coalesce(?, weight) where id = ?', [called, heavy, id]);
      else if (by === 'flush') Object.assign(known, { name: called, weight: heavy });
      else if (known.traits.length) known.traits.removeAll();
      else known.traits.add(em.getReference(Trait, 1));
      if (by !== 'sql') await em.flush();
    });
}

async function inSavepoint(em: EntityManager, { steps, back, under: which }: Extract<Step, { path: 'savepoint' }>): Promise<void> {
  await em
    .transactional(async (inner) => {
      for (const one of steps) await perform(inner, one);
      // An upsert of what the unit of work knows waits for a flush.
      await as(inner, { under: which }, () => inner.flush());
      if (back) throw new Back();
    })
    .catch((error: unknown) => {
      if (!(error instanceof Back)) throw error;
    });
  // What the savepoint did, or undid, this unit of work doesn't know.
  em.clear();
}

/** What the ORM and the database refuse (a lost race, a deadlock) rolls the program back as a whole. */
async function run({ steps, back }: { readonly steps: readonly Step[]; readonly back: boolean }): Promise<boolean> {
  try {
    await w.as('fiver', (em) =>
      em.transactional(async (inner) => {
        for (const one of steps) {
          await perform(inner, one);
          inner.clear();
        }
        if (back) throw new Back();
      }),
    );
    return true;
  } catch (error) {
    if (error instanceof Back || /deadlock|optimistic lock|duplicate key|foreign key/i.test((error as Error).message)) return false;
    throw error;
  }
}

type Fields = Map<string, string | null>;

/** Folds the log; each change must begin where the one before it ended. */
function fold(events: readonly Event[]): Map<string, Fields> {
  const rows = new Map<string, Fields>();
  for (const { target, operation, changes } of events) {
    if (target?.type !== 'Rabbit') continue;
    expect(rows.has(target.id), `${operation} ${target.id}`).toBe(operation !== 'create');
    const fields = rows.get(target.id) ?? new Map<string, string | null>();
    for (const change of changes) {
      if (!('new' in change)) throw new Error('nothing is hidden from the keeper');
      if (change.field === 'traits')
        fields.set('traits', membersAfter(fields.get('traits') ?? null, change.old as string | null, change.new as string | null));
      else {
        expect([target.id, change.field, fields.get(change.field) ?? null]).toEqual([target.id, change.field, change.old]);
        fields.set(change.field, change.new as string | null);
      }
    }
    if (operation === 'delete') {
      expect([...fields.values()].filter((value) => value !== null)).toEqual([]);
      rows.delete(target.id);
    } else rows.set(target.id, fields);
  }
  return rows;
}

const listOf = (members: string | null): string[] => (members === null ? [] : (JSON.parse(members) as string[]));
function membersAfter(now: string | null, removed: string | null, added: string | null): string | null {
  const left = listOf(now).filter((member) => !listOf(removed).includes(member));
  const all = [...left, ...listOf(added)].toSorted((one, other) => one.localeCompare(other));
  return all.length ? JSON.stringify(all) : null;
}

const live = async () => {
  const rows = await w.sql<{
    id: number;
    name: string;
    weight: string | null;
    hops: string | null;
    version: string;
    born: string | null;
    secret_name: string | null;
    nicknames: string | null;
    mother_id: string | null;
    traits: string | null;
  }>(
    `select r.id, r.name, r.weight::text, r.hops::text, r.version::text, r.born::text, r.secret_name, to_jsonb(r.nicknames)::text as nicknames, r.mother_id::text,
      (select jsonb_agg(t.trait_id::text order by t.trait_id)::text from rabbit_traits t where t.rabbit_id = r.id) as traits from rabbit r`,
  );
  return new Map(
    rows.map(({ id, traits, nicknames, ...row }) => [
      String(id),
      { ...row, nicknames: nicknames?.replaceAll(' ', '') ?? null, traits: traits?.replaceAll(' ', '') ?? null },
    ]),
  );
};

/** Of each field of each record, one after the other what it became, and by whom and why: of a collection of each member whether it is there. */
async function changes(): Promise<Record<string, string[]>> {
  const rows = await w.sql<{ record: string; field: string; old: string | null; new: string | null; who: string }>(
    'select record, field, old, new, who from stood order by n',
  );
  return byField(
    rows.flatMap(({ record, field, old, new: now, who }) =>
      field === 'trait_id'
        ? ofMembers(record, who, old ? [old] : [], now ? [now] : [])
        : [{ of: `${record} ${field}`, what: `${spaceless(now)} (${who})` }],
    ),
  );
}

/** The same, as the log has it. */
const changesTold = (events: readonly Event[]): Record<string, string[]> =>
  byField(
    events.flatMap(({ target, actor, reason, changes: all }) =>
      target?.type !== 'Rabbit'
        ? []
        : all.flatMap((change) => {
            if (!('new' in change) || !FIELDS.has(change.field)) return [];
            const [id, who, old, now] = [target.id, `${actor.id}, ${reason}`, change.old as string | null, change.new as string | null];
            return change.field === 'traits'
              ? ofMembers(id, who, listOf(old), listOf(now))
              : [{ of: `${id} ${change.field}`, what: `${now} (${who})` }];
          }),
    ),
  );

const FIELDS = new Set(['name', 'weight', 'hops', 'version', 'born', 'secret_name', 'nicknames', 'mother_id', 'traits']);
const spaceless = (text: string | null) => text?.replaceAll(', ', ',') ?? null;

interface Changed {
  readonly of: string;
  readonly what: string;
}

const ofMembers = (record: string, who: string, gone: readonly string[], come: readonly string[]): Changed[] => [
  ...gone.map((member) => ({ of: `${record} trait ${member}`, what: `gone (${who})` })),
  ...come.map((member) => ({ of: `${record} trait ${member}`, what: `there (${who})` })),
];

function byField(all: readonly Changed[]): Record<string, string[]> {
  const known: Record<string, string[]> = {};
  for (const { of, what } of all) (known[of] ??= []).push(what);
  return known;
}

/** Holds the log against the rows. */
async function compare(): Promise<void> {
  const events = await w.events();
  expect(changesTold(events)).toEqual(await changes());
  const folded = fold(events);
  const rows = await live();
  expect([...folded.keys()].toSorted()).toEqual([...rows.keys()].toSorted());
  for (const [id, row] of rows) {
    const of = (field: string) => folded.get(id)?.get(field) ?? null;
    expect({ id, ...Object.fromEntries(Object.keys(row).map((field) => [field, of(field)])) }).toEqual({ id, ...row });
  }
}

/** As part of all tests it takes seconds, and is the same each time; `npm run trials -- write-programs` goes on for long, with seeds of its own. */
const SEED = Number(process.env['WRITE_PROGRAMS_SEED'] ?? 20_261_122);
const TIMES = Number(process.env['WRITE_PROGRAMS_TIMES'] ?? 1);
/** Milliseconds that a test may take. */
const PATIENCE = 120_000 * TIMES;
const several = fc.array(program, { minLength: 2, maxLength: 6 });

describe('AUD-2, AUD-4, AUD-5 random programs of writes', () => {
  it(
    'at once: the folded log is the live rows, and holds nothing that was rolled back',
    async () => {
      let committed = 0;
      let begun = 0;
      await fc.assert(
        fc.asyncProperty(several, async (programs) => {
          const results = await Promise.all(programs.map(run));
          committed += results.filter(Boolean).length;
          begun += results.length;
          await compare();
        }),
        { numRuns: 45 * TIMES, seed: SEED, endOnFailure: true },
      );
      // Both happened, or nothing was shown.
      expect(committed).toBeGreaterThan(50);
      expect(begun - committed).toBeGreaterThan(20);
    },
    PATIENCE,
  );

  it(
    'one after the other: and the application and the database never disagree',
    async () => {
      // Of two that save the same at once, one changes nothing, and tells that it did: not looked at here.
      w.alarms.length = 0;
      await fc.assert(
        fc.asyncProperty(several, async (programs) => {
          for (const one of programs) await run(one);
          await compare();
          expect(w.alarms).toEqual([]);
        }),
        { numRuns: 30 * TIMES, seed: SEED, endOnFailure: true },
      );
    },
    PATIENCE,
  );
});

// ── What nobody recorded ────────────────────────────────────────────────────────────────────────────────────────────

const alteration = fc.record({ what: fc.constantFrom('name', 'weight', 'secret_name', 'delete', 'member'), id: key });
interface Alteration {
  readonly what: string;
  readonly id: number;
}

/** Alters something past the triggers, or inserts what isn't there; answers with what a balance has to name, and how to undo it. */
async function alter({ what, id }: Alteration): Promise<{ named: string[]; back: string }> {
  const [row] = await w.sql<Record<string, string | null>>('select name, weight::text, secret_name from rabbit where id = $1', [id]);
  const literal = (text: string | null | undefined) => (text === null || text === undefined ? 'null' : `'${text.replaceAll("'", "''")}'`);
  if (!row) {
    await unrecorded(w, `insert into rabbit (id, warren_id, name, version, updated_at) values (${id}, '${warren}', 'Stranger', 1, now())`);
    return { named: [`not_recorded Rabbit:${id} null`], back: `delete from rabbit where id = ${id}` };
  }
  if (what === 'delete') {
    // Its members stay where they are.
    await unrecorded(w, `create table aside as select * from rabbit where id = ${id}; alter table aside drop column shout`);
    const columns = (
      await w.sql<{ list: string }>(
        `select string_agg(attname, ',') as list from pg_attribute where attrelid = 'aside'::regclass and attnum > 0 and not attisdropped`,
      )
    )[0]?.list;
    await unrecorded(
      w,
      `alter table rabbit_traits disable trigger all; alter table rabbit disable trigger all; delete from rabbit where id = ${id}; alter table rabbit enable trigger all; alter table rabbit_traits enable trigger all`,
    );
    const members = await w.sql(`select from rabbit_traits where rabbit_id = ${id}`);
    return {
      named: [`row_missing Rabbit:${id} null`, ...(members.length ? [`members Rabbit:${id} traits`] : [])],
      back: `insert into rabbit (${columns}) select ${columns} from aside; drop table aside`,
    };
  }
  if (what === 'member') {
    const has = (await w.sql(`select from rabbit_traits where rabbit_id = ${id} and trait_id = 1`)).length > 0;
    const [come, go] = [
      `insert into rabbit_traits (rabbit_id, trait_id) values (${id}, 1)`,
      `delete from rabbit_traits where rabbit_id = ${id} and trait_id = 1`,
    ];
    await unrecorded(w, has ? go : come);
    return { named: [`members Rabbit:${id} traits`], back: has ? come : go };
  }
  await unrecorded(w, `update rabbit set ${what} = ${what === 'weight' ? 99 : "'Altered'"} where id = ${id}`);
  return {
    named: [`field Rabbit:${id} ${what}`, ...(what === 'name' ? [`field Rabbit:${id} shout`] : [])],
    back: `update rabbit set ${what} = ${literal(row[what])} where id = ${id}`,
  };
}

const namedBy = async () =>
  (await balanceOf(w)).found.map(({ kind, target, field }) => `${kind} ${target.type}:${target.id} ${field}`).toSorted();

/** Where the log itself shows that something was not recorded. */
const gaps = async () => {
  const records = asOf(await w.events(), declaredForms(w.audit.registry.plans.values()));
  return [...records.values()].flatMap((record) => record.gaps.map(({ field }) => `${record.target.id} ${field}`));
};

describe('AUD-31 the balance after random programs of writes', () => {
  it(
    'finds nothing; and after one alteration that nobody recorded, exactly that',
    async () => {
      await fc.assert(
        fc.asyncProperty(several, alteration, async (programs, one) => {
          await Promise.all(programs.map(run));
          expect(await namedBy()).toEqual([]);
          expect(await gaps()).toEqual([]);
          const done = await alter(one);
          expect(await namedBy()).toEqual(done.named.toSorted());
          await unrecorded(w, done.back);
          expect(await namedBy()).toEqual([]);
        }),
        { numRuns: 25 * TIMES, seed: SEED, endOnFailure: true },
      );
    },
    PATIENCE,
  );
});
