import { afterAll, beforeAll, expect, onTestFinished, test } from 'vitest';
import { createClient } from '@countersign/client';
import { openCounters } from '../src/limits/counters.ts';
import { type House, house, PASSWORD, signIn } from './house.ts';

let home: House;
beforeAll(async () => {
  home = await house({ proxies: 1, quotas: { calls: 30, log: 5 } });
});
afterAll(() => home.close());

const from = (address: string) => ({ 'x-forwarded-for': address });
const ask = (path: string, token: string, address = '192.0.2.1') =>
  fetch(`${home.url}${path}`, { headers: { authorization: `Bearer ${token}`, ...from(address) } });

test('AC-6: answers say what is left, and who asked for too much when to come back', async () => {
  const ann = await home.person('worker');
  const token = await home.token(ann.email);
  const first = await ask('/api/audit-logs', token);
  expect(first.status).toBe(200);
  expect(first.headers.get('ratelimit-policy')).toBe('"address";q=300;w=60, "calls";q=30;w=60, "log";q=5;w=60');
  expect(first.headers.get('ratelimit')).toMatch(/^"address";r=\d+;t=\d+, "calls";r=29;t=60, "log";r=4;t=60$/);
  for (let n = 0; n < 4; n++) expect((await ask('/api/audit-logs', token)).status).toBe(200);
  const refused = await ask('/api/audit-logs', token);
  expect(refused.status).toBe(429);
  expect(Number(refused.headers.get('retry-after'))).toBeGreaterThan(0);
  expect(await refused.json()).toMatchObject({
    code: 'RATE_LIMITED',
    error: 'You read the log too often in a short time',
    details: expect.stringMatching(/^Try again in \d+ seconds?\.$/),
  });
  // What isn't the log is still open, and so is the log to everybody else.
  expect((await ask('/api/me', token)).status).toBe(200);
  const ben = await home.person('worker');
  expect((await ask('/api/audit-logs', await home.token(ben.email))).status).toBe(200);
});

test('AC-6: procedures count one by one, in a batch and over a websocket too', async () => {
  const ann = await home.person('worker');
  const token = await home.token(ann.email);
  const many = Array.from({ length: 20 }, () => 'people.me').join(',');
  const batch = () => ask(`/trpc/${many}?batch=1&input=%7B%7D`, token);
  expect((await batch()).status).toBe(200);
  const second = await batch();
  expect(second.headers.get('retry-after')).toMatch(/^\d+$/);
  const answers = (await second.json()) as { error?: { data: { code: string; httpStatus: number } } }[];
  expect(answers.filter(({ error }) => error?.data.httpStatus === 429)).toHaveLength(10);
  const client = createClient({ url: home.url, token });
  onTestFinished(client.close);
  const problem = await new Promise<unknown>((resolve) => client.trpc.audit.live.subscribe({}, { onError: resolve }));
  expect(problem).toMatchObject({ data: { code: 'TOO_MANY_REQUESTS', refusal: { code: 'RATE_LIMITED' } } });
});

test('AC-6: the address that counts is the one that our own proxy told of, whatever the client says', async () => {
  const ann = await home.person('worker');
  const guess = (forged: string) => signIn(home.url, ann.email, 'a wrong one', from(`${forged}, 203.0.113.5`));
  for (let n = 0; n < 10; n++) expect((await guess(`198.51.100.${n}`)).status).toBe(401);
  expect((await guess('198.51.100.99')).status).toBe(429);
});

test('AC-6: a browser that signed in before isn’t kept out by what strangers do at its address', async () => {
  const ann = await home.person('worker');
  const before = await signIn(home.url, ann.email, PASSWORD, from('203.0.113.6'));
  const device = before.headers.getSetCookie().find((cookie) => cookie.startsWith('countersign_device='));
  expect(device).toMatch(/^countersign_device=[\w-]{43}; Path=\/; HttpOnly; SameSite=Lax; Max-Age=15552000$/);
  for (let n = 0; n < 12; n++) await signIn(home.url, ann.email, 'a wrong one', from('203.0.113.6'));
  expect((await signIn(home.url, ann.email, PASSWORD, from('203.0.113.6'))).status).toBe(429);
  const cookie = device?.split(';')[0] ?? '';
  expect((await signIn(home.url, ann.email, PASSWORD, { ...from('203.0.113.6'), cookie })).status).toBe(200);
  // It is known for that account only.
  const ben = await home.person('worker');
  for (let n = 0; n < 10; n++) await signIn(home.url, ben.email, 'a wrong one', from('203.0.113.6'));
  expect((await signIn(home.url, ben.email, PASSWORD, { ...from('203.0.113.6'), cookie })).status).toBe(429);
});

test('AC-6: no mail address stands in what is counted', async () => {
  const rows = await home.sql<{ key: string }>('select key from rate_counts');
  expect(rows.length).toBeGreaterThan(0);
  expect(rows.filter(({ key }) => key.includes('@'))).toEqual([]);
});

test('AC-6: counters of two nodes are one, and one place at a time is taken once', async () => {
  const nodes = [openCounters(home.database.ownerUrl), openCounters(home.database.ownerUrl)] as const;
  const [here, there] = nodes.map((node) => node.of('test', 60)) as [
    ReturnType<(typeof nodes)[0]['of']>,
    ReturnType<(typeof nodes)[0]['of']>,
  ];
  await Promise.all(Array.from({ length: 20 }, (_, n) => (n % 2 ? here : there).add('key', 2)));
  expect(await here.add('key', 0)).toMatchObject({ points: 40 });
  const turns = await Promise.all(Array.from({ length: 10 }, (_, n) => (n % 2 ? here : there).turn('key', 30)));
  expect(turns.filter(({ taken }) => taken)).toHaveLength(1);
  await there.forget('key');
  expect(await here.add('key', 1)).toMatchObject({ points: 1 });
  expect(await here.turn('key', 30)).toMatchObject({ taken: true });
  await Promise.all(nodes.map((node) => node.close()));
});
