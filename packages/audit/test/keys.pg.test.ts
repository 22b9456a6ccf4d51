import { defineEntity, p } from '@mikro-orm/postgresql';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { Event } from '../src/events/entry.ts';
import { audited, never, unaudited } from '../src/policy/policy.ts';
import { dig, eventsIn } from './rabbits.ts';
import { Rabbit, Warren, world, worldOf, type World } from './warren.ts';

// A primary key is who a record is: where it changes, one record ends and another begins. Keys may be shifted and
// swapped by one statement, where the row that has a key after it isn't the row that had it before.

let w: World;
let warren: string;
let next = 100;

beforeAll(async () => {
  w = await world();
  warren = await dig(w);
  // A key that is checked at the end of the transaction, so that a statement may swap and shift keys.
  await w.sql('alter table rabbit drop constraint rabbit_pkey cascade');
  await w.sql('alter table rabbit add primary key (id) deferrable initially deferred');
});
afterAll(() => w.close());

const eventsOf = (work: () => Promise<unknown>) => eventsIn(w, work);

async function born(count: number): Promise<number[]> {
  const ids = Array.from({ length: count }, () => (next += 10));
  await w.as('fiver', async (em) => {
    for (const id of ids) em.create(Rabbit, { id, warren: em.getReference(Warren, warren), name: `R${id}`, tame: false } as never);
    await em.flush();
  });
  return ids;
}

const named = ({ operation, target, changes }: Event) => {
  const name = changes.find((change) => change.field === 'name');
  return `${operation} ${target?.id}${name && 'new' in name ? `: ${name.old as string} → ${name.new as string}` : ''}`;
};

describe('AUD-4 a changed key is a removal and a creation, each exactly once', () => {
  it('keys that are shifted by one statement', async () => {
    const ids = [++next, ++next, ++next];
    await w.sql(`insert into rabbit (id, warren_id, name, updated_at) select v, $1, 'R' || v, now() from unnest($2::int[]) v`, [
      warren,
      ids,
    ]);
    const events = await eventsOf(() => w.sql('update rabbit set id = id + 1 where id = any($1)', [ids]));
    const [one, two, three] = ids as [number, number, number];
    expect(events.map(named)).toEqual([
      ...ids.map((id) => `delete ${id}: R${id} → null`),
      `create ${two}: null → R${one}`,
      `create ${three}: null → R${two}`,
      `create ${three + 1}: null → R${three}`,
    ]);
  });

  it('keys that are swapped, while another row changes something else', async () => {
    const [one, two, three] = (await born(3)) as [number, number, number];
    const events = await eventsOf(() =>
      w.sql(
        `update rabbit set id = case id when $1::int then $2::int when $2 then $1 else id end, name = case id when $3::int then 'other' else name end
          where id in ($1, $2, $3)`,
        [one, two, three],
      ),
    );
    expect(events.map(named)).toEqual([
      `delete ${one}: R${one} → null`,
      `delete ${two}: R${two} → null`,
      `create ${two}: null → R${one}`,
      `create ${one}: null → R${two}`,
      `update ${three}: R${three} → other`,
    ]);
  });

  it('what the same transaction does to the rows afterwards is theirs', async () => {
    const [one, two] = (await born(2)) as [number, number];
    const events = await eventsOf(() =>
      w.as('hazel', (em) =>
        em.transactional(async (inner) => {
          await inner.execute('update rabbit set id = id + 1 where id in (?, ?)', [one, two]);
          await inner.execute(`update rabbit set name = name || '!' where id in (?, ?)`, [one + 1, two + 1]);
        }),
      ),
    );
    expect(events.map(named).slice(-2)).toEqual([`update ${one + 1}: R${one} → R${one}!`, `update ${two + 1}: R${two} → R${two}!`]);
    expect(events).toHaveLength(6);
  });

  it('whoever says that keys changed where none did changes nothing of what is recorded', async () => {
    const [one, two] = (await born(2)) as [number, number];
    const events = await eventsOf(() =>
      w.as('hazel', (em) =>
        em.transactional(async (inner) => {
          await inner.execute(`set local "audit.moved" to 'on'`);
          await inner.execute(`update rabbit set name = name || '!' where id in (?, ?)`, [one, two]);
        }),
      ),
    );
    expect(events.map(named)).toEqual([`update ${one}: R${one} → R${one}!`, `update ${two}: R${two} → R${two}!`]);
  });
});

describe('AUD-2 a key that a flush changes', () => {
  it('is told as a removal and a creation, by whom and why, and neither recorder disagrees', async () => {
    const [id] = (await born(1)) as [number];
    const events = await eventsOf(() =>
      w.as(
        'hazel',
        async (em) => {
          Object.assign(await em.findOneOrFail(Rabbit, id), { id: id + 1, name: 'Moved' });
          await em.flush();
        },
        { reason: 'a new number' },
      ),
    );
    expect(events.map(named)).toEqual([`delete ${id}: R${id} → null`, `create ${id + 1}: null → Moved`]);
    expect(events.map(({ actor, reason }) => [actor.id, reason])).toEqual([1, 2].map(() => ['hazel', 'a new number']));
  });

  it('several records that one flush changes keep theirs', async () => {
    const ids = await born(2);
    const events = await eventsOf(() =>
      w.as('hazel', async (em) => {
        for (const rabbit of await em.find(Rabbit, { id: { $in: ids } })) rabbit.name = `${rabbit.name}!`;
        await em.flush();
      }),
    );
    expect(events.map(named).toSorted()).toEqual(ids.map((id) => `update ${id}: R${id} → R${id}!`));
  });
});

describe('AUD-4 a key has one spelling, however a program gives it', () => {
  const Badge = defineEntity({ name: 'Badge', tableName: 'badge', properties: { id: p.uuid().primary(), name: p.text() } });
  const Card = defineEntity({
    name: 'Card',
    tableName: 'card',
    properties: { id: p.uuid().primary(), name: p.text(), badges: () => p.manyToMany(Badge) },
  });
  const Price = defineEntity({
    name: 'Price',
    tableName: 'price',
    schema: 'sales',
    properties: { amount: p.decimal().precision(8).scale(2).primary(), card: () => p.manyToOne(Card).primary(), name: p.text() },
  });
  const name = { label: 'Name', kind: 'text' as const };
  const actions = (action: string) => ({ vocabulary: { [action]: { label: 'Changed' } }, general: action });
  const badges = { label: 'Badges', kind: 'members' as const };
  const policies = [
    unaudited(Badge, 'a fixed list'),
    audited(Card, {
      area: 'meadow',
      label: 'Card',
      title: () => 'Card',
      fields: { id: never('the key'), name, badges },
      actions: actions('card_changed'),
    }),
    audited(Price, {
      area: 'meadow',
      label: 'Price',
      title: () => 'Price',
      fields: { amount: never('the key'), card: { label: 'Card', kind: 'reference' }, name },
      actions: actions('price_changed'),
    }),
  ];
  const [badge, id] = ['aaaaaaaa-0000-4000-8000-00000000000a', 'abcdef00-0000-4000-8000-0000000000ff'];
  let cards: World;
  beforeAll(async () => {
    cards = await worldOf({
      name: 'cards',
      entities: [Badge, Card, Price],
      policies,
      actions: [],
      tables: ['badge', 'card', 'card_badges', 'sales.price'],
      seed: [`insert into badge values ('${badge}', 'a')`, 'grant usage on schema sales to warren_app'],
    });
  });
  afterAll(() => cards.close());

  it('a uuid in capitals, of the record and of a member, and a decimal with fewer digits in a key of two columns', async () => {
    const events = await eventsIn(cards, async () => {
      await cards.as('hazel', async (em) => {
        em.create(Card, { id: id.toUpperCase(), name: 'a', badges: [em.getReference(Badge, badge.toUpperCase())] });
        await em.flush();
      });
      await cards.as('hazel', async (em) => {
        em.create(Price, { amount: '1.5', card: em.getReference(Card, id.toUpperCase()), name: 'b' });
        await em.flush();
      });
    });
    expect(events.map(({ operation, target, changes }) => [operation, target?.id, changes])).toEqual([
      [
        'create',
        id,
        [
          { field: 'name', old: null, new: 'a' },
          { field: 'badges', old: null, new: `["${badge}"]` },
        ],
      ],
      [
        'create',
        `1.50~~~${id}`,
        [
          { field: 'card_id', old: null, new: id },
          { field: 'name', old: null, new: 'b' },
        ],
      ],
    ]);
  });

  it('a record of another schema than its entity says is refused, with what to do', async () => {
    await cards.sql('create table sales.card (like card including all); grant all on sales.card to warren_app');
    const saved = cards.as('hazel', async (em) => {
      const other = em.fork({ schema: 'sales' });
      other.create(Card, { id, name: 'elsewhere' });
      await other.flush();
    });
    await expect(saved).rejects.toThrow(`Card ${id} would be saved in the schema sales, whose tables are not recorded: save it with`);
    expect(await cards.sql('select from sales.card')).toEqual([]);
    const same = eventsIn(cards, () =>
      cards.as('hazel', async (em) => {
        const own = em.fork({ schema: 'public' });
        own.create(Card, { id: crypto.randomUUID(), name: 'here' });
        await own.flush();
      }),
    );
    expect(await same).toHaveLength(1);
  });

  it.each(['sales', `''`])('nor does it matter where a transaction looks for names: set local search_path = %s', async (path) => {
    const other = crypto.randomUUID();
    await cards.sql(`insert into card values ('${other}', 'b')`);
    await cards.sql(`insert into sales.price (amount, card_id, name) values (2, '${other}', 'b')`);
    const events = await eventsIn(cards, () =>
      cards.as('hazel', (em) =>
        em.transactional(async (inner) => {
          const price = await inner.findOneOrFail(Price, { card: other });
          await inner.execute(`set local search_path = ${path}`);
          price.name = 'elsewhere';
          await inner.flush();
        }),
      ),
    );
    expect(events.map(({ operation, target, actor }) => [operation, target?.id, actor.id])).toEqual([
      ['update', `2.00~~~${other}`, 'hazel'],
    ]);
  });
});
