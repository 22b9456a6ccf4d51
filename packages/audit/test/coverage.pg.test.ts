import { defineEntity, MikroORM, p } from '@mikro-orm/postgresql';
import { Client } from 'pg';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { createDatabase, type TestDatabase } from '@countersign/testing/database';
import { eventually } from '@countersign/testing/eventually';
import { Audit } from '../src/audit.ts';
import { logSchema } from '../src/schema/log-steps.ts';
import { cover } from '../src/triggers/cover.ts';
import { checkCoverage } from '../src/triggers/coverage.ts';
import { PolicyError } from '../src/events/errors.ts';
import { audited, never, type Declared } from '../src/policy/policy.ts';
import { compileRegistry } from '../src/policy/registry.ts';
import { triggersOf } from '../src/triggers/triggers.ts';
import type { Visibility } from '../src/read/visibility.ts';

const Hutch = defineEntity({
  name: 'Hutch',
  tableName: 'hutch',
  properties: { id: p.integer().primary(), colour: p.string(), wood: p.string().nullable(), built: p.datetime(3).nullable() },
});
const policyOf = (wood: boolean) =>
  audited(Hutch, {
    area: 'garden',
    label: 'Hutch',
    title: (row) => `Hutch ${row.id}`,
    fields: {
      id: never('the key'),
      colour: { label: 'Colour', kind: 'text' },
      wood: wood ? { label: 'Wood', kind: 'text' } : never('nobody asks'),
      built: { label: 'Built', kind: 'time' },
    },
    actions: { vocabulary: { hutch_changed: { label: 'Changed' } }, general: 'hutch_changed' },
  });

const EVERYTHING: Visibility = { everything: true, keys: [], sensitive: true };

let database: TestDatabase;
let owner: Client;
let orm: MikroORM;
let audit: Audit;
const registryOf = (policy: Declared) => compileRegistry([policy], orm.getMetadata());
const triggersOn = async () =>
  (
    await owner.query<{ name: string }>(
      `select tgname::text as name from pg_trigger where tgrelid = 'hutch'::regclass and not tgisinternal order by 1`,
    )
  ).rows.map(({ name }) => name);

beforeEach(async () => {
  database = await createDatabase();
  audit = new Audit({ policies: [policyOf(true)] });
  orm = await MikroORM.init({
    entities: [Hutch],
    clientUrl: database.url,
    subscribers: [audit.subscriber],
    driverOptions: audit.driverOptions,
  });
  audit.bind(orm);
  owner = new Client(database.url);
  await owner.connect();
  for (const statement of [await orm.schema.getCreateSchemaSQL(), ...logSchema]) await owner.query(statement);
});
afterEach(async () => {
  await owner.end();
  await orm.close(true);
  await database.drop();
});

const open = () => audit.openLog({ app: database.url, sequencer: database.url, alarm: () => undefined });

describe('AUD-4 the triggers are made from the policies', () => {
  it('as this SQL', async () => {
    expect(triggersOf(registryOf(policyOf(true)))[0]?.statements.join(';\n')).toMatchSnapshot();
  });

  it('once: a second time nothing is done, and the same set of triggers is there', async () => {
    expect((await cover(owner, audit.registry)).map(({ table }) => table)).toEqual(['hutch']);
    const first = await triggersOn();
    expect(first).toEqual(['zz_audit_delete', 'zz_audit_insert', 'zz_audit_key', 'zz_audit_truncate', 'zz_audit_update']);
    expect(await cover(owner, audit.registry)).toEqual([]);
    expect(await triggersOn()).toEqual(first);
  });

  it('anew where a policy has changed, and not at all where a table is not there', async () => {
    await cover(owner, registryOf(policyOf(false)));
    await expect(checkCoverage(owner, audit.registry)).rejects.toThrow(/aren't those by which the database records/);
    expect(await cover(owner, audit.registry)).toEqual([{ table: 'hutch', what: 'renewed', found: [] }]);
    expect(await checkCoverage(owner, audit.registry)).toEqual([]);
    await owner.query('drop table hutch');
    await expect(cover(owner, audit.registry)).rejects.toThrow("Hutch: the table hutch isn't there");
    await expect(checkCoverage(owner, audit.registry)).rejects.toThrow("Hutch: the table hutch isn't there");
  });
});

describe('AUD-4 the start', () => {
  it('is refused where triggers were switched off or are gone, with their names', async () => {
    await cover(owner, audit.registry);
    await owner.query('alter table hutch disable trigger zz_audit_update');
    await expect(open()).rejects.toThrow(PolicyError);
    await owner.query('alter table hutch enable trigger zz_audit_update');
    // Enabled as most triggers are isn't enough: a session in the role of a replica would pass it by.
    await expect(open()).rejects.toThrow(/hutch: zz_audit_update is switched off/);
    await owner.query('alter table hutch enable always trigger zz_audit_update; drop trigger zz_audit_delete on hutch');
    await expect(open()).rejects.toThrow(/zz_audit_delete is missing/);
  });

  it.each([
    [
      'a function that writes nothing any more',
      `create or replace function audit_saw_update_hutch() returns trigger language plpgsql as 'begin return null; end'`,
    ],
    [
      'a trigger that never fires',
      `drop trigger zz_audit_update on hutch; create trigger zz_audit_update after update on hutch for each row when (false) execute function audit_saw_key_hutch();
        alter table hutch enable always trigger zz_audit_update`,
    ],
  ])('is refused for %s', async (_, alteration) => {
    await cover(owner, audit.registry);
    await owner.query(alteration);
    await expect(open()).rejects.toThrow(/zz_audit_update was altered/);
  });

  it('says which tables no trigger covers; there the hooks alone record', async () => {
    const { uncovered, log, close } = await open();
    expect(uncovered).toEqual(['hutch']);
    const em = orm.em.fork();
    em.create(Hutch, { id: 1, colour: 'red' });
    await em.flush();
    await em.nativeUpdate(Hutch, { id: 1 }, { colour: 'green' });
    await eventually(async () => (await log.settle()).waiting === 0);
    expect((await log.after(0, {}, EVERYTHING, 10)).events.map(({ operation }) => operation)).toEqual(['create']);
    await close();
  });

  it('what was told before a table was covered stands, though no trigger saw it', async () => {
    const em = orm.em.fork();
    em.create(Hutch, { id: 1, colour: 'red' });
    await em.flush();
    await cover(owner, audit.registry);
    const { uncovered, log, close } = await open();
    expect(uncovered).toEqual([]);
    await em.nativeUpdate(Hutch, { id: 1 }, { built: new Date('2026-11-03T08:00:00.120Z') });
    await owner.query(`update hutch set built = '2026-11-03 08:00:00.123456+00'`);
    await eventually(async () => (await log.settle()).waiting === 0);
    const { events } = await log.after(0, {}, EVERYTHING, 10);
    expect(events.map(({ operation, changes }) => [operation, changes.at(-1)])).toEqual([
      ['create', { field: 'colour', old: null, new: 'red' }],
      ['update', { field: 'built', old: null, new: '2026-11-03T08:00:00.120Z' }],
      ['update', expect.objectContaining({ new: '2026-11-03T08:00:00.123Z' })],
    ]);
    await close();
  });
});
