import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { everything } from '@countersign/api/countersign';
import { type House, house, temporaryFolder } from '../house.ts';

let home: House;
let token: string;
let card: { id: string; version: number };
const folder = temporaryFolder();

beforeAll(async () => {
  mkdirSync(join(folder.path, 'assets'));
  writeFileSync(join(folder.path, 'index.html'), '<!doctype html><title>Page</title>');
  writeFileSync(join(folder.path, 'assets/app.js'), '0');
  home = await house({ webFolder: folder.path, proxies: 1 });
  const [admin, site] = [await home.person('admin'), await home.site()];
  token = await home.token(admin.email);
  const body = JSON.stringify({ person: admin.id, site, period_start: '2026-11-02', period_end: '2026-11-02' });
  const made = await fetch(`${home.url}/api/timecards`, {
    method: 'POST',
    headers: { ...cookie(), 'content-type': 'application/json' },
    body,
  });
  card = (await made.json()) as typeof card;
});
afterAll(async () => {
  await home?.close();
  folder.remove();
});

const cookie = () => ({ cookie: `countersign_session=${token}` });
const policyOf = (answer: Response) =>
  new Map((answer.headers.get('content-security-policy') ?? '').split('; ').map((one) => [one.split(' ')[0], one.split(' ').slice(1)]));

/** One address of each kind: a page, what it loads, what describes, what is asked, a file, what there isn't. */
const ADDRESSES = [
  '/',
  '/timecards',
  '/assets/app.js',
  '/docs',
  '/docs/docs.css',
  '/healthz',
  '/api/me',
  '/api/timecards/export',
  '/api/nothing',
  '/trpc/people.me',
  '/trpc/none',
  '/none.html',
];

describe('headers of every answer', () => {
  test.each(ADDRESSES)('%s: nothing is guessed, framed, shared with other sites or told to them', async (address) => {
    const { headers } = await fetch(`${home.url}${address}`, { headers: { ...cookie(), 'x-forwarded-proto': 'https' } });
    expect(Object.fromEntries(headers)).toMatchObject({
      'x-content-type-options': 'nosniff',
      'x-frame-options': 'DENY',
      'referrer-policy': 'same-origin',
      'cross-origin-opener-policy': 'same-origin',
      'cross-origin-resource-policy': 'same-origin',
      'permissions-policy': expect.stringContaining('camera=(), '),
      'strict-transport-security': expect.stringMatching(/^max-age=31536000/),
    });
    expect(headers.get('access-control-allow-origin')).toBeNull();
    expect(headers.get('server') ?? headers.get('x-powered-by')).toBeNull();
  });

  test('without TLS nothing is promised about it', async () => {
    expect((await fetch(`${home.url}/`)).headers.get('strict-transport-security')).toBeNull();
  });

  test.each(['/', '/timecards', '/docs'])('%s runs what was built and nothing else', async (address) => {
    const policy = policyOf(await fetch(`${home.url}${address}`));
    expect(Object.fromEntries(policy)).toMatchObject({
      'default-src': ["'none'"],
      'script-src': ["'self'"],
      'style-src': ["'self'"],
      'object-src': ["'none'"],
      'base-uri': ["'none'"],
      'frame-ancestors': ["'none'"],
      'form-action': ["'self'"],
      'require-trusted-types-for': ["'script'"],
    });
    expect([...policy.values()].flat().filter((source) => /unsafe|\*|https?:|data:/.test(source ?? ''))).toEqual(['data:']);
    expect(policy.get('img-src')).toEqual(["'self'", 'data:']);
  });

  test.each(ADDRESSES.filter((address) => /^\/(api|trpc)\//.test(address)))(
    '%s is data: opened in a browser it runs and loads nothing',
    async (address) => {
      const answer = await fetch(`${home.url}${address}`, { headers: cookie() });
      const policy = policyOf(answer);
      expect([policy.get('default-src'), policy.get('sandbox'), policy.get('frame-ancestors')]).toEqual([["'none'"], [], ["'none'"]]);
      expect(answer.headers.get('content-type')).not.toMatch(/html|script|svg/);
      expect(answer.headers.get('cache-control')).toBe('no-store');
    },
  );

  test('a file is saved, and not shown', async () => {
    const { headers } = await fetch(`${home.url}/api/timecards/export`, { headers: cookie() });
    expect(headers.get('content-disposition')).toMatch(/^attachment; filename="[\w.-]+"$/);
    expect(headers.get('content-type')).toBe('text/csv; charset=utf-8');
  });
});

const CHANGING = () => [
  ...home.serves.everyRoute
    .filter(({ method }) => method !== 'GET')
    .map(({ method, path }) => ({ method: method as string, path: path.replaceAll(/\{\w+\}/g, card.id) })),
  ...everything.filter(({ kind }) => kind === 'command').map(({ name }) => ({ method: 'POST', path: `/trpc/${name}` })),
];

/** What browsers say of a request that another site's page caused. */
const FOREIGN: readonly (readonly [string, Readonly<Record<string, string>>])[] = [
  ['another origin', { origin: 'https://evil.example' }],
  ['no origin that may be told', { origin: 'null' }],
  ['another site', { 'sec-fetch-site': 'cross-site', 'sec-fetch-mode': 'no-cors' }],
  ['a neighbour', { 'sec-fetch-site': 'same-site' }],
  ['our name as the host, theirs as the origin', { origin: 'https://evil.example', 'x-forwarded-host': 'evil.example.' }],
];

describe('what changes something comes from our own pages, or from programs', () => {
  test.each(FOREIGN)(
    'every such route and procedure refuses what comes from %s, in whatever way a form can send it',
    async (_, headers) => {
      expect(CHANGING().length).toBeGreaterThan(40);
      for (const { method, path } of CHANGING())
        for (const type of ['application/json', 'text/plain', 'application/x-www-form-urlencoded', 'multipart/form-data; boundary=x']) {
          const body = method === 'DELETE' ? null : JSON.stringify({ id: card.id, version: card.version });
          const answer = await fetch(`${home.url}${path}`, { method, headers: { ...cookie(), ...headers, 'content-type': type }, body });
          await answer.arrayBuffer();
          expect([method, path, type, answer.status]).toEqual([method, path, type, 403]);
        }
      const [kept] = await home.sql<{ status: string; version: number }>('select status, version from timecard_headers where id = $1', [
        card.id,
      ]);
      expect(kept).toEqual({ status: 'draft', version: card.version });
    },
  );

  test('nothing is changed by a mere address, which any page can have a browser fetch', async () => {
    for (const { path } of CHANGING()) {
      const answer = await fetch(
        `${home.url}${path}${path.startsWith('/trpc') ? `?input=${encodeURIComponent(JSON.stringify(card))}` : ''}`,
        { headers: cookie() },
      );
      await answer.arrayBuffer();
      if (path.startsWith('/trpc')) expect([path, answer.status]).toEqual([path, 405]);
    }
    expect((await home.sql('select from timecard_headers where id = $1 and version = 1', [card.id])).length).toBe(1);
  });

  test('a body that a form can send without asking is none that is understood', async () => {
    const own = { ...cookie(), origin: home.url };
    for (const type of ['text/plain', 'application/x-www-form-urlencoded']) {
      const init = { method: 'POST', headers: { ...own, 'content-type': type }, body: JSON.stringify({ version: card.version }) };
      const rest = await fetch(`${home.url}/api/timecards/${card.id}/submit`, init);
      const trpc = await fetch(`${home.url}/trpc/timecards.submit`, { ...init, body: JSON.stringify(card) });
      expect([type, rest.status, trpc.status]).toEqual([type, 400, 415]);
    }
  });
});
