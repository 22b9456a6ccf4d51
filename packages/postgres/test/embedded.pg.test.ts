import { existsSync, mkdirSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { createServer, type AddressInfo } from 'node:net';
import { dirname, join } from 'node:path';
import { expect, it, onTestFinished } from 'vitest';
import { type EmbeddedOptions, startEmbedded } from '../src/embedded.ts';
import { AlreadyRunning } from '../src/lock-file.ts';
import { succeeds } from '../src/program.ts';
import { folder, gone, isRoot, launcher, query, until } from './scene.ts';

async function start(options: EmbeddedOptions) {
  const server = await startEmbedded(options);
  onTestFinished(() => server.stop());
  return server;
}

it('keeps its data and its password between starts', async () => {
  const dataDir = join(folder(), 'data');
  const first = await start({ dataDir });
  await query(first.url, 'create table hutch as select 7 as rabbits');
  await first.stop();
  await first.stop();
  expect(gone(first.pid)).toBe(true);
  const second = await start({ dataDir });
  expect(await query(second.url, 'select * from hutch')).toEqual([{ rabbits: 7 }]);
  expect(new URL(second.url).password).toBe(new URL(first.url).password);
});

it('lets in nobody without the password, which only the user who started can read', async () => {
  const dataDir = join(folder(), 'data');
  const { url } = await start({ dataDir });
  const guessed = Object.assign(new URL(url), { password: 'postgres' }).href;
  await expect(query(guessed, 'select 1')).rejects.toThrow(/password authentication failed/);
  const { mode, uid } = statSync(`${dataDir}.password`);
  expect({ mode: mode & 0o777, uid }).toEqual({ mode: 0o600, uid: process.getuid?.() });
});

it('knows Unicode, whatever the locales of the machine', async () => {
  const { url } = await start({ dataDir: join(folder(), 'data'), fast: true, settings: { work_mem: '7MB' } });
  const sql =
    "select lower('ÄØΣ') as lower, current_setting('server_encoding') as encoding, current_setting('work_mem') as memory, current_setting('fsync') as fsync";
  expect(await query(url, sql)).toEqual([{ lower: 'äøσ', encoding: 'UTF8', memory: '7MB', fsync: 'off' }]);
});

it('refuses a file in the place of a folder, and names it', async () => {
  const file = join(folder(), 'file');
  writeFileSync(file, 'a rabbit', { mode: 0o600 });
  for (const dataDir of [file, join(file, 'data'), join(file, 'deep', 'data')])
    await expect(startEmbedded({ dataDir, fast: true })).rejects.toThrow(`${file} is no folder: choose another data directory`);
});

it('refuses a second server on the same data, and says which process to stop', async () => {
  const dataDir = join(folder(), 'data');
  const here = await start({ dataDir, fast: true });
  const refusal = await startEmbedded({ dataDir, fast: true }).catch((problem: unknown) => problem);
  expect(refusal).toBeInstanceOf(AlreadyRunning);
  expect(refusal).toMatchObject({
    dataDir,
    pid: here.pid,
    launcher: process.pid,
    message: expect.stringContaining(`stop process ${process.pid} first`) as string,
  });
  await here.stop();

  const elsewhere = await launcher(dataDir);
  await expect(startEmbedded({ dataDir, fast: true })).rejects.toMatchObject({
    name: 'AlreadyRunning',
    pid: elsewhere.pid,
    launcher: elsewhere.child.pid,
  });
});

it('lets one of two simultaneous starts win', async () => {
  const dataDir = join(folder(), 'data');
  await (await start({ dataDir, fast: true })).stop();
  const outcomes = await Promise.allSettled([start({ dataDir, fast: true }), start({ dataDir, fast: true })]);
  expect(outcomes.map((outcome) => outcome.status).sort()).toEqual(['fulfilled', 'rejected']);
  expect(outcomes.find((outcome) => outcome.status === 'rejected')?.reason).toBeInstanceOf(AlreadyRunning);
});

it('waits for a server that is still shutting down', async () => {
  const dataDir = join(folder(), 'data');
  const first = await start({ dataDir, fast: true });
  await query(first.url, 'create table hutch as select * from generate_series(1, 300000)');
  const stopping = first.stop();
  const second = await start({ dataDir, fast: true });
  await stopping;
  expect(await query(second.url, 'select count(*)::int from hutch')).toEqual([{ count: 300_000 }]);
});

it('names a port that is in use', async () => {
  const occupied = createServer();
  await new Promise<void>((resolve) => occupied.listen(0, '127.0.0.1', resolve));
  onTestFinished(() => void occupied.close());
  const { port } = occupied.address() as AddressInfo;
  await expect(startEmbedded({ dataDir: join(folder(), 'data'), fast: true, port })).rejects.toThrow(`port ${port} is in use`);
});

it('touches no folder that is not its own', async () => {
  const dataDir = folder();
  writeFileSync(join(dataDir, 'letter.txt'), 'Dear');
  await expect(startEmbedded({ dataDir, fast: true })).rejects.toThrow(/neither empty nor a PostgreSQL data directory/);
  writeFileSync(join(dataDir, 'PG_VERSION'), '17\n');
  await expect(startEmbedded({ dataDir, fast: true })).rejects.toThrow(/made by PostgreSQL 17/);
});

it('begins anew after a killed first start', async () => {
  const dataDir = join(folder(), 'data');
  mkdirSync(`${dataDir}.draft`);
  writeFileSync(join(`${dataDir}.draft`, 'PG_VERSION'), '18\n');
  const { url } = await start({ dataDir, fast: true });
  expect(await query(url, 'select 1 as one')).toEqual([{ one: 1 }]);
  expect(existsSync(`${dataDir}.draft`)).toBe(false);
});

it.runIf(isRoot)('moves data of root out of a folder that is closed to others, and says where', async () => {
  const dataDir = join(folder(0o700), 'data');
  const server = await start({ dataDir, fast: true });
  const moved = dirname(server.dataDir);
  onTestFinished(() => rmSync(moved, { recursive: true }));
  expect(server.dataDir).not.toContain(dataDir);
  await query(server.url, 'create table hutch as select 7 as rabbits');
  await server.stop();
  const again = await start({ dataDir, fast: true });
  expect(again.dataDir).toBe(server.dataDir);
  expect(await query(again.url, 'select * from hutch')).toEqual([{ rabbits: 7 }]);
  await again.stop();
  await until(() => gone(again.pid));
});

// `daemon`, on every system; it needs a checkout that it can read.
const user = { uid: 1, gid: 1 };
const userCanStart = isRoot && succeeds('test', ['-r', import.meta.filename], user) && succeeds(process.execPath, ['--version'], user);

it.runIf(userCanStart)('serves an ordinary user, whose data root can serve later on', async () => {
  const dataDir = join(folder(0o777), 'data');
  const theirs = await launcher(dataDir, user);
  await query(theirs.url, 'create table hutch as select 7 as rabbits');
  expect(statSync(dataDir).uid).toBe(user.uid);
  theirs.child.kill('SIGTERM');
  await until(() => gone(theirs.pid));
  const { url } = await start({ dataDir, fast: true });
  expect(await query(url, 'select * from hutch')).toEqual([{ rabbits: 7 }]);
});
