import { mkdirSync, writeFileSync } from 'node:fs';
import { request } from 'node:http';
import { connect } from 'node:net';
import { join } from 'node:path';
import { brotliCompressSync } from 'node:zlib';
import fc from 'fast-check';
import { afterAll, beforeAll, describe, expect, onTestFinished, test } from 'vitest';
import { routes } from '@countersign/api/countersign';
import { eventually } from '@countersign/testing/eventually';
import { type House, house, PASSWORD, signIn, temporaryFolder, tokenIn } from './house.ts';

let home: House;
let admin: { id: string; email: string };
let token: string;

beforeAll(async () => {
  home = await house();
  admin = await home.person('admin', 'Ada');
  token = await home.token(admin.email);
});
afterAll(() => home.close());

const cookie = (value: string = token) => ({ cookie: `countersign_session=${value}` });
const bearer = (value: string = token) => ({ authorization: `Bearer ${value}` });
const json = { 'content-type': 'application/json' };

async function ask(path: string, init: RequestInit = {}) {
  const answer = await fetch(`${home.url}${path}`, init);
  const text = await answer.text();
  return {
    status: answer.status,
    headers: answer.headers,
    text,
    body: (text.startsWith('{') || text.startsWith('[') ? JSON.parse(text) : null) as never,
  };
}

describe('sessions (AC-5)', () => {
  test('signing in gives a cookie that no script reads and no other site sends', async () => {
    const answer = await signIn(home.url, admin.email);
    expect(await answer.json()).toEqual({
      user: { id: admin.id, name: 'Ada admin', email: admin.email.toLowerCase(), role: 'admin', level: 1, time_zone: 'Europe/Berlin' },
      second_step: null,
    });
    const parts = answer.headers.getSetCookie()[0]?.split('; ');
    expect(parts).toEqual([
      expect.stringMatching(/^countersign_session=[\w-]{43}$/),
      'Path=/',
      'HttpOnly',
      'SameSite=Lax',
      expect.stringMatching(/^Max-Age=60\d{4}$/),
    ]);
  });

  test('the session says who is signed in; nobody is where there is no cookie, or a made-up one', async () => {
    expect((await ask('/api/session', { headers: cookie() })).body).toMatchObject({
      user: { id: admin.id, time_zone: 'Europe/Berlin' },
      demo: null,
    });
    for (const headers of [{}, cookie('made-up'), cookie('"; drop'), bearer('made-up')])
      expect((await ask('/api/session', { headers })).body).toEqual({
        user: null,
        confined: false,
        second_step: null,
        passwords: true,
        provider: null,
        sight: null,
        rights: null,
        demo: null,
      });
  });

  test('signing out ends the session everywhere, and takes the cookie back', async () => {
    const other = tokenIn(await signIn(home.url, admin.email));
    expect((await ask('/api/me', { headers: bearer(other) })).status).toBe(200);
    const out = await ask('/api/auth/sign-out', { method: 'POST', headers: { ...cookie(other), origin: home.url } });
    expect(out.headers.get('set-cookie')).toContain('countersign_session=; Path=/; HttpOnly; SameSite=Lax; Max-Age=0');
    expect((await ask('/api/me', { headers: bearer(other) })).status).toBe(401);
  });

  test('AC-5: signing out everywhere ends every session of that person, and nobody else’s', async () => {
    const someone = await home.person('worker');
    const [here, elsewhere, others] = [await home.token(someone.email), await home.token(someone.email), await home.token(admin.email)];
    const out = await ask('/api/auth/sign-out-everywhere', { method: 'POST', headers: { ...cookie(here), origin: home.url } });
    expect([out.status, out.body]).toEqual([200, { sessions: 2 }]);
    expect(out.headers.get('set-cookie')).toContain('Max-Age=0');
    for (const token of [here, elsewhere]) expect((await ask('/api/me', { headers: bearer(token) })).status).toBe(401);
    expect((await ask('/api/me', { headers: bearer(others) })).status).toBe(200);
    expect((await ask('/api/auth/sign-out-everywhere', { method: 'POST', headers: bearer(here) })).status).toBe(401);
  });

  test('a wrong password and an unknown address are refused in the same words', async () => {
    const [wrong, unknown] = [await signIn(home.url, admin.email, 'wrong'), await signIn(home.url, 'nobody@example.com', 'wrong')];
    expect([wrong.status, unknown.status]).toEqual([401, 401]);
    expect(await wrong.json()).toEqual(await unknown.json());
    expect(wrong.headers.get('set-cookie')).toBeNull();
  });

  test('AC-6: guessing is slowed down, for that account only', async () => {
    const victim = await home.person('worker');
    for (let n = 0; n < 10; n++) expect((await signIn(home.url, victim.email, `guess ${n}`)).status).toBe(401);
    const answer = await signIn(home.url, victim.email);
    expect(answer.status).toBe(429);
    expect(Number(answer.headers.get('retry-after'))).toBeGreaterThan(0);
    expect(await answer.json()).toMatchObject({ code: 'RATE_LIMITED', details: expect.stringMatching(/^Try again in \d+ seconds\.$/) });
    expect((await signIn(home.url, admin.email)).status).toBe(200);
  });

  test('the cookie is Secure where the browser came by TLS, which only a trusted proxy may say', async () => {
    const behind = await house({ proxies: 1 });
    onTestFinished(behind.close);
    const someone = await behind.person('worker');
    const tls = { 'x-forwarded-proto': 'https' };
    const trusted = await signIn(behind.url, someone.email, PASSWORD, tls);
    expect(trusted.headers.get('set-cookie')).toContain('; Secure');
    expect(trusted.headers.get('strict-transport-security')).toContain('max-age');
    expect((await signIn(home.url, admin.email, PASSWORD, tls)).headers.get('set-cookie')).not.toContain('Secure');
  });
});

describe('requests from other sites', () => {
  const change = (headers: Record<string, string>, path = '/api/auth/sign-out') =>
    ask(path, { method: 'POST', headers: { ...json, ...headers }, body: '{}' });

  test.each([
    ['another origin', { origin: 'https://evil.example' }],
    ['an origin that only looks like ours', { origin: 'http://127.0.0.1:1' }],
    ['a null origin', { origin: 'null' }],
    ['a browser that says cross-site', { 'sec-fetch-site': 'cross-site' }],
    ['a browser that says same-site', { 'sec-fetch-site': 'same-site' }],
  ])('with a cookie and %s nothing is changed', async (_, headers) => {
    expect(await change({ ...cookie(), ...headers })).toMatchObject({ status: 403, body: { code: 'FORBIDDEN' } });
    expect(await change({ ...cookie(), ...headers }, '/trpc/timecards.submit')).toMatchObject({
      status: 403,
      body: { error: { data: { code: 'FORBIDDEN', refusal: { code: 'FORBIDDEN' } } } },
    });
    expect((await ask('/api/me', { headers: cookie() })).status).toBe(200);
  });

  test('AUD-29, AC-5: nor is anything read or taken away in somebody’s name: their browser is sent there with its cookie', async () => {
    const reader = await home.person('manager');
    const own = { cookie: `countersign_session=${await home.token(reader.email)}` };
    const sent = { ...own, 'sec-fetch-mode': 'navigate', 'sec-fetch-dest': 'document' };
    const answers = async (path: string) =>
      Promise.all(
        ['cross-site', 'same-site', 'same-origin', 'none'].map(
          async (site) => (await fetch(`${home.url}${path}`, { headers: { ...sent, 'sec-fetch-site': site } })).status,
        ),
      );
    const seen = () => home.sql('select 1 from reading_windows where reader = $1', [reader.id]);
    const log = { path: '/api/audit-logs', query: '/trpc/audit.page?input=%7B%7D' };
    for (const path of [log.path, log.query]) {
      const foreign = await fetch(`${home.url}${path}`, { headers: { ...sent, 'sec-fetch-site': 'cross-site' } });
      expect([foreign.status, await foreign.text()]).toEqual([403, expect.stringContaining('came from another site')]);
    }
    expect(await seen()).toEqual([]);
    for (const path of [log.path, log.query, '/api/timecards/export']) expect(await answers(path)).toEqual([403, 403, 200, 200]);
    // Old browsers, and all on an unencrypted line, name no site: what is ours is the page that they come from.
    const old = (referer?: string) => ({ ...own, accept: 'text/html,application/xhtml+xml,*/*;q=0.8', ...(referer && { referer }) });
    const windows = [undefined, 'https://evil.example/', 'nonsense', `${home.url}/timecards`].map(
      async (referer) => (await fetch(`${home.url}${log.path}`, { headers: old(referer), referrerPolicy: 'unsafe-url' })).status,
    );
    expect(await Promise.all(windows)).toEqual([403, 403, 403, 200]);
    // A program says nothing of the kind, and what needs no cookie is anybody's.
    expect((await ask(log.path, { headers: own })).status).toBe(200);
    expect((await fetch(`${home.url}/api/session`, { headers: { 'sec-fetch-site': 'cross-site' } })).status).toBe(200);
    // A link in a mail leads to a page.
    expect((await fetch(`${home.url}/live`, { headers: { ...sent, 'sec-fetch-site': 'cross-site' } })).status).not.toBe(403);
  });

  test('signing in from another site is refused too: nobody is signed in as somebody else', async () => {
    expect((await signIn(home.url, admin.email, PASSWORD, { origin: 'https://evil.example' })).status).toBe(403);
  });

  test('a program signs in without saying where it comes from, and changes with the cookie that it got', async () => {
    const worker = await home.person('worker');
    const signedIn = await program('POST', '/api/auth/sign-in/email', { email: admin.email, password: PASSWORD });
    expect(signedIn.status).toBe(200);
    const again = await program('POST', '/api/auth/sign-in/email', { email: admin.email, password: PASSWORD }, signedIn.cookie);
    expect(again.status).toBe(200);
    const day = { person: worker.id, site: await home.site(), period_start: '2026-11-03', period_end: '2026-11-03' };
    const made = await program('POST', '/api/timecards', { ...day, reason: 'Forgotten at the gate' }, again.cookie);
    expect(made.status, made.text).toBe(200);
    const { id, version } = JSON.parse(made.text) as { id: string; version: number };
    const edit = { version, admin_notes: 'Seen', reason: 'Seen on paper' };
    const edited = await program('PATCH', `/api/timecards/${id}`, edit, again.cookie);
    expect(edited.status, edited.text).toBe(200);
    const put = await program('PUT', '/api/timecards', {}, again.cookie);
    expect(put).toMatchObject({ status: 405, allow: 'POST, GET, HEAD' });
  });

  test('pages of ours, and programs with a token, are let through', async () => {
    const page = { ...cookie(), origin: home.url };
    expect((await change(page, '/api/timecards/x/submit')).status).toBe(400);
    expect((await change({ ...cookie(), 'sec-fetch-site': 'same-origin' }, '/api/timecards/x/submit')).status).toBe(400);
    expect((await change(bearer(), '/api/timecards/x/submit')).status).toBe(400);
  });
});

/** A request with no header but those given: neither `Origin` nor `Sec-Fetch-Site`, as curl sends it. */
function program(method: string, path: string, body: object, cookie?: string) {
  return new Promise<{ status: number; text: string; cookie: string; allow: string | undefined }>((resolve, reject) => {
    const sent = request(`${home.url}${path}`, { method, headers: { ...json, ...(cookie && { cookie }) } }, (answer) => {
      let text = '';
      answer.setEncoding('utf8').on('data', (part: string) => (text += part));
      answer.on('end', () =>
        resolve({
          status: answer.statusCode ?? 0,
          text,
          cookie: answer.headers['set-cookie']?.[0]?.split(';')[0] ?? '',
          allow: answer.headers.allow,
        }),
      );
    });
    sent.on('error', reject).end(JSON.stringify(body));
  });
}

describe('what stands in the log about a request (AUD-11)', () => {
  const create = async (path: string, headers: Record<string, string>, at: House = home, day = '2026-11-03') => {
    const worker = await at.person('worker');
    const camel = { person: worker.id, site: await at.site(), periodStart: day, periodEnd: day, reason: 'Forgotten at the gate' };
    const snake = { person: camel.person, site: camel.site, period_start: day, period_end: day, reason: camel.reason };
    const answer = await fetch(`${at.url}${path}`, {
      method: 'POST',
      headers: { ...json, ...headers },
      body: JSON.stringify(path.startsWith('/trpc') ? camel : snake),
    });
    expect(answer.status, await answer.clone().text()).toBe(200);
    const requestId = answer.headers.get('x-request-id');
    return eventually(async () => {
      const [event] = await at.sql<{ channel: string; request_id: string; actor_id: string }>(
        'select channel, request_id, actor_id from audit_event where request_id = $1',
        [requestId],
      );
      if (!event) throw new Error('not in the log yet');
      return { ...event, requestId };
    });
  };

  test('a page’s procedure is `web`, a REST call `api`; the request id is ours, whatever the client sends', async () => {
    expect(await create('/trpc/timecards.create', { ...cookie(), origin: home.url, 'x-request-id': 'mine' })).toMatchObject({
      channel: 'web',
      actor_id: admin.id,
    });
    const event = await create('/api/timecards', { ...bearer(), 'x-request-id': 'mine' });
    expect(event.channel).toBe('api');
    expect(event.requestId).toMatch(/^[0-9a-f-]{36}$/);
    expect(event.request_id).toBe(event.requestId);
  });

  test('the address is the client’s, and only trusted proxies may tell it', async () => {
    const behind = await house({ proxies: 1 });
    onTestFinished(behind.close);
    const boss = await behind.person('admin');
    const token = await behind.token(boss.email);
    const spoofed = { authorization: `Bearer ${token}`, 'x-forwarded-for': '203.0.113.9, 198.51.100.7', 'user-agent': 'Test/1' };
    await create('/api/timecards', spoofed, behind);
    const page = await fetch(`${behind.url}/trpc/audit.page?input=${encodeURIComponent('{"limit":1}')}`, {
      headers: { authorization: `Bearer ${token}` },
    });
    expect(await page.json()).toMatchObject({
      result: { data: { events: [{ ipAddress: '198.51.100.7', forwardedFor: '203.0.113.9, 198.51.100.7', userAgent: 'Test/1' }] } },
    });
    const told = async () => {
      const { body } = await ask(`/trpc/audit.page?input=${encodeURIComponent('{"limit":1}')}`, { headers: bearer() });
      return (body as { result: { data: { events: object[] } } }).result.data.events[0];
    };
    await create('/api/timecards', { ...bearer(), 'x-forwarded-for': '203.0.113.9' }, home, '2026-11-04');
    expect(await told()).toMatchObject({ ipAddress: '127.0.0.1', forwardedFor: '203.0.113.9' });
    // What says nothing else than the address is no news, and what is made up has an end and does nothing.
    await create('/api/timecards', { ...bearer(), 'x-forwarded-for': '127.0.0.1' }, home, '2026-11-05');
    expect(await told()).toMatchObject({ ipAddress: '127.0.0.1', forwardedFor: null });
    await create('/api/timecards', { ...bearer(), 'x-forwarded-for': `${'x, '.repeat(400)}<b>\u009b31m` }, home, '2026-11-06');
    const { forwardedFor } = (await told()) as { forwardedFor: string };
    expect(forwardedFor).toMatch(/^(x?,? ?)+<b>%9B31m$/);
    expect(forwardedFor).toHaveLength(500);
  });
});

describe('answers to wrong requests', () => {
  test.each([
    ['an unknown address', '/api/nothing', {}, 404, 'NOT_FOUND'],
    ['an address outside the interface', '/nothing.js', {}, 404, 'NOT_FOUND'],
    ['a wrong method', '/api/session', { method: 'DELETE' }, 405, 'METHOD_NOT_ALLOWED'],
    ['nobody signed in', '/api/me', {}, 401, 'UNAUTHORIZED'],
    ['malformed JSON', '/api/auth/sign-in/email', { method: 'POST', headers: json, body: '{' }, 400, 'VALIDATION_ERROR'],
    [
      'a body that is too large',
      '/api/auth/sign-in/email',
      { method: 'POST', headers: json, body: JSON.stringify({ email: 'x'.repeat(300_000) }) },
      413,
      'TOO_LARGE',
    ],
    [
      'an unknown field',
      '/api/auth/sign-in/email',
      { method: 'POST', headers: json, body: '{"email":"a","password":"b","admin":true}' },
      400,
      'VALIDATION_ERROR',
    ],
  ])('REST: %s', async (_, path, init, ...[status, code]) => {
    expect(await ask(path, init)).toMatchObject({ status, body: { error: expect.any(String), code } });
  });

  test.each([
    ['an unknown procedure', '/trpc/timecards.fly', {}, 404, 'NOT_FOUND', 'NOT_FOUND'],
    ['nobody signed in', '/trpc/people.me', {}, 401, 'UNAUTHORIZED', 'UNAUTHORIZED'],
    ['malformed JSON', '/trpc/timecards.submit', { method: 'POST', headers: json, body: '{' }, 400, 'BAD_REQUEST', 'VALIDATION_ERROR'],
    ['malformed input', '/trpc/audit.page?input=%7B', {}, 400, 'BAD_REQUEST', 'VALIDATION_ERROR'],
    [
      'a query as a mutation',
      '/trpc/people.me',
      { method: 'POST', headers: json, body: '{}' },
      405,
      'METHOD_NOT_SUPPORTED',
      'VALIDATION_ERROR',
    ],
    ['a form', '/trpc/timecards.submit', { method: 'POST', body: new FormData() }, 401, 'UNAUTHORIZED', 'UNAUTHORIZED'],
    [
      'another type',
      '/trpc/timecards.submit',
      { method: 'POST', headers: { 'content-type': 'text/csv' }, body: 'a;b' },
      415,
      'UNSUPPORTED_MEDIA_TYPE',
      'VALIDATION_ERROR',
    ],
    [
      'a body that is too large',
      '/trpc/timecards.submit',
      { method: 'POST', headers: json, body: `"${'x'.repeat(300_000)}"` },
      413,
      'PAYLOAD_TOO_LARGE',
      'TOO_LARGE',
    ],
    ['a broken address', '/trpc/%E0%A4%A', {}, 400, 'BAD_REQUEST', 'VALIDATION_ERROR'],
  ])('tRPC: %s', async (_, path, init, ...[status, code, refusal]) => {
    const answer = await ask(path, init);
    expect(answer).toMatchObject({
      status,
      body: { error: { message: expect.any(String), data: { code, httpStatus: status, refusal: { code: refusal } } } },
    });
    expect(answer.text).not.toMatch(/stack|node_modules|at .*\.ts/);
  });

  test('tRPC: a batch of more than twenty', async () => {
    const paths = Array.from({ length: 21 }, () => 'people.me').join(',');
    expect((await ask(`/trpc/${paths}?batch=1`, { headers: bearer() })).status).toBe(400);
  });

  test('what was not foreseen shows nothing of its cause, and is told once in the log', async () => {
    const broken = await house();
    onTestFinished(broken.close);
    const token = await broken.token((await broken.person('admin')).email);
    await broken.sql('alter table sites rename to hidden_sites');
    for (const path of ['/api/sites', '/trpc/sites.list']) {
      const answer = await fetch(`${broken.url}${path}`, { headers: { authorization: `Bearer ${token}` } });
      const text = await answer.text();
      expect(answer.status).toBe(500);
      expect(text).toContain('Something went wrong on our side');
      expect(text).not.toMatch(/relation|sites"|postgres|select/);
      const requestId = answer.headers.get('x-request-id') ?? '';
      expect(text).toContain(requestId);
      const told = broken
        .logged()
        .split('\n')
        .filter((line) => line.includes(requestId) && line.includes('"err"'));
      expect(told).toHaveLength(1);
    }
  });

  test('AC-8: whatever is sent to any route, none answers 5xx', async () => {
    const worker = await home.token((await home.person('worker')).email);
    const text = fc.oneof(
      fc.string(),
      fc.string({ unit: 'binary' }),
      fc.constantFrom(
        '',
        '0',
        '-1',
        '1e999',
        '0000-01-01',
        '9999-12-31',
        '2026-11-03',
        '2026-02-30T25:00:00Z',
        '0001-01-01T00:00:00+14:00',
        admin.id,
        'null',
        '\0',
        'Infinity',
      ),
    );
    const names = [
      'id',
      'version',
      'limit',
      'offset',
      'grouped',
      'date_from',
      'date_to',
      'action_type',
      'field_name',
      'from',
      'to',
      'status',
      'person',
      'site',
      'period_start',
      'period_end',
      'check_in_time',
      'entries',
      'reason',
      'admin_notes',
      'text',
      'root_id',
      'root_type',
    ];
    const value = fc.oneof(
      text,
      fc.integer(),
      fc.double(),
      fc.boolean(),
      fc.constant(null),
      fc.array(text, { maxLength: 3 }),
      fc.jsonValue({ maxDepth: 3 }),
    );
    const query = fc.array(fc.tuple(fc.constantFrom(...names), text), { maxLength: 4 });
    const body = fc.dictionary(fc.constantFrom(...names), value, { maxKeys: 8 });
    await fc.assert(
      fc.asyncProperty(
        fc.record({
          route: fc.constantFrom(...routes),
          as: fc.constantFrom(token, worker),
          segment: text,
          parameters: query,
          fields: body,
        }),
        async ({ route, as, segment, parameters, fields }) => {
          const path = route.path.replace('{id}', encodeURIComponent(segment.toWellFormed()) || 'x');
          const takesBody = route.method === 'POST' || route.method === 'PATCH';
          const search = takesBody ? '' : `?${new URLSearchParams(parameters).toString()}`;
          const answer = await ask(`${path}${search}`, {
            method: route.method,
            headers: { ...json, ...bearer(as) },
            ...(takesBody && { body: JSON.stringify(fields) }),
          });
          expect(answer.status, answer.text).toBeLessThan(500);
          const procedure = await ask(
            `/trpc/${route.name}${takesBody || route.method === 'DELETE' ? '' : `?input=${encodeURIComponent(JSON.stringify(fields))}`}`,
            {
              method: route.method === 'GET' ? 'GET' : 'POST',
              headers: { ...json, ...bearer(as) },
              ...(route.method !== 'GET' && { body: JSON.stringify(fields) }),
            },
          );
          expect(procedure.status, procedure.text).toBeLessThan(500);
        },
      ),
      { numRuns: 300 },
    );
  }, 120_000);

  test('bytes that are no HTTP end that connection only', async () => {
    const { hostname, port } = new URL(home.url);
    for (const bytes of [
      '\x16\x03\x01garbage',
      'GET / HTTP/9.9\r\n\r\n',
      `GET /${'x'.repeat(40_000)} HTTP/1.1\r\n\r\n`,
      'GET /%%% HTTP/1.1\r\nHost: a b\r\n\r\n',
      'GET //[ HTTP/1.1\r\nHost: [\r\n\r\n',
      'GET /trpc HTTP/1.1\r\nHost: [\r\nUpgrade: websocket\r\nConnection: Upgrade\r\n\r\n',
    ]) {
      const socket = connect(Number(port), hostname);
      socket.on('error', () => undefined);
      socket.end(bytes);
      await new Promise((resolve) => socket.resume().once('close', resolve));
    }
    expect((await ask('/healthz')).status).toBe(200);
  });
});

describe('health', () => {
  test('alive, and ready to serve', async () => {
    expect((await ask('/healthz')).body).toEqual({ status: 'alive' });
    expect(await ask('/readyz')).toMatchObject({ status: 200, body: { ready: true, problems: [] } });
  });

  test('without its database it lives on, isn’t ready, and says so; when that is back it is ready again', async () => {
    const cut = await house();
    onTestFinished(cut.close);
    const { name } = cut.database;
    const token = await cut.token((await cut.person('admin')).email);
    await home.sql(`alter database ${name} with allow_connections false`);
    await home.sql('select pg_terminate_backend(pid) from pg_stat_activity where datname = $1', [name]);
    const ready = async () => (await fetch(`${cut.url}/readyz`)).status;
    await eventually(async () => (await ready()) === 503);
    expect((await fetch(`${cut.url}/api/me`, { headers: { authorization: `Bearer ${token}` } })).status).toBe(500);
    expect((await fetch(`${cut.url}/healthz`)).status).toBe(200);
    await home.sql(`alter database ${name} with allow_connections true`);
    await eventually(async () => (await ready()) === 200);
    expect((await fetch(`${cut.url}/api/me`, { headers: { authorization: `Bearer ${token}` } })).status).toBe(200);
  });
});

describe('the web app’s files', () => {
  let files: House;
  const folder = temporaryFolder();
  const script = `console.log("${'x'.repeat(500)}")`;
  beforeAll(async () => {
    mkdirSync(join(folder.path, 'assets'));
    writeFileSync(join(folder.path, 'index.html'), '<!doctype html><title>Page</title>');
    writeFileSync(join(folder.path, 'assets', 'main-abc123.js'), script);
    writeFileSync(join(folder.path, 'assets', 'main-abc123.js.br'), brotliCompressSync(script));
    files = await house({ webFolder: folder.path });
  });
  afterAll(async () => {
    await files.close();
    folder.remove();
  });
  const get = (path: string, headers: Record<string, string> = {}) => fetch(`${files.url}${path}`, { headers });

  test('pages get the app’s page under every address; nothing else does', async () => {
    for (const path of ['/', '/live', '/timecards/7?tab=trail']) {
      const answer = await get(path, { accept: 'text/html,*/*' });
      expect(answer.headers.get('content-type')).toBe('text/html; charset=utf-8');
      expect(answer.headers.get('cache-control')).toBe('no-cache');
      expect(await answer.text()).toContain('<title>Page</title>');
    }
    expect((await get('/live', { accept: 'application/json' })).status).toBe(404);
    expect((await get('/assets/gone.js', { accept: 'text/html' })).status).toBe(404);
    expect((await get('/api/gone', { accept: 'text/html' })).status).toBe(404);
    expect((await get('/api/gone', { accept: '*/*' })).status).toBe(404);
    // A program that takes anything gets the page too, one that asks for data does not.
    expect((await get('/live', { accept: '*/*' })).headers.get('content-type')).toBe('text/html; charset=utf-8');
    expect((await get('/live', { accept: 'application/json' })).status).toBe(404);
    expect((await get('/assets/main-abc123.js.br')).status).toBe(404);
  });

  test('assets are kept for ever, and come compressed to whoever can read that', async () => {
    const plain = await get('/assets/main-abc123.js', { 'accept-encoding': 'gzip' });
    expect(plain.headers.get('cache-control')).toBe('public, max-age=31536000, immutable');
    expect(plain.headers.get('content-encoding')).toBeNull();
    expect(await plain.text()).toBe(script);
    const compressed = await get('/assets/main-abc123.js', { 'accept-encoding': 'gzip, br' });
    expect(compressed.headers.get('content-encoding')).toBe('br');
    expect(compressed.headers.get('vary')).toBe('Accept-Encoding');
    expect(await compressed.text()).toBe(script);
    expect((await get('/assets/main-abc123.js', { 'if-none-match': compressed.headers.get('etag') ?? '' })).status).toBe(304);
  });

  test.each(['/../package.json', '/..%2fpackage.json', '/assets/..%2f..%2fpackage.json', '//etc/passwd', '/assets/%00'])(
    '%s leads nowhere',
    async (path) => {
      expect((await get(path, { accept: '*/*' })).status).toBeGreaterThanOrEqual(400);
    },
  );

  test('a path that climbs is an address like any other: it gets the page, and no file', async () => {
    expect(await (await get('/%2e%2e/%2e%2e/etc/passwd', { accept: '*/*' })).text()).toContain('<title>Page</title>');
  });

  test('every answer says what a browser may do with it', async () => {
    for (const path of ['/', '/assets/main-abc123.js', '/api/session', '/healthz', '/docs', '/nothing']) {
      const { headers } = await get(path);
      expect(headers.get('content-security-policy')).toMatch(/^default-src 'none'; (script-src 'self'; style-src 'self'|base-uri 'none')/);
      expect(headers.get('content-security-policy')).not.toContain('unsafe');
      expect(headers.get('x-content-type-options')).toBe('nosniff');
      expect(headers.get('x-request-id')).toMatch(/^[0-9a-f-]{36}$/);
    }
    expect((await get('/api/session')).headers.get('cache-control')).toBe('no-store');
  });

  test('the interface is described for tools and for people, from here alone', async () => {
    const api = (await (await get('/api/openapi.json')).json()) as { openapi: string; paths: object };
    expect(api.openapi).toBe('3.1.0');
    expect(Object.keys(api.paths)).toEqual(
      expect.arrayContaining(['/api/timecards/{id}/audit-logs', '/api/auth/sign-in/email', '/api/session']),
    );
    expect(await (await get('/docs')).text()).toContain('Sign in by mail address and password');
    expect((await get('/docs/docs.css')).headers.get('content-type')).toBe('text/css; charset=utf-8');
  });
});

test('the server’s log holds a line for each request, and no secret', () => {
  const logged = home.logged();
  const lines = logged
    .trim()
    .split('\n')
    .map((line) => JSON.parse(line) as Record<string, unknown>);
  expect(lines.find(({ path }) => path === '/api/auth/sign-in/email')).toMatchObject({
    method: 'POST',
    status: expect.any(Number),
    ms: expect.any(Number),
    requestId: expect.any(String),
  });
  expect(logged).not.toContain('a request failed');
  for (const secret of [token, PASSWORD, 'countersign_session', 'Bearer', admin.email]) expect(logged).not.toContain(secret);
});
