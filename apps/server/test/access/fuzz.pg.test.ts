import { once } from 'node:events';
import { monitorEventLoopDelay } from 'node:perf_hooks';
import fc from 'fast-check';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { WebSocket } from 'ws';
import { z } from 'zod';
import { everything } from '@countersign/api/countersign';
import { shapeOf, snakeCase, toSnake } from '@countersign/api/naming';
import { pathParameters, type Route, takesBody } from '@countersign/api/rest/route';
import { liveNotificationsInput } from '@countersign/domain/messages/notification.views';
import { liveInput } from '@countersign/domain/record/record.views';
import { type House, house } from '../house.ts';
import { frames, inputFor } from './arbitrary.ts';
import { bearer, type OpenSocket, openSocket } from './doors.ts';

// `npm run trials -- fuzz` is the long form.
const RUNS = Number(process.env['FUZZ_RUNS'] ?? 5);
const SEED = Number(process.env['FUZZ_SEED'] ?? Date.now() % 2 ** 31);
const options = { seed: SEED, numRuns: RUNS, endOnFailure: true } as const;

let home: House;
let admin: { readonly id: string; readonly token: string };
let worker: string;
let known: string[];
let costliest: { readonly ms: number; readonly call: string } = { ms: 0, call: 'nothing' };
let dearest = 0;
const delay = monitorEventLoopDelay({ resolution: 5 });

beforeAll(async () => {
  process.stdout.write(`fuzz: FUZZ_SEED=${SEED} FUZZ_RUNS=${RUNS}\n`);
  home = await house();
  const [boss, other, site] = [await home.person('admin'), await home.person('worker'), await home.site()];
  admin = { id: boss.id, token: await home.token(boss.email) };
  worker = await home.token(other.email);
  const made = await Promise.all(
    ['2026-11-02', '2026-11-09', '2026-11-16'].map((day) => card({ person: other.id, site, period_start: day, period_end: day })),
  );
  // Nobody by whom all this is asked: it would end with them.
  known = [other.id, site, ...made];
  dearest = await allowedCost();
  delay.enable();
});
afterAll(() => home?.close());

async function card(input: object): Promise<string> {
  const headers = { ...bearer(admin.token), 'content-type': 'application/json' };
  const answer = await fetch(`${home.url}/api/timecards`, {
    method: 'POST',
    headers,
    body: JSON.stringify({ ...input, reason: 'for trying' }),
  });
  return ((await answer.json()) as { id: string }).id;
}

/** The time of the processor, in milliseconds, in which nobody else's work counts. */
async function costOf(work: () => Promise<unknown>): Promise<number> {
  const before = process.cpuUsage();
  await work();
  const { user, system } = process.cpuUsage(before);
  return (user + system) / 1_000;
}

/**
 * What one call may cost: two fifths of a second, or, on a slow machine, twenty times what it takes here to read and refuse the largest
 * body that is read at all. Whoever blocks the loop spends at least as much; how long it really stood still is reported below,
 * and depends on what else the machine does.
 */
async function allowedCost(): Promise<number> {
  const body = JSON.stringify({ ids: Array.from({ length: 20_000 }, () => 'x'.repeat(8)) });
  const costs = [];
  for (let n = 0; n < 5; n++) costs.push(await costOf(() => send('/api/reasons/order', { method: 'POST', body })));
  return Math.max(400, 20 * (costs.toSorted((one, other) => one - other)[2] as number));
}

/** Signs of what is nobody's business: where code stands, what it is made of, what the database says. */
const INTERNALS =
  /\bat (?:async )?[\w.<>#]+ \(|file:\/\/|node_modules|\/(?:src|dist)\/[\w./-]+\.[jt]s|MikroORM|[Kk]ysely|DriverException|\b(?:Type|Reference|Syntax|Range)Error\b|relation "|violates|42P01|22P02|"stack"/;

function judge(what: string, status: number, text: string): void {
  if (status >= 500 || INTERNALS.test(text)) throw new Error(`${what} answered ${status}: ${text.slice(0, 500)}`);
}

async function send(path: string, init: RequestInit, token: string = admin.token): Promise<{ status: number; text: string }> {
  const headers = { ...bearer(token), 'content-type': 'application/json', ...(init.headers as Record<string, string>) };
  const answer = await fetch(`${home.url}${path}`, { ...init, headers });
  return { status: answer.status, text: await answer.text() };
}

/** Milliseconds after which an answer counts as none: no machine is that busy. */
const PATIENCE = 60_000;

/** The answer, or that there was none. */
async function answered<Answer>(what: string, call: () => Promise<Answer>): Promise<Answer> {
  let timer: NodeJS.Timeout | undefined;
  const never = new Promise<never>((_, reject) => (timer = setTimeout(() => reject(new Error(`${what} was never answered`)), PATIENCE)));
  try {
    return await Promise.race([call(), never]);
  } finally {
    clearTimeout(timer);
  }
}

/** Calls, and holds the answer and its cost against what is allowed. */
async function tried(what: string, call: () => Promise<{ status: number; text: string }>): Promise<void> {
  let answer = { status: 0, text: '' };
  const ms = await costOf(async () => (answer = await answered(what, call)));
  judge(what, answer.status, answer.text);
  if (ms > costliest.ms) costliest = { ms, call: what };
  if (ms > dearest) throw new Error(`${what} kept the processor for ${Math.round(ms)} ms`);
}

/** Ends the session of whoever calls it. */
const endsSessions = (name: string) => name.startsWith('session.end');

test('AC-8: whatever a procedure is sent over HTTP, it answers what the caller can mend, and nothing of itself', async () => {
  for (const { name, kind, input } of everything) {
    const body = fc.oneof(
      { weight: 8, arbitrary: inputFor(input, known).map((value) => JSON.stringify(value) ?? '') },
      { weight: 1, arbitrary: fc.string({ unit: 'binary', maxLength: 200 }) },
    );
    const asker = fc.constantFrom(admin.token, admin.token, worker);
    await fc.assert(
      fc.asyncProperty(body, asker, (text, token) =>
        tried(`${name} with ${text.slice(0, 300)}`, () => {
          if (kind === 'command') return send(`/trpc/${name}`, { method: 'POST', body: text }, token);
          // An address has an end, as a body has: beyond it Node itself refuses.
          return send(`/trpc/${name}?input=${encodeURIComponent(text.toWellFormed()).slice(0, 12_000)}`, {}, token);
        }),
      ),
      options,
    );
  }
});

test('AC-8: so does every route of the REST interface, whatever stands in its path, its address and its body', async () => {
  for (const route of home.serves.everyRoute.filter(({ name }) => !endsSessions(name))) {
    await fc.assert(
      fc.asyncProperty(inputFor(route.input, known), fc.uint8Array({ maxLength: 100 }), (input, bytes) =>
        tried(`${route.method} ${route.path} with ${(JSON.stringify(input) ?? '').slice(0, 300)}`, () => sendTo(route, input, bytes)),
      ),
      options,
    );
  }
});

function sendTo(route: Route, input: unknown, bytes: Uint8Array<ArrayBuffer>): Promise<{ status: number; text: string }> {
  const fields = toSnake(shapeOf(route.input), input);
  const isObject = typeof fields === 'object' && fields !== null && !Array.isArray(fields);
  const given = new Map(isObject ? Object.entries(fields) : []);
  const inPath = pathParameters(route.path);
  const part = (name: string) => encodeURIComponent(text(given.get(snakeCase(name))).toWellFormed()).slice(0, 2_000) || '-';
  const path = route.path.replaceAll(/\{([^}]+)\}/g, (_, name: string) => part(name));
  const rest = [...given].filter(([name]) => !inPath.includes(name));
  if (route.file?.taken !== undefined) return send(path, { method: 'POST', body: bytes, headers: { 'content-type': 'text/csv' } });
  if (takesBody(route))
    return send(path, { method: route.method, body: isObject ? JSON.stringify(Object.fromEntries(rest)) : (JSON.stringify(fields) ?? '') });
  // The asking costs as well: of what is cut off below, not much more is made than that.
  const encoded = (written: string) => encodeURIComponent(written.slice(0, 1_000).toWellFormed());
  const query = rest.slice(0, 100).flatMap(([name, value]) => {
    const key = encoded(name);
    return [value]
      .flat()
      .slice(0, 100)
      .map((one) => `${key}=${encoded(text(one))}`);
  });
  return send(`${path}?${query.join('&').slice(0, 10_000)}`, { method: route.method });
}

const text = (value: unknown): string => (typeof value === 'string' ? value : (JSON.stringify(value) ?? ''));

test('AC-8: bytes that are no UTF-8, no JSON or cut off are refused', async () => {
  for (const path of ['/trpc/timecards.update', '/trpc/people.me,timecards.get?batch=1', '/api/timecards', '/api/auth/sign-in/email']) {
    await fc.assert(
      fc.asyncProperty(
        fc.uint8Array({ maxLength: 300 }),
        fc.constantFrom('application/json', 'text/plain', 'application/x-www-form-urlencoded', ';;', 'a'.repeat(300)),
        (body, type) => tried(`${path} with bytes`, () => send(path, { method: 'POST', body, headers: { 'content-type': type } })),
      ),
      { ...options, numRuns: RUNS * 3 },
    );
  }
});

async function answersStill(socket: OpenSocket): Promise<void> {
  const { status, text: said } = await socket.call({ name: 'people.me', kind: 'query', input: {} });
  expect([status, said.includes(admin.id)]).toEqual([200, true]);
}

test('AC-8: whatever a procedure or a subscription is sent over a websocket, it answers, and the socket goes on', async () => {
  const socket = await openSocket(home.url, admin.token);
  const subscriptions = [
    { name: 'audit.live', kind: 'query' as const, input: z.object(liveInput.shape) },
    { name: 'notifications.live', kind: 'query' as const, input: liveNotificationsInput },
  ];
  for (const { name, kind, input } of [...everything, ...subscriptions]) {
    // As texts: who reports a failure would otherwise fail at the depth of some. Beyond 64 KiB the socket is closed, which the frames show.
    const sent = inputFor(input, known)
      .map((value) => JSON.stringify(value) ?? 'null')
      .filter((value) => Buffer.byteLength(value) < 60_000);
    await fc.assert(
      fc.asyncProperty(sent, (value) =>
        tried(`${name} with ${value.slice(0, 300)}`, () =>
          socket.call({ name, kind: kind === 'command' ? 'mutation' : 'query', input: JSON.parse(value) as unknown }),
        ),
      ),
      options,
    );
  }
  await answersStill(socket);
  socket.close();
});

test('AC-8: frames that are no messages end their own socket at most', async () => {
  const open = async () => {
    const socket = new WebSocket(`${home.url.replace('http', 'ws')}/trpc`, { headers: bearer(admin.token) });
    socket.on('error', () => undefined);
    socket.on('message', (data: Buffer) => said.push(data.toString()));
    await once(socket, 'open');
    return socket;
  };
  const said: string[] = [];
  let socket = await open();
  await fc.assert(
    fc.asyncProperty(frames, async (frame) => {
      if (socket.readyState !== WebSocket.OPEN) socket = await open();
      socket.send(frame);
      // By its answer the one before has been read; a socket that was closed says that by closing.
      const heard = new AbortController();
      const either = [once(socket, 'pong', heard), once(socket, 'close', heard)];
      socket.ping();
      await Promise.race(either);
      heard.abort();
      await Promise.allSettled(either);
    }),
    { ...options, numRuns: RUNS * 20 },
  );
  socket.terminate();
  for (const one of said) judge('a frame', 200, one);
  const other = await openSocket(home.url, admin.token);
  await answersStill(other);
  other.close();
});

test('AC-8: and all of it left no failure in the log, no trace in the language, and a server that answers', async () => {
  const failures = home
    .logged()
    .split('\n')
    .filter((line) => line.includes('"level":50'));
  expect(failures.map((line) => line.slice(0, 1_500))).toEqual([]);
  expect(({} as { polluted?: unknown }).polluted).toBeUndefined();
  expect((await fetch(`${home.url}/readyz`)).status).toBe(200);
  const milliseconds = (nanoseconds: number) => Math.round(nanoseconds / 1e6);
  process.stdout.write(
    `fuzz: the loop stood still for ${milliseconds(delay.percentile(99))} ms (p99), ${milliseconds(delay.max)} ms (max), the asking counted in; ` +
      `the dearest call took ${Math.round(costliest.ms)} of ${Math.round(dearest)} ms: ${costliest.call.slice(0, 120)}\n`,
  );
});
