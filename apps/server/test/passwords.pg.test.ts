import { afterAll, beforeAll, describe, expect, onTestFinished, test } from 'vitest';
import { drawPath, OneTimeLink } from '@countersign/domain/people/one-time-link';
import { createClient } from '@countersign/client';
import { type House, house, PASSWORD, signIn, tokenIn } from './house.ts';

let home: House;
let admin: string;

beforeAll(async () => {
  home = await house();
  admin = await home.token((await home.person('admin', 'Ada')).email);
});
afterAll(() => home.close());

const NEW = 'seven summers by the lake';

async function ask(path: string, { token, body, method = 'POST' }: { token?: string; body?: object; method?: string } = {}) {
  const headers = { 'content-type': 'application/json', ...(token !== undefined && { authorization: `Bearer ${token}` }) };
  const answer = await fetch(`${home.url}${path}`, { method, headers, ...(body && { body: JSON.stringify(body) }) });
  return { status: answer.status, text: await answer.text() };
}

const answerOf = ({ text }: { readonly text: string }) => JSON.parse(text) as never;
const isIn = async (token: string) => (await ask('/api/me', { token, method: 'GET' })).status === 200;

/** What the log tells of a person, the oldest first. */
async function actionsOf(id: string, actions: readonly string[]) {
  const client = createClient({ url: home.url, token: admin });
  onTestFinished(client.close);
  const { events } = await client.trpc.audit.page.query({ action: [...actions], limit: 100 });
  return events
    .filter(({ subject, target, root }) => subject?.id === id || target?.id === id || root?.id === id)
    .toReversed()
    .map(({ action, actor, metadata }) => [action, actor.id, metadata]);
}

/** The token that the mail for this person bears when it is sent. */
async function linkOf(id: string): Promise<string> {
  const em = home.system.orm.em.fork();
  const [link] = await em.find(OneTimeLink, { user: id, purpose: 'password_reset', endedAt: null });
  if (!link) throw new Error('no link was made');
  const path = drawPath(link);
  await em.flush();
  return path.split('#')[1] ?? '';
}

describe('AC-5: changing the password', () => {
  test('AC-5: whoever knows the present one changes it; the other sessions end, this one goes on, and it is recorded', async () => {
    const ann = await home.person('worker');
    const [here, elsewhere] = [await home.token(ann.email), await home.token(ann.email)];
    const changed = await ask('/api/auth/password', { token: here, body: { current: PASSWORD, password: NEW } });
    expect([changed.status, answerOf(changed)]).toEqual([200, { sessions: 1, tokens: 0 }]);
    expect([await isIn(here), await isIn(elsewhere)]).toEqual([true, false]);
    expect([(await signIn(home.url, ann.email)).status, (await signIn(home.url, ann.email, NEW)).status]).toEqual([401, 200]);
    expect(await actionsOf(ann.id, ['password_changed'])).toEqual([['password_changed', ann.id, { sessions: 1, tokens: 0 }]]);
    const told = await home.sql<{ title: string }>('select title from notifications where person_id = $1', [ann.id]);
    expect(told).toEqual([{ title: 'Your password was changed' }]);
  });

  test('AC-5: what takes long with one account keeps nobody else from signing in: a password that waits for it gives up', async () => {
    const [ann, ben] = [await home.person('worker'), await home.person('worker')];
    const here = await home.token(ann.email);
    const change = () => ask('/api/auth/password', { token: here, body: { current: PASSWORD, password: NEW } });
    await home.sql('begin');
    try {
      await home.sql('select from profiles where id = $1 for update', [ann.id]);
      const [one, two] = await Promise.all([change(), signIn(home.url, ben.email)]);
      expect([one.status, two.status]).toEqual([409, 200]);
    } finally {
      await home.sql('rollback');
    }
    expect((await change()).status).toBe(200);
  });

  test('AC-5: whatever somebody else made who knew it is gone: tokens, and what browsers show', async () => {
    const ann = await home.person('worker');
    const [here, elsewhere] = [await home.token(ann.email), await home.token(ann.email)];
    const made = await ask('/api/tokens', { token: elsewhere, body: { name: 'x', scopes: ['signedIn'], days: 1 } });
    const { token: program } = answerOf(made) as { token: string };
    const endpoint = `https://push.example.com/${ann.id}`;
    const shown = { endpoint, p256dh: 'B'.repeat(87), auth: 'a'.repeat(22), browser: 'Firefox on Linux' };
    expect((await ask('/api/push/subscriptions', { token: elsewhere, body: shown })).status).toBe(200);
    const changed = await ask('/api/auth/password', { token: here, body: { current: PASSWORD, password: NEW } });
    expect(answerOf(changed)).toEqual({ sessions: 1, tokens: 1 });
    expect([await isIn(here), await isIn(program)]).toEqual([true, false]);
    expect(await home.sql('select 1 from push_subscriptions where person_id = $1', [ann.id])).toEqual([]);
    expect(await actionsOf(ann.id, ['password_changed', 'api_token_revoked', 'push_ended'])).toEqual(
      expect.arrayContaining([
        ['api_token_revoked', ann.id, {}],
        ['push_ended', ann.id, {}],
        ['password_changed', ann.id, { sessions: 1, tokens: 1 }],
      ]),
    );
  });

  test('AC-5: a wrong present one is a field to mend and ends no session; guessing at it is slowed down', async () => {
    const ann = await home.person('worker');
    const token = await home.token(ann.email);
    const guess = () => ask('/api/auth/password', { token, body: { current: 'a guess', password: NEW } });
    const first = await guess();
    expect(first.status).toBe(400);
    expect(answerOf(first)).toMatchObject({ fields: [{ field: 'current', message: 'The present password is wrong.' }] });
    for (let n = 0; n < 20; n++) await guess();
    expect((await guess()).status).toBe(429);
    expect(await isIn(token)).toBe(true);
    expect((await signIn(home.url, ann.email)).status).toBe(200);
  });

  test('AC-5, AC-6: guesses at the present password are counted on, whatever else gives the session another token', async () => {
    const [ada, ann] = [await home.person('admin'), await home.person('worker')];
    let session = await home.token(ada.email);
    const send = (path: string, body: object) =>
      fetch(`${home.url}${path}`, {
        method: 'POST',
        headers: { 'content-type': 'application/json', cookie: `countersign_session=${session}` },
        body: JSON.stringify(body),
      });
    const guessUntilSlowed = async () => {
      for (let n = 1; n <= 20; n++) if ((await send('/api/auth/password', { current: 'a guess', password: NEW })).status === 429) return n;
      return null;
    };
    expect(await guessUntilSlowed()).toBeGreaterThan(1);
    session = tokenIn(await send('/api/auth/sight', { user: ann.id, reason: 'to see' }));
    session = tokenIn(await send('/api/auth/sight/stop', {}));
    expect(await guessUntilSlowed()).toBe(1);
  });

  test('AC-5: what is easily guessed is refused, with why', async () => {
    const ann = await home.person('worker', 'Annabel');
    const token = await home.token(ann.email);
    for (const password of ['short', 'password12345', 'Annabel-2026!'])
      expect(await ask('/api/auth/password', { token, body: { current: PASSWORD, password } })).toMatchObject({ status: 400 });
    expect((await signIn(home.url, ann.email)).status).toBe(200);
  });
});

describe('AC-5: a forgotten password', () => {
  const forgotten = (email: string) => ask('/api/auth/password/forgotten', { body: { email } });

  test('AC-5: asking answers the same whoever has the address, and sends a mail only to somebody who has a password', async () => {
    const ann = await home.person('worker');
    const gone = await home.person('worker');
    await home.sql('update profiles set disabled_at = now() where id = $1', [gone.id]);
    const answers = [await forgotten(ann.email), await forgotten('nobody@example.com'), await forgotten(gone.email), await forgotten('x')];
    expect(answers).toEqual(Array.from({ length: 4 }, () => ({ status: 200, text: '{}' })));
    const mails = await home.sql<{ person_id: string; subject: string; body: string }>(
      "select person_id, subject, body from messages where path = '/reset-password'",
    );
    expect(mails).toEqual([
      { person_id: ann.id, subject: 'Choose another password', body: expect.stringContaining('within half an hour') },
    ]);
    expect(await actionsOf(ann.id, ['password_reset_asked'])).toEqual([['password_reset_asked', null, {}]]);
  });

  test('AC-5: the link works once; every session, token and known browser ends with it', async () => {
    const ann = await home.person('worker');
    const session = await home.token(ann.email);
    const made = await ask('/api/tokens', { token: session, body: { name: 'x', scopes: ['signedIn'], days: 1 } });
    const { token: program } = answerOf(made) as { token: string };
    await forgotten(ann.email);
    const link = await linkOf(ann.id);
    const [row] = await home.sql<{ token_hash: string }>('select token_hash from one_time_links where user_id = $1', [ann.id]);
    expect(row?.token_hash).toMatch(/^[\da-f]{64}$/);
    const weak = await ask('/api/auth/password/reset', { body: { token: link, password: 'password1234' } });
    expect(weak.status).toBe(400);
    expect((await ask('/api/auth/password/reset', { body: { token: link, password: NEW } })).status).toBe(200);
    expect([await isIn(session), await isIn(program)]).toEqual([false, false]);
    expect(await home.sql('select 1 from known_devices where user_id = $1', [ann.id])).toEqual([]);
    expect((await signIn(home.url, ann.email, NEW)).status).toBe(200);
    expect(await ask('/api/auth/password/reset', { body: { token: link, password: 'another one of mine' } })).toMatchObject({
      status: 404,
    });
    expect(await actionsOf(ann.id, ['password_reset', 'api_token_revoked'])).toEqual([
      ['api_token_revoked', ann.id, {}],
      ['password_reset', ann.id, { sessions: 1, tokens: 1 }],
    ]);
  });

  test('AC-5: a link is over after half an hour, and when a later one was asked for', async () => {
    const ann = await home.person('worker');
    await forgotten(ann.email);
    const first = await linkOf(ann.id);
    await forgotten(ann.email);
    const second = await linkOf(ann.id);
    const use = async (token: string) => (await ask('/api/auth/password/reset', { body: { token, password: NEW } })).status;
    expect(await use(first)).toBe(404);
    await home.sql("update one_time_links set expires_at = now() - interval '1 second' where user_id = $1", [ann.id]);
    expect(await use(second)).toBe(404);
    expect((await signIn(home.url, ann.email)).status).toBe(200);
  });

  test('AC-6: nobody fills somebody’s mailbox: three in an hour, and the same answer', async () => {
    const ann = await home.person('worker');
    for (let n = 0; n < 5; n++) expect((await forgotten(ann.email)).text).toBe('{}');
    expect(await home.sql("select 1 from messages where person_id = $1 and path = '/reset-password'", [ann.id])).toHaveLength(3);
  });
});

describe('AC-5: one’s own sessions', () => {
  test('AC-5: are listed with when and from where, those that are over left out; one of them can be ended', async () => {
    const ann = await home.person('worker');
    const here = await home.token(ann.email);
    const other = tokenIn(await signIn(home.url, ann.email, PASSWORD, { 'user-agent': 'A telephone' }));
    await home.token(ann.email);
    await home.sql(
      "update sessions set expires_at = now() where user_id = $1 and user_agent is distinct from 'A telephone' and id not in (select id from sessions where user_id = $1 order by created_at limit 1)",
      [ann.id],
    );
    const listed = async (): Promise<{ id: string; present: boolean; user_agent: string; ip_address: string }[]> =>
      answerOf(await ask('/api/auth/sessions', { token: here, method: 'GET' }));
    const before = await listed();
    expect(before).toHaveLength(2);
    expect(before.filter(({ present }) => present)).toHaveLength(1);
    const phone = before.find(({ user_agent }) => user_agent === 'A telephone');
    expect(phone).toMatchObject({ present: false, ip_address: '127.0.0.1' });
    expect((await ask(`/api/auth/sessions/${phone?.id}`, { token: here, method: 'DELETE' })).status).toBe(200);
    expect([await isIn(here), await isIn(other)]).toEqual([true, false]);
    expect(await listed()).toHaveLength(1);
    expect((await ask(`/api/auth/sessions/${phone?.id}`, { token: here, method: 'DELETE' })).status).toBe(404);
  });

  test('AC-5: signing out everywhere counts those that stood', async () => {
    const ann = await home.person('worker');
    const [here] = [await home.token(ann.email), await home.token(ann.email)];
    await home.sql(
      "update sessions set last_seen_at = now() - interval '2 days' where user_id = $1 and id <> (select id from sessions where user_id = $1 order by created_at limit 1)",
      [ann.id],
    );
    expect(answerOf(await ask('/api/auth/sign-out-everywhere', { token: here, body: {} }))).toEqual({ sessions: 1 });
  });
});
