import { defineEntity, MikroORM, p } from '@mikro-orm/postgresql';
import { Client } from 'pg';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { createDatabase, type TestDatabase } from '@countersign/testing/database';
import { Audit } from '../src/audit.ts';
import { PolicyError } from '../src/events/errors.ts';
import { audited, never, unaudited } from '../src/policy/policy.ts';

const Bed = defineEntity({
  name: 'Bed',
  tableName: 'carrot bed',
  properties: { id: p.integer().primary(), length: p.integer(), paths: () => p.manyToMany(Path) },
});
const Path = defineEntity({ name: 'Path', tableName: 'path', properties: { id: p.integer().primary() } });
const bedAudit = audited(Bed, {
  area: 'garden',
  label: 'Bed',
  title: (row) => `Bed ${row.id}`,
  fields: { id: never('the key'), length: { label: 'Length', kind: 'number' }, paths: { label: 'Paths', kind: 'members' } },
  actions: { vocabulary: { bed_changed: { label: 'Changed' } }, general: 'bed_changed' },
});
const ALL = { everything: true, keys: [], sensitive: true };

let database: TestDatabase;
let logins: { app: string; sequencer: string };
let orms: MikroORM[];

beforeEach(async () => {
  database = await createDatabase();
  orms = [];
  // Roles belong to the whole server: each test has names of its own.
  const as = (role: string) => Object.assign(new URL(database.ownerUrl), { username: `${role}_${database.name}`, password: "p'w d" }).href;
  logins = { app: as('app'), sequencer: as('seq') };
});
afterEach(async () => {
  for (const orm of orms) await orm.close(true);
  const client = await connected(database.url);
  for (const url of Object.values(logins)) {
    const role = new URL(url).username;
    await client.query(
      `do $$ begin if exists (select from pg_roles where rolname = '${role}') then drop owned by ${role}; drop role ${role}; end if; end $$`,
    );
  }
  await client.end();
  await database.drop();
});

async function connected(url: string): Promise<Client> {
  const client = new Client(url);
  await client.connect();
  return client;
}

/** An application that has the audit trail, on this address. */
async function application(clientUrl: string): Promise<{ audit: Audit; orm: MikroORM }> {
  const audit = new Audit({ policies: [bedAudit, unaudited(Path, 'trodden by everybody')] });
  const orm = await MikroORM.init({ entities: [Bed, Path], clientUrl, ...audit.ormOptions });
  orms.push(orm);
  audit.bind(orm);
  return { audit, orm };
}

describe('AUD-4, AUD-12 installing', () => {
  it('makes what is missing, once, and several nodes may do so at the same time', async () => {
    const owner = database.ownerUrl;
    const { orm, audit } = await application(owner);
    await orm.schema.update();
    const made = await Promise.all([1, 2, 3].map(() => audit.install({ owner, logins })));
    expect(made.filter(({ done }) => done.length)).toHaveLength(1);
    expect(made.flatMap(({ done }) => done)).toEqual(
      expect.arrayContaining(['log', 'triggers of carrot bed', `login app_${database.name}`, `login seq_${database.name}`]),
    );
    expect((await audit.install({ owner, logins })).done).toEqual([]);
    // The owner is no superuser here: whoever runs the server has to make the extension.
    expect((await audit.install({ owner })).unprotected).toEqual([
      expect.stringContaining('give install two logins'),
      expect.stringContaining('refused, but not recorded'),
    ]);
  });

  it('adds a step to a log that people work with, and keeps nobody from writing while it waits for its lock', async () => {
    const owner = database.ownerUrl;
    const { orm, audit } = await application(owner);
    await orm.schema.update();
    await audit.install({ owner, logins });
    const [before, writer, busy] = await Promise.all([connected(owner), connected(owner), connected(owner)]);
    await before.query(`alter table audit_inbox add constraint audit_inbox_kind_check check (kind in ('f', 's', 'a'));
      delete from audit_installed where step = 'lighter capture'`);
    await busy.query(`begin; insert into "carrot bed" (length) values (1)`);
    const installed = audit.install({ owner, logins });
    // Who had to wait would wait for ever: what is in the way ends only afterwards. Seconds are what a busy machine may need.
    await writer.query(`set statement_timeout = '15s'`);
    for (let i = 0; i < 20; i++) await writer.query('insert into "carrot bed" (length) values (2)');
    await new Promise((later) => setTimeout(later, 300));
    for (let i = 0; i < 20; i++) await writer.query('insert into "carrot bed" (length) values (2)');
    await busy.query('commit');
    expect((await installed).done).toEqual(['lighter capture']);
    await Promise.all([before, writer, busy].map((client) => client.end()));
  });

  it('gives the application its tables, their sequences and its part of the log, and leaves the log alone when the schema is compared', async () => {
    const owner = database.ownerUrl;
    const ofOwner = await application(owner);
    await ofOwner.orm.schema.update();
    await ofOwner.audit.install({ owner, logins });
    await ofOwner.orm.schema.update();
    expect(await ofOwner.orm.schema.getUpdateSchemaSQL()).toBe('');
    const { orm, audit } = await application(logins.app);
    const trail = await audit.openLog({ ...logins, alarm: (problem) => expect.unreachable(String(problem)) });
    expect(trail.uncovered).toEqual([]);
    const em = orm.em.fork();
    const bed = em.create(Bed, { length: 3 });
    bed.paths.add(em.create(Path, {}));
    await em.flush();
    await em.nativeUpdate(Bed, { id: bed.id }, { length: 4 });
    await expect.poll(async () => (await trail.log.settle()).waiting).toBe(0);
    const { events } = await trail.log.page({ filter: {}, visibility: ALL, limit: 10 });
    expect(events.map(({ operation, changes }) => [operation, changes.map(({ field }) => field)])).toEqual([
      ['update', ['length']],
      ['create', ['length', 'paths']],
    ]);
    await trail.close();
    const app = await connected(logins.app);
    await expect(app.query('truncate audit_event')).rejects.toThrow(/permission denied/);
    await app.end();
  });

  it('says what to do where the tables, or the log, are not there', async () => {
    const owner = database.ownerUrl;
    const { orm, audit } = await application(owner);
    const tooEarly = audit.install({ owner });
    await expect(tooEarly).rejects.toThrow(PolicyError);
    await expect(tooEarly).rejects.toThrow("Bed: its table carrot bed is not in the database: run the application's own migrations");
    await orm.schema.update();
    const open = audit.openLog({ app: owner, sequencer: owner, alarm: () => undefined });
    await expect(open).rejects.toThrow('The database has no audit log yet: call audit.install({ owner }) first');
    await expect(audit.install({ owner, logins: { app: owner, sequencer: owner } })).rejects.toThrow(
      'owns the tables, and could alter the log',
    );
    await expect(new Audit({ policies: [] }).install({ owner })).rejects.toThrow('call audit.bind(orm)');
  });
});
