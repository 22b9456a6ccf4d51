import { afterAll, beforeAll, describe, expect, onTestFinished, test } from 'vitest';
import { WebSocket } from 'ws';
import { createClient } from '@countersign/client';
import { eventually } from '@countersign/testing/eventually';
import { type House, house } from './house.ts';

let home: House;
let ann: { id: string; email: string };
let session: string;

beforeAll(async () => {
  home = await house();
  ann = await home.person('admin', 'Ann');
  session = await home.token(ann.email);
});
afterAll(() => home.close());

const json = { 'content-type': 'application/json' };
const bearer = (token: string) => ({ authorization: `Bearer ${token}` });

async function ask(path: string, token: string, init: RequestInit = {}) {
  const answer = await fetch(`${home.url}${path}`, { ...init, headers: { ...json, ...bearer(token) } });
  return { status: answer.status, body: (await answer.json()) as never };
}

const create = (input: object, as: string = session) => ask('/api/tokens', as, { method: 'POST', body: JSON.stringify(input) });

async function made(scopes: string[], as: string = session): Promise<{ id: string; token: string }> {
  const { status, body } = await create({ name: 'payroll', scopes, days: 30 }, as);
  expect(status).toBe(200);
  return body;
}

/** A websocket with this token; `closed` resolves with the code. */
async function open(token: string) {
  const socket = new WebSocket(`${home.url.replace('http', 'ws')}/trpc`, { headers: bearer(token) });
  onTestFinished(() => socket.terminate());
  const closed = new Promise<number>((resolve) => socket.once('close', resolve));
  await new Promise((resolve) => socket.once('open', resolve));
  // It counts as somebody's as soon as it answers.
  socket.send(JSON.stringify({ id: 1, method: 'query', params: { path: 'people.me' } }));
  await new Promise((resolve) => socket.once('message', resolve));
  return { closed };
}

describe('AC-5: tokens for programs', () => {
  test('AC-5: one is shown once, known by its beginning, and of it only a hash is kept', async () => {
    const { id, token } = await made(['signedIn']);
    expect(token).toMatch(/^countersign_pat_[\w-]{43}$/);
    const [row] = await home.sql<{ hash: string }>('select * from api_tokens where id = $1', [id]);
    expect(row?.hash).toMatch(/^[\da-f]{64}$/);
    expect(JSON.stringify(row)).not.toContain(token);
    const { body } = await ask('/api/tokens', session);
    expect(body).toMatchObject({
      tokens: [{ id, name: 'payroll', ending: token.slice(-4), scopes: ['signedIn'], expired: false, last_used_at: null }],
    });
    expect(JSON.stringify(body)).not.toContain(token);
    expect((await ask('/api/me', token)).body).toMatchObject({ id: ann.id });
    expect((await ask('/api/tokens', session)).body).toMatchObject({ tokens: [{ last_used_at: expect.any(String) }] });
    expect(home.logged()).not.toContain(token);
  });

  test('AC-5: it is taken from the header alone: in the address or in a cookie it is nobody’s', async () => {
    const { token } = await made(['signedIn']);
    for (const path of [`/api/me?token=${token}`, `/api/me?access_token=${token}`])
      expect([400, 401]).toContain((await fetch(home.url + path)).status);
    expect((await fetch(`${home.url}/api/me`, { headers: { cookie: `countersign_session=${token}` } })).status).toBe(401);
    const client = createClient({ url: home.url, token });
    onTestFinished(client.close);
    expect(await client.trpc.people.me.query()).toMatchObject({ id: ann.id });
  });

  test('AC-5: it does what its scopes say, on every way in, and never what concerns the account itself', async () => {
    const { token } = await made(['timecardRead']);
    expect((await ask('/api/timecards', token)).status).toBe(200);
    expect(await ask('/api/me', token)).toMatchObject({
      status: 403,
      body: { error: 'This token may not do that', details: 'It lacks the scope signedIn: make a token that has it.' },
    });
    expect((await ask('/api/audit-logs', token)).status).toBe(403);
    // What is written by hand beside the definitions, too.
    expect((await ask('/api/timecards/export', token)).status).toBe(403);
    for (const [path, method] of [
      ['/api/tokens', 'GET'],
      ['/api/auth/sign-out-everywhere', 'POST'],
    ] as const)
      expect(await ask(path, token, { method, ...(method === 'POST' && { body: '{}' }) })).toMatchObject({ status: 403 });
    const client = createClient({ url: home.url, token });
    onTestFinished(client.close);
    await expect(client.trpc.people.me.query()).rejects.toMatchObject({ data: { code: 'FORBIDDEN' } });
    for (const begin of [client.trpc.audit.live.subscribe, client.trpc.notifications.live.subscribe])
      expect(await new Promise((resolve) => begin({}, { onError: resolve }))).toMatchObject({ data: { code: 'FORBIDDEN' } });
  });

  test('AC-5: it has no browser show what its owner is told, which would go on once it is revoked', async () => {
    const { token } = await made(['signedIn']);
    const subscription = {
      endpoint: 'https://push.example.com/of-a-token',
      p256dh: 'k'.repeat(87),
      auth: 'a'.repeat(22),
      browser: 'Firefox',
    };
    const subscribe = (as: string) => ask('/api/push/subscriptions', as, { method: 'POST', body: JSON.stringify(subscription) });
    expect((await subscribe(token)).status).toBe(403);
    expect(await home.sql('select 1 from push_subscriptions')).toEqual([]);
    expect((await subscribe(session)).status).toBe(200);
  });

  test('AC-10: without the scope for them it is shown no sensitive values, whatever its owner sees', async () => {
    const [without, withThem] = [await made(['logRead']), await made(['logRead', 'logSensitive'])];
    const seen = async (token: string) => {
      const client = createClient({ url: home.url, token });
      onTestFinished(client.close);
      const { events } = await client.trpc.audit.page.query({ action: ['signed_in'] });
      return events.some(({ ipAddress }) => ipAddress !== null);
    };
    expect(await seen(withThem.token)).toBe(true);
    expect(await seen(without.token)).toBe(false);
  });

  test('AC-9: to edit an approved timecard it needs the scope for that, and not just the one to edit', async () => {
    const worker = await home.person('worker');
    const card = (await home.site().then((site) =>
      ask('/api/timecards', session, {
        method: 'POST',
        body: JSON.stringify({
          person: worker.id,
          site,
          period_start: '2026-11-02',
          period_end: '2026-11-02',
          check_in_time: '2026-11-02T08:00:00+01:00',
          check_out_time: '2026-11-02T16:00:00+01:00',
          reason: 'Given by telephone',
        }),
      }),
    )) as unknown as { status: number; body: { id: string; version: number } };
    expect(card.status, JSON.stringify(card.body)).toBe(200);
    const { id } = card.body;
    const step = (name: string, version: number) =>
      ask(`/api/timecards/${id}/${name}`, session, { method: 'POST', body: JSON.stringify({ version }) }) as Promise<{
        status: number;
        body: { version: number };
      }>;
    const submitted = await step('submit', card.body.version);
    const approved = await step('approve', submitted.body.version);
    expect(approved.status, JSON.stringify(approved.body)).toBe(200);
    const edit = (token: string) =>
      ask(`/api/timecards/${id}`, token, {
        method: 'PATCH',
        body: JSON.stringify({
          version: approved.body.version,
          check_out_time: '2026-11-02T16:30:00+01:00',
          reason: 'The gate log says so',
        }),
      });
    expect((await edit((await made(['timecardWrite'])).token)).status).toBe(403);
    expect((await edit((await made(['timecardWrite', 'timecardEditApproved'])).token)).status).toBe(200);
  });

  test('AC-5: nobody allows a token what their role may not, and it never does more than its owner may now', async () => {
    const supervisor = await home.person('supervisor', 'Sue');
    const own = await home.token(supervisor.email);
    expect(await create({ name: 'x', scopes: ['outbox'], days: 1 }, own)).toMatchObject({
      status: 400,
      body: { fields: [{ field: 'scopes', message: expect.stringContaining('timecardDecide') }] },
    });
    expect(await create({ name: '', scopes: [], days: 400 }, own)).toMatchObject({
      body: { fields: [{ field: 'name' }, { field: 'scopes' }, { field: 'days' }] },
    });
    const admin = await home.person('admin', 'Eve');
    const { token } = await made(['outbox'], await home.token(admin.email));
    expect((await ask('/api/messages', token)).status).toBe(200);
    await home.sql("update profiles set role = 'worker' where id = $1", [admin.id]);
    expect((await ask('/api/messages', token)).status).toBe(403);
    await home.sql('update profiles set disabled_at = now() where id = $1', [admin.id]);
    expect((await ask('/api/messages', token)).status).toBe(401);
  });

  test('AUD-11: making and revoking one are events, and what is done with it says so', async () => {
    const { id, token } = await made(['timecardWrite', 'timecardRead']);
    const card = await ask('/api/timecards', token, {
      method: 'POST',
      body: JSON.stringify({ person: ann.id, site: await home.site(), period_start: '2026-11-02', period_end: '2026-11-02' }),
    });
    expect(card.status).toBe(200);
    expect((await ask(`/api/tokens/${id}`, session, { method: 'DELETE' })).status).toBe(200);
    expect((await ask('/api/timecards', token)).status).toBe(401);
    expect((await ask(`/api/tokens/${id}`, session, { method: 'DELETE' })).status).toBe(404);
    const client = createClient({ url: home.url, token: session });
    onTestFinished(client.close);
    const actions = ['api_token_created', 'timecard_created', 'api_token_revoked'];
    const { events } = await client.trpc.audit.page.query({ action: actions, limit: 100 });
    const ours = events.filter((event) => event.target?.id === id || event.metadata['token'] === id);
    expect(ours.map((event) => [event.action, event.metadata['token'] ?? null, event.actor.id, event.channel])).toEqual([
      ['api_token_revoked', null, ann.id, 'api'],
      ['timecard_created', id, ann.id, 'api'],
      ['api_token_created', null, ann.id, 'api'],
    ]);
    expect(JSON.stringify(ours)).not.toContain(token.slice(-20));
  });

  test('AC-5: nobody revokes somebody else’s', async () => {
    const { id, token } = await made(['signedIn']);
    const other = await home.token((await home.person('admin')).email);
    expect((await ask(`/api/tokens/${id}`, other, { method: 'DELETE' })).status).toBe(404);
    expect((await ask('/api/me', token)).status).toBe(200);
  });

  test('AC-5: an open socket ends with its token: revoked, expired, or its owner disabled', async () => {
    const owner = await home.person('worker');
    const own = await home.token(owner.email);
    const [revoked, expired, disabled] = [await made(['signedIn'], own), await made(['signedIn'], own), await made(['signedIn'], own)];
    const [first, second, third] = [await open(revoked.token), await open(expired.token), await open(disabled.token)];
    await ask(`/api/tokens/${revoked.id}`, own, { method: 'DELETE' });
    expect(await first.closed).toBe(4003);
    await home.sql("update api_tokens set expires_at = now() - interval '1 second' where id = $1", [expired.id]);
    expect(await Promise.race([second.closed, third.closed])).toBe(4003);
    expect((await ask('/api/me', expired.token)).status).toBe(401);
    expect((await ask('/api/me', disabled.token)).status).toBe(200);
    await home.sql('update profiles set disabled_at = now() where id = $1', [owner.id]);
    expect(await third.closed).toBe(4003);
    await eventually(async () => (await ask('/api/me', disabled.token)).status === 401);
  });
});
