import { defineEntity, MikroORM, p, type EntityClass, type EntitySchema } from '@mikro-orm/postgresql';
import { Client } from 'pg';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { createDatabase, type TestDatabase } from '@countersign/testing/database';
import { eventually } from '@countersign/testing/eventually';
import { Audit } from '../src/audit.ts';
import { logSchema } from '../src/schema/log-steps.ts';
import { migrateBeside, type Step } from '../src/triggers/beside-migrations.ts';
import { cover } from '../src/triggers/cover.ts';
import { checkCoverage } from '../src/triggers/coverage.ts';
import { audited, never, unaudited, type Declared } from '../src/policy/policy.ts';
import type { Registry } from '../src/policy/registry.ts';
import type { Visibility } from '../src/read/visibility.ts';

// A table that is migrated while its triggers are at work.

const text = (label: string) => ({ label, kind: 'text' }) as const;
const GARDEN = {
  area: 'garden',
  label: 'Pond',
  title: (row: { id?: string | null }) => `Pond ${row.id}`,
  actions: { vocabulary: { garden_changed: { label: 'Changed' } }, general: 'garden_changed' },
} as const;

const Pond = defineEntity({
  name: 'Pond',
  tableName: 'pond',
  properties: { id: p.integer().primary(), colour: p.string(), fish: p.integer() },
});
const pondPolicy = audited(Pond, { ...GARDEN, fields: { id: never('the key'), colour: text('Colour'), fish: text('Fish') } });

/** One version later: a wider key, another name for the colour, the fish as text, and how deep it is. */
const NextPond = defineEntity({
  name: 'Pond',
  tableName: 'pond',
  properties: { id: p.bigint().primary(), hue: p.string(), fish: p.string(), depth: p.integer().nullable() },
});
const nextPolicy = audited(NextPond, {
  ...GARDEN,
  fields: { id: never('the key'), hue: text('Hue'), fish: text('Fish'), depth: text('Depth') },
});
const ALTER = [
  'alter table pond alter column id type bigint',
  'alter table pond rename column colour to hue',
  'alter table pond alter column fish type varchar(255)',
  'alter table "pond" add column depth int',
];

const EVERYTHING: Visibility = { everything: true, keys: [], sensitive: true };

let database: TestDatabase;
let owner: Client;
let open: (() => Promise<unknown>)[] = [];

async function version(...policies: Declared[]): Promise<Audit> {
  const audit = new Audit({ policies });
  const orm = await MikroORM.init({
    entities: policies.map(({ entity }) => entity as unknown as EntitySchema | EntityClass),
    clientUrl: database.url,
    subscribers: [audit.subscriber],
  });
  open.push(() => orm.close(true));
  audit.bind(orm);
  return audit;
}

async function connected(): Promise<Client> {
  const client = new Client(database.url);
  await client.connect();
  open.push(() => client.end());
  return client;
}

const step = (name: string, ...statements: string[]): Step => ({
  name,
  statements,
  run: async () => {
    for (const statement of statements) await owner.query(statement);
  },
});

/** As a start does it: migrations in one transaction, then what is left to cover. */
async function migrated(registry: Registry, ...steps: Step[]) {
  await owner.query('begin');
  try {
    const done = await migrateBeside(owner, registry, steps);
    await owner.query('commit');
    return [...done, ...(await cover(owner, registry))];
  } catch (problem) {
    await owner.query('rollback');
    throw problem;
  }
}

async function eventsOf(audit: Audit) {
  const { log, close } = await audit.openLog({ app: database.url, sequencer: database.url, alarm: () => undefined });
  try {
    await eventually(async () => (await log.settle()).waiting === 0);
    return (await log.after(0, {}, EVERYTHING, 1_000)).events;
  } finally {
    await close();
  }
}

const changesOf = async (audit: Audit) =>
  (await eventsOf(audit)).map(({ action, target, changes, metadata }) =>
    action === 'garden_changed' ? [target?.id, ...changes] : [action, target?.id, ...[metadata['found'] ?? []].flat()],
  );

const since = async () =>
  (await owner.query<{ since: string }>(`select since::text as since from audit_coverage where table_name = 'pond'`)).rows[0]?.since;
const functions = async () => (await owner.query(`select from pg_proc where proname like 'audit_saw%pond'`)).rowCount;

beforeEach(async () => {
  database = await createDatabase();
  owner = new Client(database.url);
  await owner.connect();
  for (const statement of logSchema) await owner.query(statement);
  await owner.query('create table pond (id int primary key, colour varchar(255) not null, fish int not null)');
  await cover(owner, (await version(pondPolicy)).registry);
  await owner.query(`insert into pond values (1, 'green', 3)`);
});
afterEach(async () => {
  for (const close of open.toReversed()) await close();
  open = [];
  await owner.end();
  await database.drop();
});

describe('AUD-4 migrations beside the triggers', () => {
  it('drop, rename and retype what the triggers name, the key too; from then on everything is recorded as it is now', async () => {
    const next = await version(nextPolicy);
    const before = await since();
    expect(await migrated(next.registry, step('deeper', ...ALTER))).toEqual([{ table: 'pond', what: 'renewed', found: [] }]);
    expect(await since()).toBe(before);
    expect(await checkCoverage(owner, next.registry)).toEqual([]);
    await owner.query(`update pond set hue = 'blue', depth = 2`);
    expect((await changesOf(next)).at(-1)).toEqual([
      '1',
      { field: 'hue', old: 'green', new: 'blue' },
      { field: 'depth', old: null, new: '2' },
    ]);
  });

  it('a migration that changes rows by itself is recorded, row by row', async () => {
    const next = await version(nextPolicy);
    const before = await since();
    await migrated(next.registry, step('deeper', ...ALTER), step('depths', 'update pond set depth = 1'));
    expect(await since()).toBe(before);
    expect((await changesOf(next)).at(-1)).toEqual(['1', { field: 'depth', old: null, new: '1' }]);
  });

  it('one that alters a table and changes its rows says so in the log; the table is covered since then', async () => {
    const next = await version(nextPolicy);
    const before = await since();
    const gap = '1 rows were written by deeper while the triggers were off';
    expect(await migrated(next.registry, step('deeper', ...ALTER, 'update pond set depth = 1'))).toEqual([
      { table: 'pond', what: 'repaired', found: [gap] },
    ]);
    expect(BigInt((await since()) ?? 0)).toBeGreaterThan(BigInt(before ?? 0));
    expect((await changesOf(next)).at(-1)).toEqual(['audit_coverage_repaired', 'pond', gap]);
  });

  it('nobody else writes meanwhile: who tries waits, and is recorded', async () => {
    const next = await version(nextPolicy);
    const busy = await connected();
    let writing: Promise<unknown> = Promise.resolve();
    const meanwhile: Step = {
      name: 'meanwhile',
      statements: [],
      run: async () => {
        writing = busy.query(`update pond set fish = '4'`);
        await eventually(async () => (await owner.query(`select from pg_locks where not granted`)).rowCount === 1);
      },
    };
    await migrated(next.registry, step('wider', ...ALTER.slice(0, 1)), meanwhile, step('deeper', ...ALTER.slice(1)));
    await writing;
    expect((await changesOf(next)).at(-1)).toEqual(['1', { field: 'fish', old: '3', new: '4' }]);
  });

  it('what fails leaves everything as it was, triggers and all', async () => {
    const next = await version(nextPolicy);
    await expect(migrated(next.registry, step('deeper', ...ALTER), step('wrong', 'alter table pond drop column hole'))).rejects.toThrow(
      'hole',
    );
    await expect(migrated(next.registry, step('half', ...ALTER.slice(0, 2)))).rejects.toThrow("Pond: the column depth isn't in pond");
    const old = await version(pondPolicy);
    expect(await checkCoverage(owner, old.registry)).toEqual([]);
  });

  it('triggers that somebody had switched off before are found', async () => {
    await owner.query('alter table pond disable trigger zz_audit_update');
    const next = await version(nextPolicy);
    const found = ['zz_audit_update is switched off'];
    expect(await migrated(next.registry, step('deeper', ...ALTER))).toEqual([{ table: 'pond', what: 'repaired', found }]);
  });

  it('of a table that is made anew under its name', async () => {
    const audit = await version(pondPolicy);
    await migrated(
      audit.registry,
      step('anew', 'drop table pond', 'create table pond (id int primary key, colour varchar(255) not null, fish int not null)'),
    );
    expect(await checkCoverage(owner, audit.registry)).toEqual([]);
    expect((await changesOf(audit)).at(-1)).toEqual(['audit_coverage_repaired', 'pond', 'made anew by anew']);
  });
});

describe('AUD-4 what is audited no more', () => {
  const ended = async () =>
    (await owner.query<{ name: string }>('select table_name as name from audit_coverage where until_at is not null')).rows;

  it('an entity that has no policy now loses its triggers and their functions; its coverage ends, and the log says so', async () => {
    const audit = await version(unaudited(Pond, 'nobody asks'));
    expect(await cover(owner, audit.registry)).toEqual([{ table: 'pond', what: 'ended', found: [] }]);
    expect(await ended()).toEqual([{ name: 'pond' }]);
    expect(await functions()).toBe(0);
    await owner.query('update pond set fish = 9');
    // What was seen before stands in the log, though nobody here knows what it means.
    expect((await eventsOf(audit)).map(({ action, target }) => [action, target?.id])).toEqual([
      ['row_change_unclassified', '1'],
      ['audit_coverage_ended', 'pond'],
    ]);
    // And begins again when it is.
    expect(await cover(owner, (await version(pondPolicy)).registry, { goBack: true })).toEqual([
      { table: 'pond', what: 'covered', found: [] },
    ]);
  });

  it('a renamed table is recorded under its new name', async () => {
    const Lake = defineEntity({
      name: 'Lake',
      tableName: 'lake',
      properties: { id: p.integer().primary(), colour: p.string(), fish: p.integer() },
    });
    const audit = await version(audited(Lake, { ...GARDEN, fields: { id: never('the key'), colour: text('Colour'), fish: text('Fish') } }));
    await migrated(audit.registry, step('larger', 'alter table pond rename to lake'));
    expect(await ended()).toEqual([{ name: 'pond' }]);
    expect(await functions()).toBe(0);
    await owner.query('update lake set fish = 9');
    expect((await changesOf(audit)).at(-1)).toEqual(['1', { field: 'fish', old: '3', new: '9' }]);
  });

  it.each([
    ['by a migration', async (registry: Registry) => migrated(registry, step('dry', 'drop table pond'))],
    ['by hand', async (registry: Registry) => owner.query('drop table pond').then(() => cover(owner, registry))],
  ])('of a table that was dropped %s nothing is left but its record', async (_, drop) => {
    const Lawn = defineEntity({ name: 'Lawn', tableName: 'lawn', properties: { id: p.integer().primary() } });
    await owner.query('create table lawn (id int primary key)');
    const audit = await version(audited(Lawn, { ...GARDEN, fields: { id: never('the key') } }));
    await drop(audit.registry);
    expect(await ended()).toEqual([{ name: 'pond' }]);
    expect(await functions()).toBe(0);
  });
});
