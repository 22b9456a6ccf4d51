import { afterAll, beforeAll, describe, expect, onTestFinished, test } from 'vitest';
import { createClient, signIn as signInProgram } from '@countersign/client';
import { codeOf, wrongCodeOf } from './authenticator.ts';
import { type House, house, PASSWORD, signIn, tokenIn } from './house.ts';

let home: House;
let observer: string;

beforeAll(async () => {
  home = await house({ required: ['admin'] });
  observer = await home.token((await home.person('manager', 'Mara')).email);
});
afterAll(() => home.close());

interface Asking {
  readonly token?: string;
  readonly cookies?: string;
  readonly body?: object;
  readonly method?: string;
}

async function ask(path: string, { token, cookies, body, method = body ? 'POST' : 'GET' }: Asking = {}) {
  const headers = {
    'content-type': 'application/json',
    ...(token !== undefined && { authorization: `Bearer ${token}` }),
    ...(cookies !== undefined && { cookie: cookies }),
  };
  const answer = await fetch(`${home.url}${path}`, { method, headers, ...(body && { body: JSON.stringify(body) }) });
  const text = await answer.text();
  return { status: answer.status, text, body: (text.startsWith('{') ? JSON.parse(text) : null) as Answered, answer };
}

interface Answered {
  readonly code?: string;
  readonly error?: string;
  readonly secret: string;
  readonly address: string;
  readonly offer: string;
  readonly recovery_codes: string[];
  readonly user: { readonly id: string } | null;
  readonly second_step: { readonly expires_at: string } | null;
  readonly confined?: boolean;
}

const FACTOR = '/api/auth/second-factor';

/** Sets one up, and gives what its owner then has. */
async function setUp(token: string) {
  const { secret, offer } = (await ask(`${FACTOR}/offer`, { token, body: {} })).body;
  const done = await ask(FACTOR, { token, body: { offer, confirmation: codeOf(secret) } });
  expect(done.status, done.text).toBe(200);
  return { secret, recoveryCodes: done.body.recovery_codes, token };
}

/** Somebody with a second factor. */
async function owner(role: 'worker' | 'admin' = 'worker') {
  const person = await home.person(role);
  return { ...person, ...(await setUp(await home.token(person.email))) };
}

/** Codes of the present half minute are taken again. */
const forgetSteps = (id: string) => home.sql('update second_factors set last_step = 0 where user_id = $1', [id]);

/** The first step, and the cookies that the browser then has. */
async function firstStep(email: string, cookies = '') {
  const answer = await signIn(home.url, email, PASSWORD, cookies ? { cookie: cookies } : {});
  expect(answer.status).toBe(200);
  return { given: (await answer.json()) as Answered, cookies: kept(answer, cookies) };
}

const kept = (answer: Response, before = '') =>
  [before, ...answer.headers.getSetCookie().map((cookie) => cookie.split(';')[0] ?? '')]
    .filter((cookie) => !/=$|^$/.test(cookie))
    .join('; ');

const confirm = (cookies: string, code: string) => ask('/api/auth/sign-in/code', { cookies, body: { code } });

async function actionsOf(id: string, actions: readonly string[]) {
  const client = createClient({ url: home.url, token: observer });
  onTestFinished(client.close);
  const { events } = await client.trpc.audit.page.query({ action: [...actions], limit: 200 });
  return events
    .filter(({ subject, root }) => subject?.id === id || root?.id === id)
    .toReversed()
    .map(({ action, actor, metadata }) => [action, actor.id, metadata]);
}

describe('AC-5: setting up a second factor', () => {
  test('AC-5: it counts once a code confirms it; ten recovery codes are shown once; this session goes on under another token, others end', async () => {
    const ann = await home.person('worker');
    const [here, elsewhere] = [await home.token(ann.email), await home.token(ann.email)];
    const cookies = `countersign_session=${here}`;
    const { secret, address, offer } = (await ask(`${FACTOR}/offer`, { token: here, body: {} })).body;
    expect(address).toBe(
      `otpauth://totp/Countersign:${encodeURIComponent(ann.email)}?issuer=Countersign&secret=${secret}&algorithm=SHA1&digits=6&period=30`,
    );
    const wrong = await ask(FACTOR, { token: here, body: { offer, confirmation: wrongCodeOf(secret) } });
    expect([wrong.status, wrong.text]).toEqual([400, expect.stringContaining('"field":"confirmation"')]);
    expect((await firstStep(ann.email)).given.second_step).toBeNull();
    const done = await ask(FACTOR, { cookies, body: { offer, confirmation: codeOf(secret) } });
    expect(done.body.recovery_codes).toHaveLength(10);
    const after = tokenIn(done.answer);
    const isIn = async (token: string) => (await ask('/api/me', { token })).status === 200;
    expect([await isIn(after), after === here, await isIn(elsewhere)]).toEqual([true, false, false]);
    expect(await actionsOf(ann.id, ['second_factor_set_up'])).toEqual([['second_factor_set_up', ann.id, {}]]);
    expect(await home.sql('select title from notifications where person_id = $1', [ann.id])).toEqual([
      { title: 'A second factor was set up for you' },
    ]);
  });

  test('AC-5: some time after signing in it asks for the password: who finds a page left open locks nobody out', async () => {
    const ann = await home.person('worker');
    const token = await home.token(ann.email);
    const { secret, offer } = (await ask(`${FACTOR}/offer`, { token, body: {} })).body;
    const tryWith = (given: object) => ask(FACTOR, { token, body: { offer, confirmation: codeOf(secret), ...given } });
    const signedInAgo = (minutes: number) =>
      home.sql(`update sessions set created_at = now() - $2 * interval '1 minute' where user_id = $1`, [ann.id, minutes]);
    await signedInAgo(16);
    const field = expect.stringContaining('"field":"password"');
    const refused = [await tryWith({}), await tryWith({ password: 'not hers' }), await tryWith({ code: codeOf(secret) })];
    expect(refused.map(({ status, text }) => [status, text])).toEqual([
      [400, field],
      [400, field],
      [400, field],
    ]);
    expect(await home.sql('select user_id from second_factors where user_id = $1', [ann.id])).toEqual([]);
    expect((await tryWith({ password: PASSWORD })).status).toBe(200);
  });

  test('AC-5: whoever has no password signs in again for it', async () => {
    const ann = await home.person('worker');
    const token = await home.token(ann.email);
    const { secret, offer } = (await ask(`${FACTOR}/offer`, { token, body: {} })).body;
    await home.sql('delete from credentials where user_id = $1', [ann.id]);
    await home.sql(`update sessions set created_at = now() - interval '16 minutes' where user_id = $1`, [ann.id]);
    const tried = await ask(FACTOR, { token, body: { offer, confirmation: codeOf(secret), password: PASSWORD } });
    expect([tried.status, tried.text]).toEqual([409, expect.stringContaining('Sign out, sign in again')]);
  });

  test('AC-5: what was offered to one counts for nobody else', async () => {
    const [ann, bob] = [await home.person('worker'), await home.person('worker')];
    const { secret, offer } = (await ask(`${FACTOR}/offer`, { token: await home.token(ann.email), body: {} })).body;
    const tried = await ask(FACTOR, { token: await home.token(bob.email), body: { offer, confirmation: codeOf(secret) } });
    expect(tried.status).toBe(404);
  });
});

test('AC-5: in a demonstration nobody locks the others out of an account that everybody has', async () => {
  const accounts = [{ email: 'man.manager@example.com', role: 'manager', name: 'Man' }];
  const [demo, demanding] = [await house({ demo: true, accounts }), await house({ demo: true, required: ['admin'] })];
  onTestFinished(demo.close);
  onTestFinished(demanding.close);
  const post = async (at: House, path: string, body: object, method = 'POST') => {
    const { email } = await at.person('admin');
    const headers = { 'content-type': 'application/json', authorization: `Bearer ${await at.token(email)}` };
    const answer = await fetch(`${at.url}${path}`, { method, headers, body: JSON.stringify(body) });
    return { status: answer.status, body: await answer.json() };
  };
  const refused = { status: 403, body: { code: 'FORBIDDEN', details: expect.stringContaining('lock the others out') } };
  expect(await post(demo, `${FACTOR}/offer`, {})).toMatchObject(refused);
  expect(await post(demo, FACTOR, { offer: 'x', confirmation: '123456' })).toMatchObject(refused);
  expect(await post(demo, '/api/auth/password', { current: PASSWORD, password: 'seven summers by the lake' })).toMatchObject(refused);
  const { id } = await demo.person('manager', 'Man');
  const named = { version: 1, reason: 'A test', first_name: 'Max', last_name: 'Mann', phone_number: null };
  expect(await post(demo, `/api/users/${id}`, { ...named, email: 'elsewhere@example.com' }, 'PATCH')).toMatchObject(refused);
  expect(await post(demo, `/api/users/${id}/disable`, { version: 1, reason: 'A test' })).toMatchObject(refused);
  expect(await post(demo, `/api/users/${id}`, { ...named, email: 'man.manager@example.com' }, 'PATCH')).toMatchObject({ status: 200 });
  // Where somebody has set that admins need one, they can have it.
  expect(await post(demanding, `${FACTOR}/offer`, {})).toMatchObject({ status: 200 });
});

describe('AC-5: signing in with it', () => {
  test('AC-5: the password leads to the second step, which is no session; the code to one, by a token of its own', async () => {
    const { id, email, secret } = await owner();
    await forgetSteps(id);
    const { given, cookies } = await firstStep(email);
    expect(given).toMatchObject({ user: null, second_step: { expires_at: expect.any(String) } });
    const pending = /countersign_sign_in=([\w-]+)/.exec(cookies)?.[1] ?? '';
    expect(cookies).not.toContain('countersign_session');
    for (const token of [pending]) {
      expect((await ask('/api/me', { token })).status).toBe(401);
      expect((await ask('/api/me', { cookies: `countersign_session=${token}` })).status).toBe(401);
    }
    expect((await ask('/api/session', { cookies })).body).toMatchObject({ user: null, second_step: given.second_step });
    const done = await confirm(cookies, ` ${codeOf(secret).slice(0, 3)} ${codeOf(secret).slice(3)} `);
    expect(done.body).toMatchObject({ user: { id }, second_step: null });
    expect((await ask('/api/me', { token: tokenIn(done.answer) })).status).toBe(200);
    expect(tokenIn(done.answer)).not.toBe(pending);
    expect((await confirm(cookies, codeOf(secret, 1))).status).toBe(404);
    expect((await actionsOf(id, ['signed_in'])).at(-1)).toEqual(['signed_in', id, { method: 'password', second_factor: 'authenticator' }]);
  });

  test('AC-5: a code is taken once, in two browsers at a time as well', async () => {
    const { id, email, secret } = await owner();
    const code = codeOf(secret);
    await forgetSteps(id);
    const browsers = await Promise.all([firstStep(email), firstStep(email)]);
    const answers = await Promise.all(browsers.map(({ cookies }) => confirm(cookies, code)));
    expect(answers.map(({ status }) => status).toSorted((one, other) => one - other)).toEqual([200, 401]);
    expect((await confirm((await firstStep(email)).cookies, code)).body.error).toBe('The code is wrong.');
  });

  test('AC-5: programs are asked for a code by the client, and told where they give none', async () => {
    const { id, email, secret } = await owner();
    await forgetSteps(id);
    const given = { url: home.url, email, password: PASSWORD };
    await expect(signInProgram(given)).rejects.toThrow('second factor');
    const token = await signInProgram({ ...given, code: () => Promise.resolve(codeOf(secret)) });
    expect((await ask('/api/me', { token })).status).toBe(200);
  });

  test('AC-5: each recovery code works once, however it is typed, and says how many are left', async () => {
    const { id, email, recoveryCodes } = await owner();
    const [code = ''] = recoveryCodes;
    expect((await confirm((await firstStep(email)).cookies, code.toLowerCase().replaceAll('-', ' '))).status).toBe(200);
    const again = await confirm((await firstStep(email)).cookies, code);
    expect([again.status, again.body.error]).toEqual([401, 'The code is wrong.']);
    expect(await actionsOf(id, ['recovery_code_used'])).toEqual([['recovery_code_used', id, { codes_left: 9 }]]);
    expect((await actionsOf(id, ['sign_in_failed'])).at(-1)).toEqual([
      'sign_in_failed',
      null,
      { method: 'password', cause: 'wrong_second_factor' },
    ]);
  });

  test('AC-5: after five wrong codes the first step has to be taken again; over in ten minutes, in another browser, by giving up', async () => {
    const { id, email, secret } = await owner();
    await forgetSteps(id);
    const { cookies } = await firstStep(email);
    const wrong = wrongCodeOf(secret);
    const tried = [];
    for (let n = 0; n < 6; n++) tried.push((await confirm(cookies, wrong)).status);
    expect(tried).toEqual([401, 401, 401, 401, 404, 404]);
    expect((await confirm(cookies, codeOf(secret))).status).toBe(404);
    const second = await firstStep(email);
    expect((await confirm('', codeOf(secret))).status).toBe(404);
    await home.sql("update pending_sign_ins set expires_at = now() - interval '1 second' where user_id = $1", [id]);
    expect((await confirm(second.cookies, codeOf(secret))).status).toBe(404);
    expect((await ask('/api/session', { cookies: second.cookies })).body.second_step).toBeNull();
    const third = await firstStep(email);
    expect((await ask('/api/auth/sign-in/give-up', { cookies: third.cookies, body: {} })).status).toBe(200);
    expect((await confirm(third.cookies, codeOf(secret))).status).toBe(404);
  });

  test('AC-5: whoever guesses from everywhere keeps nobody out: a browser that is known goes on, and so does a recovery code', async () => {
    const { id, email, secret, recoveryCodes } = await owner();
    const known = kept((await confirm((await firstStep(email)).cookies, recoveryCodes[0] ?? '')).answer);
    // What a hundred strangers have left behind.
    await home.sql(`insert into rate_counts (key, points, expire) values ($1, 100, extract(epoch from now() + interval '1 hour') * 1000)`, [
      `second factor strangers:${id}`,
    ]);
    await forgetSteps(id);
    const { cookies } = await firstStep(email);
    const tried = await confirm(cookies, codeOf(secret));
    expect([tried.status, tried.body.error]).toEqual([429, expect.stringContaining('new browsers')]);
    expect((await confirm(cookies, recoveryCodes[1] ?? '')).status).toBe(200);
    const device = /countersign_device=[\w-]+/.exec(known)?.[0] ?? '';
    expect((await confirm((await firstStep(email, device)).cookies, codeOf(secret))).status).toBe(200);
  });

  test('AC-5: who is disabled, or changed their password meanwhile, gets no further', async () => {
    const { id, email, secret, token } = await owner();
    await forgetSteps(id);
    const { cookies } = await firstStep(email);
    await ask('/api/auth/password', { token, body: { current: PASSWORD, password: 'seven summers by the lake' } });
    expect((await confirm(cookies, codeOf(secret))).status).toBe(404);
    const bob = await owner();
    await forgetSteps(bob.id);
    const begun = await firstStep(bob.email);
    await home.sql('update profiles set disabled_at = now() where id = $1', [bob.id]);
    expect((await confirm(begun.cookies, codeOf(bob.secret))).body.error).toBe('This account is disabled.');
  });
});

describe('AC-5: changing it', () => {
  test('AC-5: renewing and removing ask again for the password or a code, and are recorded', async () => {
    const { id, token, secret } = await owner();
    await forgetSteps(id);
    for (const body of [{}, { password: 'not it' }, { code: wrongCodeOf(secret) }])
      expect((await ask(`${FACTOR}/recovery-codes`, { token, body })).status).toBe(400);
    const made = await ask(`${FACTOR}/recovery-codes`, { token, body: { code: codeOf(secret) } });
    expect(made.body.recovery_codes).toHaveLength(10);
    const { offer, secret: next } = (await ask(`${FACTOR}/offer`, { token, body: {} })).body;
    expect((await ask(FACTOR, { token, body: { offer, confirmation: codeOf(next) } })).status).toBe(400);
    const renewed = await ask(FACTOR, { token, body: { offer, confirmation: codeOf(next), password: PASSWORD } });
    expect(renewed.status, renewed.text).toBe(200);
    const elsewhere = await home.sql('update sessions set second_factor_at = now() where user_id = $1 returning 1', [id]);
    const removed = await ask(`${FACTOR}/remove`, { token, body: { password: PASSWORD } });
    expect(removed.status, removed.text).toBe(200);
    // In no session of theirs was one shown that there is no more.
    const shown = await home.sql('select 1 from sessions where user_id = $1 and second_factor_at is not null', [id]);
    expect([elsewhere.length > 0, shown]).toEqual([true, []]);
    const actions = ['second_factor_renewed', 'recovery_codes_made', 'second_factor_removed'];
    expect((await actionsOf(id, actions)).map(([action, by]) => [action, by])).toEqual([
      ['recovery_codes_made', id],
      ['second_factor_renewed', id],
      ['second_factor_removed', id],
    ]);
  });

  test('AC-5, AC-6: guesses at it are counted on, whatever else gives the session another token', async () => {
    const { token, secret } = await owner('admin');
    const ann = await home.person('worker');
    let cookies = `countersign_session=${token}`;
    const guess = async () => (await ask(`${FACTOR}/recovery-codes`, { cookies, body: { code: wrongCodeOf(secret) } })).status;
    const turn = async (path: string, body: object) => {
      cookies = `countersign_session=${tokenIn((await ask(path, { cookies, body })).answer)}`;
    };
    const statuses = [await guess()];
    while (statuses.at(-1) === 400 && statuses.length < 30) statuses.push(await guess());
    await turn('/api/auth/sight', { user: ann.id, reason: 'to see' });
    await turn('/api/auth/sight/stop', {});
    expect([statuses[0], statuses.at(-1), await guess()]).toEqual([400, 429, 429]);
  });

  test('AC-5: an admin resets another’s: they are signed out, told, and sign in by the password alone; a hand in the database is a reset too', async () => {
    const admin = await owner('admin');
    const ann = await owner();
    const [{ version } = { version: 0 }] = await home.sql<{ version: number }>('select version from profiles where id = $1', [ann.id]);
    const path = (id: string) => `/api/users/${id}/second-factor/reset`;
    const body = { version, reason: 'Lost the telephone' };
    expect((await ask(path(ann.id), { token: ann.token, body })).status).toBe(403);
    expect((await ask(path(admin.id), { token: admin.token, body })).status).toBe(403);
    const reset = await ask(path(ann.id), { token: admin.token, body });
    expect([reset.status, reset.text]).toEqual([200, expect.stringContaining('"second_factor":null')]);
    expect((await ask('/api/me', { token: ann.token })).status).toBe(401);
    expect((await firstStep(ann.email)).given.user).toMatchObject({ id: ann.id });
    expect(await actionsOf(ann.id, ['second_factor_reset'])).toEqual([['second_factor_reset', admin.id, {}]]);
    const mails = await home.sql<{ subject: string }>("select subject from messages where person_id = $1 and channel = 'mail'", [ann.id]);
    expect(mails.map(({ subject }) => subject)).toContain('Your second factor was reset by an admin');
    const bob = await owner();
    await home.sql('delete from second_factors where user_id = $1', [bob.id]);
    await home.system.trail.log.settle();
    expect((await actionsOf(bob.id, ['second_factor_reset'])).map(([action]) => action)).toEqual(['second_factor_reset']);
  });
});

describe('AC-5: a role that needs one', () => {
  test('AC-5: whoever has none can do nothing but set one up, by page, program and socket; then everything', async () => {
    const ada = await home.person('admin');
    const token = await home.token(ada.email);
    expect((await ask('/api/session', { token })).body).toMatchObject({ user: { id: ada.id }, confined: true });
    const paths = [
      '/api/me',
      '/api/users',
      '/api/audit-logs',
      '/api/timecards/export',
      '/api/auth/sessions',
      '/api/tokens',
      '/api/imports',
    ];
    for (const path of paths) expect([path, (await ask(path, { token })).status]).toEqual([path, 403]);
    expect((await ask('/api/auth/sign-out-everywhere', { token, body: {} })).status).toBe(403);
    const client = createClient({ url: home.url, token });
    onTestFinished(client.close);
    await expect(client.trpc.people.me.query()).rejects.toThrow('A second factor has to be set up first');
    const refused = await new Promise<string>((resolve) =>
      client.trpc.audit.live.subscribe({}, { onError: ({ message }) => resolve(message), onData: () => resolve('an event') }),
    );
    expect(refused).toBe('A second factor has to be set up first');
    const { token: after } = await setUp(token);
    expect((await ask('/api/session', { token: after })).body.confined).toBe(false);
    for (const path of paths) expect([path, (await ask(path, { token: after })).status]).toEqual([path, 200]);
    expect((await ask(`${FACTOR}/remove`, { token: after, body: { password: PASSWORD } })).status).toBe(403);
  });

  test('AC-5: a token does nothing while its owner has none, and works again with one', async () => {
    const admin = await owner('admin');
    const made = await ask('/api/tokens', { token: admin.token, body: { name: 'x', scopes: ['logRead'], days: 1 } });
    const program = (made.body as unknown as { token: string }).token;
    expect((await ask('/api/audit-logs', { token: program })).status).toBe(200);
    await home.sql('delete from second_factors where user_id = $1', [admin.id]);
    expect((await ask('/api/audit-logs', { token: program })).status).toBe(403);
    await home.sql('update sessions set second_factor_at = null where user_id = $1', [admin.id]);
    await setUp(admin.token);
    expect((await ask('/api/audit-logs', { token: program })).status).toBe(200);
    expect((await ask(FACTOR, { token: program })).status).toBe(403);
  });
});
