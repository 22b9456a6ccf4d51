import { readFileSync } from 'node:fs';
import { connect } from 'node:net';
import { afterEach, describe, expect, test } from 'vitest';
import type { FeedBatch } from '@countersign/audit/feed';
import { createClient } from '@countersign/client';
import { eventually } from '@countersign/testing/eventually';
import { Metrics } from '../src/metrics/metrics.ts';
import { house, type House, type HouseOptions } from './house.ts';

const TOKEN = 'a-token-for-reading-metrics';
const DASHBOARD = new URL('../../../docs/grafana-dashboard.json', import.meta.url);

let here: House;
afterEach(() => here.close());

async function open(options: HouseOptions = {}): Promise<void> {
  here = await house(options);
}

const read = (headers: Record<string, string> = {}) => fetch(`${here.url}/metrics`, { headers });

/** The value of a sample, such as `countersign_sockets_open` or `x_total{route="/healthz"}`: labels in any order. */
async function sample(name: string, labels: Record<string, string> = {}): Promise<number | null> {
  const lines = (await (await read()).text()).split('\n').filter((line) => line.startsWith(`${name} `) || line.startsWith(`${name}{`));
  const found = lines.find((line) => Object.entries(labels).every(([label, value]) => line.includes(`${label}="${value}"`)));
  return found === undefined ? null : Number(found.split(' ').at(-1));
}

describe('who may read the metrics', () => {
  test('without a token: this machine, and nobody that came by a proxy or under another name', async () => {
    await open();
    expect((await read()).status).toBe(200);
    expect((await read()).headers.get('content-type')).toContain('text/plain; version=0.0.4');
    for (const name of ['x-forwarded-for', 'forwarded', 'via', 'x-real-ip']) expect((await read({ [name]: '127.0.0.1' })).status).toBe(403);
    const refused = await read({ 'x-forwarded-for': '127.0.0.1' });
    expect(await refused.json()).toMatchObject({ code: 'FORBIDDEN', details: expect.stringContaining('METRICS_TOKEN') });
    expect(await statusUnder('countersign.evil.example')).toBe(403);
    expect(await statusUnder('localhost:1')).toBe(200);
  });

  test('without a token, behind a proxy of our own: nobody', async () => {
    await open({ proxies: 1 });
    expect((await read()).status).toBe(403);
  });

  test('with a token: who names it, from wherever, and nobody else', async () => {
    await open({ metricsToken: TOKEN, proxies: 1 });
    expect((await read({ authorization: `Bearer ${TOKEN}`, 'x-forwarded-for': '203.0.113.7' })).status).toBe(200);
    for (const wrong of ['', `Bearer ${TOKEN}x`, `Bearer ${TOKEN.slice(1)}`, `Basic ${TOKEN}`])
      expect((await read(wrong ? { authorization: wrong } : {})).status).toBe(401);
  });
});

/** As a browser asks whose page had its name resolved to this machine. `fetch` doesn't let a host be named. */
async function statusUnder(host: string): Promise<number> {
  const socket = connect(Number(new URL(here.url).port), '127.0.0.1');
  socket.write(`GET /metrics HTTP/1.1\r\nHost: ${host}\r\nConnection: close\r\n\r\n`);
  let answer = '';
  for await (const piece of socket) answer += String(piece);
  return Number(answer.slice(9, 12));
}

describe('what the metrics say', () => {
  test('how long each event took from its commit to the feed, once each', async () => {
    await open();
    const before = (await sample('countersign_commit_to_feed_seconds_count')) ?? 0;
    for (let n = 0; n < 5; n++) await here.site();
    await eventually(async () => (await sample('countersign_commit_to_feed_seconds_count')) === before + 5);
    expect(await sample('countersign_commit_to_feed_seconds_bucket', { le: '60' })).toBe(before + 5);
    expect(await sample('countersign_feed_position')).toBe(here.system.trail.feed.position);
    expect(Math.abs((await sample('countersign_database_clock_offset_seconds')) ?? Infinity)).toBeLessThan(60);
  });

  test('the past that a demonstration is given is no delay, what a visitor does meanwhile is one', async () => {
    await open();
    let tell: (batch: FeedBatch) => void = () => undefined;
    const feed = { position: 0, onBatch: (listener: typeof tell) => ((tell = listener), () => undefined) };
    let filling = true;
    const trail = { ...here.system.trail, feed } as unknown as typeof here.system.trail;
    const metrics = new Metrics({ system: { ...here.system, trail }, sockets: () => 0, filling: () => filling });
    const count = async () => /^countersign_commit_to_feed_seconds_count (\d+)/m.exec(await metrics.text())?.[1];
    const batch = (at: number) =>
      ({ from: 0, to: 1, entries: [{ entry: { occurredAt: new Date(at).toISOString() } }] }) as unknown as FeedBatch;
    tell(batch(Date.now() - 86_400_000));
    expect(await count()).toBe('0');
    tell(batch(Date.now() - 2_000));
    expect(await count()).toBe('1');
    filling = false;
    tell(batch(Date.now() - 86_400_000));
    expect(await count()).toBe('2');
    await metrics.close();
  });

  test('what waits, who follows, and that the sequencer is there', async () => {
    await open();
    const token = await here.token((await here.person('admin')).email);
    const client = createClient({ url: here.url, token });
    const socket = client.trpc.audit.live.subscribe({}, {});
    const feed = client.live({ area: 'people' });
    const next = feed.next();
    await eventually(async () => (await sample('countersign_live_subscriptions')) === 2);
    expect(await sample('countersign_sockets_open')).toBe(1);
    expect(await sample('countersign_live_lanes')).toBe(2);
    expect(await sample('countersign_sequencer_connected')).toBe(1);
    await here.system.trail.sequencer.settle(5_000);
    await eventually(async () => (await sample('countersign_inbox_flushes')) === 0);
    expect(await sample('countersign_sequencing_lag_seconds')).not.toBeNull();
    await feed.return();
    await next;
    socket.unsubscribe();
    client.close();
    await eventually(async () => (await sample('countersign_sockets_open')) === 0);
  });

  test('requests by the pattern of their route: what somebody types makes no new one', async () => {
    await open();
    const token = await here.token((await here.person('admin')).email);
    const headers = { authorization: `Bearer ${token}` };
    const get = (path: string, init: RequestInit = {}) => fetch(`${here.url}${path}`, { headers, ...init });
    await get(`/api/timecards/${crypto.randomUUID()}`);
    await get(`/api/timecards/${crypto.randomUUID()}`);
    await get('/api/nothing/here');
    await get('/trpc/people.me');
    await get('/trpc/people.me,sites.list?batch=1&input={}');
    await get('/trpc/no.such.procedure');
    await get('/healthz');
    await get('/some/page');
    await get('/other/page');
    await get('/healthz', { method: 'PROPFIND' });
    const count = (method: string, route: string, status: string) => sample('countersign_http_requests_total', { method, route, status });
    expect(await count('GET', '/api/timecards/:id', '404')).toBe(2);
    expect(await count('GET', '/api/*', '404')).toBe(1);
    expect(await count('GET', '/trpc/people.me', '200')).toBe(1);
    expect(await count('GET', '/trpc/(several)', '200')).toBe(1);
    expect(await count('GET', '/trpc/*', '404')).toBe(1);
    expect(await count('GET', '/healthz', '200')).toBe(1);
    expect(await count('GET', '(nothing)', '404')).toBe(2);
    expect(await count('OTHER', '(nothing)', '404')).toBe(1);
    expect(await sample('countersign_http_request_seconds_count', { route: '/api/timecards/:id' })).toBe(2);
  });
});

interface Dashboard {
  readonly panels: readonly { readonly title: string; readonly targets: readonly { readonly expr: string }[] }[];
}

test('the dashboard asks for metrics that exist, and for all of ours', async () => {
  await open();
  await read();
  const text = await (await read()).text();
  const samples = new Set([...text.matchAll(/^([a-z]\w+)(?:\{| )/gm)].map(([, name]) => name));
  const { panels } = JSON.parse(readFileSync(DASHBOARD, 'utf8')) as Dashboard;
  const asked = panels.flatMap(({ title, targets }) =>
    targets.flatMap(({ expr }) => [...expr.matchAll(/\b(?:countersign|process|nodejs)_\w+/g)].map(([name]) => `${title}: ${name}`)),
  );
  expect(asked.filter((name) => !samples.has(name.split(': ')[1] as string))).toEqual([]);
  expect(panels.every(({ targets }) => targets.length > 0)).toBe(true);
  const ours = [...text.matchAll(/^# TYPE (countersign_\w+)/gm)].map(([, name]) => name as string);
  expect(ours.filter((name) => !asked.some((one) => one.split(': ')[1]?.startsWith(name)))).toEqual([]);
});
