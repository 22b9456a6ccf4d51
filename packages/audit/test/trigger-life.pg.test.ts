import { defineEntity, MikroORM, p, type EntityClass, type EntityManager, type EntitySchema } from '@mikro-orm/postgresql';
import { Client } from 'pg';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { createDatabase, type TestDatabase } from '@countersign/testing/database';
import { eventually } from '@countersign/testing/eventually';
import { z } from 'zod';
import { Audit, type OpenLog } from '../src/audit.ts';
import { logSchema } from '../src/schema/log-steps.ts';
import { cover, uncover } from '../src/triggers/cover.ts';
import { checkCoverage } from '../src/triggers/coverage.ts';
import { OutdatedPolicies } from '../src/events/errors.ts';
import { manualAction, type ManualAction } from '../src/policy/manual-action.ts';
import { audited, never, type Declared } from '../src/policy/policy.ts';
import { fingerprintOf } from '../src/triggers/policy-set.ts';
import { record } from '../src/capture/record.ts';
import type { Visibility } from '../src/read/visibility.ts';

// A garden whose policies change while people work in it.

const text = (label: string) => ({ label, kind: 'text' }) as const;
const CHANGED = { vocabulary: { garden_changed: { label: 'Changed' } }, general: 'garden_changed' } as const;
const SHED = { area: 'garden', label: 'Shed', title: (row: { id?: string | null }) => `Shed ${row.id}`, actions: CHANGED };

const Shed = defineEntity({ name: 'Shed', tableName: 'shed', properties: { id: p.integer().primary(), colour: p.string() } });
const shedPolicy = audited(Shed, { ...SHED, fields: { id: never('the key'), colour: text('Colour') } });

/** The same table one version later. */
const ShedWithRoof = defineEntity({
  name: 'Shed',
  tableName: 'shed',
  properties: { id: p.integer().primary(), colour: p.string(), roof: p.string().nullable() },
});
const roofPolicy = audited(ShedWithRoof, { ...SHED, fields: { id: never('the key'), colour: text('Colour'), roof: text('Roof') } });
/** The same again, by a policy that doesn't record what is new. */
const rooflessPolicy = audited(ShedWithRoof, {
  ...SHED,
  fields: { id: never('the key'), colour: text('Colour'), roof: never('nobody asks') },
});

/** The same by a policy that goes by it. */
const ownedPolicy = audited(ShedWithRoof, {
  ...SHED,
  fields: { id: never('the key'), colour: text('Colour'), roof: never('nobody asks') },
  carries: ['roof'],
  title: (row) => `Shed of ${row.roof}`,
  subject: (row) => row.roof ?? null,
});
const ShedWithHue = defineEntity({ name: 'Shed', tableName: 'shed', properties: { id: p.integer().primary(), hue: p.string() } });
const huePolicy = audited(ShedWithHue, { ...SHED, fields: { id: never('the key'), hue: text('Hue') } });
const Bed = defineEntity({ name: 'Bed', tableName: 'bed', properties: { id: p.integer().primary(), crop: p.string() } });
const bedPolicy = audited(Bed, { ...SHED, label: 'Bed', fields: { id: never('the key'), crop: text('Crop') } });

const EVERYTHING: Visibility = { everything: true, keys: [], sensitive: true };

let database: TestDatabase;
let owner: Client;
/** What a test has opened, to be closed while the database is still there. */
let open: (() => Promise<unknown>)[] = [];

/** One version of the application. */
const version = (...policies: Declared[]) => versionWith([], ...policies);

async function versionWith(actions: readonly ManualAction[], ...policies: Declared[]): Promise<{ orm: MikroORM; audit: Audit }> {
  const audit = new Audit({ policies, actions });
  const orm = await MikroORM.init({
    entities: policies.map(({ entity }) => entity as unknown as EntitySchema | EntityClass),
    clientUrl: database.url,
    subscribers: [audit.subscriber],
    driverOptions: audit.driverOptions,
  });
  open.push(() => orm.close(true));
  audit.bind(orm);
  return { orm, audit };
}
const registryOf = async (...policies: Declared[]) => (await version(...policies)).audit.registry;

async function opened(audit: Audit): Promise<OpenLog & { alarms: string[] }> {
  const alarms: string[] = [];
  const alarm = (problem: unknown) => alarms.push(String(problem));
  const log = await audit.openLog({ app: database.url, sequencer: database.url, alarm });
  open.push(log.close);
  return Object.assign(log, { alarms });
}

async function eventsIn({ log }: OpenLog) {
  await eventually(async () => (await log.settle()).waiting === 0);
  return (await log.after(0, {}, EVERYTHING, 1_000)).events;
}

async function another(): Promise<Client> {
  const client = new Client(database.url);
  await client.connect();
  open.push(() => client.end());
  return client;
}

const run = async (...statements: string[]) => {
  for (const statement of statements) await owner.query(statement);
};
const names = async (query: string) => (await owner.query<{ name: string }>(query)).rows.map(({ name }) => name);
const triggers = () =>
  names(`select tgrelid::regclass || ' ' || tgname as name from pg_trigger where not tgisinternal and tgname like 'zz_%' order by 1`);
const functions = () => names(`select proname::text as name from pg_proc where proname like 'audit_saw%' order by 1`);
const covered = () => names('select table_name as name from audit_coverage where until_at is null order by 1');
const sinceOf = async (table: string) =>
  (
    await owner.query<{ since: string; at: Date }>(
      'select since::text as since, since_at as at from audit_coverage where table_name = $1',
      [table],
    )
  ).rows[0];

const FIVE = ['delete', 'insert', 'key', 'truncate', 'update'];
const NOT_FOR_LONG = { lockMs: 50, attempts: 3, pauseMs: 20 };

beforeEach(async () => {
  database = await createDatabase();
  owner = new Client(database.url);
  await owner.connect();
  await run(...logSchema, 'create table shed (id int primary key, colour varchar(255) not null)');
});
async function close() {
  for (const one of open.toReversed()) await one();
  open = [];
}
afterEach(async () => {
  await close();
  await owner.end();
  await database.drop();
});

describe('AUD-4 two versions side by side', () => {
  async function rolling() {
    const old = await version(shedPolicy);
    await cover(owner, old.audit.registry);
    const oldLog = await opened(old.audit);
    await run(`insert into shed values (1, 'red')`);
    expect(await eventsIn(oldLog)).toHaveLength(1);
    await run('alter table shed add column roof varchar(255)');
    const next = await version(roofPolicy);
    await cover(owner, next.audit.registry);
    return { old, oldLog, next };
  }

  it('the older node numbers nothing once the newer one has migrated, and says why; the newer one does, with every column', async () => {
    const { oldLog, next } = await rolling();
    await run(`update shed set roof = 'tiles' where id = 1`);
    await eventually(() => oldLog.sequencer.standsBack !== null);
    expect(oldLog.sequencer.standsBack).toMatch(/aren't those by which the database records since .* Start the program that brought those/);
    expect(oldLog.alarms).toEqual([expect.stringContaining('OutdatedPolicies')]);
    expect((await owner.query('select from audit_event')).rowCount).toBe(1);
    const newLog = await opened(next.audit);
    expect((await eventsIn(newLog)).at(-1)?.changes).toEqual([{ field: 'roof', old: null, new: 'tiles' }]);
    // Whoever asks the older node hears when the newer one has written.
    expect(await oldLog.log.settle()).toMatchObject({ waiting: 0 });
    expect((await owner.query('select from audit_inbox')).rowCount).toBe(0);
  });

  it('what the older triggers saw last is told whole: of columns and tables that are gone, by their names, sealed', async () => {
    await run('create table bed (id int primary key, crop varchar(255) not null)');
    const old = await version(shedPolicy, bedPolicy);
    await cover(owner, old.audit.registry);
    await run(`insert into shed values (1, 'red')`, `update shed set colour = 'blue'`, `insert into bed values (7, 'beans')`);
    await run('alter table shed rename column colour to hue');
    const next = await version(huePolicy);
    await cover(owner, next.audit.registry);
    const events = await eventsIn(await opened(next.audit));
    expect(events.map(({ action, target, changes }) => [action, `${target?.type} ${target?.id}`, ...changes])).toEqual([
      ['garden_changed', 'Shed 1'],
      ['row_change_unclassified', 'Shed 1', { field: 'colour', old: null, new: 'red' }],
      ['row_change_unclassified', 'Shed 1', { field: 'colour', old: 'red', new: 'blue' }],
      ['row_change_unclassified', 'bed 7', { field: 'id', old: null, new: '7' }, { field: 'crop', old: null, new: 'beans' }],
      ['audit_coverage_ended', 'AuditedTable bed'],
    ]);
    const { rows } = await owner.query(`select from audit_event where changes::text ~ 'beans|blue|red'`);
    expect(rows).toEqual([]);
  });

  it("what the older triggers did not carry along, the record's earlier events say", async () => {
    await run('alter table shed add column roof varchar(255)');
    const old = await version(rooflessPolicy);
    await cover(owner, old.audit.registry);
    await run(`insert into shed values (1, 'red', 'tiles')`);
    await eventsIn(await opened(old.audit));
    await close();
    await run(`update shed set colour = 'blue'`);
    const next = await version(ownedPolicy);
    await cover(owner, next.audit.registry);
    const log = await opened(next.audit);
    expect((await eventsIn(log)).at(-1)).toMatchObject({ target: { id: '1', label: 'Shed 1' }, subject: null });
    await run(`update shed set colour = 'green'`);
    expect((await eventsIn(log)).at(-1)).toMatchObject({ target: { id: '1', label: 'Shed of tiles' }, subject: 'tiles' });
  });

  it('an older node that is alone says so, and keeps what waits', async () => {
    const old = await version(shedPolicy);
    await cover(owner, old.audit.registry);
    const alarms: string[] = [];
    const { Sequencer } = await import('../src/sequencer/sequencer.ts');
    const alone = new Sequencer({
      connectionString: database.url,
      alarm: (problem) => alarms.push(String(problem)),
      publish: () => undefined,
      policies: fingerprintOf(old.audit.registry),
      sight: { ...old.audit.registry, application: 'postgres' },
      aloneMs: 0,
    });
    await alone.start();
    await run('alter table shed add column roof varchar(255)');
    await cover(owner, await registryOf(roofPolicy));
    await run(`insert into shed values (1, 'red', 'tiles')`);
    await eventually(() => alarms.some((alarm) => /1 rows wait in the inbox, and no node numbers them/.test(alarm)));
    expect(await alone.settle(100)).toBe(1);
    expect((await owner.query('select from audit_inbox')).rowCount).toBe(1);
    // The policies come back: it goes on by itself.
    await run('update audit_policies set in_force = false');
    expect(await alone.settle(10_000)).toBe(0);
    await alone.stop();
  });

  it('the start of an older one is refused, and puts nothing back; on purpose it may', async () => {
    const { old } = await rolling();
    const before = (await owner.query('select * from audit_coverage')).rows;
    await expect(cover(owner, old.audit.registry)).rejects.toThrow(PolicyRefusal);
    await run('alter table shed drop column roof');
    await expect(cover(owner, old.audit.registry)).rejects.toThrow(OutdatedPolicies);
    await expect(old.audit.openLog({ app: database.url, sequencer: database.url, alarm: () => undefined })).rejects.toThrow(
      OutdatedPolicies,
    );
    expect((await owner.query('select * from audit_coverage')).rows).toEqual(before);
    expect(await cover(owner, old.audit.registry, { goBack: true })).toEqual([{ table: 'shed', what: 'renewed', found: [] }]);
    await opened(old.audit);
  });

  it('which one is the older the releases tell; without them, what was in force before', async () => {
    await run('alter table shed add column roof varchar(255)');
    const [one, other] = [await registryOf(rooflessPolicy), await registryOf(roofPolicy)];
    await cover(owner, one, { release: '1.9.0' });
    await cover(owner, other, { release: '1.10.0' });
    await expect(cover(owner, one, { release: '1.9.1' })).rejects.toThrow(/of version 1.9.1 aren't those of version 1.10.0/);
    // A change that was taken back in a later release.
    await cover(owner, one, { release: '1.11.0' });
    await expect(cover(owner, other, { release: '1.11.0' })).rejects.toThrow(OutdatedPolicies);
  });
});

describe('AUD-4, AUD-9 two versions that know other things to tell by hand', () => {
  const raked = manualAction({ name: 'garden_raked', area: 'garden', label: 'Raked', metadata: z.strictObject({ leaves: z.int() }) });
  const watered = manualAction({ name: 'garden_watered', area: 'garden', label: 'Watered', metadata: z.strictObject({}) });
  const inMetres = manualAction({ ...raked, metadata: z.strictObject({ leaves: z.int(), metres: z.number() }) });

  it.each([
    ['one more', [raked, watered], watered, {}],
    ['one that takes more', [inMetres], inMetres, { leaves: 3, metres: 1.5 }],
  ])('%s: the older node leaves it to the newer one', async (_, actions, told, metadata) => {
    const old = await versionWith([raked], shedPolicy);
    await cover(owner, old.audit.registry);
    const oldLog = await opened(old.audit);
    const next = await versionWith(actions, shedPolicy);
    await cover(owner, next.audit.registry);
    await record(next.orm.em.fork() as EntityManager, told as ManualAction, { metadata });
    await eventually(() => oldLog.sequencer.standsBack !== null);
    const newLog = await opened(next.audit);
    expect(await eventsIn(newLog)).toMatchObject([{ action: told.name, metadata }]);
    expect(oldLog.alarms).toEqual([expect.stringContaining('OutdatedPolicies')]);
  });

  it('one that is retired: what was told before and waits is recorded, and telling it is refused', async () => {
    const old = await versionWith([raked, watered], shedPolicy);
    await cover(owner, old.audit.registry);
    await record(old.orm.em.fork() as EntityManager, raked, { metadata: { leaves: 3 } });
    const retired = manualAction({ ...raked, retired: true });
    const next = await versionWith([retired], shedPolicy);
    await cover(owner, next.audit.registry);
    expect(await eventsIn(await opened(next.audit))).toMatchObject([{ action: 'garden_raked', metadata: { leaves: 3 } }]);
    expect(next.audit.registry.vocabulary.actions.map(({ name }) => name)).toContain('garden_raked');
    await expect(record(next.orm.em.fork() as EntityManager, retired, { metadata: { leaves: 4 } })).rejects.toThrow(
      'garden_raked is declared as retired',
    );
  });

  it('what makes another set, and what doesn’t', async () => {
    const setOf = async (action: ManualAction) => fingerprintOf((await versionWith([action], shedPolicy)).audit.registry);
    const set = await setOf(raked);
    for (const same of [{ label: 'Leaves raked' }, { description: 'With a rake.' }, { retired: true }, { needsPerson: true }])
      expect(await setOf(manualAction({ ...raked, ...same }))).toBe(set);
    for (const other of [{ name: 'raked' }, { area: 'lawn' }, { formerly: ['swept'] }, { revision: 2 }, { metadata: inMetres.metadata }])
      expect(await setOf(manualAction({ ...raked, ...other }))).not.toBe(set);
    // No JSON Schema can say it, and nothing fails for that.
    const refined = manualAction({ ...raked, metadata: z.strictObject({ leaves: z.int().transform(String) }) });
    expect(await setOf({ ...refined, revision: 1 })).not.toBe(await setOf(refined));
  });
});

const PolicyRefusal = /no policy classifies the column roof of shed/;

describe('AUD-4 migrating mends the triggers', () => {
  it.each([
    ['is missing', 'drop trigger zz_audit_update on shed', 'zz_audit_update is missing'],
    ['was switched off', 'alter table shed disable trigger zz_audit_delete', 'zz_audit_delete is switched off'],
    ['passes replicas by', 'alter table shed enable trigger zz_audit_insert', 'zz_audit_insert is switched off'],
    ['runs as somebody else', 'alter function audit_saw_update_shed security invoker', 'zz_audit_update was altered'],
    ['looks elsewhere for names', 'alter function audit_saw_update_shed set search_path = x', 'zz_audit_update was altered'],
    [
      'has another condition',
      `create or replace trigger zz_audit_key after update on shed for each row when (old.id > new.id) execute function audit_saw_key_shed()`,
      'zz_audit_key was altered',
    ],
  ])('one that %s: the start is refused, then it is made anew, and the log says what was found', async (_, damage, found) => {
    const { audit } = await version(shedPolicy);
    await cover(owner, audit.registry);
    const before = await sinceOf('shed');
    await run(damage);
    await expect(checkCoverage(owner, audit.registry)).rejects.toThrow(new RegExp(`shed: ${found}.* run the migrations, which mend it`));
    expect(await cover(owner, audit.registry)).toMatchObject([{ table: 'shed', what: 'repaired', found: expect.arrayContaining([found]) }]);
    expect(await checkCoverage(owner, audit.registry)).toEqual([]);
    const log = await opened(audit);
    expect((await eventsIn(log)).at(-1)).toMatchObject({
      action: 'audit_coverage_repaired',
      target: { type: 'AuditedTable', id: 'shed' },
      metadata: { found: expect.arrayContaining([found]) },
    });
    // What happened meanwhile may be missing: it is complete since now, and no longer than that.
    expect(BigInt((await sinceOf('shed'))?.since ?? 0)).toBeGreaterThan(BigInt(before?.since ?? 0));
    await run(`insert into shed values (1, 'red')`);
    expect((await eventsIn(log)).at(-1)).toMatchObject({ operation: 'create', target: { id: '1' } });
  });

  it('a restored table counts as covered since it was restored', async () => {
    const registry = await registryOf(shedPolicy);
    await cover(owner, registry);
    const before = await sinceOf('shed');
    await run(`update audit_coverage set server = 'the one that made the dump'`);
    await expect(checkCoverage(owner, registry)).rejects.toThrow('shed: the table was restored or made anew');
    expect(await cover(owner, registry)).toEqual([{ table: 'shed', what: 'repaired', found: ['the table was restored or made anew'] }]);
    expect(BigInt((await sinceOf('shed'))?.since ?? 0)).toBeGreaterThan(BigInt(before?.since ?? 0));
    await run('drop table shed', 'create table shed (id int primary key, colour varchar(255) not null)');
    await expect(checkCoverage(owner, registry)).rejects.toThrow('shed: the table was restored or made anew, zz_audit_insert is missing');
    await cover(owner, registry);
    expect(await checkCoverage(owner, registry)).toEqual([]);
  });

  it('a policy is changed while somebody reads the whole table, as a backup does', async () => {
    await run('alter table shed add column roof varchar(255)');
    await cover(owner, await registryOf(rooflessPolicy));
    const reader = await another();
    await reader.query('begin; select from shed');
    const patience = NOT_FOR_LONG;
    expect(await cover(owner, await registryOf(roofPolicy), { patience })).toEqual([{ table: 'shed', what: 'renewed', found: [] }]);
  });

  it('an orderly change of a policy keeps it covered since when it was', async () => {
    await run('alter table shed add column roof varchar(255)');
    await cover(owner, await registryOf(rooflessPolicy));
    const before = await sinceOf('shed');
    await cover(owner, await registryOf(roofPolicy));
    expect(await sinceOf('shed')).toEqual(before);
  });
});

describe('AUD-4 table by table', () => {
  beforeEach(() => run('create table bed (id int primary key, crop varchar(255) not null)'));

  it('whoever holds one table is waited for, not for long, and named; the others are covered meanwhile, and the next start finds the rest', async () => {
    const registry = await registryOf(shedPolicy, bedPolicy);
    const busy = await another();
    await busy.query(`begin; insert into shed values (1, 'red')`);
    await expect(cover(owner, registry, { patience: NOT_FOR_LONG })).rejects.toThrow(/shed is in use all the time.*process \d+/);
    expect(await covered()).toEqual(['bed']);
    await busy.query('commit');
    expect(await cover(owner, registry)).toEqual([{ table: 'shed', what: 'covered', found: [] }]);
  });

  it('somebody who locks them in the other order loses nothing', async () => {
    const registry = await registryOf(shedPolicy, bedPolicy);
    const busy = await another();
    await busy.query(`begin; insert into shed values (1, 'red')`);
    const covering = cover(owner, registry, { patience: { ...NOT_FOR_LONG, attempts: 1_000 } });
    await eventually(async () => (await busy.query(`select from audit_coverage where table_name = 'bed'`)).rowCount === 1);
    await busy.query(`insert into bed values (1, 'beans'); commit`);
    expect((await covering).map(({ table }) => table)).toEqual(['bed', 'shed']);
  });

  it('a start that broke off after some tables leaves the next one to be refused, and the migrations to go on', async () => {
    await run('alter table shed add column roof varchar(255)');
    await cover(owner, await registryOf(rooflessPolicy, bedPolicy));
    const { audit } = await version(roofPolicy, bedPolicy);
    const busy = await another();
    await busy.query(`begin; insert into shed values (1, 'red')`);
    await expect(cover(owner, audit.registry, { patience: NOT_FOR_LONG })).rejects.toThrow('shed is in use');
    await busy.query('commit');
    await expect(checkCoverage(owner, audit.registry)).rejects.toThrow('shed: its triggers were made for another policy');
    await cover(owner, audit.registry);
    expect(await checkCoverage(owner, audit.registry)).toEqual([]);
  });
});

describe('capture case 6: migrating twice, undoing twice', () => {
  it('comes to the same, with one set of triggers, and with none', async () => {
    const registry = await registryOf(shedPolicy);
    for (const expected of [1, 0]) {
      expect(await cover(owner, registry)).toHaveLength(expected);
      expect(await triggers()).toEqual(FIVE.map((name) => `shed zz_audit_${name}`));
      expect(await functions()).toHaveLength(4);
    }
    for (const expected of [1, 0]) {
      expect(await uncover(owner)).toHaveLength(expected);
      expect([await triggers(), await functions(), await covered()]).toEqual([[], [], []]);
    }
    await cover(owner, registry);
    expect(await triggers()).toHaveLength(5);
  });

  it('a table without a key is refused, with the entity and what to do', async () => {
    await run('alter table shed drop constraint shed_pkey');
    await expect(cover(owner, await registryOf(shedPolicy))).rejects.toThrow(
      'Shed: shed has no key on id, so that nobody could tell which row was changed: add a primary key to the table',
    );
    expect(await triggers()).toEqual([]);
  });
});

describe('AUD-1 what no policy classifies', () => {
  it('is refused at the start, and so is a column that is not there', async () => {
    const registry = await registryOf(shedPolicy);
    await cover(owner, registry);
    await run('alter table shed add column roof text');
    await expect(checkCoverage(owner, registry)).rejects.toThrow(
      "Shed: no policy classifies the column roof of shed: add it to the entity and track it or say never('reason'), or drop it",
    );
    await run('alter table shed drop column roof, drop column colour');
    await expect(checkCoverage(owner, registry)).rejects.toThrow("Shed: the column colour isn't in shed: run the migrations that add it");
  });
});

describe('AUD-4 tables that triggers could not record are refused, with the reason', () => {
  it.each([
    ['a partitioned one', 'create table shed (id int primary key, colour varchar(255)) partition by range (id)', 'shed is partitioned'],
    [
      'one that inherits',
      'create table hut (colour varchar(255)); create table shed (id int primary key) inherits (hut)',
      'part of an inheritance',
    ],
    ['one that a crash empties', 'create unlogged table shed (id int primary key, colour varchar(255))', 'shed is no ordinary table'],
    ['a view', `create view shed as select 1 as id, ''::text as colour`, 'shed is no ordinary table'],
    [
      'a tracked column that is worked out when it is read',
      `create table shed (id int primary key, colour varchar(255) generated always as ('red') virtual)`,
      'the column colour of shed is a virtual one',
    ],
  ])('%s', async (_, statement, problem) => {
    await run('drop table shed', statement);
    await expect(cover(owner, await registryOf(shedPolicy))).rejects.toThrow(problem);
  });

  it('one that a logical replication fills: what it applies fires no trigger of a statement', async () => {
    const registry = await registryOf(shedPolicy);
    await cover(owner, registry);
    // As a refreshed subscription leaves it; here is no publisher to connect to.
    await run(
      `create subscription sheds connection 'host=elsewhere' publication sheds with (connect = false, slot_name = none)`,
      `insert into pg_subscription_rel (srsubid, srrelid, srsubstate) select oid, 'shed'::regclass, 'r' from pg_subscription where subname = 'sheds'`,
    );
    try {
      await expect(checkCoverage(owner, registry)).rejects.toThrow(
        'Shed: shed is filled by a logical replication (a subscription), which fires no trigger that sees whole statements: take it out of the publication, or declare the entity unaudited',
      );
    } finally {
      await run('drop subscription sheds');
    }
    expect(await checkCoverage(owner, registry)).toEqual([]);
  });

  it('a covered table that became one of them, too', async () => {
    const registry = await registryOf(shedPolicy);
    await cover(owner, registry);
    await run('create table hut () inherits (shed)');
    await expect(checkCoverage(owner, registry)).rejects.toThrow('part of an inheritance');
  });
});

describe('AUD-4 names and columns of every kind', () => {
  const inSchema = (schema: string, tableName: string, name: string) => {
    const entity = defineEntity({ name, schema, tableName, properties: { id: p.integer().primary(), colour: p.string() } });
    return audited(entity, { ...SHED, fields: { id: never('the key'), colour: text('Colour') } });
  };

  it('tables whose names run together have functions of their own', async () => {
    await run('create schema a_b', 'create schema a');
    for (const table of ['a_b.c', 'a.b_c', 'public.a_b_c'])
      await run(`create table ${table} (id int primary key, colour varchar(255) not null)`);
    const policies = [inSchema('a_b', 'c', 'One'), inSchema('a', 'b_c', 'Other'), inSchema('public', 'a_b_c', 'Third')];
    const { audit } = await version(...policies);
    await cover(owner, audit.registry);
    const log = await opened(audit);
    await run(`insert into a_b.c values (1, 'red')`, `insert into a.b_c values (2, 'blue')`, `insert into a_b_c values (3, 'green')`);
    expect((await eventsIn(log)).map(({ target }) => `${target?.type} ${target?.id}`)).toEqual(['One 1', 'Other 2', 'Third 3']);
  });

  it('long names, names in capitals, with dots, quotes and letters of any alphabet', async () => {
    const odd = ['Shed "A"', `${'ж'.repeat(30)}1`, `${'ж'.repeat(30)}2`];
    const quoted = odd.map((name) => `"${name.replaceAll('"', '""')}"`);
    for (const name of quoted) await run(`create table ${name} (id int primary key, "Colour ""x""" varchar(255) not null)`);
    const policies = odd.map((tableName, i) => {
      const properties = { id: p.integer().primary(), colour: p.string().name('Colour "x"') };
      return audited(defineEntity({ name: `Odd${i}`, tableName, properties }), {
        ...SHED,
        fields: { id: never('the key'), colour: text('Colour') },
      });
    });
    const { audit } = await version(...policies);
    await cover(owner, audit.registry);
    expect(await checkCoverage(owner, audit.registry)).toEqual([]);
    const log = await opened(audit);
    for (const name of quoted) await run(`insert into ${name} values (1, 'red')`, `update ${name} set "Colour ""x""" = 'blue'`);
    const events = await eventsIn(log);
    expect(events.map(({ operation, target }) => `${operation} ${target?.type}`)).toEqual(
      odd.flatMap((_, i) => [`create Odd${i}`, `update Odd${i}`]),
    );
    expect(events[1]?.changes).toEqual([{ field: 'Colour "x"', old: 'red', new: 'blue' }]);
    expect(await cover(owner, audit.registry)).toEqual([]);
  });

  it('columns that are called like what stands around a function', async () => {
    const columns = { one: '$audit$', two: 'a$audit$ b $audit1$', three: '$$' };
    await run(
      `create table hut (id int primary key, ${Object.values(columns)
        .map((name) => `"${name}" varchar(255)`)
        .join(', ')})`,
    );
    const named = Object.entries(columns).map(([property, name]) => [property, p.string().name(name).nullable()] as const);
    const Hut = defineEntity({ name: 'Hut', tableName: 'hut', properties: { id: p.integer().primary(), ...Object.fromEntries(named) } });
    const fields = { id: never('the key'), one: text('One'), two: text('Two'), three: text('Three') };
    const { audit } = await version(audited(Hut, { ...SHED, fields }));
    await cover(owner, audit.registry);
    expect(await checkCoverage(owner, audit.registry)).toEqual([]);
    const log = await opened(audit);
    await run(`insert into hut values (1, 'a', 'b', 'c')`, `update hut set "$audit$" = 'd'`, 'update hut set id = 2', 'delete from hut');
    const events = await eventsIn(log);
    expect(events.map(({ operation }) => operation)).toEqual(['create', 'update', 'delete', 'create', 'delete']);
    expect(events[1]?.changes).toEqual([{ field: '$audit$', old: 'a', new: 'd' }]);
  });

  it('identity columns and stored columns that are worked out', async () => {
    const Seed = defineEntity({
      name: 'Seed',
      tableName: 'seed',
      properties: {
        id: p.integer().primary().generated('identity'),
        kind: p.string(),
        shout: p.string().generated('(upper(kind)) stored').nullable(),
      },
    });
    await run(
      'create table seed (id int generated always as identity primary key, kind varchar(255) not null, shout varchar(255) generated always as (upper(kind)) stored)',
    );
    const seedPolicy = audited(Seed, { ...SHED, fields: { id: never('the key'), kind: text('Kind'), shout: text('Shout') } });
    const { audit, orm } = await version(seedPolicy);
    await cover(owner, audit.registry);
    const log = await opened(audit);
    const em = orm.em.fork();
    const seed = em.create(Seed, { kind: 'bean' } as never);
    await em.flush();
    await run(`insert into seed (kind) values ('pea')`, `update seed set kind = 'Pea' where id = 2`);
    expect((await eventsIn(log)).map(({ target, changes }) => [target?.id, changes.at(-1)])).toEqual([
      ['1', { field: 'shout', old: null, new: 'BEAN' }],
      ['2', { field: 'shout', old: null, new: 'PEA' }],
      ['2', { field: 'kind', old: 'pea', new: 'Pea' }],
    ]);
    expect(seed.id).toBe(1);
    expect(log.alarms).toEqual([]);
  });
});
