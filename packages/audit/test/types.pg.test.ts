import { defineEntity, p, raw } from '@mikro-orm/postgresql';
import { Client } from 'pg';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { Event } from '../src/events/entry.ts';
import { limitOf } from '../src/values/column-limits.ts';
import { AuditLogError } from '../src/events/errors.ts';
import { audited, never } from '../src/policy/policy.ts';
import { eventsIn } from './rabbits.ts';
import { worldOf, type World } from './warren.ts';

// Every type that MikroORM and PostgreSQL offer, in every spelling: what a flush tells, what the triggers see and what is
// read again are one and the same value, recorded as one text.

const Sex = { doe: 'doe', buck: 'buck' } as const;

const Burrow = defineEntity({
  name: 'Burrow',
  tableName: 'burrow',
  properties: { field: p.integer().primary(), name: p.string().primary() },
});

const Feet = defineEntity({
  name: 'Feet',
  embeddable: true,
  properties: { count: p.integer(), size: p.decimal().precision(8).scale(2).nullable(), washed: p.datetime(3).nullable() },
});

const Zoo = defineEntity({
  name: 'Zoo',
  tableName: 'zoo',
  properties: {
    id: p.integer().primary(),
    small: p.smallint().nullable(),
    tiny: p.tinyint().nullable(),
    big: p.bigint().nullable(),
    bigText: p.bigint('string').nullable(),
    bigNumber: p.bigint('number').nullable(),
    single: p.float().nullable(),
    double: p.double().nullable(),
    money: p.decimal().precision(12).scale(2).nullable(),
    whole: p.decimal().columnType('numeric(6)').nullable(),
    exact: p.decimal().columnType('numeric').nullable(),
    decimalNumber: p.decimal('number').columnType('numeric(30,4)').nullable(),
    flag: p.boolean().nullable(),
    words: p.text().nullable(),
    short: p.string().length(4).nullable(),
    padded: p.character().length(5).nullable(),
    day: p.date().nullable(),
    clock: p.time().nullable(),
    clockText: p.string().columnType('time(3)').nullable(),
    clockZone: p.string().columnType('timetz').nullable(),
    moment: p.datetime(3).nullable(),
    fine: p.datetime(6).nullable(),
    coarse: p.datetime(0).nullable(),
    local: p.datetime().columnType('timestamp(3)').nullable(),
    span: p.interval().nullable(),
    spanText: p.string().columnType('interval').nullable(),
    uid: p.uuid().nullable(),
    doc: p.json().nullable(),
    docText: p.json().columnType('json').nullable(),
    bytes: p.blob().nullable(),
    bytes8: p.uint8array().nullable(),
    names: p.array().nullable(),
    numbers: p
      .array((i) => Number(i))
      .columnType('int[]')
      .nullable(),
    decimals: p.array().columnType('numeric[]').nullable(),
    instants: p.array().columnType('timestamptz[]').nullable(),
    sex: p.enum(() => Sex).nullable(),
    nativeSex: p
      .enum(() => Sex)
      .nativeEnumName('zoo_sex')
      .nullable(),
    rank: p.enum([1, 2, 3]).nullable(),
    sexes: p
      .enum(() => Sex)
      .array()
      .nullable(),
    burrow: () => p.manyToOne(Burrow).nullable(),
    feet: () => p.embedded(Feet).nullable(),
    claws: () => p.embedded(Feet).object().nullable(),
    paws: () => p.embedded(Feet).array().nullable(),
    address: p.string().columnType('inet').nullable(),
    network: p.string().columnType('cidr').nullable(),
    range: p.string().columnType('int4range').nullable(),
    spell: p.string().columnType('tstzrange').nullable(),
    place: p.string().columnType('point').nullable(),
    area: p.string().columnType('box').nullable(),
    page: p.string().columnType('xml').nullable(),
    bits: p.string().columnType('bit varying(8)').nullable(),
    price: p.string().columnType('money').nullable(),
    search: p.string().columnType('tsvector').nullable(),
  },
});

const properties = Object.keys(Zoo.meta.properties).filter((name) => name !== 'id');
const zooPolicy = audited(Zoo, {
  area: 'meadow',
  label: 'Zoo',
  fields: { id: never('the key'), ...Object.fromEntries(properties.map((name) => [name, { label: name, kind: 'text' }])) } as never,
  title: (row) => `Zoo ${row.id}`,
  actions: { vocabulary: { zoo_changed: { label: 'Changed' } }, general: 'zoo_changed' },
});
const burrowPolicy = audited(Burrow, {
  area: 'meadow',
  label: 'Burrow',
  fields: { field: never('the key'), name: never('the key') },
  title: (row) => `Burrow ${row.name}`,
  actions: { vocabulary: { burrow_changed: { label: 'Changed' } }, general: 'burrow_changed' },
});

let w: World;
let next = 1;

beforeAll(async () => {
  w = await worldOf({
    name: 'zoo',
    entities: [Zoo, Burrow, Feet],
    policies: [zooPolicy, burrowPolicy],
    actions: [],
    tables: ['zoo', 'burrow'],
    seed: [],
  });
  await w.as('fiver', async (em) => {
    em.create(Burrow, { field: 1, name: 'deep' });
    em.create(Burrow, { field: 2, name: 'wide' });
    await em.flush();
  });
});
afterAll(() => w.close());

const eventsOf = (work: () => Promise<unknown>) => eventsIn(w, work);

const pairs = (event: Event | undefined): Record<string, unknown> =>
  Object.fromEntries<unknown>(
    (event?.changes ?? []).flatMap((change) => ('new' in change ? [[change.field, [change.old, change.new]]] : [])),
  );

/** By the property: a first value, a second one, and how the second is recorded; an `sql` where a flush can't say it. */
const VALUES: Readonly<Record<string, readonly [first: unknown, second: unknown, recorded: unknown]>> = {
  small: [1, -2, '-2'],
  tiny: [1, 2, '2'],
  big: [9_007_199_254_740_993n, 9_223_372_036_854_775_807n, '9223372036854775807'],
  bigText: ['1', '9007199254740993', '9007199254740993'],
  bigNumber: [1, 2, '2'],
  single: [0.1, 0.123_456_789_1, '0.12345679'],
  double: [0.1, 1e21, '1e+21'],
  money: ['1.5', '1.005', '1.01'],
  whole: ['1', '2.5', '3'],
  exact: ['1.50', '12345678901234567890.1234500', '12345678901234567890.12345'],
  decimalNumber: [1.5, 2.25, '2.2500'],
  flag: [true, false, 'false'],
  words: ['a', 'ä\u2028 "\\', 'ä\u2028 "\\'],
  short: ['ab', 'ab      ', 'ab  '],
  padded: ['ab', 'abc', 'abc'],
  day: ['2026-03-29', '2024-02-29', '2024-02-29'],
  clock: ['08:00:00', '09:30:00', '09:30:00'],
  clockText: ['08:00', '8:30:00.1236', '08:30:00.124'],
  clockZone: ['08:00+02', '08:30+05:30', '08:30:00+05:30'],
  moment: [new Date('2026-03-29T00:30:00.123Z'), new Date('1999-12-31T23:59:59.999Z'), '1999-12-31T23:59:59.999Z'],
  fine: [new Date('2026-03-29T00:30:00.123Z'), new Date('2026-03-29T00:30:00Z'), '2026-03-29T00:30:00.000Z'],
  coarse: [new Date('2026-03-29T00:30:00.500Z'), new Date('1999-12-31T23:59:58.500Z'), '1999-12-31T23:59:58.000Z'],
  local: [new Date('2026-03-29T02:30:00.123Z'), new Date('2026-03-29T00:30:00Z'), '2026-03-29T00:30:00.000Z'],
  spanText: ['1 day', 'P1Y2M3DT4H5M6.5S', '1 year 2 mons 3 days 04:05:06.5'],
  uid: ['A0EEBC99-9C0B-4EF8-BB6D-6BB9BD380A11', '{a0eebc999c0b4ef8bb6d6bb9bd380a12}', 'a0eebc99-9c0b-4ef8-bb6d-6bb9bd380a12'],
  doc: [{ a: 1.5, b: [1, null] }, [1, { x: null }], '[1,{"x":null}]'],
  docText: [[1], [1, 2], '[1,2]'],
  bytes: [Buffer.from([0, 255]), Buffer.alloc(100, 7), Buffer.alloc(100, 7).toString('base64')],
  bytes8: [new Uint8Array([0, 255]), new Uint8Array([1]), 'AQ=='],
  names: [['a'], ['a,b', '"c"', '', 'NULL', 'back\\slash', 'ä'], '["a,b","\\"c\\"","",null,"back\\\\slash","ä"]'],
  numbers: [[1], [2, -3], '[2,-3]'],
  decimals: [['1.50'], ['12345678901234567890', '2'], '[12345678901234567890,2]'],
  instants: [['2026-03-29 00:30:00+02'], ['2026-03-29T00:30:00Z'], '["2026-03-29T00:30:00.000Z"]'],
  sex: [Sex.doe, Sex.buck, 'buck'],
  nativeSex: [Sex.doe, Sex.buck, 'buck'],
  rank: [1, 3, '3'],
  sexes: [[Sex.doe], [Sex.buck, Sex.doe], '["buck","doe"]'],
  address: ['192.168.0.1', '192.168.0.1/32', undefined],
  network: ['10.0.0.0/8', '10.1.0.0/16', '10.1.0.0/16'],
  range: ['[1,3]', '[1,5)', '[1,5)'],
  spell: ['[2026-03-29 00:00+02,)', '[2026-03-30 00:00Z,)', '["2026-03-30 00:00:00+00",)'],
  place: ['(1,2)', '( 3 , 4.50)', '(3,4.5)'],
  area: ['(1,1),(0,0)', '(2,2),(1,1)', '(2,2),(1,1)'],
  page: ['<a/>', '<b>x</b>', '<b>x</b>'],
  bits: ['101', '111', '111'],
  price: ['$1.50', '2', '$2.00'],
  search: ['a b', 'b a', "'a':2 'b':1"],
};

const columnOf = (property: string): string => w.audit.registry.plans.get('Zoo')?.fields.get(property)?.name ?? property;

async function made(values: object): Promise<number> {
  const id = next++;
  await w.as('fiver', async (em) => {
    em.create(Zoo, { id, ...values } as never);
    await em.flush();
  });
  return id;
}

describe('AUD-4 AUD-10 every type', () => {
  it.each(Object.entries(VALUES))(
    '%s: a flush and the database agree, and record what is read again',
    async (property, [first, second, recorded]) => {
      const created = await eventsOf(() => made({ [property]: first }));
      const id = Number(created[0]?.target?.id);
      const field = columnOf(property);
      const old = (pairs(created[0])[field] as [null, unknown])[1];
      const [changed] = await eventsOf(() =>
        w.as('fiver', async (em) => {
          Object.assign(await em.findOneOrFail(Zoo, id), { [property]: second });
          await em.flush();
        }),
      );
      if (recorded === undefined) expect(changed).toBeUndefined();
      else expect(pairs(changed)).toEqual({ [field]: [old, recorded] });
      // Raw SQL that does the same records the same.
      const other = next++;
      const [bySql] = await eventsOf(() => w.sql(`insert into zoo (id, ${field}) select ${other}, ${field} from zoo where id = ${id}`));
      expect(pairs(bySql)).toEqual({ [field]: [null, recorded ?? old] });
      const [gone] = await eventsOf(() =>
        w.as('fiver', async (em) => {
          em.remove(await em.findOneOrFail(Zoo, id));
          await em.flush();
        }),
      );
      expect(pairs(gone)).toEqual({ [field]: [recorded ?? old, null] });
    },
  );
});

const changed = (id: number, change: (zoo: Record<string, unknown>) => void) =>
  eventsOf(() =>
    w.as('fiver', async (em) => {
      change((await em.findOneOrFail(Zoo, id)) as never);
      await em.flush();
    }),
  );

describe('AUD-4 what JavaScript can’t hold raises no alarm', () => {
  it('microseconds that a date of JavaScript loses, as the old value', async () => {
    const [id] = [await made({})];
    await w.sql(`update zoo set fine = '2026-03-29 00:30:00.123456+00' where id = $1`, [id]);
    const [event] = await changed(id, (zoo) => (zoo['fine'] = new Date('2026-03-30T00:00:00.001Z')));
    expect(pairs(event)).toEqual({ fine: ['2026-03-29T00:30:00.123456Z', '2026-03-30T00:00:00.001Z'] });
  });

  it('digits that a number loses, of a column and within JSON', async () => {
    const id = await made({});
    await w.sql(
      `update zoo set decimal_number = 12345678901234567890.1234, big_number = 9007199254740993, doc = '{"a": 12345678901234567890, "b": [1e400], "c": 1}' where id = $1`,
      [id],
    );
    const [event] = await eventsOf(() =>
      w.as('fiver', async (em) => {
        em.remove(await em.findOneOrFail(Zoo, id));
        await em.flush();
      }),
    );
    expect(pairs(event)).toEqual({
      decimal_number: ['12345678901234567890.1234', null],
      big_number: ['9007199254740993', null],
      doc: ['{"a":12345678901234567890,"b":[1e+400],"c":1}', null],
    });
  });

  it('numbers in groups of digits, and to another base', async () => {
    const id = await made({ money: '1_000', exact: '0x10', bigText: '1_0' });
    const [event] = await changed(id, (zoo) =>
      Object.assign(zoo, { money: '0b101', exact: '1_000.50', bigText: '0o17', double: '0x1.8p1' }),
    );
    expect(pairs(event)).toEqual({ money: ['1000.00', '5.00'], exact: ['16', '1000.5'], big_text: ['10', '15'], double: [null, '3'] });
  });

  it('an interval as the object that the ORM makes of it', async () => {
    const id = await made({});
    await w.sql(`update zoo set span = '1 year 2 mons -3 days 04:05:06.5' where id = $1`, [id]);
    const [event] = await changed(id, (zoo) => Object.assign(zoo['span'] as object, { years: 2, milliseconds: 250 }));
    expect(pairs(event)).toEqual({ span: ['1 year 2 mons -3 days +04:05:06.5', '2 years 2 mons -3 days +04:05:06.25'] });
  });

  it('a reference whose key has several columns', async () => {
    const id = await made({});
    const set = (name: string, field: number) =>
      eventsOf(() =>
        w.as('fiver', async (em) => {
          Object.assign(await em.findOneOrFail(Zoo, id), { burrow: em.getReference(Burrow, [field, name] as never) });
          await em.flush();
        }),
      );
    const [first] = await set('deep', 1);
    const [second] = await set('wide', 2);
    const field = columnOf('burrow');
    expect([pairs(first), pairs(second)]).toEqual([{ [field]: [null, '["1","deep"]'] }, { [field]: ['["1","deep"]', '["2","wide"]'] }]);
    const [bySql] = await eventsOf(() => w.sql(`update zoo set burrow_field = 1, burrow_name = 'deep' where id = $1`, [id]));
    expect(pairs(bySql)).toEqual({ [field]: ['["2","wide"]', '["1","deep"]'] });
    // Of which only one changes.
    await w.sql(`insert into burrow values (3, 'deep') on conflict do nothing`);
    const [third] = await set('deep', 3);
    const [onePart] = await eventsOf(() => w.sql(`update zoo set burrow_field = 1 where id = $1`, [id]));
    const [noPart] = await eventsOf(() => w.sql(`update zoo set burrow_name = null where id = $1`, [id]));
    expect([third, onePart, noPart].map(pairs)).toEqual([
      { [field]: ['["1","deep"]', '["3","deep"]'] },
      { [field]: ['["3","deep"]', '["1","deep"]'] },
      { [field]: ['["1","deep"]', null] },
    ]);
  });

  it('embedded objects, as columns, as JSON and as a list', async () => {
    const feet = { count: 4, size: '1.50', washed: new Date('2026-03-29T00:30:00.000Z') };
    const created = await eventsOf(() => made({ feet, claws: feet, paws: [feet] }));
    const id = Number(created[0]?.target?.id);
    const [event] = await changed(id, (zoo) => {
      for (const one of [zoo['feet'], zoo['claws'], (zoo['paws'] as object[])[0]] as (typeof feet)[])
        Object.assign(one, { count: 3, size: '2.00', washed: new Date('2026-03-30T00:30:00.000Z') });
    });
    expect(Object.keys(pairs(event)).toSorted()).toEqual([
      'claws.count',
      'claws.size',
      'claws.washed',
      'feet.count',
      'feet.size',
      'feet.washed',
      'paws',
    ]);
  });

  it('SQL of the database’s own in a flush', async () => {
    const id = await made({ money: '1.00' });
    const [event] = await changed(id, (zoo) => (zoo['money'] = raw('money + 1')));
    expect(pairs(event)).toEqual({ money: ['1.00', '2.00'] });
  });

  it('SQL of the database’s own in a record that is made, and changed by the same unit of work', async () => {
    const id = next++;
    const [created, second] = await eventsOf(() =>
      w.as('fiver', async (em) => {
        const zoo = em.create(Zoo, { id, money: raw('1 + 1'), words: raw(`'a' || 'b'`), tiny: 3 } as never);
        await em.flush();
        Object.assign(zoo, { words: 'c' });
        await em.flush();
      }),
    );
    expect(pairs(created)).toEqual({ money: [null, '2.00'], words: [null, 'ab'], tiny: [null, '3'] });
    expect(pairs(second)).toEqual({ words: ['ab', 'c'] });
  });

  it('a number with a fraction, which a column of whole numbers rounds', async () => {
    const [created] = await eventsOf(() => made({ small: 3.5 }));
    expect(pairs(created)).toEqual({ small: [null, '4'] });
    const [event] = await changed(Number(created?.target?.id), (zoo) => (zoo['small'] = -2.5));
    expect(pairs(event)).toEqual({ small: ['4', '-3'] });
  });
});

describe('AUD-10 the ends of what a type can hold', () => {
  it.each([
    ['day', `'infinity'`, 'infinity'],
    ['day', `'-infinity'`, '-infinity'],
    ['day', `'10000-01-01'`, '10000-01-01'],
    ['day', `'0044-03-15 BC'`, '0044-03-15 BC'],
    ['fine', `'infinity'`, 'infinity'],
    ['fine', `'294276-12-31 23:59:59.999999+00'`, '294276-12-31T23:59:59.999999Z'],
    ['fine', `'4713-01-01 00:00:00+00 BC'`, '4713-01-01T00:00:00.000Z BC'],
    ['exact', `'NaN'`, 'NaN'],
    ['exact', `'-Infinity'`, '-Infinity'],
    ['exact', `1e400`, `1${'0'.repeat(400)}`],
    ['exact', `1e-20`, '0.00000000000000000001'],
    ['double', `'NaN'`, 'NaN'],
    ['double', `'-Infinity'`, '-Infinity'],
    ['double', `5e-324`, '5e-324'],
    ['single', `'1e38'`, '1e+38'],
    ['span_text', `'infinity'`, 'infinity'],
    ['clock_text', `'24:00'`, '24:00:00'],
    ['doc', `'1e400'`, '1e+400'],
    ['doc', `'"\\u0001"'`, '"\\u0001"'],
    ['doc_text', `'{"a": "\\ud800"}'`, '{"a":"\\ud800"}'],
    ['doc_text', `'{"a": "\\u0000"}'`, '{"a":"\\u0000"}'],
    ['numbers', `'{{1,2},{3,NULL}}'`, '[[1,2],[3,null]]'],
    ['names', `'[5:6]={a,b}'`, '["a","b"]'],
    ['instants', `array['infinity'::timestamptz]`, '["infinity"]'],
  ])('%s %s is recorded with its exact text, and nothing is refused', async (column, literal, expected) => {
    const id = await made({});
    const [event, ...more] = await eventsOf(() => w.sql(`update zoo set ${column} = ${literal} where id = ${id}`));
    expect(more).toEqual([]);
    expect(event?.action).toBe('zoo_changed');
    expect(pairs(event)).toEqual({ [column]: [null, expected] });
  });

  it('no setting of a session shows in what is recorded', async () => {
    const id = await made({});
    const client = new Client(w.database.url);
    await client.connect();
    await client.query(
      `set datestyle = 'SQL, DMY'; set timezone = 'Asia/Kolkata'; set intervalstyle = 'sql_standard'; set extra_float_digits = -10; set bytea_output = 'escape'`,
    );
    const [event] = await eventsOf(() =>
      client.query(
        `update zoo set day = '2026-03-29', fine = '2026-03-29 00:30:00+00', span_text = '1 year 2 days', double = 0.1234567890123456, single = 0.1234567,
          bytes = '\\x00ff', instants = array['2026-03-29 00:30:00+00'::timestamptz] where id = ${id}`,
      ),
    );
    await client.end();
    expect(Object.fromEntries(Object.entries(pairs(event)).map(([field, pair]) => [field, (pair as unknown[])[1]]))).toEqual({
      day: '2026-03-29',
      fine: '2026-03-29T00:30:00.000Z',
      span_text: '1 year 2 days',
      double: '0.1234567890123456',
      single: '0.1234567',
      bytes: 'AP8=',
      instants: '["2026-03-29T00:30:00.000Z"]',
    });
  });

  it('nothing that a session puts before the database’s own names shows in what is recorded, or keeps it from being recorded', async () => {
    const id = await made({});
    const client = new Client(w.database.url);
    await client.connect();
    await client.query(
      `create schema trick;
       create function trick.current_setting(text, boolean) returns text language sql as $$ select 'forged' $$;
       create function trick.current_setting(text) returns text language sql as $$ select 'forged' $$;
       create function trick.host(inet) returns text language sql as $$ select 'forged' $$;
       create function trick.never(integer, integer) returns boolean language sql as $$ select true $$;
       create operator trick.= (leftarg = integer, rightarg = integer, function = trick.never);
       create temp table audit_inbox (kind "char", context text, document text);
       set application_name = 'a session of tricks';
       set search_path = pg_temp, trick, pg_catalog, public`,
    );
    const [event, ...more] = await eventsOf(() => client.query(`update zoo set small = 7 where id operator(pg_catalog.=) ${id}`));
    const { rows } = await client.query('select from pg_temp.audit_inbox');
    await client.end();
    await w.sql('drop schema trick cascade');
    expect([more, rows]).toEqual([[], []]);
    expect(event).toMatchObject({ actor: { kind: 'database' }, metadata: { application: 'a session of tricks' } });
    expect(pairs(event)).toEqual({ small: [null, '7'] });
  });

  it('what is equal and not the same is a change: a day and its hours, boxes of one size', async () => {
    const id = await made({});
    await w.sql(`update zoo set span_text = '1 day', area = '(1,1),(0,0)' where id = ${id}`);
    const [event] = await eventsOf(() => w.sql(`update zoo set span_text = '24:00', area = '(2,2),(1,1)' where id = ${id}`));
    expect(pairs(event)).toEqual({ span_text: ['1 day', '24:00:00'], area: ['(1,1),(0,0)', '(2,2),(1,1)'] });
  });
});

describe('AUD-10 a value that PostgreSQL can’t store', () => {
  it.each([
    ['words', 'a\0b'],
    ['doc', { deep: ['a\0b'] }],
    ['names', ['a', 'b\0']],
  ] as const)('%s: the flush is refused with entity, field and remedy, and nothing is saved', async (property, value) => {
    const id = 990_001;
    const saved = w.as('fiver', async (em) => {
      em.create(Zoo, { id, flag: true, [property]: value } as never);
      await em.flush();
    });
    await expect(saved).rejects.toThrow(`Zoo.${property} holds the character U+0000, which PostgreSQL can't store: take it out`);
    expect(await w.sql('select 1 from zoo where id = $1', [id])).toEqual([]);
  });

  it.each([
    ['doc', { deep: ['a\ud800b'] }],
    ['doc', { ['key \udc00']: 1 }],
  ] as const)('%s: half a surrogate pair in it is refused likewise', async (property, value) => {
    const saved = w.as('fiver', async (em) => {
      em.create(Zoo, { id: 990_003, flag: true, [property]: value } as never);
      await em.flush();
    });
    await expect(saved).rejects.toThrow(`Zoo.${property} holds half a surrogate pair, which PostgreSQL can't store: take it out`);
  });

  it.each([
    ['short', 'fifth', '5 characters, and its column has room for 4: shorten it, or widen the column before it is saved'],
    ['money', '12345678901.00', 'a number beyond what its column (numeric(12,2)) has room for: shorten it'],
    ['small', 40_000, 'a number beyond what its column (smallint) has room for'],
    ['burrow', [2 ** 31, 'deep'], 'a number beyond what its column (integer) has room for'],
  ] as const)('%s: what its column has no room for is refused likewise', async (property, value, problem) => {
    const id = 990_005;
    const saved = w.as('fiver', async (em) => {
      em.create(Zoo, { id, flag: true, [property]: property === 'burrow' ? em.getReference(Burrow, value as never) : value } as never);
      await em.flush();
    });
    await expect(saved).rejects.toThrow(`Zoo.${property} holds ${problem}`);
    await expect(saved).rejects.toBeInstanceOf(AuditLogError);
    expect(await w.sql('select 1 from zoo where id = $1', [id])).toEqual([]);
  });

  it('a column that is wider than its entity says takes what it has room for, and is recorded whole', async () => {
    await w.sql('alter table zoo alter short type varchar(6), alter small type int');
    const [event] = await eventsOf(() => made({ short: 'sixsix', small: 40_000 }));
    expect(pairs(event)).toEqual({ short: [null, 'sixsix'], small: [null, '40000'] });
    await expect(made({ short: 'seven..' })).rejects.toThrow('Zoo.short holds 7 characters, and its column has room for 6');
  });

  const LIMITED = {
    'varchar(4)': ['four', 'fifth', 'four  ', 'a🦊bc', 'a🦊bcd', '', '     '],
    'character varying(4)': ['fifth'],
    'char(4)': ['four', 'fifth', 'four  '],
    varchar: ['x'.repeat(300)],
    text: ['x'.repeat(300)],
    'numeric(5,2)': ['999.99', '999.994', '999.995', '-999.99', '-1000', '0.001', '1e2', '1e3', 'Infinity', '-inf', 'NaN', '00999.9'],
    'numeric(3)': ['999', '999.4', '999.5', '1000'],
    'numeric(3,5)': ['0.00999', '0.01', '0.009994', '0.009995', '0'],
    'numeric(2,-3)': ['99499', '99500', '99000', '499'],
    numeric: ['1e300', 'Infinity'],
    smallint: ['32767', '32768', '-32768', '-32769', '+7', ' 7 '],
    int: ['2147483647', '2147483648', '-2147483648', '-2147483649'],
    integer: ['2147483648'],
    bigint: ['9223372036854775807', '9223372036854775808', '-9223372036854775809'],
    real: ['3.4e38', '3.5e38', '-3.5e38', '3.40282356e38', '3.4028236e38', 'Infinity', 'NaN'],
  };
  it('refused is what the database refuses, and nothing else', async () => {
    for (const [type, values] of Object.entries(LIMITED)) {
      await w.sql(`create temporary table limited (value ${type})`);
      for (const value of values) {
        const refusal = await w.sql('insert into limited values ($1)', [value]).then(
          () => null,
          (problem: { code: string }) => problem.code,
        );
        expect({ type, value, refused: (limitOf(type)?.(value) ?? null) !== null }).toEqual({ type, value, refused: refusal !== null });
        if (refusal !== null) expect(refusal).toMatch(/^22(001|003)$/);
      }
      await w.sql('drop table limited');
    }
  });

  it('a column of type json takes them written out, and a whole pair is none', async () => {
    await w.as('fiver', async (em) => {
      em.create(Zoo, { id: 990_004, flag: true, docText: ['a\0b', '\ud800'], doc: ['\ud83e\udd8a'] } as never);
      await em.flush();
    });
    expect(await w.sql('select doc_text::text as text, doc from zoo where id = 990004')).toEqual([
      { text: String.raw`["a\u0000b","\ud800"]`, doc: ['🦊'] },
    ]);
  });

  it('a backslash and what only looks like it are kept', async () => {
    const doc = { text: String.raw`\u0000 and \\u0000` };
    await w.as('fiver', async (em) => {
      em.create(Zoo, { id: 990_002, flag: true, words: String.raw`\u0000`, doc } as never);
      await em.flush();
    });
    expect(await w.sql('select words, doc from zoo where id = 990002')).toEqual([{ words: String.raw`\u0000`, doc }]);
  });
});
