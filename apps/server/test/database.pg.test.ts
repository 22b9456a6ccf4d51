import { MikroORM } from '@mikro-orm/postgresql';
import { Client, escapeIdentifier } from 'pg';
import { describe, expect, onTestFinished, test } from 'vitest';
import { Audit } from '@countersign/audit/audit';
import { DECLARED, ENTITIES, MANUAL_ACTIONS } from '@countersign/domain/entities';
import { pino } from 'pino';
import { uncover } from '@countersign/audit/cover';
import { createDatabase, type TestDatabase } from '@countersign/testing/database';
import { eventually } from '@countersign/testing/eventually';
import { openDatabase } from '../src/database/database.ts';
import { makeLogins } from '../src/database/logins.ts';
import { SchemaTooNew } from '../src/database/migrate.ts';
import { MIGRATIONS } from '../src/database/migrations.ts';
import type { Logins } from '../src/settings.ts';
import { openSystem } from '../src/system.ts';
import { settingsFor } from './house.ts';

async function empty(): Promise<TestDatabase> {
  const database = await createDatabase();
  onTestFinished(database.drop);
  return database;
}

async function asking<Result>(url: string, work: (client: Client) => Promise<Result>): Promise<Result> {
  const client = new Client(url);
  await client.connect();
  try {
    return await work(client);
  } finally {
    await client.end();
  }
}

const names = MIGRATIONS.map(({ name }) => name);

describe('making a database ready', () => {
  test('two nodes may do so at the same moment: one migrates, the other finds it done, and both get the same logins', async () => {
    const database = await empty();
    const [one, other] = await Promise.all([openDatabase(settingsFor(database)), openDatabase(settingsFor(database))]);
    const [idle, busy] = [one.migrated, other.migrated].toSorted((a, b) => a.length - b.length);
    expect(idle).toEqual([]);
    expect(busy?.slice(0, names.length)).toEqual(names);
    expect(busy?.slice(names.length)).toContain('triggers of timecard_headers');
    expect(one.logins).toEqual(other.logins);
    // The owner is no superuser: whoever runs this server has to make the extension.
    expect(one.unprotected).toEqual([expect.stringContaining('refused, but not recorded')]);
  });

  test('a second start finds nothing to do', async () => {
    const database = await empty();
    const first = await openDatabase(settingsFor(database));
    const second = await openDatabase(settingsFor(database));
    expect(second).toMatchObject({ migrated: [], logins: first.logins });
  });

  test('a schema newer than the code stops the start, and says which version to start', async () => {
    const database = await empty();
    await openDatabase(settingsFor(database));
    await asking(database.url, (client) => client.query("insert into mikro_orm_migrations (name) values ('0009_from_the_future')"));
    await expect(openDatabase(settingsFor(database))).rejects.toThrow(SchemaTooNew);
    await expect(openDatabase(settingsFor(database))).rejects.toThrow('newer version of Countersign (0009_from_the_future)');
  });
});

describe('AUD-4: the triggers', () => {
  test('a start mends what somebody did to them, says so once, and the log has it for good', async () => {
    const database = await empty();
    const { logins } = await openDatabase(settingsFor(database));
    await asking(database.url, (client) => client.query('alter table timecard_headers disable trigger zz_audit_update'));
    const mended = await openDatabase(settingsFor(database));
    expect(mended.gaps).toEqual([
      'Changes of timecard_headers may have gone unrecorded until now: zz_audit_update is switched off. Its triggers were made anew, and the log says so.',
    ]);
    expect(mended.migrated).toEqual(['triggers of timecard_headers']);
    expect((await openDatabase(settingsFor(database))).gaps).toEqual([]);
    const { lines, close } = await systemOf(logins);
    await asking(logins.app, (app) =>
      eventually(async () => (await app.query(`select from audit_event where action = 'audit_coverage_repaired'`)).rowCount === 1),
    );
    await close();
    expect(lines).toEqual([]);
  });

  test('a version with older audit policies starts nowhere beside newer ones; it can be put back on purpose', async () => {
    const database = await empty();
    await openDatabase(settingsFor(database));
    await asking(database.url, async (client) => {
      await client.query('update audit_policies set in_force = false');
      await client.query(`insert into audit_policies (fingerprint, release, in_force) values ('newer', '999.0.0', true)`);
    });
    await expect(openDatabase(settingsFor(database))).rejects.toThrow(
      /of version \d+\.\d+\.\d+ aren't those of version 999\.0\.0 by which the database records since/,
    );
    await openDatabase(settingsFor(database), true);
    expect((await openDatabase(settingsFor(database))).migrated).toEqual([]);
  });

  test('where there are none, the start says which tables go uncovered', async () => {
    const database = await empty();
    const { logins } = await openDatabase(settingsFor(database));
    await asking(database.ownerUrl, (owner) => uncover(owner));
    const { lines, close } = await systemOf(logins);
    await close();
    expect(lines).toEqual([expect.stringMatching(/timecard_headers.*no trigger records these tables/)]);
  });
});

/** A system that serves nobody, and the warnings that it writes. */
async function systemOf(logins: Logins): Promise<{ lines: string[]; close: () => Promise<void> }> {
  const lines: string[] = [];
  const log = pino({ level: 'warn' }, { write: (line: string) => void lines.push(line) });
  const { close } = await openSystem({ logins, settings: { connections: 5, liveReplay: 1_000 }, log });
  return { lines, close };
}

describe('AUD-12: the logins', () => {
  test('the application can neither alter the log, nor number it, nor read the passwords', async () => {
    const { logins } = await openDatabase(settingsFor(await empty()));
    await asking(logins.app, async (app) => {
      await expect(app.query('select count(*) from audit_event')).resolves.toBeDefined();
      await expect(app.query('select count(*) from timecard_audit_log')).resolves.toBeDefined();
      for (const statement of [
        'delete from audit_event',
        "update audit_event set reason = 'x'",
        'truncate audit_event',
        'insert into audit_event default values',
        'update audit_head set position = 0',
        'delete from audit_inbox',
        'select * from countersign_login',
        'drop table timecard_headers',
        'create table mine (x int)',
      ])
        await expect(app.query(statement), statement).rejects.toThrow(/permission denied|must be owner/);
    });
    await asking(logins.sequencer, async (sequencer) => {
      for (const statement of [
        'delete from audit_event',
        "update audit_event set reason = 'x'",
        'select * from profiles',
        'select * from countersign_login',
      ])
        await expect(sequencer.query(statement), statement).rejects.toThrow('permission denied');
    });
  });

  test('a node that starts takes no right away from those that run, not even for a moment', async () => {
    const database = await empty();
    const { logins } = await openDatabase(settingsFor(database));
    const missing: unknown[] = [];
    await asking(logins.app, (app) =>
      asking(database.ownerUrl, async (owner) => {
        const watched = new Proxy(owner, {
          get: (client, name) =>
            name === 'query'
              ? async (text: string, values?: unknown[]) => {
                  const result = await client.query(text, values);
                  const { rows } = await app.query<{ may: boolean }>("select has_table_privilege('audit_event', 'select') as may");
                  if (!rows[0]?.may) missing.push(text);
                  return result;
                }
              : (Reflect.get(client, name) as unknown),
        });
        await makeLogins(watched, database.ownerUrl, logins);
      }),
    );
    expect(missing).toEqual([]);
  });

  test('their passwords are random, and read by the owner alone', async () => {
    const database = await empty();
    const { logins } = await openDatabase(settingsFor(database));
    const { rows } = await asking(database.ownerUrl, (owner) =>
      owner.query<{ password: string }>('select password from countersign_login'),
    );
    expect(new Set(rows.map(({ password }) => password)).size).toBe(2);
    expect(new URL(logins.app).password).toMatch(/^[\w-]{32}$/);
  });

  test('two databases of one server have roles of their own', async () => {
    const [one, other] = [await openDatabase(settingsFor(await empty())), await openDatabase(settingsFor(await empty()))];
    expect(new URL(one.logins.app).username).not.toBe(new URL(other.logins.app).username);
    expect(new URL(other.logins.app).username).toMatch(/^countersign_app(_[0-9a-f]{8})?$/);
  });

  test('a database that was restored without its roles gets them again', async () => {
    const database = await empty();
    const { logins } = await openDatabase(settingsFor(database));
    const role = escapeIdentifier(new URL(logins.app).username);
    await asking(database.url, (client) => client.query(`drop owned by ${role}; drop role ${role}`));
    expect((await openDatabase(settingsFor(database))).logins).toEqual(logins);
    await asking(logins.app, (app) => app.query('select from profiles'));
  });

  test('given logins are used, a superuser among them is refused', async () => {
    const database = await empty();
    const { logins } = await openDatabase(settingsFor(database));
    const given = { database: { owner: database.ownerUrl, logins }, dataDir: '/nowhere' };
    expect((await openDatabase(given)).logins).toEqual(logins);
    await expect(openDatabase({ ...given, database: { ...given.database, logins: { ...logins, app: database.url } } })).rejects.toThrow(
      'postgres is a superuser',
    );
  });

  test('an owner who may not make roles is told what is not protected', async () => {
    const database = await empty();
    const poor = `poor_${database.name}`;
    await asking(database.url, (client) =>
      client.query(`create role ${poor} login; alter database ${database.name} owner to ${poor}; alter schema public owner to ${poor}`),
    );
    const owner = Object.assign(new URL(database.url), { username: poor, password: '' }).href;
    const opened = await openDatabase({ database: { owner, logins: null }, dataDir: '/nowhere' });
    expect(opened.logins).toEqual({ app: owner, sequencer: owner });
    expect(opened.unprotected).toEqual([expect.stringContaining('may alter it'), expect.stringContaining('refused, but not recorded')]);
  });
});

test('AUD-12: an application that installs the log gets the same log as from the migrations', async () => {
  const [migrated, installed] = [await empty(), await empty()];
  await openDatabase(settingsFor(migrated));
  const audit = new Audit({ policies: DECLARED, actions: MANUAL_ACTIONS });
  const orm = await MikroORM.init({ entities: ENTITIES, clientUrl: installed.ownerUrl, schemaGenerator: audit.schemaGenerator });
  onTestFinished(() => orm.close(true));
  await orm.schema.update();
  audit.bind(orm);
  await audit.install({ owner: installed.ownerUrl });
  expect(await logIn(installed)).toEqual(await logIn(migrated));
});

/** Tables, columns, functions, triggers and checks of the log, as text. */
const logIn = (database: TestDatabase): Promise<string[]> =>
  asking(database.ownerUrl, async (client) => {
    const { rows } = await client.query<{ text: string }>(
      `select format('%s.%s %s %s', c.relname, a.attname, format_type(a.atttypid, a.atttypmod), pg_get_expr(d.adbin, d.adrelid)) as text
        from pg_attribute a join pg_class c on c.oid = a.attrelid left join pg_attrdef d on d.adrelid = c.oid and d.adnum = a.attnum
        where c.relname like 'audit\\_%' and c.relname <> 'audit_installed' and c.relname <> 'audit_installed_pkey' and a.attnum > 0 and not a.attisdropped
      union all select format('%s %s', proname, md5(prosrc)) from pg_proc where proname like 'audit\\_%'
      union all select format('%s on %s %s', tgname, tgrelid::regclass, tgenabled) from pg_trigger
        where tgname like 'audit\\_%' and tgrelid::regclass::text like 'audit\\_%'
      union all select format('%s %s', conname, pg_get_constraintdef(oid)) from pg_constraint where conname like 'audit\\_%' and conrelid <> 0 and conname not like 'audit_installed%'`,
    );
    return rows.map(({ text }) => text).toSorted();
  });
