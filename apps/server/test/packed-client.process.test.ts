import { spawn, spawnSync } from 'node:child_process';
import { randomUUID } from 'node:crypto';
import { once } from 'node:events';
import { copyFileSync, globSync, mkdirSync, writeFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { Client as Database } from 'pg';
import { publint } from 'publint';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { createClient } from '@countersign/client';
import { freePort } from '@countersign/postgres/free-port';
import { createDatabase, type TestDatabase } from '@countersign/testing/database';
import { eventually } from '@countersign/testing/eventually';
import { temporaryFolder } from './house.ts';
import { createAdmin, ServerProcess, signInForToken } from './server-process.ts';

const CLIENT = fileURLToPath(new URL('../../../packages/client/', import.meta.url));
const ADMIN = { email: 'ada@example.com', name: 'Ada Admin', password: 'correct horse battery staple' };

const folder = temporaryFolder();
const program = join(folder.path, 'program');
let database: TestDatabase;
let server: ServerProcess;
let owner: Database;
let token: string;
const site = randomUUID();

beforeAll(async () => {
  database = await createDatabase();
  const env = { DATABASE_URL: database.ownerUrl, DEMO: 'false' };
  server = new ServerProcess({ ...env, PORT: String(await freePort()) });
  await server.start();
  await createAdmin(env, ADMIN);
  token = await signInForToken(server, ADMIN);
  owner = new Database(database.ownerUrl);
  await owner.connect();
  await owner.query('insert into sites (id, name, time_zone) values ($1, $2, $3)', [site, 'Dock', 'Europe/Berlin']);
  install();
});

afterAll(async () => {
  await server.stop();
  await owner.end();
  await database.drop();
  folder.remove();
});

function run(cwd: string, command: string, ...args: string[]): string {
  const done = spawnSync(command, args, { cwd, encoding: 'utf8', shell: process.platform === 'win32' });
  if (done.status !== 0)
    throw new Error(`${command} ${args.join(' ')} ended with ${done.status}:\n${done.stdout}${done.stderr}`, { cause: done.error });
  return done.stdout;
}

/**
 * What `npm install @countersign/client @types/node` leaves in an empty folder, without asking a registry: what the
 * packages depend on comes from this repository's own installation. Their peer, the compiler, does so too.
 */
function install(): void {
  mkdirSync(program);
  const packed = join(folder.path, 'packed');
  mkdirSync(packed);
  run(CLIENT, 'pnpm', 'pack', '--pack-destination', packed);
  const from = createRequire(join(CLIENT, 'package.json'));
  const nodeTypes = from.resolve('@types/node/package.json');
  const others = [from.resolve('@trpc/client/package.json'), from.resolve('@trpc/server/package.json'), nodeTypes];
  for (const manifest of [...others, createRequire(nodeTypes).resolve('undici-types/package.json')])
    run(packed, 'npm', 'pack', '--ignore-scripts', '--silent', dirname(manifest));
  writeFileSync(join(program, 'package.json'), JSON.stringify({ name: 'somebodys-program', type: 'module', private: true }));
  const tarballs = globSync('*.tgz', { cwd: packed }).map((name) => join(packed, name));
  run(program, 'npm', 'install', '--offline', '--legacy-peer-deps', '--ignore-scripts', '--no-audit', '--no-fund', ...tarballs);
  copyFileSync(fileURLToPath(new URL('fixtures/packed-program.ts', import.meta.url)), join(program, 'program.ts'));
}

/** What the compiler says about the program. */
function tsc(...args: string[]): string {
  const options = ['--strict', '--target', 'es2023', '--lib', 'esnext,dom', '--types', 'node', ...args, 'program.ts'];
  return spawnSync(join(CLIENT, 'node_modules', '.bin', 'tsc'), options, { cwd: program, encoding: 'utf8' }).stdout;
}

describe('the client, packed and installed outside of the repository', () => {
  test('publint has nothing to say about it', async () => {
    const { messages } = await publint({ pkgDir: join(program, 'node_modules', '@countersign', 'client'), strict: true, pack: false });
    expect(messages).toEqual([]);
  });

  test('a program is type-checked against it, however modules are resolved', () => {
    expect(tsc('--module', 'nodenext', '--skipLibCheck', '--outDir', 'out')).toBe('');
    expect(tsc('--module', 'esnext', '--moduleResolution', 'bundler', '--skipLibCheck', '--noEmit')).toBe('');
    // Our own declarations without exception; those of tRPC want packages that not everybody has.
    const strictly = tsc('--module', 'nodenext', '--noEmit')
      .split('\n')
      .filter((line) => !line.startsWith('node_modules/@trpc/'));
    expect(strictly.join('\n')).toBe('');
  });

  test('brings the program that follows the feed in a terminal', () => {
    expect(run(program, join(program, 'node_modules', '.bin', 'countersign-tail'), '--help')).toContain('--since POSITION');
  });

  test('AUD-20 AUD-21: the program misses and doubles nothing while the server is killed with -9 and started again', async () => {
    const start = await head();
    const child = spawn(process.execPath, [join(program, 'out', 'program.js'), server.url, token, String(start)], { cwd: program });
    let output = '';
    for (const stream of [child.stdout, child.stderr]) stream.on('data', (data: Buffer) => (output += data.toString()));
    const ended = once(child, 'exit');

    const day = (n: number) => new Date(Date.UTC(2025, 0, 1 + n)).toISOString().slice(0, 10);
    for (let n = 0; n < 60; n++) {
      if (n === 20) await server.kill();
      if (n === 21) await server.start();
      if (n === 40) await eventually(() => output.split('\n').length > 21, { timeout: 90_000 });
      // In the dark as well: who is killed before the answer may have done it, and doing it again is a change of its own.
      await make(day(n), n === 59 ? 'the last one' : undefined).catch((problem: unknown) => {
        if (n !== 20) throw problem;
      });
    }
    expect(await ended, output).toEqual([0, null]);
    const seen = output
      .trim()
      .split('\n')
      .map((line) => JSON.parse(line) as { position: number; id: string; role: string; label: string });
    const { rows } = await owner.query<{ position: string; id: string }>(
      `select position, id from audit_event where position > $1 and area = 'timecards' order by position`,
      [start],
    );
    expect(seen.map(({ position, id }) => ({ position, id }))).toEqual(
      rows.map(({ position, id }) => ({ position: Number(position), id })),
    );
    expect(seen.length).toBeGreaterThanOrEqual(59);
    expect(seen[0]).toMatchObject({ role: 'admin', label: '1 Jan 2025' });
  });
});

async function head(): Promise<number> {
  const { rows } = await owner.query<{ position: string }>('select position from audit_head');
  return Number(rows[0]?.position);
}

async function make(day: string, reason?: string): Promise<void> {
  const { trpc } = createClient({ url: server.url, token });
  const person = (await trpc.people.me.query()).id;
  await trpc.timecards.create.mutate({ person, site, periodStart: day, periodEnd: day, ...(reason && { reason }) });
}
