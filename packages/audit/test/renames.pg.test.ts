import { defineEntity, MikroORM, p } from '@mikro-orm/postgresql';
import { Client } from 'pg';
import { z } from 'zod';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { createDatabase, type TestDatabase } from '@countersign/testing/database';
import { eventually } from '@countersign/testing/eventually';
import { asOf } from '../src/records/as-of.ts';
import { user, withContext } from '../src/capture/context.ts';
import { Audit, type AuditOptions, type OpenLog } from '../src/audit.ts';
import { declaredForms } from '../src/records/declared-forms.ts';
import { manualAction } from '../src/policy/manual-action.ts';
import { audited, never, type Declared, type RetiredEntity } from '../src/policy/policy.ts';
import { record } from '../src/capture/record.ts';
import { balance } from '../src/balance/balance.ts';
import type { Difference } from '../src/records/held-against.ts';
import { KEEPER } from './warren.ts';

// One application, before and after somebody renamed nearly everything in it.

const metadata = z.strictObject({ kilos: z.int() });
const fed = manualAction({ name: 'hutch_fed', area: 'garden', label: 'Fed', metadata });
const cleaned = manualAction({ name: 'cage_fed', area: 'garden', label: 'Given food', formerly: ['hutch_fed'], metadata });

const Hutch = defineEntity({
  name: 'Hutch',
  tableName: 'hutch',
  properties: { id: p.integer().primary(), colour: p.string(), wood: p.string().nullable() },
});
const hutch = audited(Hutch, {
  area: 'garden',
  label: 'Hutch',
  title: (row) => `No. ${row.id}`,
  fields: {
    id: never('the key'),
    colour: { label: 'Colour', kind: 'enum', values: { r: 'Red', g: 'Green' } },
    wood: { label: 'Wood', kind: 'text' },
  },
  actions: {
    vocabulary: { hutch_painted: { label: 'Painted' }, hutch_built: { label: 'Built' } },
    general: ({ operation }) => (operation === 'create' ? 'hutch_built' : 'hutch_painted'),
  },
});

const Cage = defineEntity({ name: 'Cage', tableName: 'cage', properties: { id: p.integer().primary(), paint: p.string() } });
const cage = audited(Cage, {
  area: 'garden',
  label: 'Cage',
  formerly: { Hutch: 'Hutch' },
  retired: { fields: { wood: { label: 'Wood', kind: 'text' } }, actions: { hutch_built: { label: 'Built' } } },
  title: (row) => `No. ${row.id}`,
  fields: {
    id: never('the key'),
    paint: {
      label: 'Paint',
      kind: 'enum',
      values: { red: 'Bright red' },
      formerValues: { r: 'Red', g: 'Green' },
      formerly: { colour: 'Colour' },
    },
  },
  actions: {
    vocabulary: { cage_painted: { label: 'Repainted', formerly: { hutch_painted: 'Painted' } }, cage_made: { label: 'Made' } },
    general: ({ operation }) => (operation === 'create' ? 'cage_made' : 'cage_painted'),
  },
});
const shed: RetiredEntity = {
  name: 'Shed',
  area: 'yard',
  label: 'Shed',
  fields: { roof: { label: 'Roof', kind: 'text' } },
  actions: { shed_built: { label: 'Shed built' } },
};

let database: TestDatabase;
let open: OpenLog;
let orm: MikroORM;
let audit: Audit;

async function sql(text: string): Promise<void> {
  const client = new Client(database.ownerUrl);
  await client.connect();
  await client.query(text);
  await client.end();
}

/** The application as it is at one time, while `work` runs. */
async function start(entity: typeof Hutch | typeof Cage, policy: Declared, beyond: Omit<AuditOptions, 'policies'>): Promise<void> {
  audit = new Audit({ policies: [policy], ...beyond });
  orm = await MikroORM.init({ entities: [entity], clientUrl: database.ownerUrl, ...audit.ormOptions });
  audit.bind(orm);
}

async function stop(): Promise<void> {
  await open.close();
  await orm.close(true);
}

async function openLog(): Promise<void> {
  await audit.install({ owner: database.ownerUrl });
  open = await audit.openLog({
    app: database.ownerUrl,
    sequencer: database.ownerUrl,
    alarm: (problem) => expect.unreachable(String(problem)),
  });
}

const settled = () => eventually(async () => (await open.log.settle()).waiting === 0);

beforeAll(async () => {
  database = await createDatabase();
  await start(Hutch, hutch, { actions: [fed] });
  await orm.schema.update();
  await openLog();
  const before = orm.em.fork();
  const one = before.create(Hutch, { id: 1, colour: 'r', wood: 'oak' });
  const two = before.create(Hutch, { id: 2, colour: 'r' });
  before.create(Hutch, { id: 4, colour: 'r' });
  await before.flush();
  one.colour = 'g';
  await before.flush();
  await record(before, fed, { about: one, metadata: { kilos: 2 } });
  await settled();
  // What is done from here on is read by the release that renames things.
  await open.close();
  two.colour = 'g';
  await withContext({ actor: user('hazel'), channel: 'web' }, () => before.flush());
  await before.nativeUpdate(Hutch, 2, { colour: 'r' });
  await orm.close(true);

  await sql('alter table hutch rename to cage; alter table cage rename column colour to paint; alter table cage drop column wood');
  await start(Cage, cage, { actions: [cleaned], retired: [shed] });
  await openLog();
  const after = orm.em.fork();
  (await after.findOneOrFail(Cage, 1)).paint = 'red';
  await after.flush();
  await record(after, cleaned, { target: { type: 'Cage', id: '1' }, metadata: { kilos: 3 } });
  await record(after, cleaned, { target: { type: 'Cage', id: '4' }, metadata: { kilos: 4 } });
  await settled();
});
afterAll(async () => {
  await stop();
  await database.drop();
});

const found = async (filter: object) => (await open.log.page({ filter, visibility: KEEPER, limit: 50 })).events.map(({ action }) => action);

describe('AUD-36 entries outlive the code', () => {
  it('are found by the present name of their action, field, and record', async () => {
    expect(await found({ action: ['cage_painted'], target: ['Cage:1'] })).toEqual(['cage_painted', 'hutch_painted']);
    expect(await found({ action: ['cage_fed'] })).toEqual(['cage_fed', 'cage_fed', 'hutch_fed']);
    expect(await found({ field: ['paint'], target: ['Cage:1'] })).toEqual(['cage_painted', 'hutch_painted', 'hutch_built']);
    expect(await found({ root: ['Cage:2'] })).toEqual(['cage_painted', 'cage_painted', 'hutch_built']);
    expect(await found({ action: ['hutch_painted'] }), 'and by the name that they bear').toEqual(['hutch_painted']);
    expect(await found({ field: ['wood'] }), 'and by what is no more').toEqual(['hutch_built']);
  });

  it('are counted with the present ones', async () => {
    expect((await open.log.count({ action: ['cage_painted'] }, KEEPER)).total).toBe(4);
    const { facets } = await open.log.overview({ filter: {}, visibility: KEEPER, edges: () => [] });
    expect(Object.fromEntries(facets.action.values.map(({ value, count }) => [value, count]))).toEqual({
      cage_painted: 4,
      cage_fed: 3,
      hutch_built: 3,
      audit_coverage_ended: 1,
    });
    const { rows } = await open.log.fieldRows({
      filter: { target: ['Cage:1'], field: ['paint'] },
      visibility: KEEPER,
      limit: 10,
      offset: 0,
    });
    expect(rows.map(({ change }) => change.field)).toEqual(['paint', 'colour', 'colour']);
    const seen = await open.log.after(0, { action: ['cage_painted'] }, KEEPER, 10);
    expect(seen.events).toHaveLength(4);
  });

  it('say what they said', async () => {
    const { events } = await open.log.page({ filter: { action: ['hutch_painted'] }, visibility: KEEPER, limit: 1 });
    expect(events[0]).toMatchObject({
      action: 'hutch_painted',
      target: { type: 'Hutch', id: '1' },
      changes: [{ field: 'colour', old: 'r', new: 'g' }],
    });
  });

  it('take part in as-of: one record under one name, with what it has no more', async () => {
    const { events } = await open.log.history({ targets: ['Cage:1'], visibility: KEEPER });
    const records = asOf(events, declaredForms(audit.registry.plans.values()));
    expect([...records.keys()]).toEqual(['Cage:1']);
    const cageThen = records.get('Cage:1');
    expect(cageThen?.complete).toBe(true);
    expect(Object.fromEntries(cageThen?.fields ?? [])).toEqual({ paint: { value: 'red' }, wood: { value: 'oak' } });
    const earlier = asOf(events.slice(0, 2), declaredForms(audit.registry.plans.values()));
    expect(earlier.get('Cage:1')?.fields.get('paint')).toEqual({ value: 'g' });
  });

  it('what was told and seen before the names changed, and waited in the inbox, is read by the present ones', async () => {
    const { events } = await open.log.page({ filter: { action: ['cage_painted'], target: ['Cage:2'] }, visibility: KEEPER, limit: 10 });
    expect(events.toReversed().map(({ target, actor, changes }) => [target?.type, actor.id, changes])).toEqual([
      ['Cage', 'hazel', [{ field: 'paint', old: 'r', new: 'g' }]],
      ['Cage', null, [{ field: 'paint', old: 'g', new: 'r' }]],
    ]);
  });

  it('tell of a record that was renamed whose it is', async () => {
    const { events } = await open.log.page({ filter: { target: ['Cage:4'] }, visibility: KEEPER, limit: 1 });
    expect(events[0]).toMatchObject({ action: 'cage_fed', target: { type: 'Cage', label: 'No. 4' }, root: { type: 'Cage', id: '4' } });
  });

  it('are the history of the records under their present names: the balance finds nothing', async () => {
    const found: Difference[] = [];
    const login = { app: database.ownerUrl, sequencer: database.ownerUrl };
    const result = await balance({ ...login, registry: audit.registry, onDifference: (one) => found.push(one) });
    expect(found).toEqual([]);
    expect(result).toMatchObject({ records: 3, rows: 3 });
  });

  it('have their labels in the vocabulary: what was renamed, and what was removed', () => {
    const { former, fields, entities, actions, areas } = audit.registry.vocabulary;
    expect(former).toEqual({
      actions: [
        { name: 'hutch_painted', label: 'Painted', is: 'cage_painted' },
        { name: 'hutch_fed', label: 'Given food', is: 'cage_fed' },
      ],
      entities: [{ name: 'Hutch', label: 'Hutch', is: 'Cage' }],
      fields: [{ entity: 'Cage', name: 'colour', label: 'Colour', is: 'paint' }],
    });
    expect(fields.find(({ name }) => name === 'paint')?.values).toEqual({ r: 'Red', g: 'Green', red: 'Bright red' });
    expect(fields).toEqual(
      expect.arrayContaining([
        expect.objectContaining({ entity: 'Cage', name: 'wood', label: 'Wood' }),
        expect.objectContaining({ entity: 'Shed', name: 'roof' }),
      ]),
    );
    expect(entities).toEqual([
      { name: 'Cage', label: 'Cage', area: 'garden' },
      { name: 'Shed', label: 'Shed', area: 'yard' },
    ]);
    expect(actions.map(({ name }) => name)).toEqual(expect.arrayContaining(['hutch_built', 'shed_built']));
    expect(areas).toContain('yard');
  });
});
