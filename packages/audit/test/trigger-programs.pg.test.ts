import fc from 'fast-check';
import { Client } from 'pg';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { eventually } from '@countersign/testing/eventually';
import type { Event } from '../src/events/entry.ts';
import { net } from './knots.ts';
import { balanceOf, KEEPER, type World } from './warren.ts';

// Random statements on records that refer to each other, while triggers of somebody else change, put back, delete and make
// anew what they were set off by, as deep as they like. The oracle: each change goes on from where the one before it
// ended, and the folded log is the live rows.

let w: World;
let client: Client;
let position = 0;
const folded = new Map<string, Map<string, string | null>>();

beforeAll(async () => {
  w = await net();
  client = new Client(w.database.url);
  await client.connect();
  // What the triggers are to do, each part once: the first one of what happened and of which trigger it is.
  await client.query(`create table part (id serial primary key, cue text, action text);
    create table slip (id int);
    create function play() returns trigger language plpgsql as $$ declare todo text; begin
      delete from part where id = (select min(id) from part where cue = coalesce(tg_argv[0], tg_op || ' ' || tg_level)) returning action into todo;
      if todo is not null and tg_level = 'ROW' then execute todo using coalesce(new.id, old.id);
      elsif todo is not null then execute todo using 2; end if;
      return coalesce(new, old);
    end $$;
    create trigger a_play after insert or update or delete on knot for each row execute function play();
    create trigger play after insert or update or delete on knot for each statement execute function play();
    create trigger play_before before insert or update or delete on knot for each row execute function play('BEFORE');
    create trigger play_slip after insert on slip for each row execute function play('SLIP');
    create constraint trigger play_late after insert or update or delete on knot deferrable initially deferred for each row execute function play('LATE')`);
});
afterAll(async () => {
  await client.end();
  await w.close();
});

const id = fc.integer({ min: 2, max: 5 });
const name = fc.constantFrom('a', 'b');
const set = fc.oneof(
  { weight: 4, arbitrary: name.map((one) => `name = '${one}'`) },
  fc.integer({ min: 1, max: 2 }).map((weight) => `weight = ${weight}`),
  fc.tuple(name, fc.integer({ min: 1, max: 2 })).map(([one, weight]) => `name = '${one}', weight = ${weight}`),
  fc
    .tuple(fc.constantFrom('left', 'right', 'home', 'parent'), id)
    .map(([column, to]) => `${column}_id = (select id from knot where id = ${to})`),
);
const toggle = fc.constant(`name = case name when 'a' then 'b' else 'a' end`);

/** What a trigger does to the row that set it off, or to the second one. */
const action = fc.oneof(
  { weight: 4, arbitrary: fc.oneof(toggle, set).map((one) => `update knot set ${one} where id = $1`) },
  fc.constant('delete from knot where id = $1'),
  name.map((one) => `insert into knot (id, name) values ($1, '${one}') on conflict (id) do nothing`),
  name.map((one) => `insert into knot (id, name) values ($1, '${one}') on conflict (id) do update set name = excluded.name`),
  fc.constant(`with one as (select $1) update knot set id = id + 10 where id = $1 and not exists (select from knot where id = $1 + 10)`),
);
const part = fc.tuple(
  fc.constantFrom(
    ...['INSERT', 'UPDATE', 'DELETE'].flatMap((operation) => [`${operation} ROW`, `${operation} STATEMENT`]),
    'BEFORE',
    'SLIP',
    'LATE',
  ),
  action,
);

const statement = fc.oneof(
  { weight: 3, arbitrary: fc.tuple(fc.oneof(toggle, set), id).map(([what, which]) => `update knot set ${what} where id = ${which}`) },
  fc.oneof(toggle, set).map((what) => `update knot set ${what} where id > 1`),
  fc.tuple(id, id).map(([one, other]) => `delete from knot where id in (${one}, ${other})`),
  fc
    .tuple(id, name)
    .map(
      ([one, called]) =>
        `insert into knot (id, name, left_id, right_id, parent_id) select ${one}, '${called}', max(id), min(id), nullif(max(id), 1) from knot where id <> ${one} on conflict do nothing`,
    ),
  fc
    .tuple(id, id)
    .map(
      ([one, other]) =>
        `update knot set left_id = k.id, right_id = k.id, home_id = k.id from knot k where k.id = ${one} and knot.id = ${other}`,
    ),
  id.map((one) => `update knot set id = id + 20 where id = ${one} and not exists (select from knot where id = ${one} + 20)`),
  fc.constant('update knot set id = id - 20 where id > 20 and not exists (select from knot k where k.id = knot.id - 20)'),
  fc
    .tuple(id, name)
    .map(([one, called]) => `insert into knot (id, name) values (${one}, '${called}') on conflict (id) do update set name = excluded.name`),
  fc.tuple(id, id, name, fc.constantFrom(`update set name = v.name`, 'delete', 'update set weight = 2')).map(
    ([one, other, called, what]) =>
      `merge into knot k using (select id, max(name) as name from (values (${one}, '${called}'), (${other}, 'b')) v (id, name) group by id) v on k.id = v.id
        when matched and k.name <> v.name then ${what} when matched then update set name = 'a' when not matched then insert (id, name) values (v.id, v.name)`,
  ),
  // What changes nothing that is recorded sets off triggers as well, and so does a table that nobody audits.
  id.map((one) => `update knot set name = name where id = ${one}`),
  id.map((one) => `insert into slip values (${one})`),
  fc.constant('set constraints all immediate'),
  fc
    .tuple(id, id)
    .map(
      ([one, other]) =>
        `insert into knot_friends select a.id, b.id from knot a, knot b where a.id = ${one} and b.id = ${other} on conflict do nothing`,
    ),
);
/** One message to the database: a statement, or a block of several. */
const message = fc.oneof(
  { weight: 2, arbitrary: statement },
  fc.array(statement, { minLength: 2, maxLength: 4 }).map((all) => `do $$ begin ${all.join('; ')}; end $$`),
);
const program = fc.record({
  parts: fc.array(part, { maxLength: 5 }),
  messages: fc.array(message, { minLength: 1, maxLength: 4 }),
});
type Program = typeof program extends fc.Arbitrary<infer One> ? One : never;

/** What the database refuses is rolled back as a whole. */
async function run({ parts, messages }: Program): Promise<void> {
  await client.query('truncate part');
  for (const [cue, what] of parts) await client.query('insert into part (cue, action) values ($1, $2)', [cue, what]);
  try {
    await client.query('begin');
    for (const one of messages) await client.query(one);
    await client.query('commit');
  } catch (error) {
    await client.query('rollback');
    if (!/foreign key|duplicate key|already modified|a second time|stack depth/.test((error as Error).message)) throw error;
  }
}

function follow({ target, operation, changes }: Event): void {
  const key = target?.id ?? '';
  expect(folded.has(key), `${operation} ${key}`).toBe(operation !== 'create');
  const fields = folded.get(key) ?? new Map<string, string | null>();
  folded.set(key, fields);
  for (const change of changes) {
    if (!('new' in change)) throw new Error('nothing is hidden from the keeper');
    if (change.field === 'friends') continue;
    expect([key, change.field, change.old]).toEqual([key, change.field, fields.get(change.field) ?? null]);
    fields.set(change.field, change.new as string | null);
  }
  if (operation === 'delete') folded.delete(key);
}

const FIELDS = ['name', 'weight', 'left_id', 'right_id', 'home_id', 'parent_id'];
type Fields = Readonly<Record<string, string | null>>;

async function compare(): Promise<void> {
  await eventually(async () => (await w.open.log.settle()).waiting === 0);
  const { events } = await w.open.log.after(position, {}, KEEPER, 100_000);
  position = events.at(-1)?.position ?? position;
  for (const event of events) follow(event);
  const rows = await w.sql<Fields & { id: string }>(`select id::text, ${FIELDS.map((one) => `${one}::text`).join(', ')} from knot`);
  const live = Object.fromEntries(rows.map(({ id: key, ...row }) => [key, row]));
  const told = [...folded].map(([key, fields]) => [key, Object.fromEntries(FIELDS.map((one) => [one, fields.get(one) ?? null]))]);
  expect(Object.fromEntries(told)).toEqual(live);
  expect(w.alarms).toEqual([]);
}

const SEED = Number(process.env['WRITE_PROGRAMS_SEED'] ?? 20_261_123);
const TIMES = Number(process.env['WRITE_PROGRAMS_TIMES'] ?? 1);

it(
  'AUD-4 whatever triggers and foreign keys do to the rows that set them off, the folded log is the live rows',
  async () => {
    await fc.assert(
      fc.asyncProperty(program, async (one) => {
        await run(one);
        await compare();
      }),
      { numRuns: 60 * TIMES, seed: SEED, endOnFailure: true },
    );
    expect((await balanceOf(w)).found).toEqual([]);
  },
  120_000 * TIMES,
);
