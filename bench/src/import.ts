import { execFile, spawn } from 'node:child_process';
import { once } from 'node:events';
import { chmodSync, mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import { Client } from 'pg';
import { startEmbedded } from '@countersign/postgres/embedded';
import { freePort } from '@countersign/postgres/free-port';
import { printTable } from './table.ts';

/** Punches of the files: four a shift, fifty shifts a person. */
const SIZES = [10_000, 100_000] as const;
const A_SHIFT = 4;
const A_PERSON = 50;
const MAIN = fileURLToPath(new URL('../../apps/server/src/main.ts', import.meta.url));
const ACCOUNT = { email: 'ada@example.com', password: 'correct horse battery staple' };

interface Measured {
  readonly punches: number;
  readonly megabytes: number;
  /** Milliseconds. */
  readonly upload: number;
  readonly read: number;
  readonly confirm: number;
  readonly again: number;
  /** From the commit until all of it is numbered. */
  readonly numbered: number;
  readonly events: number;
  /** Seconds of the processor that the server's process took for the preview and for the import. */
  readonly readCpu: number;
  readonly confirmCpu: number;
  /** Of the server's process, MB: before, at most while reading, while importing, and while the log was written. */
  readonly idle: number;
  readonly reading: number;
  readonly importing: number;
  readonly numbering: number;
}

/** An import through the real server: upload over HTTP, preview, confirmation, and the same file once more. */
export async function run(): Promise<void> {
  const measured: Measured[] = [];
  for (const punches of SIZES) measured.push(await importOf(punches));
  printTable(measured.map(rowOf));
}

const seconds = (ms: number) => (ms / 1000).toFixed(1);

const rowOf = (one: Measured) => ({
  punches: one.punches,
  'file, MB': one.megabytes.toFixed(1),
  'upload, s': seconds(one.upload),
  'preview, s': seconds(one.read),
  'import, s': seconds(one.confirm),
  'preview, CPU s': one.readCpu.toFixed(1),
  'import, CPU s': one.confirmCpu.toFixed(1),
  'all three, s': seconds(one.upload + one.read + one.confirm),
  'preview of the same again, s': seconds(one.again),
  events: one.events,
  'then until numbered, s': seconds(one.numbered),
  'idle, MB': Math.round(one.idle),
  'preview, MB': Math.round(one.reading),
  'import, MB': Math.round(one.importing),
  'numbering, MB': Math.round(one.numbering),
});

async function importOf(punches: number): Promise<Measured> {
  const folder = mkdtempSync(join(tmpdir(), 'countersign-bench-'));
  chmodSync(folder, 0o711);
  const database = await startEmbedded({ dataDir: join(folder, 'postgres') });
  try {
    await prepare(database.url, punches / A_SHIFT / A_PERSON);
    const server = await startServer(database.url);
    try {
      return await measure(server, { punches, database: database.url });
    } finally {
      await server.stop();
    }
  } finally {
    await database.stop();
    rmSync(folder, { recursive: true, force: true });
  }
}

async function measure({ url, looks }: Server, { punches, database }: { punches: number; database: string }): Promise<Measured> {
  const cookie = await signIn(url);
  const ask = asker(url, cookie);
  await sleep(1_000);
  const idle = looks.now();
  const cpu = [looks.cpu()];
  const file = Buffer.from(fileOf(punches));
  looks.restart();
  const [upload, { id }] = await timed(() => ask<{ id: string }>('/api/imports?file_name=clock.csv', file, 'text/csv'));
  const [read, { counts }] = await timed(() => ask<{ counts: { create: number; problems: number } }>(`/api/imports/${id}/read`, '{}'));
  if (counts.create !== punches / A_SHIFT || counts.problems) throw new Error(`the preview says ${JSON.stringify(counts)}`);
  const reading = looks.restart();
  cpu.push(looks.cpu());
  const [confirm, made] = await timed(() =>
    ask<{ change_id: string }>(`/api/imports/${id}/confirm`, JSON.stringify({ reason: 'a benchmark' })),
  );
  const importing = looks.restart();
  cpu.push(looks.cpu());
  const [numbered, events] = await timed(() => numberedEvents(database, made.change_id));
  const numbering = looks.restart();
  const second = await ask<{ id: string }>('/api/imports?file_name=clock.csv', file, 'text/csv');
  const [again, same] = await timed(() => ask<{ counts: { unchanged: number } }>(`/api/imports/${second.id}/read`, '{}'));
  if (same.counts.unchanged !== punches / A_SHIFT) throw new Error(`the second preview says ${JSON.stringify(same.counts)}`);
  const [before = 0, afterRead = 0, afterConfirm = 0] = cpu;
  return {
    readCpu: afterRead - before,
    confirmCpu: afterConfirm - afterRead,
    punches,
    megabytes: file.byteLength / 1024 / 1024,
    upload,
    read,
    confirm,
    again,
    numbered,
    events,
    idle,
    reading,
    importing,
    numbering,
  };
}

/** Four punches a shift, people in turn as at one clock, semicolons and day-first dates. */
function fileOf(punches: number): string {
  const people = punches / A_SHIFT / A_PERSON;
  const lines = ['Email;Site;Zeitstempel;Buchung'];
  for (let day = 0; day < A_PERSON; day += 1) {
    const date = new Date(Date.UTC(2026, 5, 1 + day + 2 * Math.floor(day / 5)));
    const text = `${String(date.getUTCDate()).padStart(2, '0')}.${String(date.getUTCMonth() + 1).padStart(2, '0')}.2026`;
    for (const [time, kind] of [
      ['08:00', 'Kommen'],
      ['12:00', 'Pausenbeginn'],
      ['12:30', 'Pausenende'],
      ['17:00', 'Gehen'],
    ])
      for (let person = 0; person < people; person += 1) lines.push(`worker${person}@example.com;North Hall;${text} ${time};${kind}`);
  }
  return `${lines.join('\r\n')}\r\n`;
}

async function prepare(url: string, people: number): Promise<void> {
  const env = { ...process.env, DATABASE_URL: url, LOG_LEVEL: 'warn' };
  const admin = promisify(execFile)(
    process.execPath,
    [MAIN, 'admin', 'create', '--email', ACCOUNT.email, '--name', 'Ada King', '--password-stdin'],
    { env },
  );
  admin.child.stdin?.end(`${ACCOUNT.password}\n`);
  await admin;
  const client = new Client(url);
  await client.connect();
  await client.query(`insert into sites (id, name, time_zone) values (gen_random_uuid(), 'North Hall', 'Europe/Berlin')`);
  await client.query(
    `insert into profiles (id, first_name, last_name, email, role, time_zone)
      select gen_random_uuid(), 'Worker', n::text, 'worker' || n || '@example.com', 'worker', 'Europe/Berlin' from generate_series(0, $1::int - 1) n`,
    [people],
  );
  await client.query('vacuum analyze');
  await client.end();
}

interface Server {
  readonly url: string;
  readonly looks: Looks;
  stop(): Promise<void>;
}

async function startServer(database: string): Promise<Server> {
  const port = await freePort();
  const child = spawn(process.execPath, [MAIN, 'start'], {
    env: { ...process.env, DATABASE_URL: database, DEMO: 'false', PORT: String(port), LOG_LEVEL: 'warn' },
    stdio: ['ignore', 'ignore', 'inherit'],
  });
  const url = `http://127.0.0.1:${port}`;
  while (
    !(await fetch(`${url}/readyz`).then(
      ({ ok }) => ok,
      () => false,
    ))
  )
    await sleep(100);
  const looks = new Looks(child.pid as number);
  const stop = async () => {
    looks.stop();
    const ended = once(child, 'exit');
    child.kill('SIGTERM');
    await ended;
  };
  return { url, looks, stop };
}

/** What a process takes: its resident memory, looked at ten times a second, in MB, and its time of the processor. Linux only: elsewhere it is 0. */
class Looks {
  readonly #pid: number;
  readonly #timer: NodeJS.Timeout;
  #most = 0;

  constructor(pid: number) {
    this.#pid = pid;
    this.#timer = setInterval(() => (this.#most = Math.max(this.#most, this.now())), 100);
  }

  now(): number {
    try {
      return Number(/VmRSS:\s+(\d+)/.exec(readFileSync(`/proc/${this.#pid}/status`, 'utf8'))?.[1] ?? 0) / 1024;
    } catch {
      return 0;
    }
  }

  /** Seconds since it began. */
  cpu(): number {
    try {
      const fields = readFileSync(`/proc/${this.#pid}/stat`, 'utf8').split(') ')[1]?.split(' ') ?? [];
      return (Number(fields[11]) + Number(fields[12])) / 100;
    } catch {
      return 0;
    }
  }

  /** The most since the last call. */
  restart(): number {
    const most = this.#most;
    this.#most = this.now();
    return most;
  }

  stop(): void {
    clearInterval(this.#timer);
  }
}

async function signIn(url: string): Promise<string> {
  const answer = await fetch(`${url}/api/auth/sign-in/email`, {
    method: 'POST',
    headers: { 'content-type': 'application/json' },
    body: JSON.stringify(ACCOUNT),
  });
  return answer.headers.get('set-cookie')?.split(';')[0] ?? '';
}

const asker =
  (url: string, cookie: string) =>
  async <Answer>(path: string, body: string | Buffer<ArrayBuffer>, type = 'application/json'): Promise<Answer> => {
    const answer = await fetch(`${url}${path}`, { method: 'POST', headers: { cookie, 'content-type': type }, body });
    if (!answer.ok) throw new Error(`${path} answered ${answer.status}: ${await answer.text()}`);
    return (await answer.json()) as Answer;
  };

async function timed<Result>(work: () => Promise<Result>): Promise<[number, Result]> {
  const begin = performance.now();
  const result = await work();
  return [performance.now() - begin, result];
}

async function numberedEvents(database: string, changeId: string): Promise<number> {
  const client = new Client(database);
  await client.connect();
  try {
    for (;;) {
      const { rows } = await client.query<{ waiting: string; events: string }>(
        'select (select count(*) from audit_inbox) as waiting, (select count(*) from audit_event where change_id = $1) as events',
        [changeId],
      );
      if (rows[0]?.waiting === '0' && rows[0].events !== '0') return Number(rows[0].events);
      await sleep(50);
    }
  } finally {
    await client.end();
  }
}
