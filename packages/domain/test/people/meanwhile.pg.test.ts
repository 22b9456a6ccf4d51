import { Secret, TOTP } from 'otpauth';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { ANONYMOUS, job, user, withContext } from '@countersign/audit/context';
import { eventually } from '@countersign/testing/eventually';
import { notify } from '../../src/messages/notify.ts';
import { subscribePush } from '../../src/messages/push.commands.ts';
import { PushSubscription } from '../../src/messages/push-subscription.ts';
import { accountChanged } from '../../src/people/account-notices.ts';
import { createUser, setPassword } from '../../src/people/account.ts';
import { ApiToken } from '../../src/people/token/api-token.ts';
import { correctUser } from '../../src/people/users/correct-user.ts';
import { isKnownDevice, rememberDevice } from '../../src/people/session/known-device.ts';
import { drawPath, OneTimeLink } from '../../src/people/one-time-link.ts';
import type { Viewer } from '../../src/people/rights/permissions.ts';
import { ProviderLink } from '../../src/people/provider/provider-link.ts';
import { signInVouched } from '../../src/people/provider/sign-in-vouched.ts';
import { Responsibility } from '../../src/people/responsibility.ts';
import { askForReset, resetPassword } from '../../src/people/password/reset-password.ts';
import { changeRights } from '../../src/people/rights/rights.commands.ts';
import { settingsOf } from '../../src/people/rights/settings.ts';
import { SecondFactor } from '../../src/people/second-factor/second-factor.ts';
import { makeOffer } from '../../src/people/second-factor/offer.ts';
import { setUpFactor } from '../../src/people/second-factor/own-factor.ts';
import { sealerWith } from '../../src/people/second-factor/sealer.ts';
import { sessionOf, signIn, signOutEverywhere } from '../../src/people/session/sign-in.ts';
import { startSight, stopSight, turnBack } from '../../src/people/sight/see-as.ts';
import { mintToken } from '../../src/people/token/token-bearer.ts';
import { createToken } from '../../src/people/token/token.commands.ts';
import { changeRole, disableUser, signOutUser } from '../../src/people/users/users.commands.ts';
import { inviteUser } from '../../src/people/invitation/invitation.commands.ts';
import { acceptInvitation } from '../../src/people/invitation/accept-invitation.ts';
import { getUser } from '../../src/people/users/users.queries.ts';
import { loadViewer } from '../../src/people/viewer.ts';
import { getLimits, setLimits } from '../../src/record/unusual/unusual.commands.ts';
import { approveTimecard } from '../../src/timecards/timecard.commands.ts';
import { getTimecard } from '../../src/timecards/timecard.queries.ts';
import { broughtTo, oneDayCard } from '../timecards/cards.ts';
import { world, type World } from '../world.ts';
import { begun } from './begun.ts';

let w: World;
let admin: Viewer;
beforeAll(async () => {
  w = await world();
  admin = await w.person('admin');
});
afterAll(() => w?.close());

const PASSWORD = 'correct horse battery';
const WHY = 'a good reason';
const made = (role: 'worker' | 'admin') =>
  withContext({ actor: job('admin create') }, () =>
    createUser(w.orm.em, { firstName: 'Ann', lastName: 'Berg', email: `${crypto.randomUUID()}@example.com`, role, password: PASSWORD }),
  );
/** How many statements wait for a lock of another one. */
const waiters = async () =>
  (await w.sql("select 1 from pg_stat_activity where datname = current_database() and wait_event_type = 'Lock'")).length;
const waiting = (n: number) => eventually(async () => (await waiters()) >= n);
/** Holds what a statement holds while two begin, one behind the other. */
async function held<Result>(sql: string, params: unknown[], during: () => Promise<Result>): Promise<Result> {
  let release = () => {};
  const gate = new Promise<void>((resolve) => (release = resolve));
  let ready = () => {};
  const isHeld = new Promise<void>((resolve) => (ready = resolve));
  const tx = withContext({ actor: job('holder') }, () =>
    w.orm.em.fork().transactional(async (em) => {
      await em.execute(sql, params);
      ready();
      await gate;
    }),
  );
  await isHeld;
  try {
    return await during();
  } finally {
    release();
    await tx;
  }
}
const outcome = (work: Promise<unknown>) =>
  work.then(
    () => 'done',
    (problem: Error) => problem.message,
  );
const anonymously = <R>(work: () => Promise<R>) => withContext({ actor: ANONYMOUS }, work);
const as = <R>(id: string, work: () => Promise<R>) => withContext({ actor: user(id) }, work);
const inSession = async (role: 'worker' | 'admin') => {
  const person = await made(role);
  const session = await anonymously(() => begun(signIn(w.orm.em, { email: person.email, password: PASSWORD })));
  return { person, session, viewer: { ...((await loadViewer(w.orm.em, person.id)) as Viewer), session: session.id } };
};
const seeing = async () => {
  const one = await inSession('admin');
  const worker = await w.person('worker');
  const renewed = await as(one.person.id, () =>
    startSight(w.orm.em, { viewer: one.viewer, user: worker.id, reason: WHY, session: one.session.id, renew: true }),
  );
  if (!renewed) throw new Error('not renewed');
  return { ...one, worker, renewed };
};

/** How somebody resets their password by the link in their mail. */
async function resetting({ id, email }: { readonly id: string; readonly email: string }): Promise<() => Promise<void>> {
  await anonymously(() => askForReset(w.orm.em, email));
  const em = w.orm.em.fork();
  const token = drawPath(await em.findOneOrFail(OneTimeLink, { user: id, endedAt: null })).split('#')[1] ?? '';
  await em.flush();
  return () => anonymously(() => resetPassword(w.orm.em, { token, password: 'another horse entirely' }));
}

const sealer = sealerWith([Buffer.alloc(32, 7)]);
const TOKEN = { name: 'mine', scopes: ['signedIn'], days: 300 };
const BROWSER = { p256dh: 'k'.repeat(87), auth: 'a'.repeat(22), browser: 'Firefox' };
type Person = Awaited<ReturnType<typeof made>>;
type InSession = Awaited<ReturnType<typeof inSession>>;

describe('AC-5: what a session makes while it ends isn’t there afterwards', () => {
  const makes = {
    'a token': ({ viewer }: InSession) => w.run(createToken, viewer, TOKEN),
    'a browser that is told things': ({ viewer }: InSession) =>
      w.run(subscribePush, viewer, { ...BROWSER, endpoint: `https://push.example.com/${viewer.id}` }),
    'a second factor': ({ person, session }: InSession) => {
      const { offer, secret } = makeOffer(person, sealer);
      const confirmation = new TOTP({ secret: Secret.fromBase32(secret) }).generate();
      return as(person.id, () =>
        setUpFactor(w.orm.em, { userId: person.id, session: session.id, renew: false, sealer, proof: {}, offer, confirmation }),
      );
    },
  };
  const ends = {
    'another password': resetting,
    'signing out everywhere':
      async ({ id }: Person) =>
      () =>
        as(id, () => signOutEverywhere(w.orm.em, id)),
    'a disabled account':
      async ({ id }: Person) =>
      () =>
        w.run(disableUser, admin, { id, version: 1, reason: WHY }),
  };
  const pairs = [
    ['a token', 'another password'],
    ['a token', 'signing out everywhere'],
    ['a token', 'a disabled account'],
    ['a browser that is told things', 'another password'],
    ['a browser that is told things', 'a disabled account'],
    ['a second factor', 'another password'],
  ] as const;
  test.each(pairs)('AC-5: %s, and %s', async (what, how) => {
    const one = await inSession('worker');
    const end: () => Promise<unknown> = await ends[how](one.person);
    const [made, ended] = await held('select 1 from profiles where id = ? for no key update', [one.person.id], async () => {
      const ending = outcome(end());
      await waiting(1);
      const making = outcome(makes[what](one));
      await waiting(2);
      return [making, ending] as const;
    });
    expect([await made, await ended]).toEqual(['Your session is over.', 'done']);
    const em = w.orm.em.fork();
    const left = [ApiToken, SecondFactor].map((kind) => em.count(kind as typeof ApiToken, { user: one.person.id }));
    expect(await Promise.all([...left, em.count(PushSubscription, { person: one.person.id })])).toEqual([0, 0, 0]);
  });

  test('AC-5: a sign-in that is under way while the password is reset leaves no browser that is known', async () => {
    const one = await inSession('worker');
    const end = await resetting(one.person);
    const both = await held('select 1 from profiles where id = ? for no key update', [one.person.id], async () => {
      const ending = outcome(end());
      await waiting(1);
      const making = outcome(rememberDevice(w.orm.em, one.session, 'a browser'));
      await waiting(2);
      return [ending, making];
    });
    expect(await Promise.all(both)).toEqual(['done', 'done']);
    expect(await isKnownDevice(w.orm.em, { email: one.person.email, token: 'a browser' })).toBe(false);
  });

  test('AC-5: whoever resets their password is told nothing any more where they were signed in', async () => {
    const one = await inSession('worker');
    await makes['a browser that is told things'](one);
    await (
      await resetting(one.person)
    )();
    expect(await w.orm.em.fork().count(PushSubscription, { person: one.person.id })).toBe(0);
  });
});

describe('AC-5, AC-7: what happens to one account at the same moment', () => {
  test.each(['signOutEverywhere', 'setPassword'] as const)(
    'AC-5: a session that goes back from another’s eyes meanwhile doesn’t outlive %s',
    async (which) => {
      const { person, renewed } = await seeing();
      const [stopping, ending] = await held('select 1 from sights where by_id = ? for update', [person.id], async () => {
        const stopping = as(person.id, () => stopSight(w.orm.em, { session: renewed.id, renew: true }));
        await waiting(1);
        const ending = as<unknown>(admin.id, () =>
          which === 'setPassword' ? setPassword(w.orm.em, person.id, 'another horse entirely') : signOutEverywhere(w.orm.em, person.id),
        );
        await waiting(2);
        return [stopping, ending] as const;
      });
      const back = await stopping;
      await ending;
      expect(await sessionOf(w.orm.em, back?.token ?? '')).toBeNull();
    },
  );

  test('AC-7: whoever stops looking while they are disabled: both come to their end', async () => {
    const { person, renewed } = await seeing();
    const both = await held('select 1 from sights where by_id = ? for update', [person.id], async () => {
      const stopping = outcome(as(person.id, () => stopSight(w.orm.em, { session: renewed.id, renew: true })));
      await waiting(1);
      const ending = outcome(w.run(disableUser, admin, { id: person.id, version: 1, reason: WHY }));
      await waiting(2);
      return [stopping, ending];
    });
    expect(await Promise.all(both)).not.toContainEqual(expect.stringContaining('deadlock'));
  });

  test('AC-7: a look that is over while they sign out everywhere: both come to their end', async () => {
    const { person, renewed } = await seeing();
    await w.sql("update sights set expires_at = now() - interval '1 second' where by_id = ?", [person.id]);
    const both = await held('select 1 from sessions where id = ? for update', [renewed.id], async () => {
      const ending = outcome(as(person.id, () => signOutEverywhere(w.orm.em, person.id)));
      await waiting(1);
      const turning = outcome(anonymously(() => turnBack(w.orm.em, { token: renewed.token, renew: true })));
      await waiting(2);
      return [turning, ending];
    });
    expect(await Promise.all(both)).not.toContainEqual(expect.stringContaining('deadlock'));
  });

  test('AC-7: a program’s session whose look is over is given back once, whichever of its two requests comes first', async () => {
    const { person, viewer, session } = await inSession('admin');
    const worker = await w.person('worker');
    await as(person.id, () => startSight(w.orm.em, { viewer, user: worker.id, reason: WHY, session: session.id, renew: false }));
    await w.sql("update sights set expires_at = now() - interval '1 second' where by_id = ?", [person.id]);
    const both = await held('select 1 from profiles where id = ? for no key update', [person.id], async () => {
      const turn = () => anonymously(() => turnBack(w.orm.em, { token: session.token, renew: false })).catch(String);
      const first = turn();
      await waiting(1);
      const second = turn();
      await waiting(2);
      return [first, second];
    });
    expect(await Promise.all(both)).toEqual([{ renewed: null }, { renewed: null }]);
    expect(await sessionOf(w.orm.em, session.token)).toMatchObject({ userId: person.id, sight: null });
  });
});

/** Moves somebody's address while something else is done. */
async function moving(id: string, work: () => Promise<unknown>) {
  const { version, firstName, lastName } = await w.run(getUser, admin, { id });
  const email = `${crypto.randomUUID()}@example.com`;
  const [one, other] = await held('select 1 from profiles where id = ? for update', [id], async () => {
    const moved = outcome(w.run(correctUser, admin, { id, version, firstName, lastName, email, reason: WHY }));
    await waiting(1);
    const done = outcome(work());
    await waiting(2);
    return [moved, done];
  });
  await other;
  return one;
}

test('AC-5: a link that is asked for while the address moves opens nothing', async () => {
  const person = await made('worker');
  expect(await moving(person.id, () => anonymously(() => askForReset(w.orm.em, person.email)))).toBe('done');
  expect(await w.orm.em.fork().count(OneTimeLink, { user: person.id, endedAt: null })).toBe(0);
});

test('AC-5: a provider that vouches for the former address while it moves is linked to nobody', async () => {
  const person = await made('worker');
  const moved = await moving(person.id, () =>
    anonymously(() =>
      signInVouched(w.orm.em, {
        issuer: 'https://id.example.com',
        subject: crypto.randomUUID(),
        email: person.email,
        emailVerified: true,
        secondFactor: false,
      }),
    ),
  );
  expect(moved).toBe('done');
  expect(await w.orm.em.fork().count(ProviderLink, { user: person.id })).toBe(0);
});

test('AC-5: nobody signs in by the password alone while a second factor is set up', async () => {
  const { person, session } = await inSession('worker');
  const { offer, secret } = makeOffer(person, sealer);
  const confirmation = new TOTP({ secret: Secret.fromBase32(secret) }).generate();
  const [one, other] = await held('select 1 from profiles where id = ? for no key update', [person.id], async () => {
    const setting = as(person.id, () =>
      setUpFactor(w.orm.em, { userId: person.id, session: session.id, renew: true, sealer, proof: {}, offer, confirmation }),
    );
    await waiting(1);
    const entering = anonymously(() => signIn(w.orm.em, { email: person.email, password: PASSWORD }));
    await waiting(2);
    return [setting, entering] as const;
  });
  await one;
  expect(await other).toHaveProperty('pending');
});

test('AC-5: an invitation is accepted while its address is corrected: both come to their end', async () => {
  const profile = { firstName: 'Eve', lastName: 'Holm', email: `${crypto.randomUUID()}@example.com`, role: 'worker' as const };
  const { id, version, firstName, lastName } = await w.run(inviteUser, admin, profile);
  const em = w.orm.em.fork();
  const link = await em.findOneOrFail(OneTimeLink, { user: id });
  const token = drawPath(link).split('#')[1] ?? '';
  await em.flush();
  const both = await held('lock table credentials in share mode', [], async () => {
    // It has everything but the password, which it writes last.
    const accepting = outcome(anonymously(() => acceptInvitation(w.orm.em, { token, password: PASSWORD })));
    await waiting(1);
    const moved = outcome(
      w.run(correctUser, admin, { id, version, firstName, lastName, email: `${crypto.randomUUID()}@example.com`, reason: WHY }),
    );
    await waiting(2);
    return [accepting, moved];
  });
  expect(await Promise.all(both)).toEqual(['done', 'done']);
});

test.each([
  ['tells of something by push while a password is reset', 'tells first'],
  ['tells of something by push of whose password is being reset', 'resets first'],
])('AC-5: who %s: both come to their end', async (_, order) => {
  const { person, viewer } = await inSession('worker');
  await w.run(subscribePush, viewer, { ...BROWSER, endpoint: `https://push.example.com/${person.id}` });
  const reset = await resetting(person);
  const telling = () =>
    as(admin.id, () =>
      w.orm.em.fork().transactional((tx) => notify(tx, [{ person: person.id, kinds: [accountChanged], title: 'Something was changed' }])),
    );
  const both = await held('lock table messages in share mode', [], async () => {
    const begin = [telling, reset];
    const both: Promise<unknown>[] = [];
    for (const work of order === 'tells first' ? begin : begin.toReversed()) {
      both.push(outcome(work()));
      await waiting(both.length);
    }
    return both;
  });
  expect(await Promise.all(both)).toEqual(['done', 'done']);
  expect(await w.orm.em.fork().count(PushSubscription, { person: person.id })).toBe(0);
});

describe('AC-3, AC-5: who changes what people may', () => {
  const RIGHTS = `select pg_advisory_xact_lock(hashtextextended('rights', 0))`;
  const loosens = {
    'loosens a right': (viewer: Viewer) => w.run(changeRights, viewer, { name: 'writeAsAnother', value: true, version: null, reason: WHY }),
    'raises a limit of alerts': async (viewer: Viewer) => {
      const before = await w.run(getLimits, admin, {});
      return w.run(setLimits, viewer, { ...before, unusualRecords: before.unusualRecords + 1, before, reason: WHY });
    },
  };
  const ends = {
    'gets another role': (id: string) => w.run(changeRole, admin, { id, version: 1, role: 'worker', level: 1, reason: WHY }),
    'is disabled': (id: string) => w.run(disableUser, admin, { id, version: 1, reason: WHY }),
  };
  test.each([
    ['loosens a right', 'gets another role'],
    ['raises a limit of alerts', 'is disabled'],
  ] as const)('AC-3: nobody who %s is let through who %s while they wait', async (what, how) => {
    const second = await w.person('admin');
    const before = [await settingsOf(w.orm.em.fork()), await w.run(getLimits, admin, {})];
    const both = await held(RIGHTS, [], async () => {
      const ending = outcome(ends[how](second.id));
      await waiting(1);
      const loosening = outcome(loosens[what](second));
      await waiting(2);
      return [ending, loosening];
    });
    expect(await Promise.all(both)).toEqual(['done', 'Your role may not do this any more']);
    expect([await settingsOf(w.orm.em.fork()), await w.run(getLimits, admin, {})]).toEqual(before);
  });

  test('AC-5: two admins sign each other out at once: both do', async () => {
    const [one, other] = [await w.person('admin'), await w.person('admin')];
    const signs = (viewer: Viewer, id: string) => outcome(w.run(signOutUser, viewer, { id, reason: WHY }));
    const both = await held('lock table sessions in share mode', [], async () => {
      const both = [signs(one, other.id), signs(other, one.id)];
      await waiting(2);
      return both;
    });
    expect(await Promise.all(both)).toEqual(['done', 'done']);
  });

  test('AC-5: disabling somebody waits for nobody who merely refers to them, as a long import of their hours does', async () => {
    const { person } = await inSession('worker');
    const seen = await held('select 1 from profiles where id = ? for key share', [person.id], async () => {
      const disabling = outcome(w.run(disableUser, admin, { id: person.id, version: 1, reason: WHY }));
      let ended: string | undefined;
      void disabling.then((how) => (ended = how));
      await eventually(async () => ended !== undefined || (await waiters()) > 0);
      return { ended, disabling };
    });
    expect([seen.ended ?? 'waits', await seen.disabling]).toEqual(['done', 'done']);
  });
});

describe('AC-5: whose rights go while their command waits', () => {
  const SCOPES = ['timecardDecide'] as const;
  const tokenOf = (person: string) =>
    as(person, async () => {
      const { hash, ending } = mintToken();
      const em = w.orm.em.fork();
      const token = em.create(ApiToken, {
        user: person,
        name: 'Planner',
        hash,
        ending,
        scopes: [...SCOPES],
        expiresAt: new Date(Date.now() + 3_600_000),
      });
      await em.flush();
      return token.id;
    });
  const changed = async (act: (supervisor: Viewer) => Promise<unknown>) => {
    const themselves = await w.person('supervisor', { responsibleFor: [{ site: w.site.id }] });
    const supervisor = { ...themselves, token: { id: await tokenOf(themselves.id), scopes: SCOPES } };
    const { card, owner } = await oneDayCard(w);
    const waits = await broughtTo(w, 'submitted', { card, owner });
    const decided = await held('select 1 from timecard_headers where id = ? for update', [card.id], async () => {
      const work = outcome(w.run(approveTimecard, supervisor, { id: card.id, version: waits.version }));
      await waiting(1);
      await act(supervisor);
      return { work };
    });
    return [await decided.work, (await w.run(getTimecard, admin, { id: card.id })).status];
  };

  test('AC-5: who is disabled, gets another role, is responsible no longer, or comes with a token that is revoked, has saved nothing after that', async () => {
    const refused = ['Your account changed while this was under way.', 'submitted'];
    expect(await changed(({ id }) => w.run(disableUser, admin, { id, version: 1, reason: WHY }))).toEqual(refused);
    expect(await changed(({ id }) => w.run(changeRole, admin, { id, version: 1, role: 'worker', level: 1, reason: WHY }))).toEqual(refused);
    expect(await changed(({ id }) => w.orm.em.fork().nativeDelete(Responsibility, { holder: id }))).toEqual(refused);
    expect(await changed(({ id }) => w.orm.em.fork().nativeDelete(ApiToken, { user: id }))).toEqual(refused);
    expect(await changed(() => Promise.resolve())).toEqual(['done', 'approved']);
  });
});
