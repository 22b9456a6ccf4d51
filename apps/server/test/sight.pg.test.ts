import { afterAll, beforeAll, describe, expect, onTestFinished, test } from 'vitest';
import { createClient } from '@countersign/client';
import { user, withContext } from '@countersign/audit/context';
import { hashOfToken } from '@countersign/domain/people/secret-token';
import { endOverSights, startSight } from '@countersign/domain/people/sight/see-as';
import { Setting } from '@countersign/domain/people/rights/settings';
import { loadViewer } from '@countersign/domain/people/viewer';
import { eventually } from '@countersign/testing/eventually';
import { openSocket } from './access/doors.ts';
import { type House, house, signIn, tokenIn } from './house.ts';

let home: House;
let ada: { id: string; email: string };
let observer: string;

beforeAll(async () => {
  home = await house();
  ada = await home.person('admin', 'Ada');
  observer = await home.token((await home.person('admin', 'Olga')).email);
});
afterAll(() => home.close());

interface Session {
  readonly user: { readonly id: string; readonly role: string } | null;
  readonly sight: { readonly by: { readonly id: string; readonly name: string }; readonly until: string; readonly writes: boolean } | null;
}

async function ask(path: string, { cookie, body, method = body ? 'POST' : 'GET' }: { cookie: string; body?: object; method?: string }) {
  const answer = await fetch(`${home.url}${path}`, {
    method,
    headers: { 'content-type': 'application/json', cookie: `countersign_session=${cookie}` },
    ...(body && { body: JSON.stringify(body) }),
  });
  const text = await answer.text();
  return { status: answer.status, text, answer };
}

const session = async (cookie: string) => {
  const { text, answer } = await ask('/api/session', { cookie });
  return { ...(JSON.parse(text) as Session), answer };
};

/** An admin who sees the system as somebody else, by the token that they then have. */
async function seeing(person: { readonly id: string }, reason = 'A question about their week') {
  const own = tokenIn(await signIn(home.url, ada.email));
  const started = await ask('/api/auth/sight', { cookie: own, body: { user: person.id, reason } });
  expect(started.status, started.text).toBe(200);
  return { own, token: tokenIn(started.answer) };
}

async function eventsAbout(id: string, actions: readonly string[]) {
  const client = createClient({ url: home.url, token: observer });
  onTestFinished(client.close);
  const { events } = await client.trpc.audit.page.query({ action: [...actions], root: [`User:${id}`], limit: 100 });
  return events
    .toReversed()
    .map(({ action, actor, impersonator, reason, metadata }) => ({ action, by: actor.id, impersonator, reason, metadata }));
}

/** While the setting lets admins write as somebody else. */
async function writing(work: () => Promise<void>): Promise<void> {
  const em = home.system.orm.em.fork();
  const setting = em.create(Setting, { name: 'writeAsAnother', value: true });
  await em.flush();
  try {
    await work();
  } finally {
    await em.remove(setting).flush();
  }
}

async function submittedCard(person: string): Promise<string> {
  const [card] = await home.sql<{ id: string }>(
    `insert into timecard_headers (id, person_id, site_id, time_zone, period_start, period_end, status, check_in_time, check_out_time)
      values (gen_random_uuid(), $1, $2, 'UTC', '2026-01-05', '2026-01-05', 'submitted', '2026-01-05T08:00Z', '2026-01-05T16:00Z') returning id`,
    [person, await home.site()],
  );
  return card?.id ?? '';
}

const over = (id: string) => home.sql("update sights set expires_at = now() - interval '1 second' where seen_id = $1", [id]);

describe('AC-7: looking at the system as somebody else sees it', () => {
  test('AC-7: shows what they see and says by whom; beginning and stopping give the session another token, and are events with the reason', async () => {
    const ann = await home.person('worker');
    const { own, token } = await seeing(ann);
    expect(token).not.toBe(own);
    expect(await session(token)).toMatchObject({
      user: { id: ann.id, role: 'worker' },
      sight: { by: { id: ada.id, name: 'Ada admin' }, writes: false },
    });
    expect(JSON.parse((await ask('/api/me', { cookie: token })).text)).toMatchObject({ id: ann.id });
    expect((await ask('/api/users', { cookie: token })).status).toBe(403);
    const stopped = await ask('/api/auth/sight/stop', { cookie: token, body: {} });
    const back = tokenIn(stopped.answer);
    expect(back).not.toBe(token);
    expect(await session(back)).toMatchObject({ user: { id: ada.id, role: 'admin' }, sight: null });
    // With the token before nobody comes any more: not Ann, and not Ada.
    expect((await ask('/api/me', { cookie: token })).status).toBe(401);
    expect(await eventsAbout(ann.id, ['impersonation_started', 'impersonation_ended'])).toMatchObject([
      { action: 'impersonation_started', by: ada.id, impersonator: null, reason: 'A question about their week' },
      { action: 'impersonation_ended', by: ada.id, metadata: { by: ada.id, how: 'stopped' } },
    ]);
    const told = await home.sql<{ title: string }>("select title from notifications where title like '%somebody else sees it'");
    expect(told).toHaveLength(1);
  });

  test('AC-7: never as another admin, oneself or who is disabled; never without a reason, nor by anybody who is no admin', async () => {
    const own = tokenIn(await signIn(home.url, ada.email));
    const gone = await home.person('worker');
    await home.sql('update profiles set disabled_at = now() where id = $1', [gone.id]);
    const other = await home.person('admin');
    const ann = await home.person('worker');
    const tried = async (user: string, reason = 'to see', cookie = own) =>
      (await ask('/api/auth/sight', { cookie, body: { user, reason } })).status;
    expect([await tried(other.id), await tried(ada.id), await tried(gone.id), await tried(ann.id, ' ')]).toEqual([403, 403, 409, 400]);
    expect(await tried(ann.id, 'to see', await home.token((await home.person('manager')).email))).toBe(403);
  });

  test('AC-7: nothing is changed meanwhile, by no way in; nothing of signing in even where the setting lets the rest through', async () => {
    const ann = await home.person('worker');
    const { token } = await seeing(ann);
    const socket = await openSocket(home.url, token);
    onTestFinished(socket.close);
    const command = { name: 'notifications.readAll', kind: 'mutation', input: { upTo: 1 } } as const;
    const write = async () => [
      (await socket.call(command)).status,
      (await ask('/trpc/notifications.readAll', { cookie: token, body: { upTo: 1 } })).status,
      (await ask('/api/notifications/preferences', { cookie: token, body: { quiet: true }, method: 'PATCH' })).status,
    ];
    const signingIn = async () => [
      (await ask('/api/auth/password', { cookie: token, body: { current: 'x', password: 'three words in a row' } })).status,
      (await ask('/api/tokens', { cookie: token, body: { name: 'x', scopes: ['signedIn'], days: 1 } })).status,
      (await ask('/api/auth/second-factor/offer', { cookie: token, body: {} })).status,
      (await ask(`/api/auth/sessions/${'a'.repeat(64)}`, { cookie: token, method: 'DELETE' })).status,
      (await ask('/api/auth/sign-out-everywhere', { cookie: token, body: {} })).status,
      (await ask('/api/auth/sight', { cookie: token, body: { user: ann.id, reason: 'again' } })).status,
    ];
    expect(await write()).toEqual([403, 403, 403]);
    expect(await signingIn()).toEqual([403, 403, 403, 403, 403, 403]);
    await writing(async () => {
      expect((await session(token)).sight?.writes).toBe(true);
      expect(await write()).toEqual([200, 200, 200]);
      expect(await signingIn()).toEqual([403, 403, 403, 403, 403, 403]);
    });
    // What was done bears both names.
    const client = createClient({ url: home.url, token: observer });
    onTestFinished(client.close);
    const { events } = await client.trpc.audit.page.query({ actor: ann.id, area: 'people', limit: 10 });
    const byBoth = events
      .filter(({ impersonator }) => impersonator)
      .map(({ target, actor, impersonator }) => [target?.type, actor.id, impersonator?.id]);
    expect(byBoth).toEqual([['NotificationPreferences', ann.id, ada.id]]);
  });

  test('AC-7 AC-9: whoever may write as somebody else does nothing to what is their own, gives nobody’s answer, and hears nobody’s messages', async () => {
    const omar = await home.person('manager');
    const [mine, others] = await Promise.all([submittedCard(ada.id), submittedCard((await home.person('worker')).id)]);
    const [alert] = await home.sql<{ id: string }>(
      `insert into unusual_accesses (id, reader, kind, level, count, allowed, about, rows, more_rows, time_zone, noticed_at, last_at, state, version)
        values (gen_random_uuid(), $1, 'many_records', 1, 200, 100, '{}', '[]', 0, 'UTC', now(), now(), 'open', 1) returning id`,
      [ada.id],
    );
    const { token } = await seeing(omar);
    await writing(async () => {
      const approved = (card: string) => ask(`/api/timecards/${card}/approve`, { cookie: token, body: { version: 1 } });
      expect((await approved(others)).status).toBe(200);
      const tried = [
        await approved(mine),
        await ask(`/api/timecards/${mine}/reject`, { cookie: token, body: { version: 1, reason: 'to mend it' } }),
        await ask('/api/timecards', {
          cookie: token,
          body: { person: ada.id, site: await home.site(), period_start: '2026-02-02', period_end: '2026-02-02', reason: 'forgotten' },
        }),
        await ask(`/api/unusual-access/${alert?.id}/explain`, { cookie: token, body: { version: 1, verdict: 'right', note: 'a hearing' } }),
        await ask('/api/answers', {
          cookie: token,
          body: { change: crypto.randomUUID(), record: `Timecard:${mine}`, verdict: 'confirmed' },
        }),
        await ask('/api/push/subscriptions', {
          cookie: token,
          body: { endpoint: 'https://push.example.com/1', p256dh: 'B'.repeat(87), auth: 'a'.repeat(22), browser: 'one' },
        }),
        await ask(`/api/push/subscriptions/${crypto.randomUUID()}`, { cookie: token, method: 'DELETE' }),
      ];
      expect(tried.map(({ status, text }) => (status === 403 ? 403 : text))).toEqual(tried.map(() => 403));
      // The page offers none of it, and says why.
      const shown = JSON.parse((await ask(`/api/timecards/${mine}`, { cookie: token })).text) as {
        actions: Record<string, { allowed: boolean }>;
      };
      expect(Object.values(shown.actions).map(({ allowed }) => allowed)).toEqual([false, false, false, false, false]);
    });
  });

  test('AC-7 AUD-29 AUD-35: what is read meanwhile bears both names, and whose records they are sees it among what others did', async () => {
    const ann = await home.person('worker');
    const { token } = await seeing(ann);
    expect((await ask(`/api/audit-logs?root_type=User&root_id=${ann.id}`, { cookie: token })).status).toBe(200);
    const [card] = await home.sql<{ id: string }>(
      `insert into timecard_headers (id, person_id, site_id, time_zone, period_start, period_end, status)
        values (gen_random_uuid(), $1, $2, 'UTC', '2026-01-05', '2026-01-05', 'draft') returning id`,
      [ann.id, await home.site()],
    );
    // One's own card, opened by somebody else: the page offers to change nothing of it, and says why.
    const shown = await ask(`/api/timecards/${card?.id}`, { cookie: token });
    expect(shown.status).toBe(200);
    const { actions } = JSON.parse(shown.text) as { actions: Record<string, { allowed: boolean; reason: string | null }> };
    expect(Object.values(actions)).toEqual(
      Object.values(actions).map(() => ({ allowed: false, reason: expect.stringMatching(/^You see Countersign as somebody else/) })),
    );
    const windows = await home.sql<{ reader: string; impersonator: string; record: string | null }>(
      'select reader, impersonator, record from reading_windows where impersonator = $1',
      [ada.id],
    );
    const both = { reader: ann.id, impersonator: ada.id };
    expect(windows).toEqual(
      expect.arrayContaining([expect.objectContaining(both), expect.objectContaining({ ...both, record: `Timecard:${card?.id}` })]),
    );
    await home.sql("update reading_windows set closes_at = now() - interval '1 minute' where impersonator = $1", [ada.id]);
    const client = createClient({ url: home.url, token: await home.token(ann.email) });
    onTestFinished(client.close);
    const others = async () => {
      const { events } = await client.trpc.audit.page.query({ subject: ann.id, withoutActor: ann.id, area: 'reading', limit: 50 });
      return events.map(({ actor, impersonator }) => `${actor.name} (by ${impersonator?.name})`);
    };
    await eventually(
      async () =>
        (await others()).includes(`Person1 worker (by Ada admin)`) || (await others()).some((who) => who.endsWith('(by Ada admin)')),
    );
  });

  test('AC-7: so does whatever else is shown meanwhile: lists, notices, sessions; one window of it all, and an event that names each', async () => {
    const ann = await home.person('worker');
    const queriesOf = async () =>
      (
        await home.sql<{ filters: { query: string }[] }>("select filters from reading_windows where view = 'as_another' and reader = $1", [
          ann.id,
        ])
      )
        .flatMap(({ filters }) => filters.map(({ query }) => query))
        .toSorted();
    const own = await home.token(ann.email);
    for (const path of ['/api/timecards', '/api/auth/sessions']) expect((await ask(path, { cookie: own })).status).toBe(200);
    expect(await queriesOf()).toEqual([]);
    const { token } = await seeing(ann);
    const socket = await openSocket(home.url, token);
    onTestFinished(socket.close);
    const follows = socket.follow('notifications.live', {});
    const paths = [
      '/api/timecards',
      '/api/people',
      '/api/auth/sessions',
      '/api/auth/providers',
      '/api/notifications',
      '/api/exports/of-mine',
    ];
    expect((await ask('/api/imports', { cookie: token })).status, 'what is refused shows nothing').toBe(403);
    const shown = await Promise.all(paths.map((path) => ask(path, { cookie: token })));
    expect(shown.map(({ status, text }) => (status === 200 ? 200 : text))).toEqual(paths.map(() => 200));
    await eventually(() => follows.text() !== '');
    const names = [
      'exports.ofMine',
      'notifications.list',
      'notifications.live',
      'people.list',
      'providers.list',
      'sessions.list',
      'timecards.list',
    ];
    await eventually(async () => (await queriesOf()).length === names.length);
    expect(await queriesOf()).toEqual(names);
    await home.sql("update reading_windows set closes_at = now() - interval '1 minute' where reader = $1", [ann.id]);
    const client = createClient({ url: home.url, token: own });
    onTestFinished(client.close);
    const told = async () =>
      (await client.trpc.audit.page.query({ subject: ann.id, withoutActor: ann.id, action: ['read_as_another'], limit: 5 })).events;
    await eventually(async () => (await told()).length > 0);
    expect(await told()).toMatchObject([
      { actor: { id: ann.id }, impersonator: { id: ada.id }, root: { type: 'User', id: ann.id }, metadata: { times: 7, queries: names } },
    ]);
  });

  test('AC-7 AUD-35: an export through a manager’s eyes is told of under both names, to the manager too', async () => {
    const [omar, wanda, site] = [await home.person('manager', 'Omar'), await home.person('worker', 'Wanda'), await home.site()];
    for (const { id } of [omar, wanda])
      await home.sql(
        `insert into timecard_headers (id, person_id, site_id, time_zone, period_start, period_end, status)
          values (gen_random_uuid(), $1, $2, 'UTC', '2026-01-05', '2026-01-05', 'draft')`,
        [id, site],
      );
    const { token } = await seeing(omar);
    expect((await ask('/api/timecards/export', { cookie: token })).status).toBe(200);
    for (const { email } of [omar, wanda]) {
      const client = createClient({ url: home.url, token: await home.token(email) });
      onTestFinished(client.close);
      const { data } = await client.trpc.exports.ofMine.query({});
      expect(data.map(({ by, through }) => [by.name, through?.name])).toEqual([['Ada admin', 'Omar manager']]);
    }
    const observing = createClient({ url: home.url, token: observer });
    onTestFinished(observing.close);
    // Found by either's name.
    for (const actor of [omar.id, ada.id]) {
      const { events } = await observing.trpc.audit.page.query({ actor, action: ['timecards_exported', 'timecards_export_finished'] });
      expect(events.map(({ action, actor: { name }, impersonator }) => [action, name, impersonator?.name])).toEqual([
        ['timecards_export_finished', 'Omar manager', 'Ada admin'],
        ['timecards_exported', 'Omar manager', 'Ada admin'],
      ]);
    }
  });

  test('AC-7: what is done as somebody else is on everybody’s live feed with both names, found by either; following it is recorded with both', async () => {
    const ann = await home.person('worker', 'Ann');
    const { token } = await seeing(ann);
    const [watching, looking] = [await openSocket(home.url, observer), await openSocket(home.url, token)];
    onTestFinished(watching.close);
    onTestFinished(looking.close);
    const feeds = [{ actor: ada.id }, { actor: ann.id }, { withoutActor: ada.id }].map((filter) =>
      watching.follow('audit.live', { ...filter, area: 'people', lastEventId: '0' }),
    );
    const own = looking.follow('audit.live', { lastEventId: '0' });
    await eventually(
      async () => (await home.sql('select from reading_windows where reader = $1 and impersonator = $2', [ann.id, ada.id])).length === 1,
    );
    const em = home.system.orm.em.fork();
    const setting = em.create(Setting, { name: 'writeAsAnother', value: true });
    await em.flush();
    onTestFinished(() => em.remove(setting).flush());
    expect((await ask('/api/notifications/preferences', { cookie: token, body: { quiet: true }, method: 'PATCH' })).status).toBe(200);
    const both = /"actor":\{[^}]*"name":"Ann worker"[^}]*\},"impersonator":\{"id":"[^"]+","name":"Ada admin"\}/;
    await eventually(() => [...feeds.slice(0, 2), own].every(({ text }) => both.test(text())));
    expect(feeds[2]?.text()).not.toMatch(both);
  });

  test('AC-7: it ends by itself: by time, with a sign-out of either, with either’s rights; the session is given back with another token', async () => {
    const ends = async (person: { id: string; email: string }, end: (token: string, own: string) => Promise<unknown>, how: string) => {
      const { own, token } = await seeing(person);
      expect((await ask('/api/me', { cookie: token })).status).toBe(200);
      await end(token, own);
      expect((await ask('/api/me', { cookie: token })).status).toBe(401);
      await endOverSights(home.system.orm.em);
      expect((await eventsAbout(person.id, ['impersonation_ended'])).at(-1)).toMatchObject({ metadata: { by: ada.id, how } });
      return token;
    };
    const [ann, bob, cem, dan, eve] = await Promise.all(Array.from({ length: 5 }, () => home.person('worker')));
    if (!ann || !bob || !cem || !dan || !eve) throw new Error('nobody is there');
    const token = await ends(ann, () => over(ann.id), 'time');
    const given = await session(token);
    expect(given).toMatchObject({ user: { id: ada.id }, sight: null });
    expect(tokenIn(given.answer)).not.toBe(token);
    const annAgain = tokenIn(given.answer);
    expect((await ask('/api/users', { cookie: annAgain })).status).toBe(200);
    await ends(bob, async () => ask('/api/auth/sign-out', { cookie: tokenIn(await signIn(home.url, bob.email)), body: {} }), 'signed_out');
    await ends(cem, () => home.sql("update profiles set role = 'manager' where id = $1", [cem.id]), 'rights_changed');
    await ends(dan, (seen) => ask('/api/auth/sign-out', { cookie: seen, body: {} }), 'signed_out');
    await ends(
      eve,
      async () => {
        await home.sql("update profiles set role = 'manager' where id = $1", [ada.id]);
      },
      'rights_changed',
    );
    await home.sql("update profiles set role = 'admin' where id = $1", [ada.id]);
  });

  test('AC-7 AUD-22: open sockets end when it begins, when it stops, and when it is over', async () => {
    const ann = await home.person('worker');
    const own = tokenIn(await signIn(home.url, ada.email));
    const before = await openSocket(home.url, own);
    const me = { name: 'people.me', kind: 'query', input: {} } as const;
    expect((await before.call(me)).text).toContain(ada.id);
    const token = tokenIn((await ask('/api/auth/sight', { cookie: own, body: { user: ann.id, reason: 'to see' } })).answer);
    expect(await before.closed).toBe(4003);
    const during = await openSocket(home.url, token);
    expect((await during.call(me)).text).toContain(ann.id);
    await over(ann.id);
    expect(await during.closed).toBe(4003);
  });

  test('AC-7: several tabs end it once, by the admin; each goes on with the token that the browser has then', async () => {
    const [ann, bob] = [await home.person('worker'), await home.person('worker')];
    const stop = (cookie: string) => ask('/api/auth/sight/stop', { cookie, body: {} });
    const first = await seeing(ann);
    const tabs = await Promise.all([stop(first.token), stop(first.token)]);
    const back = tabs.map(({ answer }) => answer.headers.get('set-cookie')).find((cookie) => cookie !== null) ?? '';
    const token = /countersign_session=([^;]+)/.exec(back)?.[1] ?? '';
    // A tab that comes later with the token before is told to try again, by which time it has the other one.
    for (const late of [await stop(first.token), await ask('/api/session', { cookie: first.token })])
      expect([late.status, late.text]).toEqual([409, expect.stringContaining('SESSION_RENEWED')]);
    expect([(await stop(token)).status, (await session(token)).user?.id]).toEqual([200, ada.id]);
    const second = await seeing(bob);
    await over(bob.id);
    const given = await stop(second.token);
    expect([given.status, (await session(tokenIn(given.answer))).user?.id]).toEqual([200, ada.id]);
    for (const { id } of [ann, bob]) {
      const ended = await eventsAbout(id, ['impersonation_ended']);
      expect(ended.map(({ by }) => by)).toEqual([ada.id]);
    }
  });

  test('AC-7: what was under way as oneself while it began in another tab is not to be repeated as somebody else; reads go on', async () => {
    const ann = await home.person('worker');
    await writing(async () => {
      const { own, token } = await seeing(ann);
      // However slow this machine is.
      await home.sql("update sessions set expires_at = now() + interval '1 hour' where renewed_at is not null and user_id = $1", [ada.id]);
      const changes = [
        await ask('/trpc/notifications.readAll', { cookie: own, body: { upTo: 1 } }),
        await ask('/api/notifications/preferences', { cookie: own, body: { quiet: true }, method: 'PATCH' }),
        await ask('/api/auth/sign-out-everywhere', { cookie: own, body: {} }),
      ];
      for (const { status, text } of changes)
        expect([status, text]).toEqual([403, expect.stringMatching(/another tab.*Nothing was changed/)]);
      expect((await ask('/api/me', { cookie: own })).status).toBe(200);
      // Once it is oneself again, what was under way then is repeated as oneself.
      await ask('/api/auth/sight/stop', { cookie: token, body: {} });
      expect((await ask('/trpc/notifications.readAll', { cookie: own, body: { upTo: 1 } })).text).toContain('SESSION_RENEWED');
    });
  });

  test('AC-7 AUD-22: where a program’s session turns on another node, what it has open here ends', async () => {
    const ann = await home.person('worker');
    const own = await home.token(ada.email);
    const socket = await openSocket(home.url, own);
    expect((await socket.call({ name: 'people.me', kind: 'query', input: {} })).text).toContain(ada.id);
    const viewer = await loadViewer(home.system.orm.em, ada.id);
    if (!viewer) throw new Error('Ada is gone');
    const turning = { viewer, session: hashOfToken(own), renew: false, user: ann.id, reason: 'to see' };
    await withContext({ actor: user(ada.id) }, () => startSight(home.system.orm.em, turning));
    expect(await socket.closed).toBe(4003);
  });

  test('AUD-25: whoever looks as somebody else isn’t there as them', async () => {
    const ann = await home.person('worker');
    const site = await home.site();
    const [card] = await home.sql<{ id: string }>(
      `insert into timecard_headers (id, person_id, site_id, time_zone, period_start, period_end, status)
       values (gen_random_uuid(), $1, $2, 'UTC', '2026-01-05', '2026-01-05', 'draft') returning id`,
      [ann.id, site],
    );
    const { token } = await seeing(ann);
    const seen = await openSocket(home.url, token);
    onTestFinished(seen.close);
    const watched = seen.follow('presence.live', { root: `Timecard:${card?.id}` });
    await eventually(() => watched.text().includes('"people":[]'));
    expect(await home.sql('select 1 from presences where person = $1', [ann.id])).toEqual([]);
  });
});
