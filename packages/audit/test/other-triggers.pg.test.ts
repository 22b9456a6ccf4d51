import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest';
import { broughtBy, Knot, net } from './knots.ts';
import type { World } from './warren.ts';

// Triggers of somebody else that change the very row that set them off. Their statements end first, so that what they did
// is written first; in the log it stands behind what set it off, and the last word is what is in the row.

let w: World;
let next = 100;
const made: string[] = [];
beforeAll(async () => {
  w = await net();
});
afterEach(async () => {
  for (const name of made.splice(0)) await w.sql(`drop function ${name} cascade`);
});
afterAll(() => w.close());

async function born(): Promise<number> {
  const id = next++;
  await w.sql(`insert into knot (id, name, weight) values (${id}, 'a', 1)`);
  return id;
}

/** A trigger of this name on the knots that does this. */
async function trigger(name: string, when: string, body: string): Promise<void> {
  made.push(name);
  await w.sql(`create function ${name}() returns trigger language plpgsql as $$ begin ${body}; return coalesce(new, old); end $$;
    create trigger ${name} ${when} execute function ${name}()`);
}

const sets = (id: number, name: string) => () => w.sql(`update knot set name = '${name}' where id = ${id}`);
/** The same by a flush. */
const saves = (id: number, values: object) => () =>
  w.as('hazel', async (em) => {
    Object.assign(await em.findOneOrFail(Knot, id), values);
    await em.flush();
  });

describe('AUD-4 what other triggers do to the row that set them off', () => {
  it('a record that one statement removes and makes anew is there: the trigger of what was made fires first', async () => {
    const id = await born();
    const brought = await broughtBy(w, () =>
      w.sql(`with gone as (delete from knot where id = ${id} returning id) insert into knot (id, name) select id, 'anew' from gone`),
    );
    expect(brought.map((one) => one.split(' name')[0])).toEqual([`delete ${id}`, `create ${id}`]);
  });

  it('so is one that comes back with the very same values; one that is made and removed by two statements of a message is gone', async () => {
    const anew = (from: number, as: number) => `with gone as (delete from knot where id = ${from} returning *)
      insert into knot (id, name, weight) select ${as}, name, weight from gone`;
    const [one, other] = [await born(), await born()];
    const lives = async (work: () => Promise<unknown>) => (await broughtBy(w, work)).map((brought) => brought.split(' name')[0]);
    expect(await lives(() => w.sql(anew(one, one)))).toEqual([`delete ${one}`, `create ${one}`]);
    const again = `delete from knot where id = ${one}; insert into knot (id, name) values (${one}, 'x'); ${anew(one, one)}`;
    expect(await lives(() => w.sql(`do $$ begin ${again}; end $$`))).toEqual(
      ['delete', 'create', 'delete', 'create'].map((what) => `${what} ${one}`),
    );
    const gone = `delete from knot where id = ${other}; ${anew(one, other)}; delete from knot where id = ${other}`;
    const brought = await lives(() => w.sql(`do $$ begin ${gone}; end $$`));
    const of = (id: number) => brought.filter((one) => one?.endsWith(` ${id}`));
    expect([of(one), of(other)]).toEqual([[`delete ${one}`], ['delete', 'create', 'delete'].map((what) => `${what} ${other}`)]);
    expect(await w.sql(`select id from knot where id in (${one}, ${other})`)).toEqual([]);
  });

  it('a value that an AFTER trigger puts back, by row and by statement, by SQL and by a flush', async () => {
    for (const how of ['for each row', 'for each statement']) {
      const id = await born();
      await trigger('put_back', `after update on knot ${how} when (pg_trigger_depth() = 0)`, `update knot set name = 'a' where name = 'b'`);
      const there = [`update ${id} name: a → b`, `update ${id} name: b → a`];
      expect(await broughtBy(w, sets(id, 'b'))).toEqual(there);
      expect(await broughtBy(w, saves(id, { name: 'b' }))).toEqual(there);
      await w.sql(`drop function ${made.pop() ?? ''} cascade`);
    }
  });

  it('several values that are restored, one of them by a statement of its own', async () => {
    const id = await born();
    await trigger(
      'restore',
      'after update on knot for each row when (pg_trigger_depth() = 0)',
      'update knot set name = old.name, left_id = old.left_id where id = old.id; update knot set weight = old.weight where id = old.id',
    );
    const events = [
      `update ${id} name: a → b, weight: 1 → 2, left: null → 1`,
      `update ${id} name: b → a, left: 1 → null`,
      `update ${id} weight: 2 → 1`,
    ];
    expect(await broughtBy(w, () => w.sql(`update knot set name = 'b', weight = 2, left_id = 1 where id = ${id}`))).toEqual(events);
    expect(await broughtBy(w, saves(id, { name: 'b', weight: 2, left: 1 }))).toEqual(events);
  });

  it('a row that an AFTER trigger deletes: one that was changed, and one that was made', async () => {
    const id = await born();
    await trigger('remove', `after insert or update on knot for each row when (new.name = 'gone')`, 'delete from knot where id = new.id');
    expect(await broughtBy(w, sets(id, 'gone'))).toEqual([
      `update ${id} name: a → gone`,
      `delete ${id} name: gone → null, weight: 1 → null, home: 1 → null`,
    ]);
    const fresh = next++;
    expect(await broughtBy(w, () => w.sql(`insert into knot (id, name) values (${fresh}, 'gone')`))).toEqual([
      `create ${fresh} name: null → gone, home: null → 1`,
      `delete ${fresh} name: gone → null, home: 1 → null`,
    ]);
  });

  it('a row that an AFTER trigger makes anew: after a removal, and after removing what was changed', async () => {
    const [one, two] = [await born(), await born()];
    await trigger('again', 'after delete on knot for each row when (pg_trigger_depth() = 0)', 'insert into knot select old.*');
    const whole = (id: number, name: string, from: boolean) =>
      ['name: ', 'weight: ', 'home: ']
        .map((field, i) => field + (from ? `${[name, 1, 1][i]} → null` : `null → ${[name, 1, 1][i]}`))
        .join(', ') || id;
    expect(await broughtBy(w, () => w.sql(`delete from knot where id = ${one}`))).toEqual([
      `delete ${one} ${whole(one, 'a', true)}`,
      `create ${one} ${whole(one, 'a', false)}`,
    ]);
    await trigger(
      'exchange',
      `after update on knot for each row when (new.name = 'b')`,
      `delete from knot where id = new.id; insert into knot (id, name, weight) values (new.id, 'a', 1)`,
    );
    expect(await broughtBy(w, sets(two, 'b'))).toEqual([
      `update ${two} name: a → b`,
      `delete ${two} ${whole(two, 'b', true)}`,
      `create ${two} ${whole(two, 'a', false)}`,
    ]);
  });

  it('chains: what a trigger sets off another one puts back, each in its turn', async () => {
    const id = await born();
    await trigger('second', `after update on knot for each row when (new.name = 'b')`, `update knot set name = 'c' where id = new.id`);
    await trigger(
      'third',
      `after update on knot for each row when (new.name = 'c')`,
      `update knot set name = 'a' where id = new.id; update knot set weight = weight + 1 where id = new.id`,
    );
    const steps = (weight: number) => [
      `update ${id} name: a → b`,
      `update ${id} name: b → c`,
      `update ${id} name: c → a`,
      `update ${id} weight: ${weight} → ${weight + 1}`,
    ];
    expect(await broughtBy(w, sets(id, 'b'))).toEqual(steps(1));
    expect(await broughtBy(w, saves(id, { name: 'b' }))).toEqual(steps(2));
  });

  it('back and forth and back, and another statement that begins where the trigger ended', async () => {
    const id = await born();
    await trigger(
      'toggle',
      `after update on knot for each row when (old.name = 'a' and new.name = 'b' and pg_trigger_depth() = 0)`,
      `update knot set name = 'a' where id = new.id; update knot set name = 'b' where id = new.id; update knot set name = 'a' where id = new.id`,
    );
    const once = [`update ${id} name: a → b`, `update ${id} name: b → a`];
    expect(await broughtBy(w, sets(id, 'b'))).toEqual([...once, ...once]);
    expect(
      await broughtBy(w, () => w.sql(`do $$ begin for i in 1..2 loop update knot set name = 'b' where id = ${id}; end loop; end $$`)),
    ).toEqual([...once, ...once, ...once, ...once]);
  });

  it('what a BEFORE trigger removes to make room goes first, by row and by statement', async () => {
    for (const how of ['for each row', 'for each statement']) {
      const id = await born();
      await trigger('make_room', `before insert on knot ${how}`, `delete from knot where id = ${id}`);
      expect(await broughtBy(w, () => w.sql(`insert into knot (id, name) values (${id}, 'new')`))).toEqual([
        `delete ${id} name: a → null, weight: 1 → null, home: 1 → null`,
        `create ${id} name: null → new, home: null → 1`,
      ]);
      await w.sql(`drop function ${made.pop() ?? ''} cascade`);
    }
  });

  it('what the trigger of a table that nobody audits does stands before the statements after it', async () => {
    const id = await born();
    await w.sql('create table slip (id int); grant insert on slip to public');
    await trigger(
      'by_slip',
      'after insert on slip for each row',
      `update knot set name = case name when 'a' then 'b' else 'a' end where id = new.id`,
    );
    const events = await broughtBy(w, () =>
      w.as('hazel', (em) =>
        em.transactional(async (inner) => {
          await inner.execute(`insert into slip values (${id})`);
          await inner.execute(`update knot set name = 'a' where id = ${id}`);
        }),
      ),
    );
    await w.sql('drop table slip');
    expect(events).toEqual([`update ${id} name: a → b`, `update ${id} name: b → a`]);
  });

  it('within one message too, whatever set it off: a table that nobody audits, or what changes nothing recorded', async () => {
    const id = await born();
    await w.sql('create table slip (id int); grant insert on slip to public');
    const toggle = `update knot set name = case name when 'a' then 'b' else 'a' end where id = new.id`;
    await trigger('by_slip', 'after insert on slip for each row', toggle);
    await trigger('by_same', 'after update on knot for each row when (new = old)', toggle);
    const there = [`update ${id} name: a → b`, `update ${id} name: b → a`];
    for (const first of [`insert into slip values (${id})`, `update knot set name = name where id = ${id}`]) {
      const twice = `do $$ begin ${first}; update knot set name = 'a' where id = ${id}; end $$`;
      expect(await broughtBy(w, () => w.sql(twice))).toEqual(there);
      expect(await broughtBy(w, () => w.as('hazel', (em) => em.execute(twice)))).toEqual(there);
    }
    await w.sql('drop table slip');
  });

  it('a row that a BEFORE trigger removes and that comes anew as it was is there; one that an AFTER trigger removes is not', async () => {
    const id = await born();
    const whole = ['name: a', 'weight: 1', 'home: 1'];
    const gone = `delete ${id} ${whole.map((one) => `${one} → null`).join(', ')}`;
    const back = `create ${id} ${whole.map((one) => one.replace(': ', ': null → ')).join(', ')}`;
    const insert = () => w.sql(`insert into knot (id, name, weight) values (${id}, 'a', 1)`);
    await trigger('make_room', 'before insert on knot for each row', `delete from knot where id = new.id`);
    expect(await broughtBy(w, insert)).toEqual([gone, back]);
    await w.sql(`drop function ${made.pop() ?? ''} cascade; delete from knot where id = ${id}`);
    await trigger('remove', 'after insert on knot for each row', 'delete from knot where id = new.id');
    expect(await broughtBy(w, insert)).toEqual([back, gone]);
  });

  it('what a foreign key does to another table stands before what a trigger then does to it', async () => {
    const [one, moved, again] = [next++, next++, next++];
    await w.sql(`insert into knot (id, name) values (${one}, 'a'); insert into knot_friends values (${one}, ${one})`);
    await trigger(
      'move_on',
      `after update on knot for each row when (new.id = ${moved})`,
      `update knot set id = ${again} where id = ${moved}`,
    );
    const events = await broughtBy(w, () => w.sql(`update knot set id = ${moved} where id = ${one}`));
    expect(events.filter((event) => event.includes('friends')).map((event) => event.replace(/ name.*friends/, ' friends'))).toEqual([
      `update ${moved} friends: null → ["${moved}"]`,
      `update ${again} friends: null → ["${again}"]`,
      `delete ${one} friends: ["${one}"] → null`,
      `delete ${moved} friends: ["${moved}"] → null`,
    ]);
  });

  it('many rows of one statement, each put back', async () => {
    const from = next;
    next += 200;
    await w.sql(`insert into knot (id, name) select ${from} + n, 'a' from generate_series(0, 199) n`);
    await trigger(
      'put_back',
      'after update on knot for each row when (pg_trigger_depth() = 0)',
      'update knot set name = old.name where id = old.id',
    );
    const events = await broughtBy(w, () => w.sql(`update knot set name = 'b' where id >= ${from}`));
    expect(events.filter((event) => event.endsWith('a → b'))).toHaveLength(200);
    expect(events.filter((event) => event.endsWith('b → a'))).toHaveLength(200);
  });
});
