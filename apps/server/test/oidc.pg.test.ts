import { createServer, get } from 'node:http';
import { once } from 'node:events';
import type { AddressInfo } from 'node:net';
import { afterAll, beforeAll, beforeEach, describe, expect, onTestFinished, test } from 'vitest';
import { Client } from 'pg';
import { createClient } from '@countersign/client';
import { signInVouched } from '@countersign/domain/people/provider/sign-in-vouched';
import { eventually } from '@countersign/testing/eventually';
import { appPath } from '../src/oidc/app-path.ts';
import type { ProviderSettings } from '../src/settings.ts';
import { codeOf } from './authenticator.ts';
import { type House, house, signIn } from './house.ts';
import { Browser, type Person, realProvider, type RealProvider } from './real-provider.ts';

const PUBLIC = 'http://countersign.test';
const CALLBACK = `${PUBLIC}/api/auth/oidc/callback`;
const START = `${PUBLIC}/api/auth/oidc/start`;

let real: RealProvider;
let home: House;
let admin: string;

const settingsOf = ({ issuer, clientId, clientSecret }: Pick<RealProvider, 'issuer' | 'clientId' | 'clientSecret'>): ProviderSettings => ({
  issuer,
  clientId,
  clientSecret,
  name: 'Northwind',
  scopes: 'openid email profile',
  callback: CALLBACK,
});

beforeAll(async () => {
  real = await realProvider(CALLBACK);
  home = await house({ provider: settingsOf(real) });
  admin = await home.token((await home.person('admin', 'Ada')).email);
});
afterAll(async () => {
  await home?.close();
  await real?.close();
});

let subjects = 0;
/** Somebody at the provider with this address. */
const at = (email: string, more: Partial<Person> = {}): Person => ({
  sub: `account-${(subjects += 1)}`,
  email,
  email_verified: true,
  ...more,
});

const browser = () => new Browser({ publicUrl: PUBLIC, url: home.url });
const isCallback = (next: URL) => next.href.startsWith(CALLBACK);
const pathOf = (url: URL) => `${url.pathname}${url.search}`;

/** The way there and back, as this person. Where it ended, and whose session the browser has then. */
async function enter(person: Person, { walker = browser(), to = '' } = {}) {
  real.is(person);
  const ended = pathOf(await walker.follow(`${START}${to && `?to=${encodeURIComponent(to)}`}`));
  return { ended, who: await whoIs(walker) };
}

async function whoIs(walker: Browser): Promise<string | null> {
  const { user } = (await (await walker.ask(`${PUBLIC}/api/session`)).json()) as { user: { id: string } | null };
  return user?.id ?? null;
}

/** As far as the callback, which the test then calls itself. */
async function asFarAsCallback(person: Person) {
  real.is(person);
  const walker = browser();
  return { walker, callback: await walker.follow(START, isCallback) };
}

const WATCHED = ['signed_in', 'sign_in_failed', 'provider_linked', 'provider_unlinked', 'invitation_accepted', 'signed_out'];

/** What the log tells of a person, the oldest first; of nobody in particular with null. */
async function eventsOf(id: string | null) {
  const client = createClient({ url: home.url, token: admin });
  onTestFinished(client.close);
  const { events } = await client.trpc.audit.page.query({ action: WATCHED, limit: 100 });
  return events
    .filter(({ subject, root }) => (id === null ? subject === null && root === null : subject?.id === id || root?.id === id))
    .toReversed()
    .map(({ action, metadata }) => [action, metadata] as const);
}

const failure = (cause: string) => ['sign_in_failed', { method: 'oidc', cause }];

describe('AC-5: signing in by a provider', () => {
  test('AC-5: the first time it is linked by the verified address; signing in, and the link, are events', async () => {
    const ann = await home.person('worker');
    const account = at(ann.email.toUpperCase());
    expect(await enter(account, { to: '/timecards?status=draft' })).toEqual({ ended: '/timecards?status=draft', who: ann.id });
    expect(await eventsOf(ann.id)).toEqual([
      ['provider_linked', expect.anything()],
      ['signed_in', { method: 'oidc' }],
    ]);
    const told = await home.sql<{ title: string }>('select title from notifications where person_id = $1', [ann.id]);
    expect(told).toEqual([{ title: expect.stringContaining('from now on') }]);
    expect(await enter(account)).toEqual({ ended: '/', who: ann.id });
    expect((await eventsOf(ann.id)).map(([action]) => action)).toEqual(['provider_linked', 'signed_in', 'signed_in']);
    expect(await home.sql('select 1 from sign_in_attempts')).toEqual([]);
  });

  test('AC-5: the account at the provider decides, not its address: that may change, and pass to somebody else', async () => {
    const [ann, ben] = [await home.person('worker'), await home.person('worker')];
    const account = at(ann.email);
    await enter(account);
    // Ann's account gets Ben's address, and even another that nobody has: she stays who she is.
    expect((await enter({ ...account, email: ben.email })).who).toBe(ann.id);
    expect((await enter({ ...account, email: 'nobody@example.com', email_verified: false })).who).toBe(ann.id);
    // Somebody else's account has her address now.
    expect(await enter(at(ann.email))).toEqual({ ended: '/sign-in?provider=unknown', who: null });
    expect((await eventsOf(ann.id)).at(-1)).toEqual(failure('linked_otherwise'));
  });

  test('AC-5: nobody gets an account by signing in; an unknown and an unverified address are refused in the same words', async () => {
    const ann = await home.person('worker');
    const before = await home.sql('select 1 from profiles');
    const unknown = await enter(at('stranger@example.com'));
    const unverified = await enter(at(ann.email, { email_verified: false }));
    expect(unknown).toEqual({ ended: '/sign-in?provider=unknown', who: null });
    expect(unverified).toEqual(unknown);
    expect(await enter(at(ann.email, { email_verified: 'true' as never }))).toEqual(unknown);
    expect(await home.sql('select 1 from profiles')).toHaveLength(before.length);
    expect(await eventsOf(ann.id)).toEqual([failure('unverified_address'), failure('unverified_address')]);
    expect(await eventsOf(null)).toContainEqual(failure('unknown_address'));
  });

  test('AC-5: a disabled account is refused, linked or not, and one that is disabled on the way', async () => {
    const ann = await home.person('worker');
    const account = at(ann.email);
    await enter(account);
    const { walker, callback } = await asFarAsCallback(account);
    await home.sql('update profiles set disabled_at = now() where id = $1', [ann.id]);
    expect(pathOf(await walker.follow(callback.href))).toBe('/sign-in?provider=disabled');
    expect(await whoIs(walker)).toBeNull();
    await home.sql('delete from provider_links where user_id = $1', [ann.id]);
    expect((await enter(account)).ended).toBe('/sign-in?provider=disabled');
    expect((await eventsOf(ann.id)).filter(([action]) => action === 'sign_in_failed')).toEqual([failure('disabled'), failure('disabled')]);
  });

  test('AC-5: whoever was invited accepts by it; whoever never was, or no longer, is refused', async () => {
    const client = createClient({ url: home.url, token: admin });
    onTestFinished(client.close);
    const invite = (email: string) =>
      client.trpc.users.invite.mutate({ firstName: 'New', lastName: 'Face', role: 'worker', level: 1, timeZone: 'UTC', email });
    const [{ id }, late] = [await invite('new.face@example.com'), await invite('late.face@example.com')];
    expect((await enter(at('new.face@example.com'))).who).toBe(id);
    expect((await eventsOf(id)).map(([action]) => action).toSorted()).toEqual(['invitation_accepted', 'provider_linked', 'signed_in']);
    expect((await client.trpc.users.get.query({ id })).state).toBe('active');
    const listed = await client.trpc.users.list.query({ search: 'new.face', state: 'active' });
    expect(listed.data.map((user) => user.id)).toEqual([id]);
    // By mail they may choose a password as well; a link in an admin's hand would open their account.
    const signsIn = { message: 'This person signs in already.' };
    await expect(client.trpc.users.invitationLink.mutate({ id })).rejects.toMatchObject(signsIn);
    const { version } = await client.trpc.users.get.query({ id });
    await expect(client.trpc.users.withdrawInvitation.mutate({ id, version, reason: 'Left' })).rejects.toMatchObject(signsIn);
    await home.sql(`update invitations set expires_at = now() - interval '1 minute' where user_id = $1`, [late.id]);
    expect((await enter(at('late.face@example.com'))).ended).toBe('/sign-in?provider=unknown');
    expect(await eventsOf(late.id)).toEqual([failure('not_invited')]);
  });

  test('AC-5: saying no there leads back, and says so', async () => {
    const ann = await home.person('worker');
    expect(await enter(at(ann.email, { refuses: true }), { to: '/live' })).toEqual({
      ended: '/sign-in?provider=cancelled&to=%2Flive',
      who: null,
    });
    expect(await eventsOf(ann.id)).toEqual([]);
  });

  test('AC-5: a second factor of their own is asked for, unless the provider says that it asked for one', async () => {
    const ann = await home.person('worker');
    const account = at(ann.email);
    const headers = { 'content-type': 'application/json', authorization: `Bearer ${await home.token(ann.email)}` };
    const post = async (path: string, body: object) =>
      (await fetch(`${home.url}/api/auth/second-factor${path}`, { method: 'POST', headers, body: JSON.stringify(body) })).json();
    const { secret, offer } = (await post('/offer', {})) as { secret: string; offer: string };
    await post('', { offer, confirmation: codeOf(secret) });
    const walker = browser();
    expect(await enter(account, { walker, to: '/live' })).toEqual({ ended: '/sign-in?to=%2Flive', who: null });
    expect(await (await walker.ask(`${PUBLIC}/api/session`)).json()).toMatchObject({
      user: null,
      second_step: { expires_at: expect.any(String) },
    });
    // Until then nothing is linked: whoever has the account at the provider, and not the code, leaves nothing behind.
    expect(await home.sql('select 1 from provider_links where user_id = $1', [ann.id])).toEqual([]);
    expect((await eventsOf(ann.id)).map(([action]) => action)).not.toContain('provider_linked');
    await home.sql('update second_factors set last_step = 0 where user_id = $1', [ann.id]);
    const passed = await walker.ask(`${PUBLIC}/api/auth/sign-in/code`, { code: codeOf(secret) });
    expect(passed.status).toBe(200);
    expect([await whoIs(walker), (await eventsOf(ann.id)).slice(-2).map(([action]) => action)]).toEqual([
      ann.id,
      ['provider_linked', 'signed_in'],
    ]);
    real.forge((claims) => ({ ...claims, amr: ['pwd', 'otp'] }));
    expect(await enter(account, { to: '/live' })).toEqual({ ended: '/live', who: ann.id });
    expect((await eventsOf(ann.id)).at(-1)).toEqual(['signed_in', { method: 'oidc', second_factor: 'provider' }]);
  });

  test('AC-5: the session that the browser had ends with it', async () => {
    const [ann, ben] = [await home.person('worker'), await home.person('worker')];
    const walker = browser();
    await enter(at(ann.email), { walker });
    const before = walker.cookies(PUBLIC).get('countersign_session') ?? '';
    // Signed out there, or she would be herself once more.
    walker.cookies(real.issuer).clear();
    expect((await enter(at(ben.email), { walker })).who).toBe(ben.id);
    const answer = await fetch(`${home.url}/api/me`, { headers: { authorization: `Bearer ${before}` } });
    expect(answer.status).toBe(401);
  });
});

describe('AC-5: what somebody may try with it', () => {
  let ann: { id: string; email: string };
  beforeEach(async () => {
    ann = await home.person('worker');
  });

  test('AC-5: an answer works once', async () => {
    const { walker, callback } = await asFarAsCallback(at(ann.email));
    const kept = new Map(walker.cookies(PUBLIC));
    expect(pathOf(await walker.follow(callback.href))).toBe('/');
    const again = browser();
    for (const [name, value] of kept) again.cookies(PUBLIC).set(name, value);
    expect(pathOf(await again.follow(callback.href))).toBe('/sign-in?provider=expired');
    expect(await whoIs(again)).toBeNull();
  });

  test('AC-5: an answer works in the browser that asked, and nowhere else: nobody is led into another’s account', async () => {
    const { walker, callback } = await asFarAsCallback(at(ann.email));
    const victim = browser();
    expect(pathOf(await victim.follow(callback.href))).toBe('/sign-in?provider=expired');
    // Not even where the victim is on the way there as well.
    await victim.follow(START, isCallback);
    expect(pathOf(await victim.follow(callback.href))).toBe('/sign-in?provider=expired');
    expect(await whoIs(victim)).toBeNull();
    expect(pathOf(await walker.follow(callback.href))).toBe('/');
  });

  test('AC-5: of a wrong state, none, or one that is over, nothing is believed', async () => {
    const { walker, callback } = await asFarAsCallback(at(ann.email));
    const wrong = new URL(callback);
    wrong.searchParams.set('state', 'made-up');
    const none = new URL(callback);
    none.searchParams.delete('state');
    expect(pathOf(await walker.follow(wrong.href))).toBe('/sign-in?provider=expired');
    expect(pathOf(await walker.follow(none.href))).toBe('/sign-in?provider=expired');
    await home.sql(`update sign_in_attempts set expires_at = now() - interval '1 second'`);
    expect(pathOf(await walker.follow(callback.href))).toBe('/sign-in?provider=expired');
    expect(await whoIs(walker)).toBeNull();
  });

  test('AC-5: an answer that names another issuer is refused, so that no provider is taken for another', async () => {
    const { walker, callback } = await asFarAsCallback(at(ann.email));
    expect(callback.searchParams.get('iss')).toBe(real.issuer);
    callback.searchParams.set('iss', 'https://evil.example');
    expect(pathOf(await walker.follow(callback.href))).toBe('/sign-in?provider=refused');
    expect(await whoIs(walker)).toBeNull();
  });

  test('AC-5: a code that is over at the provider, or somebody else’s, gives nothing', async () => {
    const { walker, callback } = await asFarAsCallback(at(ann.email));
    await (await real.provider.AuthorizationCode.find(callback.searchParams.get('code') ?? ''))?.destroy();
    expect(pathOf(await walker.follow(callback.href))).toBe('/sign-in?provider=expired');
    // A stolen code: it was asked for with another verifier.
    const [one, other] = [await asFarAsCallback(at(ann.email)), await asFarAsCallback(at(ann.email))];
    one.callback.searchParams.set('code', other.callback.searchParams.get('code') ?? '');
    expect(pathOf(await one.walker.follow(one.callback.href))).toBe('/sign-in?provider=expired');
    expect(await whoIs(one.walker)).toBeNull();
  });

  test.each([
    ['another nonce', { nonce: 'another' }],
    ['no nonce', { nonce: undefined }],
    ['another client as its audience', { aud: 'somebody-else' }],
    ['this client among others, and another as the party', { aud: ['countersign', 'other'], azp: 'other' }],
    ['another issuer', { iss: 'https://evil.example' }],
    ['an end that has passed', { iat: 1_600_000_000, exp: 1_600_000_060 }],
    ['no subject', { sub: undefined }],
    ['a subject that is longer than the standard allows', { sub: 'x'.repeat(256) }],
  ])('AC-5: an id token with %s is refused, and that is recorded', async (_, altered) => {
    const before = (await eventsOf(null)).length;
    const person = at(ann.email);
    real.forge((claims) => ({ ...claims, ...altered, email: person.email, email_verified: true }));
    expect(await enter(person)).toEqual({ ended: '/sign-in?provider=refused', who: null });
    expect((await eventsOf(null)).slice(before)).toEqual([failure('invalid_answer')]);
    expect(await eventsOf(ann.id)).toEqual([]);
  });

  test('AC-5: so is one that another key has signed; the same one by the provider’s own key is not', async () => {
    const person = at(ann.email);
    const told = (claims: object) => ({ ...claims, email: person.email, email_verified: true });
    real.forge(told, 'another key');
    expect((await enter(person)).ended).toBe('/sign-in?provider=refused');
    real.forge(told);
    expect((await enter(person)).who).toBe(ann.id);
  });

  test.each([
    ['//evil.example'],
    ['/\\evil.example'],
    ['/\t/evil.example'],
    ['/.//evil.example'],
    ['/x/..//evil.example'],
    ['https://evil.example'],
    ['javascript:alert(1)'],
    ['/api/auth/sign-out'],
    ['/trpc/people.me'],
    ['evil.example'],
    [''],
    [`/${'x'.repeat(2_000)}`],
  ])('AC-5: nobody is led elsewhere by %j', (to) => {
    expect(appPath(to)).toBe('/');
  });

  test('AC-5: what a page here is called is gone to', () => {
    for (const to of ['/live', '/timecards/1?tab=trail#e2', '/admin/users?search=%C3%A9']) expect(appPath(to)).toBe(to);
  });

  test('AC-5: nothing that was asked, answered or kept is logged', async () => {
    const { walker, callback } = await asFarAsCallback(at(ann.email));
    const secrets = [...callback.searchParams.values()].filter((value) => value !== real.issuer);
    const kept = [...walker.cookies(PUBLIC).values()];
    await walker.follow(callback.href);
    for (const secret of [...secrets, ...kept, real.clientSecret, ann.email]) expect(home.logged()).not.toContain(secret);
  });

  test('AC-5, AC-6: an image, frame or script of anybody’s page begins nothing, and uses up nobody’s attempts', async () => {
    const small = await house({ provider: settingsOf(real) });
    onTestFinished(small.close);
    const from = (mode: string, dest: string) =>
      new Browser(
        { publicUrl: PUBLIC, url: small.url },
        { 'sec-fetch-site': 'cross-site', 'sec-fetch-mode': mode, 'sec-fetch-dest': dest },
      );
    const image = from('no-cors', 'image');
    for (let n = 0; n < 101; n++) await image.ask(START);
    for (const one of [image, from('navigate', 'iframe'), from('cors', 'empty')]) {
      const answer = await one.ask(START);
      expect([answer.status, answer.headers.get('set-cookie')]).toEqual([403, null]);
      expect(await answer.json()).toMatchObject({ code: 'FORBIDDEN', details: expect.stringContaining('follow its link') });
    }
    expect((await from('navigate', 'document').follow(START, () => true)).origin).toBe(new URL(real.issuer).origin);
    expect(await small.sql('select from sign_in_attempts')).toHaveLength(1);
    const old = await new Promise<number | undefined>((resolve) =>
      get(START.replace(PUBLIC, small.url), ({ statusCode }) => resolve(statusCode)),
    );
    expect(old, 'a browser that says nothing').toBe(303);
  });

  test('AC-6: attempts of one network that come to nothing are limited; those that succeed are not counted', async () => {
    const small = await house({ provider: settingsOf(real) });
    onTestFinished(small.close);
    const walker = new Browser({ publicUrl: PUBLIC, url: small.url });
    for (let n = 0; n < 100; n++) await walker.ask(START);
    expect(pathOf(await walker.follow(START, () => true))).toBe('/sign-in?provider=busy');
  });
});

describe('AC-5: what is linked', () => {
  const asked = (token: string, path = '', method = 'GET') =>
    fetch(`${home.url}/api/auth/providers${path}`, { method, headers: { authorization: `Bearer ${token}` } });

  test('AC-5: everybody sees what they are linked to, and ends it, which is an event; nobody ends another’s', async () => {
    const [ann, ben] = [await home.person('worker'), await home.person('worker')];
    const account = at(ann.email);
    await enter(account);
    const [own, other] = [await home.token(ann.email), await home.token(ben.email)];
    const { has_password, links } = (await (await asked(own)).json()) as { has_password: boolean; links: { id: string }[] };
    expect({ has_password, links }).toEqual({
      has_password: true,
      links: [{ id: expect.any(String), name: 'Northwind', issuer: real.issuer, since: expect.any(String), only_way_in: false }],
    });
    const path = `/${links[0]?.id}`;
    expect((await asked(other, path, 'DELETE')).status).toBe(404);
    expect((await asked(own, path, 'DELETE')).status).toBe(200);
    expect((await asked(own, path, 'DELETE')).status).toBe(404);
    expect((await eventsOf(ann.id)).map(([action]) => action)).toContain('provider_unlinked');
    // And by the verified address it is linked once more.
    expect((await enter(account)).who).toBe(ann.id);
  });

  test('AC-5: with a link its sessions end, and what waits for a second step; those that were begun otherwise, and the one that asks, go on', async () => {
    const ann = await home.person('worker');
    const [account, one, here] = [at(ann.email), browser(), browser()];
    await enter(account, { walker: one });
    await enter(account, { walker: here });
    const byPassword = await home.token(ann.email);
    await home.sql(
      `insert into pending_sign_ins (id, user_id, method, issuer, created_at, expires_at)
        values (repeat('a', 64), $1, 'oidc', $2, now(), now() + interval '10 minutes'), (repeat('b', 64), $1, 'password', null, now(), now() + interval '10 minutes')`,
      [ann.id, real.issuer],
    );
    const { links } = (await (await here.ask(`${PUBLIC}/api/auth/providers`)).json()) as { links: { id: string }[] };
    const before = here.cookies(PUBLIC).get('countersign_session');
    expect((await here.ask(`${PUBLIC}/api/auth/providers/${links[0]?.id}`, undefined, 'DELETE')).status).toBe(200);
    expect([await whoIs(one), await whoIs(here), (await asked(byPassword)).status]).toEqual([null, ann.id, 200]);
    // What it rests on is another: it goes on by another token.
    expect(here.cookies(PUBLIC).get('countersign_session')).not.toBe(before);
    expect(await home.sql('select method from pending_sign_ins where user_id = $1', [ann.id])).toEqual([{ method: 'password' }]);
    expect((await eventsOf(ann.id)).slice(-2).map(([action]) => action)).toEqual(['provider_unlinked', 'signed_out']);
  });

  test('AC-5: an admin ends somebody’s, with a reason: their sessions by it end, they are told, and it is an event', async () => {
    const [ann, walker] = [await home.person('worker'), browser()];
    await enter(at(ann.email), { walker });
    await home.sql('delete from credentials where user_id = $1', [ann.id]);
    const client = createClient({ url: home.url, token: admin });
    onTestFinished(client.close);
    const { version, providers } = await client.trpc.users.get.query({ id: ann.id });
    expect(providers).toEqual([{ id: expect.any(String), name: new URL(real.issuer).host, since: expect.any(String) }]);
    const which = { id: ann.id, version, link: providers[0]?.id ?? '' };
    await expect(client.trpc.users.unlinkProvider.mutate({ ...which, reason: ' ' })).rejects.toThrow();
    const after = await client.trpc.users.unlinkProvider.mutate({ ...which, reason: 'The account there was taken over' });
    expect(after).toMatchObject({ providers: [], state: 'no_password', sessions: { count: 0 } });
    expect(await whoIs(walker)).toBeNull();
    await expect(client.trpc.users.unlinkProvider.mutate({ ...which, reason: 'again' })).rejects.toMatchObject({
      data: { code: 'NOT_FOUND' },
    });
    const { events } = await client.trpc.audit.page.query({ action: ['provider_unlinked'], root: [`User:${ann.id}`] });
    expect(events).toMatchObject([{ reason: 'The account there was taken over', actor: { name: 'Ada admin' } }]);
    const told = await home.sql<{ title: string }>(
      'select title from notifications where person_id = $1 order by created_at desc limit 1',
      [ann.id],
    );
    expect(told).toEqual([{ title: expect.stringContaining('An admin ended') }]);
  });

  test('AC-5: whoever was disabled, or whose invitation was withdrawn, while they were on the way is linked to nothing', async () => {
    const client = createClient({ url: home.url, token: admin });
    onTestFinished(client.close);
    const ann = await home.person('worker');
    const vouched = { issuer: real.issuer, emailVerified: true, secondFactor: false };
    // Between the look at who it is and the session: the account is held by whoever ends it.
    const overtaken = async (person: { id: string; email: string }, subject: string, end: string) => {
      const holder = new Client(home.database.url);
      await holder.connect();
      onTestFinished(() => holder.end());
      await holder.query('begin');
      await holder.query('select 1 from profiles where id = $1 for update', [person.id]);
      const entering = signInVouched(home.system.orm.em, { ...vouched, subject, email: person.email }).then(
        () => 'in',
        (problem: Error) => problem.message,
      );
      await eventually(async () => (await home.sql("select 1 from pg_stat_activity where datname = current_database() and wait_event_type = 'Lock' and query like '%for no key update%'")).length > 0); // prettier-ignore
      await holder.query(end, [person.id]);
      await holder.query('commit');
      return entering;
    };
    expect(await overtaken(ann, 'one', 'update profiles set disabled_at = now() where id = $1')).toBe('This account is disabled.');
    const invited = await client.trpc.users.invite.mutate({ firstName: 'Soon', lastName: 'Gone', role: 'worker', level: 1, timeZone: 'UTC', email: 'soon.gone@example.com' }); // prettier-ignore
    const end = 'update invitations set withdrawn_at = now() where user_id = $1';
    expect(await overtaken({ id: invited.id, email: 'soon.gone@example.com' }, 'two', end)).toMatch(/^No account here/);
    expect(await home.sql('select 1 from provider_links where user_id = any ($1)', [[ann.id, invited.id]])).toEqual([]);
    expect([(await eventsOf(ann.id)).at(-1), (await eventsOf(invited.id)).at(-1)]).toEqual([failure('disabled'), failure('not_invited')]);
  });

  test('AC-5: the last way to sign in stays', async () => {
    const ann = await home.person('worker');
    await enter(at(ann.email));
    const token = await home.token(ann.email);
    await home.sql('delete from credentials where user_id = $1', [ann.id]);
    const { links } = (await (await asked(token)).json()) as { links: { id: string }[] };
    expect((await asked(token, `/${links[0]?.id}`, 'DELETE')).status).toBe(409);
  });
});

describe('AC-5: cookies on the way', () => {
  test('AC-5: over TLS they are __Host- as well, and the way there and back works with them', async () => {
    const behind = await house({ provider: settingsOf(real), proxies: 1 });
    onTestFinished(behind.close);
    const ann = await behind.person('worker');
    const walker = new Browser({ publicUrl: PUBLIC, url: behind.url }, { 'x-forwarded-proto': 'https' });
    real.is(at(ann.email));
    const set = (await walker.ask(START)).headers.getSetCookie();
    expect(set).toEqual([
      expect.stringMatching(/^__Host-countersign_attempt=[\w-]{43}; Path=\/; HttpOnly; SameSite=Lax; Max-Age=600; Secure$/),
    ]);
    expect(pathOf(await walker.follow(START))).toBe('/');
    expect(await whoIs(walker)).toBe(ann.id);
    expect([...walker.cookies(PUBLIC).keys()].toSorted()).toEqual(['__Host-countersign_device', '__Host-countersign_session']);
  });
});

describe('AC-5: a provider that is down', () => {
  test('AC-5: stops neither the start nor passwords, says so, and is asked again', async () => {
    const free = createServer().listen(0, '127.0.0.1');
    await once(free, 'listening');
    const { port } = free.address() as AddressInfo;
    free.close();
    await once(free, 'close');
    const issuer = `http://127.0.0.1:${port}`;
    const lonely = await house({ provider: { ...settingsOf(real), issuer } });
    onTestFinished(lonely.close);
    const ann = await lonely.person('worker');
    const walker = new Browser({ publicUrl: PUBLIC, url: lonely.url });
    expect(pathOf(await walker.follow(`${START}?to=/live`))).toBe('/sign-in?provider=unreachable&to=%2Flive');
    expect((await signIn(lonely.url, ann.email)).status).toBe(200);
    const back = await realProvider(CALLBACK, port);
    onTestFinished(back.close);
    back.is(at(ann.email));
    await eventually(async () => pathOf(await walker.follow(START)) === '/', { timeout: 20_000, interval: 250 });
    expect(await whoIs(walker)).toBe(ann.id);
  });

  test('AC-5: without one configured there is no such way', async () => {
    const alone = await house();
    onTestFinished(alone.close);
    expect((await fetch(`${alone.url}/api/auth/oidc/start`, { redirect: 'manual' })).status).toBe(404);
    expect(await (await fetch(`${alone.url}/api/session`)).json()).toMatchObject({ provider: null, passwords: true });
  });
});

test('AC-5: where a provider alone signs people in, passwords open nothing, and none is given', async () => {
  const strict = await house({ provider: settingsOf(real), passwords: false });
  onTestFinished(strict.close);
  const ann = await strict.person('worker');
  expect((await signIn(strict.url, ann.email)).status).toBe(403);
  for (const path of ['password/forgotten', 'password/reset', 'invitation/accept', 'password']) {
    const answer = await fetch(`${strict.url}/api/auth/${path}`, {
      method: 'POST',
      headers: { 'content-type': 'application/json' },
      body: '{}',
    });
    expect(await answer.json()).toMatchObject({ code: 'FORBIDDEN', details: expect.stringContaining('Northwind') });
  }
  const walker = new Browser({ publicUrl: PUBLIC, url: strict.url });
  real.is(at(ann.email));
  expect(pathOf(await walker.follow(START))).toBe('/');
  expect(await (await walker.ask(`${PUBLIC}/api/session`)).json()).toMatchObject({
    user: { id: ann.id },
    provider: { name: 'Northwind' },
    passwords: false,
  });
  // The password that she has, and an account at a provider of former times, let nobody in: one link alone does.
  await strict.sql(
    `insert into provider_links (id, user_id, issuer, subject) values (gen_random_uuid(), $1, 'https://former.example', 'ann')`,
    [ann.id],
  );
  const { links } = (await (await walker.ask(`${PUBLIC}/api/auth/providers`)).json()) as { links: { id: string; issuer: string }[] };
  expect(links).toMatchObject([
    { issuer: real.issuer, only_way_in: true },
    { issuer: 'https://former.example', only_way_in: false },
  ]);
  const unlink = async (n: number) => {
    const answer = await walker.ask(`${PUBLIC}/api/auth/providers/${links[n]?.id}`, undefined, 'DELETE');
    return [answer.status, await answer.text()];
  };
  expect(await unlink(0)).toEqual([409, expect.stringContaining('no other way to sign in')]);
  expect(await unlink(1)).toEqual([200, '{}']);
  // Nor does the last link of an account without a password go, though it is to a provider of former times: while it stands, the account is an
  // active one, which the address leads to by the present provider.
  await strict.sql('delete from credentials where user_id = $1', [ann.id]);
  await strict.sql(`update provider_links set issuer = 'https://former.example' where user_id = $1`, [ann.id]);
  expect(await (await walker.ask(`${PUBLIC}/api/auth/providers`)).json()).toMatchObject({ links: [{ only_way_in: true }] });
  expect(await unlink(0)).toEqual([409, expect.stringContaining('no other way to sign in')]);
  expect(pathOf(await new Browser({ publicUrl: PUBLIC, url: strict.url }).follow(START))).toBe('/');
});
