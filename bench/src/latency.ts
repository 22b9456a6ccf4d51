import { type ChildProcess, fork, spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';
import { freePort } from '@countersign/postgres/free-port';
import { quantile } from './table.ts';

const SOCKETS = 100;
const SECONDS = 20;
const EVENTS_A_SECOND = 200;
/** A week card with seven days: an edit of all of them is one commit of eight events. */
const DAYS = 7;
const CARDS = 25;
const ACCOUNT = { email: 'admin@example.com', password: 'countersign-demo' };

export interface Latency {
  readonly eventsPerSecond: number;
  readonly sockets: number;
  readonly deliveries: number;
  readonly p50: number;
  readonly p99: number;
}

/**
 * From a change being written to its frame on a hundred sockets, through the real server, its real commands and its
 * real websocket. The clock starts with the insert of the flush's document, which is before the commit: what is
 * reported is a little more than commit to frame.
 */
export async function latency(): Promise<Latency> {
  const server = await startServer();
  const readers = fork(fileURLToPath(new URL('./subscribers.ts', import.meta.url)));
  try {
    const cookie = await signIn(server.url);
    const cards = await makeCards(server.url, cookie);
    readers.send({ url: server.url, cookie, sockets: SOCKETS });
    await once(readers, 'message');
    await edit(server.url, cookie, cards, 2); // warms up
    await report(readers);
    const events = await edit(server.url, cookie, cards, SECONDS);
    await sleep(500);
    const latencies = await report(readers);
    return {
      eventsPerSecond: Math.round(events / SECONDS),
      sockets: SOCKETS,
      deliveries: latencies.length,
      p50: quantile(latencies, 0.5),
      p99: quantile(latencies, 0.99),
    };
  } finally {
    readers.kill();
    await server.stop();
  }
}

async function report(readers: ChildProcess): Promise<number[]> {
  const answer = once(readers, 'message');
  readers.send('report');
  const [{ latencies }] = (await answer) as [{ latencies: number[] }];
  return latencies;
}

async function startServer(): Promise<{ url: string; stop(): Promise<void> }> {
  const folder = mkdtempSync(join(tmpdir(), 'countersign-bench-'));
  const port = await freePort();
  const main = fileURLToPath(new URL('../../apps/server/src/main.ts', import.meta.url));
  const child = spawn(process.execPath, [main, 'start'], {
    env: { ...process.env, DATABASE_URL: '', DATA_DIR: join(folder, 'data'), DEMO: 'true', PORT: String(port), LOG_LEVEL: 'warn' },
    stdio: ['ignore', 'ignore', 'inherit'],
  });
  const url = `http://127.0.0.1:${port}`;
  const stop = async () => {
    const ended = once(child, 'exit');
    child.kill('SIGTERM');
    await ended;
    rmSync(folder, { recursive: true, force: true });
  };
  // The demonstration is written in the background: it must be over before anything is measured.
  for (let tries = 0; tries < 600; tries++) {
    const answer = await fetch(`${url}/api/session`).catch(() => null);
    const session = answer?.ok ? ((await answer.json()) as { demo: { progress: unknown } | null }) : null;
    if (session?.demo && session.demo.progress === null) return { url, stop };
    await sleep(200);
  }
  await stop();
  throw new Error('the server was not ready within two minutes');
}

async function signIn(url: string): Promise<string> {
  const answer = await fetch(`${url}/api/auth/sign-in/email`, {
    method: 'POST',
    headers: { 'content-type': 'application/json', origin: url },
    body: JSON.stringify(ACCOUNT),
  });
  if (!answer.ok) throw new Error(`signing in answered ${answer.status}: ${await answer.text()}`);
  return (answer.headers.get('set-cookie') ?? '').split(';')[0] ?? '';
}

interface Card {
  readonly id: string;
  version: number;
}

async function call<Answer>(
  url: string,
  cookie: string,
  request: { readonly method: string; readonly path: string; readonly body?: unknown },
): Promise<Answer> {
  const answer = await fetch(url + request.path, {
    method: request.method,
    headers: { 'content-type': 'application/json', origin: url, cookie },
    ...(request.body !== undefined && { body: JSON.stringify(request.body) }),
  });
  if (!answer.ok) throw new Error(`${request.method} ${request.path} answered ${answer.status}: ${await answer.text()}`);
  return (await answer.json()) as Answer;
}

const dayOf = (week: number, day: number) => new Date(Date.UTC(2030, 0, 7 + week * 7 + day)).toISOString().slice(0, 10);

const times = (week: number, minute: number) =>
  Array.from({ length: DAYS }, (_, day) => ({
    work_date: dayOf(week, day),
    daily_check_in: `${dayOf(week, day)}T08:00:00Z`,
    daily_check_out: `${dayOf(week, day)}T15:${String(minute).padStart(2, '0')}:00Z`,
  }));

/** Cards of a time that the demonstration knows nothing of. */
async function makeCards(url: string, cookie: string): Promise<Card[]> {
  const { data } = await call<{ data: { person: { id: string }; site: { id: string } }[] }>(url, cookie, {
    method: 'GET',
    path: '/api/timecards?limit=1',
  });
  const [sample] = data;
  if (!sample) throw new Error('the demonstration has no timecards');
  const cards: Card[] = [];
  for (let week = 0; week < CARDS; week++) {
    const body = {
      person: sample.person.id,
      site: sample.site.id,
      period_start: dayOf(week, 0),
      period_end: dayOf(week, DAYS - 1),
      reason: 'a benchmark',
      entries: times(week, 0),
    };
    cards.push(await call<Card>(url, cookie, { method: 'POST', path: '/api/timecards', body }));
  }
  return cards;
}

/** Edits at an even pace; answers with how many events that made. */
async function edit(url: string, cookie: string, cards: readonly Card[], seconds: number): Promise<number> {
  const perEdit = DAYS + 1;
  const edits = Math.round((EVENTS_A_SECOND * seconds) / perEdit);
  const start = Date.now();
  const busy = new Map<Card, Promise<unknown>>();
  for (let n = 0; n < edits; n++) {
    await sleep(Math.max(0, start + (n * seconds * 1_000) / edits - Date.now()));
    const week = n % cards.length;
    const card = cards[week] as Card;
    await busy.get(card);
    const path = `/api/timecards/${card.id}`;
    busy.set(
      card,
      call<Card>(url, cookie, {
        method: 'PATCH',
        path,
        body: { version: card.version, reason: 'a benchmark', entries: times(week, (n + 1) % 60) },
      }).then(({ version }) => (card.version = version)),
    );
  }
  await Promise.all(busy.values());
  return edits * perEdit;
}
