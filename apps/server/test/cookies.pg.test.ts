import { once } from 'node:events';
import { connect } from 'node:net';
import { text } from 'node:stream/consumers';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { WebSocket } from 'ws';
import { signIn as clientSignIn } from '@countersign/client';
import { isKnownDevice, rememberDevice } from '@countersign/domain/people/session/known-device';
import { hashOfToken } from '@countersign/domain/people/secret-token';
import { eventually } from '@countersign/testing/eventually';
import { codeOf } from './authenticator.ts';
import { type House, house, PASSWORD, signIn } from './house.ts';

let home: House;

beforeAll(async () => {
  home = await house({ proxies: 1 });
});
afterAll(() => home?.close());

/** What a trusted proxy says of a browser that speaks TLS with it. */
const TLS = { 'x-forwarded-proto': 'https' };

/** The cookies that an answer sets, by name. */
const kept = (answer: Response) =>
  new Map(answer.headers.getSetCookie().map((cookie) => [cookie.split('=')[0] ?? '', cookie.split(/[=;]/)[1] ?? '']));

const whoIs = async (cookie: string, headers: Record<string, string> = {}) => {
  const answer = await fetch(`${home.url}/api/session`, { headers: { ...headers, cookie } });
  return ((await answer.json()) as { user: { email: string } | null }).user?.email ?? null;
};

const post = (path: string, cookie: string, body: object = {}, headers: Record<string, string> = {}) =>
  fetch(`${home.url}${path}`, {
    method: 'POST',
    headers: { 'content-type': 'application/json', ...headers, cookie },
    body: JSON.stringify(body),
  });

const sessionsOf = (user: string) => home.sql<{ id: string; renewed: boolean }>(
  'select id, renewed_at is not null as renewed from sessions where user_id = $1 order by renewed_at nulls last', [user]); // prettier-ignore

describe('AC-5: the name of a cookie says by which line it came', () => {
  test('AC-5: over TLS it has the prefix that only this very host can set, and Secure; on plain http neither', async () => {
    const ann = await home.person('worker');
    const plain = await signIn(home.url, ann.email);
    const secure = await signIn(home.url, ann.email, PASSWORD, TLS);
    expect([...kept(plain).keys()]).toEqual(['countersign_session', 'countersign_device']);
    expect([...kept(secure).keys()]).toEqual(['__Host-countersign_session', '__Host-countersign_device']);
    for (const cookie of secure.headers.getSetCookie())
      expect(cookie).toMatch(/^__Host-\w+=[\w-]{43}; Path=\/; HttpOnly; SameSite=Lax; Max-Age=\d+; Secure$/);
    for (const cookie of plain.headers.getSetCookie()) expect(cookie).not.toContain('Secure');
    const out = await post('/api/auth/sign-out', `__Host-countersign_session=${kept(secure).get('__Host-countersign_session')}`, {}, TLS);
    expect(out.headers.get('set-cookie')).toBe('__Host-countersign_session=; Path=/; HttpOnly; SameSite=Lax; Max-Age=0; Secure');
  });

  test('AC-5: only the name that fits the line is believed, wherever the other one comes from', async () => {
    const ann = await home.person('worker');
    const token = await home.token(ann.email);
    const [plain, prefixed] = [`countersign_session=${token}`, `__Host-countersign_session=${token}`];
    expect([await whoIs(plain), await whoIs(prefixed)]).toEqual([ann.email.toLowerCase(), null]);
    expect([await whoIs(plain, TLS), await whoIs(prefixed, TLS)]).toEqual([null, ann.email.toLowerCase()]);
    // Planted beside the right one, by whoever can set cookies for the domain.
    expect(await whoIs(`countersign_session=of-somebody-else; ${prefixed}`, TLS)).toBe(ann.email.toLowerCase());
  });

  test('AC-5: so it is with websockets', async () => {
    const ann = await home.person('worker');
    const token = await home.token(ann.email);
    const me = async (name: string) => {
      const { host } = new URL(home.url);
      const headers = { ...TLS, 'x-forwarded-host': host, origin: `https://${host}`, cookie: `${name}=${token}` };
      const socket = new WebSocket(`${home.url.replace('http', 'ws')}/trpc`, { headers });
      await once(socket, 'open');
      socket.send(JSON.stringify({ id: 1, method: 'query', params: { path: 'people.me', input: {} } }));
      const [answer] = (await once(socket, 'message')) as [Buffer];
      socket.terminate();
      return answer.toString();
    };
    expect(await me('__Host-countersign_session')).toContain(ann.id);
    expect(await me('countersign_session')).toContain('UNAUTHORIZED');
  });

  test('AC-5: a browser that is known stays so over TLS, and programs find their session under either name', async () => {
    const ann = await home.person('worker');
    const first = await signIn(home.url, ann.email, PASSWORD, TLS);
    const device = kept(first).get('__Host-countersign_device');
    const again = await signIn(home.url, ann.email, PASSWORD, { ...TLS, cookie: `__Host-countersign_device=${device}` });
    expect(kept(again).get('__Host-countersign_device')).toBe(device);
    const other = await signIn(home.url, ann.email, PASSWORD, { ...TLS, cookie: `countersign_device=${device}` });
    expect(kept(other).get('__Host-countersign_device')).not.toBe(device);
    expect(await clientSignIn({ url: home.url, email: ann.email, password: PASSWORD })).toMatch(/^[\w-]{43}$/);
  });
});

describe('AC-5: nobody goes on in a session that was put there for them', () => {
  test('AC-5: signing in takes a new session, whatever cookie came, and ends the one that the browser had', async () => {
    const [ann, ben] = [await home.person('worker'), await home.person('worker')];
    const before = await home.token(ben.email);
    const answer = await signIn(home.url, ann.email, PASSWORD, { cookie: `countersign_session=${before}` });
    const now = kept(answer).get('countersign_session');
    expect(now).not.toBe(before);
    expect([await whoIs(`countersign_session=${now}`), await whoIs(`countersign_session=${before}`)]).toEqual([
      ann.email.toLowerCase(),
      null,
    ]);
    const planted = await signIn(home.url, ann.email, PASSWORD, { cookie: 'countersign_session=chosen-by-somebody-else' });
    expect(kept(planted).get('countersign_session')).toMatch(/^[\w-]{43}$/);
    expect(await whoIs('countersign_session=chosen-by-somebody-else')).toBeNull();
  });

  test('AC-5: a changed password gives the session another token; the one before serves what is under way, and ends', async () => {
    const ann = await home.person('worker');
    const before = await home.token(ann.email);
    const change = { current: PASSWORD, password: 'seven summers by the lake' };
    const changed = await post('/api/auth/password', `countersign_session=${before}`, change);
    expect(await changed.json()).toEqual({ sessions: 0, tokens: 0 });
    const after = kept(changed).get('countersign_session');
    expect(after).not.toBe(before);
    // However slow this machine is.
    await home.sql(`update sessions set expires_at = now() + interval '1 hour' where renewed_at is not null and user_id = $1`, [ann.id]);
    expect(await whoIs(`countersign_session=${after}`)).toBe(ann.email.toLowerCase());
    expect((await sessionsOf(ann.id)).map(({ renewed }) => renewed)).toEqual([true, false]);
    const listed = await fetch(`${home.url}/api/auth/sessions`, { headers: { cookie: `countersign_session=${after}` } });
    expect(await listed.json()).toEqual([expect.objectContaining({ present: true })]);
    // It can't be renewed once more, and is over when its seconds are.
    const twice = await post('/api/auth/password', `countersign_session=${before}`, { ...change, current: change.password });
    expect(twice.status).toBe(409);
    await home.sql(`update sessions set expires_at = now() - interval '1 second' where renewed_at is not null and user_id = $1`, [ann.id]);
    await eventually(async () => (await whoIs(`countersign_session=${before}`)) === null);
    expect(await whoIs(`countersign_session=${after}`)).toBe(ann.email.toLowerCase());
  });

  /** A session that a changed password gave another token: what it was known by before, and by now. */
  async function renewed() {
    const ann = await home.person('worker');
    const before = await home.token(ann.email);
    const password = 'seven summers by the lake';
    const changed = await post('/api/auth/password', `countersign_session=${before}`, { current: PASSWORD, password });
    const after = kept(changed).get('countersign_session') ?? '';
    // However slow this machine is.
    await home.sql(`update sessions set expires_at = now() + interval '1 hour' where renewed_at is not null and user_id = $1`, [ann.id]);
    return { ann, password, before: `countersign_session=${before}`, after: `countersign_session=${after}` };
  }

  test('AC-5: the token before reads what was under way and changes nothing, by no way in; the answer says that the next attempt will do', async () => {
    const { password, before, after } = await renewed();
    const token = { name: 'mine', scopes: ['signedIn'], days: 300 };
    const tried = async (cookie: string) => {
      const answers = [
        await post('/api/tokens', cookie, token),
        await post('/trpc/tokens.create', cookie, token),
        await post('/api/auth/second-factor/offer', cookie),
        await post('/api/auth/password', cookie, { current: password, password: 'eight winters in the hills' }),
        await post('/api/auth/sign-out-everywhere', cookie),
      ];
      return Promise.all(answers.map(async (answer) => [answer.status, /"SESSION_RENEWED"/.test(await answer.text())] as const));
    };
    expect(await tried(before)).toEqual(Array.from({ length: 5 }, () => [409, true]));
    expect((await fetch(`${home.url}/api/me`, { headers: { cookie: before } })).status).toBe(200);
    // The password was changed once more: the last one comes with a token before.
    expect((await tried(after)).map(([status]) => status)).toEqual([200, 200, 200, 200, 409]);
  });

  test('AC-5 AC-6: a browser that is known from before another password or a second factor is a stranger; the one in which it was changed stays known', async () => {
    const ann = await home.person('worker');
    const isKnown = (device: string | undefined) =>
      isKnownDevice(home.system.orm.em, { email: ann.email.toLowerCase(), token: device ?? '' });
    const deviceOf = (answer: Response) => kept(answer).get('countersign_device');
    const thiefs = await signIn(home.url, ann.email);
    const first = await signIn(home.url, ann.email);
    expect([await isKnown(deviceOf(thiefs)), await isKnown(deviceOf(first))]).toEqual([true, true]);
    const password = 'seven summers by the lake';
    const sessionOf = (answer: Response) => `countersign_session=${kept(answer).get('countersign_session')}`;
    const changed = await post('/api/auth/password', sessionOf(first), { current: PASSWORD, password });
    expect(await Promise.all([thiefs, first, changed].map((answer) => isKnown(deviceOf(answer))))).toEqual([false, false, true]);
    const other = await signIn(home.url, ann.email, password);
    const offered = await post('/api/auth/second-factor/offer', sessionOf(changed));
    const { offer, secret } = (await offered.json()) as { offer: string; secret: string };
    const setUp = await post('/api/auth/second-factor', sessionOf(changed), { offer, confirmation: codeOf(secret), password });
    expect(setUp.status).toBe(200);
    expect(await Promise.all([other, changed, setUp].map((answer) => isKnown(deviceOf(answer))))).toEqual([false, false, true]);
  });

  test('AC-6: of one account’s browsers the twenty that were used last are known', async () => {
    const ann = await home.person('worker');
    const isKnown = (token: string) => isKnownDevice(home.system.orm.em, { email: ann.email.toLowerCase(), token });
    const session = { id: hashOfToken(await home.token(ann.email)), userId: ann.id };
    for (let n = 1; n <= 21; n++) {
      await rememberDevice(home.system.orm.em, session, `browser ${n}`);
      await home.sql("update known_devices set last_used_at = last_used_at - interval '1 minute' where user_id = $1", [ann.id]);
    }
    expect(await home.sql('select 1 from known_devices where user_id = $1', [ann.id])).toHaveLength(20);
    expect([await isKnown('browser 1'), await isKnown('browser 2'), await isKnown('browser 21')]).toEqual([false, true, true]);
  });

  test('AC-5: signing out ends the session under each of its tokens, whichever asks', async () => {
    const first = await renewed();
    expect((await post('/api/auth/sign-out', first.before)).status).toBe(200);
    expect([await whoIs(first.before), await whoIs(first.after), await sessionsOf(first.ann.id)]).toEqual([null, null, []]);
    const second = await renewed();
    expect((await post('/api/auth/sign-out', second.after)).status).toBe(200);
    expect([await whoIs(second.before), await whoIs(second.after), await sessionsOf(second.ann.id)]).toEqual([null, null, []]);
  });

  test('AC-5: a token that is long over ends nothing', async () => {
    const { ann, before, after } = await renewed();
    await home.sql(`update sessions set expires_at = now() - interval '1 second' where renewed_at is not null and user_id = $1`, [ann.id]);
    expect((await post('/api/auth/sign-out', before)).status).toBe(200);
    expect(await whoIs(after)).toBe(ann.email.toLowerCase());
  });

  test('AC-5: a request whose end is kept back is looked at by what stands when it comes', async () => {
    const ann = await home.person('worker');
    const token = await home.token(ann.email);
    await home.sql("update sessions set last_seen_at = last_seen_at - interval '1 hour' where user_id = $1", [ann.id]);
    const body = JSON.stringify({ name: 'mine', scopes: ['signedIn'], days: 300 });
    const { hostname, port } = new URL(home.url);
    const socket = connect(Number(port), hostname);
    const answer = text(socket);
    socket.write(
      `POST /api/tokens HTTP/1.1\r\nhost: ${hostname}\r\nconnection: close\r\ncontent-type: application/json\r\ncontent-length: ${body.length}\r\n` +
        `cookie: countersign_session=${token}\r\n\r\n${body.slice(0, 5)}`,
    );
    // It has been looked at: whoever comes with a session is seen.
    await eventually(async () => (await home.sql("select 1 from sessions where user_id = $1 and last_seen_at > now() - interval '1 minute'", [ann.id])).length > 0); // prettier-ignore
    await post('/api/auth/sign-out-everywhere', `countersign_session=${token}`);
    socket.write(body.slice(5));
    expect(await answer).toMatch(/^HTTP\/1.1 401 /);
    expect(await home.sql('select 1 from api_tokens where user_id = $1', [ann.id])).toEqual([]);
  });
});
