import { defineEntity, MikroORM, p } from '@mikro-orm/postgresql';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { createDatabase, type TestDatabase } from '@countersign/testing/database';
import { z } from 'zod';
import { Audit } from '../src/audit.ts';
import { PolicyError } from '../src/events/errors.ts';
import { manualAction } from '../src/policy/manual-action.ts';
import { audited, never, unaudited, type AuditPolicy, type Declared } from '../src/policy/policy.ts';
import { compileRegistry } from '../src/policy/registry.ts';

const Hutch = defineEntity({
  name: 'Hutch',
  tableName: 'hutch',
  properties: { id: p.integer().primary(), colour: p.string(), wood: p.string().nullable() },
});
const Carrot = defineEntity({
  name: 'Carrot',
  tableName: 'carrot',
  properties: { id: p.integer().primary(), hutch: () => p.manyToOne(Hutch) },
});

/** Nothing but a question to the database: the one kind of entity that the ORM takes without a key. */
const Weather = defineEntity({ name: 'Weather', expression: "select 'blue' as sky", properties: { sky: p.string() } });

const fields = { id: never('the key'), colour: { label: 'Colour', kind: 'text' as const }, wood: { label: 'Wood', kind: 'text' as const } };
const actions = { vocabulary: { hutch_changed: { label: 'Changed' } }, general: 'hutch_changed' as const };
const policy = { area: 'garden', label: 'Hutch', fields, actions, title: () => 'Hutch' };
const carrots = unaudited(Carrot, 'eaten too soon');
const weather = unaudited(Weather, 'nobody makes it');

let database: TestDatabase;
let orm: MikroORM;
beforeAll(async () => {
  database = await createDatabase();
  orm = await MikroORM.init({ entities: [Hutch, Carrot, Weather], clientUrl: database.url });
});
afterAll(async () => {
  await orm.close();
  await database.drop();
});

const told = (name: string) => manualAction({ name, area: 'garden', label: 'Told', metadata: z.strictObject({}) });
/** With what is said of the weather last, unless a test says something else. */
const compile = (...declared: Declared[]) => compileRegistry([weather, ...declared], orm.getMetadata());
const loose = (parts: Partial<Record<keyof AuditPolicy, unknown>>) => audited(Hutch, { ...policy, ...parts } as typeof policy);

describe('AUD-1 audited entities are declared where the entity is defined', () => {
  it('refuses two declarations of one entity, of which only one could hold', () => {
    expect(() => compile(audited(Hutch, policy), unaudited(Hutch, 'on second thoughts'), carrots)).toThrow('Hutch is declared twice');
  });

  it('compiles what is complete, and lists it in the vocabulary', () => {
    const { vocabulary } = compile(audited(Hutch, policy), carrots);
    // Beside what the log tells of itself.
    expect({ ...vocabulary, actions: vocabulary.actions.filter(({ area }) => area !== 'audit') }).toEqual({
      areas: ['audit', 'garden'],
      actions: [{ name: 'hutch_changed', label: 'Changed', area: 'garden', description: null, needsReason: false }],
      entities: [{ name: 'Hutch', label: 'Hutch', area: 'garden' }],
      fields: [
        { entity: 'Hutch', name: 'colour', label: 'Colour', kind: 'text' },
        { entity: 'Hutch', name: 'wood', label: 'Wood', kind: 'text' },
      ],
      former: { actions: [], entities: [], fields: [] },
    });
  });

  it.each([
    ['an entity that declares nothing', [carrots], /Hutch declares neither a policy nor why it has none/],
    ['an unaudited entity without a reason', [audited(Hutch, policy), unaudited(Carrot, ' ')], /Carrot is unaudited without a reason/],
    [
      'a property that is not classified',
      [loose({ fields: { id: never('the key'), colour: fields.colour } }), carrots],
      /Hutch\.wood is not classified/,
    ],
    [
      'a class for a property that does not exist',
      [loose({ fields: { ...fields, roof: fields.wood } }), carrots],
      /Hutch\.roof is classified but is no property/,
    ],
    [
      'a rule that claims an untracked property',
      [loose({ actions: { ...actions, rules: [{ action: 'hutch_changed', claims: ['id'], when: () => true }] } }), carrots],
      /the rule for hutch_changed claims id, which is not tracked/,
    ],
    [
      'a rule that claims what is no property',
      [loose({ actions: { ...actions, rules: [{ action: 'hutch_changed', claims: ['roof'], when: () => true }] } }), carrots],
      /Hutch: the rule for hutch_changed claims roof, which is no property of the entity: name one of id, colour, wood/,
    ],
    [
      'a rule whose step is of what is no property',
      [loose({ actions: { ...actions, rules: [{ action: 'hutch_changed', claims: [], state: 'roof', when: () => true }] } }), carrots],
      /Hutch: the state of the rule for hutch_changed is roof, which is no property of the entity/,
    ],
    [
      "a rule for an action that isn't in the vocabulary",
      [loose({ actions: { ...actions, rules: [{ action: 'hutch_built', claims: ['wood'], when: () => true }] } }), carrots],
      /Hutch: the rule for hutch_built has an action that the entity's vocabulary doesn't hold/,
    ],
    [
      'a policy that goes by what is no property',
      [loose({ carries: ['roof'] }), carrots],
      /Hutch: carries names roof, which is no property/,
    ],
    [
      'a table without a key',
      [audited(Hutch, policy), carrots, audited(Weather, { ...policy, fields: { sky: fields.wood } })],
      /Weather has no primary key, by which a record could be found again: give it one, or say unaudited/,
    ],
    ['a root that is no reference', [loose({ root: 'colour' }), carrots], /root colour is no reference/],
    [
      "an action of the log's own",
      [loose({ actions: { vocabulary: { row_change_unclassified: { label: 'Changed' } }, general: 'row_change_unclassified' } }), carrots],
      /row_change_unclassified is an action of the log's own: give yours another name/,
    ],
    [
      "an action that had the name of one of the log's own",
      [
        loose({ actions: { ...actions, vocabulary: { hutch_changed: { label: 'Changed', formerly: ['inbox_row_unreadable'] } } } }),
        carrots,
      ],
      /inbox_row_unreadable is an action of the log's own/,
    ],
    ["the log's own area", [loose({ area: 'audit' }), carrots], /Hutch: the area audit is the log's own/],
    [
      "an entity that had the name of the log's own type",
      [loose({ formerly: ['AuditedTable'] }), carrots],
      /AuditedTable is what the log calls/,
    ],
    [
      'a sensitive field without a subject',
      [loose({ fields: { ...fields, wood: { ...fields.wood, sensitive: true } } }), carrots],
      /Hutch\.wood is sensitive, but the policy names no subject/,
    ],
  ])('stops the start-up for %s', (_, declared, message) => {
    expect(() => compile(...declared)).toThrow(PolicyError);
    expect(() => compile(...declared)).toThrow(message);
  });

  it.each([
    ['has the name of a change', [told('hutch_changed')], /hutch_changed is an action of Hutch's changes already/],
    ['is declared twice', [told('hutch_shown'), told('hutch_shown')], /hutch_shown is declared twice/],
    ['says what the log says of itself', [told('audit_tampering_refused')], /audit_tampering_refused is an action of the log's own/],
  ])('AUD-9: stops the start-up for a manual action that %s', (_, manual, message) => {
    expect(() => compileRegistry([audited(Hutch, policy), carrots, weather], orm.getMetadata(), { actions: manual })).toThrow(message);
  });

  it.each([
    [
      'an action',
      [
        loose({
          actions: {
            ...actions,
            vocabulary: { hutch_changed: { label: 'Changed', formerly: ['hutch_built'] }, hutch_built: { label: 'Built' } },
          },
        }),
      ],
      /the action hutch_changed says that it was formerly hutch_built, which is in use/,
    ],
    ['an entity', [loose({ formerly: ['Carrot'] })], /the entity Hutch says that it was formerly Carrot, which is in use/],
    [
      'a field',
      [loose({ fields: { ...fields, wood: { ...fields.wood, formerly: ['colour'] } } })],
      /Hutch: the field wood says that it was formerly colour, which is in use/,
    ],
    [
      'two fields',
      [loose({ fields: { ...fields, wood: { ...fields.wood, formerly: ['hue'] }, colour: { ...fields.colour, formerly: ['hue'] } } })],
      /formerly hue, as another one does: only one of them can have been/,
    ],
  ])('AUD-36: stops the start-up for %s with a former name that means two things', (_, declared, message) => {
    expect(() => compile(...declared, carrots)).toThrow(message);
  });

  describe('what MikroORM offers and the record can’t follow', () => {
    const Pet = defineEntity({
      name: 'Pet',
      tableName: 'pet',
      inheritance: 'tpt',
      properties: { id: p.integer().primary(), name: p.string() },
    });
    const Cat = defineEntity({ name: 'Cat', tableName: 'cat', extends: Pet, properties: { lives: p.integer() } });
    const Leaf = defineEntity({ name: 'Leaf', tableName: 'leaf', properties: { id: p.integer().primary() } });
    const Root = defineEntity({ name: 'Root', tableName: 'root', properties: { id: p.integer().primary() } });
    const Meal = defineEntity({
      name: 'Meal',
      tableName: 'meal',
      properties: {
        id: p.integer().primary(),
        eaten: () => p.manyToOne([Leaf, Root]),
        sides: () => p.manyToMany([Leaf, Root] as never),
        bites: () => p.oneToMany(Bite).mappedBy('meal'),
        before: () => p.oneToOne(Meal).nullable(),
        after: () => p.oneToOne(Meal).mappedBy('before'),
        size: p.integer().formula((columns) => `1 + ${columns.id}`),
      },
    });
    const Bite = defineEntity({
      name: 'Bite',
      tableName: 'bite',
      properties: { id: p.integer().primary(), meal: () => p.manyToOne(Meal) },
    });
    const text = { label: 'Text', kind: 'text' as const };
    const problemsOf = async (entities: Parameters<typeof unaudited>[0][], ...declared: Declared[]) => {
      const other = await MikroORM.init({ entities: entities as never, clientUrl: database.url, connect: false } as never);
      try {
        compileRegistry(declared, other.getMetadata());
        return [];
      } catch (error) {
        return (error as PolicyError).problems;
      }
    };

    it.each([
      ['timestamptz(3)', p.datetime(3).primary()],
      ['char(8)', p.string().columnType('char(8)').primary()],
    ])(
      'AUD-4: a key of type %s, which the database writes another way than programs give it: of a record, and of a member',
      async (type, key) => {
        const Slot = defineEntity({ name: 'Slot', tableName: 'slot', properties: { at: key, name: p.text() } });
        const Plan = defineEntity({
          name: 'Plan',
          tableName: 'plan',
          properties: { id: p.integer().primary(), slots: () => p.manyToMany(Slot) },
        });
        const slots = { ...policy, fields: { at: never('the key'), name: text } };
        const plans = { ...policy, fields: { id: never('the key'), slots: { label: 'Slots', kind: 'members' } } };
        const problem = new RegExp(`^Slot.at is a key of type ${type.replace(/[()]/g, '\\$&')}.*give Slot a key of type uuid, integer`);
        expect(await problemsOf([Slot], audited(Slot, slots as never))).toEqual([expect.stringMatching(problem)]);
        const member = await problemsOf([Slot, Plan], unaudited(Slot, 'a fixed list'), audited(Plan, plans as never));
        expect(member).toEqual([expect.stringMatching(problem)]);
      },
    );

    it('a record that is a row of several tables: table-per-type inheritance, of the parent and of the child', async () => {
      const petFields = { id: never('the key'), name: text };
      const problems = await problemsOf(
        [Pet, Cat],
        audited(Pet, { ...policy, fields: petFields }),
        audited(Cat, { ...policy, fields: { ...petFields, lives: text } }),
      );
      expect(problems).toHaveLength(2);
      for (const [i, name] of ['Pet', 'Cat'].entries())
        expect(problems[i]).toMatch(`${name} is inherited table by table, so that one record is a row of several tables`);
      expect(problems[0]).toMatch(/keep Pet and its kinds in one table .*, or say unaudited/);
      expect(await problemsOf([Pet, Cat], unaudited(Pet, 'nobody asks'), unaudited(Cat, 'nobody asks'))).toEqual([]);
    });

    it('references and collections of several kinds, what another entity keeps, and what is kept nowhere; unless they are never recorded', async () => {
      const rest = [unaudited(Leaf, 'grows'), unaudited(Root, 'grows'), unaudited(Bite, 'small')];
      const mealOf = (field: typeof text | ReturnType<typeof never>) =>
        audited(Meal, {
          ...policy,
          fields: { id: never('the key'), eaten: field, sides: field, bites: field, before: text, after: field, size: field },
        });
      expect(await problemsOf([Meal, Leaf, Root, Bite], mealOf(text), ...rest)).toEqual([
        expect.stringMatching(/^Meal\.eaten refers to records of several kinds.*give each kind a reference of its own, or say never/),
        expect.stringMatching(/^Meal\.sides refers to records of several kinds.*give each kind a reference of its own, or say never/),
        "Meal.bites is kept by Bite.meal, and recorded with that: say never('recorded there')",
        "Meal.after is kept by Meal.before, and recorded with that: say never('recorded there')",
        "Meal.size is kept nowhere, but worked out from what is: say never('worked out')",
      ]);
      expect(await problemsOf([Meal, Leaf, Root, Bite], mealOf(never('told elsewhere')), ...rest)).toEqual([]);
    });
  });

  it('the entity behind a collection that has more than its two keys is an entity like any other', async () => {
    const Dish = defineEntity({
      name: 'Dish',
      tableName: 'dish',
      properties: { id: p.integer().primary(), leaves: () => p.manyToMany(Leaf).pivotEntity(() => Helping) },
    });
    const Leaf = defineEntity({ name: 'Leaf', tableName: 'leaf', properties: { id: p.integer().primary() } });
    const Helping = defineEntity({
      name: 'Helping',
      tableName: 'helping',
      properties: { dish: () => p.manyToOne(Dish).primary(), leaf: () => p.manyToOne(Leaf).primary(), amount: p.integer().default(1) },
    });
    const other = await MikroORM.init({ entities: [Dish, Leaf, Helping], clientUrl: database.url, connect: false } as never);
    const problemsOf = (...declared: Declared[]) => {
      try {
        compileRegistry(declared, other.getMetadata());
        return [];
      } catch (error) {
        return (error as PolicyError).problems;
      }
    };
    const field = { label: 'Some', kind: 'text' as const };
    const dish = (leaves: typeof field | ReturnType<typeof never>) =>
      audited(Dish, { ...policy, fields: { id: never('the key'), leaves } });
    const rest = unaudited(Leaf, 'grows');
    expect(problemsOf(dish(field), rest)).toEqual([
      expect.stringContaining('Helping declares neither a policy nor why it has none'),
      "Dish.leaves is kept by Helping, which has properties of its own: say never('recorded there') and audited(Helping, …)",
    ]);
    const helping = audited(Helping, { ...policy, fields: { dish: field, leaf: field, amount: field } });
    expect(problemsOf(dish(never('recorded there')), helping, rest)).toEqual([]);
  });

  it('a collection without another side asks nothing of the entity that it holds: the other side is the ORM’s own', async () => {
    const Shed = defineEntity({
      name: 'Shed',
      tableName: 'shed',
      properties: { id: p.integer().primary(), hutches: () => p.manyToMany(Hutch) },
    });
    const alone = await MikroORM.init({ entities: [Hutch, Shed], clientUrl: database.url });
    const declared = [audited(Hutch, policy), unaudited(Shed, 'nobody goes there')];
    expect(compileRegistry(declared, alone.getMetadata()).plans.get('Hutch')?.fields.size).toBeGreaterThan(0);
    await alone.close(true);
  });

  it('names everything that is wrong at once', () => {
    try {
      compile(loose({ fields: {} }));
      expect.unreachable();
    } catch (error) {
      expect((error as PolicyError).problems).toHaveLength(4);
    }
  });

  it('does not compile where a property is left out or unknown', () => {
    // @ts-expect-error wood is not classified
    audited(Hutch, { ...policy, fields: { id: fields.id, colour: fields.colour } });
    // @ts-expect-error an action that the vocabulary doesn't hold
    audited(Hutch, { ...policy, actions: { ...actions, general: 'hutch_painted' } });
  });
});

describe('AUD-5 what the ORM has to do', () => {
  it('a flush without a transaction is refused at the start, with what to do', async () => {
    const without = await MikroORM.init({ entities: [Hutch, Carrot, Weather], clientUrl: database.url, implicitTransactions: false });
    const audit = new Audit({ policies: [audited(Hutch, policy), carrots, weather] });
    expect(() => audit.bind(without)).toThrow(PolicyError);
    expect(() => audit.bind(without)).toThrow('implicitTransactions: false');
    await without.close();
    expect(() => audit.bind(orm)).not.toThrow();
  });
});
