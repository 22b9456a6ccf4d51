import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { existsSync, rmSync, writeFileSync } from 'node:fs';
import { createServer, type AddressInfo } from 'node:net';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { Client } from 'pg';
import { describe, expect, onTestFinished, test } from 'vitest';
import { createDatabase } from '@countersign/testing/database';
import { eventually } from '@countersign/testing/eventually';
import { adjustClock } from '../src/demo/database-clock.ts';
import { signIn, temporaryFolder } from './house.ts';

const MAIN = fileURLToPath(new URL('../src/main.ts', import.meta.url));

function launch(args: string[], env: Record<string, string>, input = '') {
  const child: ChildProcess = spawn(process.execPath, [MAIN, ...args], {
    env: { PATH: process.env['PATH'], HOME: process.env['HOME'], ...env },
  });
  onTestFinished(() => void child.kill('SIGKILL'));
  const run = { child, output: '', code: once(child, 'exit').then(([code]) => code as number | null) };
  for (const stream of [child.stdout, child.stderr]) stream?.on('data', (data: Buffer) => (run.output += data.toString()));
  child.stdin?.end(input);
  return run;
}

async function empty() {
  const database = await createDatabase();
  onTestFinished(database.drop);
  return { DATABASE_URL: database.ownerUrl, PORT: '0', superuser: database.url };
}

describe('the program', () => {
  test('a malformed setting stops it with a sentence that names the variable', async () => {
    const run = launch(['start'], { PORT: 'eighty', TRUST_PROXY: 'all' });
    expect(await run.code).toBe(1);
    expect(run.output.trim().split('\n')).toEqual([
      'PORT is not valid: it must be a port from 0 to 65535, 0 for any free one.',
      'TRUST_PROXY is not valid: it must be a number from 0 to 10.',
    ]);
  });

  test('a port in use stops it with the name of the setting, and nothing is left running', async () => {
    const taken = createServer().listen(0, '127.0.0.1');
    await once(taken, 'listening');
    onTestFinished(() => void taken.close());
    const PORT = String((taken.address() as AddressInfo).port);
    const run = launch([], { ...(await empty()), PORT });
    expect(await run.code).toBe(1);
    expect(run.output).toContain(`Port ${PORT} is in use: end the program that has it, or set PORT to another one.`);
  });

  test('a database that cannot be reached stops it, without showing the password', async () => {
    const run = launch([], { DATABASE_URL: 'postgresql://owner:6f1d0c2ab95e4738@127.0.0.1:1/x', PORT: '0' });
    expect(await run.code).toBe(1);
    expect(run.output).toContain('ECONNREFUSED');
    expect(run.output).not.toContain('6f1d0c2ab95e4738');
  });

  test('its own database says where its data lie', async () => {
    const folder = temporaryFolder();
    onTestFinished(folder.remove);
    const server = launch(['start'], { DATA_DIR: folder.path, PORT: '0' });
    const dataDir = await eventually(() => /Its data lie in (\S+)/.exec(server.output)?.[1] ?? false, { timeout: 90_000 });
    // For root that is another folder where the wanted one is closed to the account that the database runs as.
    onTestFinished(() => {
      if (dataDir.startsWith('/var/lib/countersign-')) rmSync(dirname(dataDir), { recursive: true });
    });
    expect(existsSync(join(dataDir, 'PG_VERSION'))).toBe(true);
    server.child.kill('SIGTERM');
    expect(await server.code).toBe(0);
  });

  test('a demo that was broken off leaves no clock of its own in the log, wanted again or not', async () => {
    const { superuser: _, ...env } = await empty();
    expect(await launch(['migrate'], env).code).toBe(0);
    const owner = new Client(env.DATABASE_URL);
    await owner.connect();
    onTestFinished(() => owner.end());
    const clock = async () =>
      (await owner.query<{ body: string }>(`select pg_get_functiondef(oid) as body from pg_proc where proname = 'audit_now'`)).rows[0]
        ?.body;
    const own = await clock();
    await adjustClock(owner);
    expect(await clock()).not.toBe(own);
    const server = launch(['start'], { ...env, DEMO: '0' });
    await eventually(() => server.output.includes('Countersign is at'), { timeout: 90_000 });
    expect(await clock()).toBe(own);
    server.child.kill('SIGTERM');
    expect(await server.code).toBe(0);
  });

  test('migrates, makes an administrator, serves them, and ends by a signal without losing what is under way', async () => {
    const { superuser, ...env } = await empty();
    const migrated = launch(['migrate'], env);
    expect(await migrated.code).toBe(0);
    expect(migrated.output).toMatch(/^Ran 0001_/);

    const made = launch(
      ['admin', 'create', '--email', 'ada@example.com', '--name', 'Ada King Lovelace', '--password-stdin'],
      env,
      'correct horse battery staple\n',
    );
    expect(await made.code, made.output).toBe(0);
    expect(made.output).not.toContain('correct horse');

    const server = launch(['start'], { ...env, SECOND_FACTOR_ROLES: 'none' });
    const url = await eventually(() => /Countersign is at (\S+)/.exec(server.output)?.[1] ?? false, { timeout: 90_000 });
    const answer = await signIn(url, 'ada@example.com');
    expect(await answer.json()).toMatchObject({ user: { name: 'Ada King Lovelace', role: 'admin' } });
    const token = /countersign_session=([^;]+)/.exec(answer.headers.get('set-cookie') ?? '')?.[1] ?? '';
    const headers = { authorization: `Bearer ${token}` };
    expect(await (await fetch(`${url}/api/audit-logs`, { headers })).json()).toMatchObject({
      data: expect.arrayContaining([expect.objectContaining({ action_type: 'user_created', root_type: 'User' })]),
    });

    // A request that waits for a lock when the signal comes.
    const blocker = new Client(superuser);
    await blocker.connect();
    await blocker.query('begin; lock table sites');
    const waiting = fetch(`${url}/api/sites`, { headers });
    // Within a transaction the view shows what it showed before, unless it is told to look again.
    const blocked = "select from pg_stat_activity where datname = current_database() and wait_event_type = 'Lock' and query like '%sites%'";
    await eventually(async () => {
      await blocker.query('select pg_stat_clear_snapshot()');
      return (await blocker.query(blocked)).rowCount === 1;
    });
    server.child.kill('SIGTERM');
    server.child.kill('SIGINT'); // as a terminal and npm do, at the same moment
    await eventually(() =>
      fetch(`${url}/healthz`).then(
        () => false,
        () => true,
      ),
    );
    await blocker.query('commit');
    await blocker.end();
    expect(await (await waiting).json()).toEqual([]);
    expect(await server.code, server.output).toBe(0);
  });

  test('TC-12: imports the file of a time clock, or says line by line why not', async () => {
    const { superuser: _, ...env } = await empty();
    const folder = temporaryFolder();
    onTestFinished(folder.remove);
    const made = launch(
      ['admin', 'create', '--email', 'ada@example.com', '--name', 'Ada King', '--password-stdin'],
      env,
      'correct horse battery staple\n',
    );
    expect(await made.code, made.output).toBe(0);
    const owner = new Client(env.DATABASE_URL);
    await owner.connect();
    onTestFinished(() => owner.end());
    await owner.query(`insert into sites (id, name, time_zone) values (gen_random_uuid(), 'North Hall', 'Europe/Berlin')`);
    const cards = async () => Number((await owner.query<{ n: string }>('select count(*) as n from timecard_headers')).rows[0]?.n);

    const file = join(folder.path, 'clock.csv');
    const importing = (...options: string[]) =>
      launch(['import', 'timecards', file, '--as', 'ada@example.com', '--site', 'North Hall', ...options], env);
    writeFileSync(file, 'Email;Date;In;Out\nada@example.com;03.11.2026;08:00;16:00\nbob@example.com;03.11.2026;08:00;16:00\n');
    const wrong = importing('--reason', 'the November file');
    expect(await wrong.code).toBe(1);
    expect(wrong.output).toContain('line 3, Email: There is nobody called "bob@example.com"');
    expect(wrong.output).toContain('Nothing was imported: mend these lines');
    expect(await cards()).toBe(0);

    writeFileSync(file, 'Email;Date;In;Out\nada@example.com;03.11.2026;08:00;16:00\n');
    const checked = importing('--check');
    expect(await checked.code, checked.output).toBe(0);
    expect(checked.output).toContain('1 shifts to create');
    expect(await cards()).toBe(0);
    const done = importing('--reason', 'the November file', '--new-cards', 'day');
    expect(await done.code, done.output).toBe(0);
    expect(done.output).toMatch(/Imported: 1 timecards made and 0 changed, in the change set [0-9a-f-]{36}\./);
    expect(await cards()).toBe(1);
    const { rows } = await owner.query("select distinct channel, reason, actor_kind from audit_event where area = 'timecards'");
    expect(rows).toEqual([{ channel: 'import', reason: 'the November file', actor_kind: 'user' }]);
  });

  test('a failure that nobody caught ends it gracefully, and not with success', async () => {
    const server = launch([], {
      ...(await empty()),
      NODE_OPTIONS: `--import data:text/javascript,${encodeURIComponent("process.on('SIGUSR2', () => Promise.reject(new Error('nobody caught this')))")}`,
      LOG_LEVEL: 'debug',
    });
    await eventually(() => server.output.includes('Countersign is at'), { timeout: 90_000 });
    server.child.kill('SIGUSR2');
    expect(await server.code, server.output).toBe(1);
    expect(server.output).toContain('nobody caught this');
    expect(server.output).toContain('the log and the connections ended');
  });
});
