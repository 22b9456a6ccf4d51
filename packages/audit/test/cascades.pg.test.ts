import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { broughtBy, Knot, net } from './knots.ts';
import type { World } from './warren.ts';

// Foreign keys change rows too, and one statement's may change a row more than once: each of these changes is recorded
// once, in the order in which they were made.

let w: World;
let next = 100;
beforeAll(async () => {
  w = await net();
});
afterAll(() => w.close());

type References = Partial<Record<'left' | 'right' | 'home' | 'parent', number>>;

async function tied(references: References = {}): Promise<number> {
  const id = (next += 2);
  const columns = ['home', ...Object.keys(references).filter((name) => name !== 'home')];
  const values = [references.home ?? 1, ...Object.entries(references).flatMap(([name, to]) => (name === 'home' ? [] : [to]))];
  await w.sql(
    `insert into knot (id, name, ${columns.map((name) => `${name}_id`).join(', ')}) values (${id}, 'K${id}', ${values.join(', ')})`,
  );
  return id;
}

const changes = async (statement: string) => {
  const events = await broughtBy(w, () => w.sql(statement));
  return (id: number) => events.filter((event) => event.startsWith(`update ${id} `)).map((event) => event.slice(`update ${id} `.length));
};

describe('AUD-4 what the foreign keys of one statement do', () => {
  it('a row whose two references are emptied by one statement has two changes', async () => {
    const [one, two] = [await tied(), await tied()];
    const both = await tied({ left: one, right: two });
    const [crossed, other] = [await tied({ left: two, right: one }), await tied({ left: two })];
    const of = await changes(`delete from knot where id in (${one}, ${two})`);
    expect(of(both)).toEqual([`left: ${one} → null`, `right: ${two} → null`]);
    expect(of(crossed)).toEqual([`right: ${one} → null`, `left: ${two} → null`]);
    expect(of(other)).toEqual([`left: ${two} → null`]);
  });

  it('three references to three rows, one of them with a default', async () => {
    const [one, two, three] = [await tied(), await tied(), await tied()];
    const all = await tied({ left: one, right: two, home: three });
    const of = await changes(`delete from knot where id in (${one}, ${two}, ${three})`);
    expect(of(all)).toEqual([`left: ${one} → null`, `right: ${two} → null`, `home: ${three} → 1`]);
  });

  it('two references to the same row', async () => {
    const one = await tied();
    const both = await tied({ left: one, right: one, home: one });
    const of = await changes(`delete from knot where id = ${one}`);
    expect(of(both).toSorted()).toEqual([`home: ${one} → 1`, `left: ${one} → null`, `right: ${one} → null`]);
  });

  it('by a flush too: what it told is its own, the rest are changes of their own', async () => {
    const [one, two] = [await tied(), await tied()];
    const both = await tied({ left: one, right: two });
    const events = await broughtBy(w, () =>
      w.as('hazel', async (em) => {
        for (const knot of await em.find(Knot, { id: { $in: [one, two] } })) em.remove(knot);
        await em.flush();
      }),
    );
    expect(events.filter((event) => event.startsWith('update'))).toEqual([
      `update ${both} left: ${one} → null`,
      `update ${both} right: ${two} → null`,
    ]);
  });

  it('several levels: rows that go with their parents, and what refers to them', async () => {
    const top = await tied();
    const middle = await tied({ parent: top });
    const [leaf, twig] = [await tied({ parent: middle, left: top }), await tied({ parent: middle, left: middle, right: top })];
    const beside = await tied({ left: leaf, right: twig, home: middle });
    const events = await broughtBy(w, () => w.sql(`delete from knot where id = ${top}`));
    for (const one of [top, middle, leaf, twig]) expect(events.filter((event) => event.startsWith(`delete ${one} `))).toHaveLength(1);
    expect(events.filter((event) => event.startsWith(`update ${beside} `)).toSorted()).toEqual([
      `update ${beside} home: ${middle} → 1`,
      `update ${beside} left: ${leaf} → null`,
      `update ${beside} right: ${twig} → null`,
    ]);
  });

  it('a key that two references of one row follow, and one of its own', async () => {
    const [one, two] = [await tied(), await tied()];
    const both = await tied({ left: one, right: two });
    const of = await changes(`update knot set id = id + 1 where id in (${one}, ${two})`);
    expect(of(both)).toEqual([`left: ${one} → ${one + 1}`, `right: ${two} → ${two + 1}`]);
    const self = await tied();
    await w.sql(`update knot set left_id = id, right_id = id, weight = 1 where id = ${self}`);
    const events = await broughtBy(w, () => w.sql(`update knot set id = id + 1 where id = ${self}`));
    expect(events).toEqual([
      `delete ${self} name: K${self} → null, weight: 1 → null, left: ${self} → null, right: ${self} → null, home: 1 → null`,
      `create ${self + 1} name: null → K${self}, weight: null → 1, left: null → ${self}, right: null → ${self}, home: null → 1`,
      `update ${self + 1} left: ${self} → ${self + 1}`,
      `update ${self + 1} right: ${self} → ${self + 1}`,
    ]);
  });

  it('members whose two keys are changed by one statement', async () => {
    const [one, two, three] = [await tied(), await tied(), await tied()];
    await w.sql(`insert into knot_friends values (${one}, ${two}), (${two}, ${three}), (${three}, ${three})`);
    const events = await broughtBy(w, () => w.sql(`update knot set id = id + 1 where id in (${one}, ${two}, ${three})`));
    expect(events.filter((event) => event.startsWith('update'))).toEqual([
      `update ${one + 1} friends: null → ["${two + 1}"]`,
      `update ${two + 1} friends: null → ["${three + 1}"]`,
      `update ${three + 1} friends: null → ["${three + 1}"]`,
    ]);
    expect(await w.sql(`select from knot_friends where knot_1_id in (${one + 1}, ${two + 1}, ${three + 1})`)).toHaveLength(3);
  });

  it('many rows with two references each', async () => {
    const [one, two] = [await tied(), await tied()];
    const from = (next += 2);
    next += 2_000;
    await w.sql(`insert into knot (id, name, left_id, right_id) select ${from} + n, 'many', ${one}, ${two} from generate_series(1, 300) n`);
    const events = await broughtBy(w, () => w.sql(`delete from knot where id in (${one}, ${two})`));
    expect(events.filter((event) => event.startsWith('update'))).toHaveLength(600);
  });

  it('what the same transaction does afterwards', async () => {
    const [one, two] = [await tied(), await tied()];
    const both = await tied({ left: one, right: two });
    const of = await changes(`do $$ begin
      delete from knot where id in (${one}, ${two});
      update knot set name = name || '!' where id = ${both};
      update knot set left_id = 1, right_id = 1 where id = ${both};
    end $$`);
    expect(of(both)).toEqual([
      `left: ${one} → null`,
      `right: ${two} → null`,
      `name: K${both} → K${both}!`,
      'left: null → 1, right: null → 1',
    ]);
  });
});
