import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { ANONYMOUS, job, withContext } from '@countersign/audit/context';
import type { Event } from '@countersign/audit/entry';
import { withClock } from '../../src/clock.ts';
import { Refusal } from '../../src/errors.ts';
import { createUser, setPassword, type NewUser } from '../../src/people/account.ts';
import { SESSION_LIFETIME } from '../../src/people/session/begin-session.ts';
import { Credential } from '../../src/people/credential.ts';
import { directoryOf } from '../../src/people/directory.ts';
import { listPeople, listSites, me } from '../../src/people/people.queries.ts';
import { OneTimeLink } from '../../src/people/one-time-link.ts';
import { ProviderLink } from '../../src/people/provider/provider-link.ts';
import { signInVouched } from '../../src/people/provider/sign-in-vouched.ts';
import { askForReset } from '../../src/people/password/reset-password.ts';
import { Responsibility } from '../../src/people/responsibility.ts';
import { Session } from '../../src/people/session/session.ts';
import type { Viewer } from '../../src/people/rights/permissions.ts';
import { DEFAULT_SETTINGS, Setting, settingsOf } from '../../src/people/rights/settings.ts';
import { forgetOldSessions, SESSION_IDLE, sessionOf, signIn, signOut, signOutEverywhere } from '../../src/people/session/sign-in.ts';
import { User } from '../../src/people/user.ts';
import { loadViewer, visibilityOf } from '../../src/people/viewer.ts';
import { refusalOf } from '../timecards/cards.ts';
import { begun } from './begun.ts';
import { world, type World } from '../world.ts';

let w: World;
beforeAll(async () => {
  w = await world();
});
afterAll(() => w?.close());

const asJob = <Result>(work: () => Promise<Result>) => withContext({ actor: job('admin create') }, work);
const input = (more: Partial<NewUser> = {}): NewUser => ({
  firstName: 'Ann',
  lastName: 'Berg',
  email: `${crypto.randomUUID()}@example.com`,
  role: 'worker',
  password: 'correct horse battery',
  ...more,
});
const made = (more: Partial<NewUser> = {}) => asJob(() => createUser(w.orm.em, input(more)));
const fieldsOf = (event: Event | undefined) => event?.changes.map(({ field }) => field).toSorted();
const eventsOf = async (id: string) => w.events(`User:${id}`);
/** The events of a person from the first of this action on. */
const since = async ({ id }: User, first: string) => {
  const events = await eventsOf(id);
  return events.slice(events.findIndex(({ action }) => action === first));
};

describe('AC-5: accounts and sessions', () => {
  test('AC-5: signing in by mail and password begins a session, whatever the case of the mail address', async () => {
    const user = await made({ email: 'Ann.Berg@Example.com' });
    expect(user.email).toBe('ann.berg@example.com');
    const session = await begun(signIn(w.orm.em, { email: ' ANN.berg@example.com', password: 'correct horse battery' }));
    expect(session.token).toMatch(/^[\w-]{43}$/);
    expect(await sessionOf(w.orm.em, session.token)).toEqual({
      id: session.id,
      line: session.id,
      userId: user.id,
      expiresAt: session.expiresAt,
      handedOver: null,
      secondFactor: false,
      sight: null,
    });
    // What stands in the table is no token.
    expect(await w.orm.em.fork().count(Session, { id: session.token })).toBe(0);
  });

  test('AC-5: an address that Unicode’s small letters make the same is another one: nobody signs in by it, resets by it, or gets it', async () => {
    const user = await made({ email: 'kim.frank@example.com' });
    const alike = 'im.fran@example.com'.replace('im', '\u212Aim').replace('fran@', 'fran\u212A@');
    expect(alike.toLowerCase()).toBe(user.email);
    expect((await refusalOf(signIn(w.orm.em, { email: alike, password: 'correct horse battery' }))).code).toBe('UNAUTHORIZED');
    const vouched = { issuer: 'https://id.example.com', subject: 'kim', email: alike, emailVerified: true, secondFactor: false };
    await expect(signInVouched(w.orm.em, vouched)).rejects.toThrow(Refusal);
    expect(await w.orm.em.fork().count(ProviderLink, { user: user.id })).toBe(0);
    await askForReset(w.orm.em, alike);
    expect(await w.orm.em.fork().count(OneTimeLink, { user: user.id })).toBe(0);
    expect((await refusalOf(made({ email: alike }))).fields).toEqual([
      { field: 'email', message: expect.stringContaining('“\u212A” is another character, however alike it looks') },
    ]);
    await expect(w.sql(`update profiles set email = 'KIM@example.com' where id = ?`, [user.id])).rejects.toThrow(/is_lower_case/);
  });

  test('AC-5: passwords are kept as Argon2id with the parameters that OWASP asks for', async () => {
    const user = await made();
    const { passwordHash } = await w.orm.em.fork().findOneOrFail(Credential, { user: user.id });
    expect(passwordHash).toMatch(/^\$argon2id\$v=19\$m=19456,t=2,p=1\$/);
  });

  test('AC-5: a wrong password and an unknown mail address are refused alike', async () => {
    const user = await made();
    const wrong = await refusalOf(signIn(w.orm.em, { email: user.email, password: 'not the password' }));
    const unknown = await refusalOf(signIn(w.orm.em, { email: 'nobody@example.com', password: 'not the password' }));
    expect(wrong.code).toBe('UNAUTHORIZED');
    expect([unknown.code, unknown.message, unknown.details]).toEqual([wrong.code, wrong.message, wrong.details]);
  });

  test('AC-5: somebody who was disabled neither signs in nor stays signed in', async () => {
    const user = await made();
    const session = await begun(signIn(w.orm.em, { email: user.email, password: 'correct horse battery' }));
    await asJob(async () => {
      const em = w.orm.em.fork();
      (await em.findOneOrFail(User, { id: user.id })).disabledAt = new Date();
      await em.flush();
    });
    expect(await sessionOf(w.orm.em, session.token)).toBeNull();
    expect(await loadViewer(w.orm.em, user.id)).toBeNull();
    expect((await refusalOf(signIn(w.orm.em, { email: user.email, password: 'correct horse battery' }))).message).toBe(
      'This account is disabled.',
    );
    const events = await eventsOf(user.id);
    expect(events.slice(-2).map(({ action, operation }) => [action, operation])).toEqual([
      ['user_deactivated', 'update'],
      ['sign_in_failed', 'none'],
    ]);
  });

  test('AC-5: a session ends on sign-out, here or everywhere, and for good after a while', async () => {
    const user = await made();
    const begin = () => begun(signIn(w.orm.em, { email: user.email, password: 'correct horse battery' }));
    const [first, second, third] = [await begin(), await begin(), await begin()];
    await signOut(w.orm.em, first.token);
    expect(await sessionOf(w.orm.em, first.token)).toBeNull();
    expect(await sessionOf(w.orm.em, second.token)).not.toBeNull();
    const later = (ms: number) => withClock(new Date(Date.now() + ms), () => sessionOf(w.orm.em, second.token));
    expect(await later(SESSION_IDLE - 60_000)).not.toBeNull();
    expect(await later(2 * SESSION_IDLE)).toBeNull();
    expect(await later(SESSION_LIFETIME)).toBeNull();
    await signOutEverywhere(w.orm.em, user.id);
    expect(await sessionOf(w.orm.em, third.token)).toBeNull();
  });

  test('AC-5: signing in and out are events of whoever did, with where they came from', async () => {
    const user = await made();
    const from = { actor: ANONYMOUS, channel: 'api', ipAddress: '192.0.2.7', userAgent: 'a browser' } as const;
    const session = await withContext(from, () => begun(signIn(w.orm.em, { email: user.email, password: 'correct horse battery' })));
    await withContext(from, () => signOut(w.orm.em, session.token));
    await withContext(from, () => signOut(w.orm.em, session.token)); // over: nobody signs out
    const events = await since(user, 'signed_in');
    expect(events.map(({ action }) => action)).toEqual(['signed_in', 'signed_out']);
    for (const event of events)
      expect(event).toMatchObject({
        ...from,
        actor: { kind: 'user', id: user.id },
        operation: 'none',
        subject: user.id,
        target: { type: 'User', id: user.id },
      });
    expect(events[0]?.metadata).toEqual({ method: 'password' });
  });

  test('AC-5: ending all sessions is an event of whoever did it, with their number', async () => {
    const user = await made();
    for (let i = 0; i < 2; i++) await begun(signIn(w.orm.em, { email: user.email, password: 'correct horse battery' }));
    expect(await asJob(() => signOutEverywhere(w.orm.em, user.id))).toBe(2);
    const [event] = await since(user, 'signed_out_everywhere');
    expect(event).toMatchObject({ actor: { kind: 'system', id: 'admin create' }, subject: user.id, metadata: { sessions: 2 } });
  });

  test('AC-5: who fails to sign in is recorded with why, as nobody, and without what was typed', async () => {
    const user = await made();
    const from = { actor: ANONYMOUS, ipAddress: '192.0.2.8' };
    const failing = (email: string) => withContext(from, () => refusalOf(signIn(w.orm.em, { email, password: 'Tr0ub4dor&3 twice' })));
    await failing(user.email);
    await failing('my-secret-password@example.com');
    const failures = (await w.events()).filter(({ action, ipAddress }) => action === 'sign_in_failed' && ipAddress === from.ipAddress);
    expect(failures.map(({ metadata, subject, actor }) => [metadata['cause'], subject, actor.kind])).toEqual([
      ['wrong_password', user.id, 'anonymous'],
      ['unknown_address', null, 'anonymous'],
    ]);
    expect(JSON.stringify(failures)).not.toMatch(/secret-password|Tr0ub4dor|@/);
  });

  test('AC-5: whoever can’t be recorded as signing in isn’t signed in', async () => {
    const user = await made();
    await w.sql('revoke insert on audit_inbox from domain_app');
    await w.sql('revoke insert (context, document) on audit_inbox from domain_app');
    try {
      await expect(signIn(w.orm.em, { email: user.email, password: 'correct horse battery' })).rejects.toThrow();
      expect(await w.orm.em.fork().count(Session, { user: user.id })).toBe(0);
    } finally {
      await w.sql('grant insert (context, document) on audit_inbox to domain_app');
    }
  });

  test('AC-5: old sessions are forgotten', async () => {
    const user = await made();
    await begun(signIn(w.orm.em, { email: user.email, password: 'correct horse battery' }));
    expect(await withClock(new Date(Date.now() + SESSION_LIFETIME), () => forgetOldSessions(w.orm.em))).toBeGreaterThan(0);
    expect(await w.orm.em.fork().count(Session, { user: user.id })).toBe(0);
  });

  test('AC-5: a new password ends every session, and the old one is of no use', async () => {
    const user = await made();
    const session = await begun(signIn(w.orm.em, { email: user.email, password: 'correct horse battery' }));
    await asJob(() => setPassword(w.orm.em, user.id, 'a different one entirely'));
    expect(await sessionOf(w.orm.em, session.token)).toBeNull();
    expect((await refusalOf(signIn(w.orm.em, { email: user.email, password: 'correct horse battery' }))).code).toBe('UNAUTHORIZED');
    expect((await begun(signIn(w.orm.em, { email: user.email, password: 'a different one entirely' }))).userId).toBe(user.id);
    const event = (await eventsOf(user.id)).findLast(({ action }) => action === 'password_set');
    expect(fieldsOf(event)).toEqual(['password_set_at']);
  });

  test("AC-8: every field of a new user that can't be is named", async () => {
    const refusal = await refusalOf(made({ firstName: ' ', email: 'nobody', level: 9, timeZone: 'Mars/Olympus', password: 'short' }));
    expect(refusal.code).toBe('VALIDATION_ERROR');
    expect(refusal.fields?.map(({ field }) => field)).toEqual(['first_name', 'email', 'level', 'time_zone', 'password']);
    const taken = await made();
    expect((await refusalOf(made({ email: taken.email.toUpperCase() }))).fields).toEqual([
      { field: 'email', message: 'Somebody with this mail address exists already.' },
    ]);
  });
});

describe('AC-2: who sees somebody’s profile in the log', () => {
  test('AC-2: signing in is seen by oneself, by whoever is responsible for the person, and by who sees everything; not by a site', async () => {
    const user = await made();
    const from = { actor: ANONYMOUS, ipAddress: '192.0.2.9', userAgent: 'a browser' };
    await withContext(from, () => refusalOf(signIn(w.orm.em, { email: user.email, password: 'not the password' })));
    await withContext(from, () => begun(signIn(w.orm.em, { email: user.email, password: 'correct horse battery' })));
    await w.events();
    const seen = async (viewer: Viewer | null, settings = DEFAULT_SETTINGS) => {
      const root = { root: [`User:${user.id}`], action: ['signed_in', 'sign_in_failed'] };
      const { events } = await w.open.log.after(0, root, visibilityOf(viewer as Viewer, settings), 100);
      return events.map(({ action, ipAddress }) => `${action} ${ipAddress ?? 'hidden'}`).toSorted();
    };
    const open = ['sign_in_failed 192.0.2.9', 'signed_in 192.0.2.9'];
    const masked = ['sign_in_failed hidden', 'signed_in hidden'];
    expect(await seen(await loadViewer(w.orm.em, user.id))).toEqual(masked);
    expect(await seen(await w.person('supervisor', { responsibleFor: [{ person: user.id }] }))).toEqual(masked);
    expect(await seen(await w.person('coordinator', { responsibleFor: [{ person: user.id }] }))).toEqual(masked);
    expect(await seen(await w.person('supervisor', { responsibleFor: [{ site: w.site.id }] }))).toEqual([]);
    expect(await seen(await w.person('worker'))).toEqual([]);
    const staff = await w.person('in_house');
    expect(await seen(staff)).toEqual(open);
    expect(await seen(staff, { ...DEFAULT_SETTINGS, inHouseSeesEverything: false })).toEqual([]);
    expect(await seen(await w.person('manager'))).toEqual(open);
  });
});

describe('AC-10: the record of people', () => {
  test('AC-10: names, mail and phone in changes of a profile are sensitive, and no label names a person', async () => {
    const user = await made({ phoneNumber: '+49 30 marked' });
    const em = w.orm.em.fork();
    const loaded = await em.findOneOrFail(User, { id: user.id });
    loaded.lastName = 'Marker-Lastname';
    loaded.phoneNumber = null;
    await asJob(() => em.flush());
    const event = (await eventsOf(user.id)).at(-1);
    expect(event).toMatchObject({ action: 'member_profile_updated', subject: user.id, target: { label: `User ${user.id.slice(0, 8)}` } });
    expect(fieldsOf(event)).toEqual(['last_name', 'phone_number']);
    const [stored] = await w.sql<{ row: string }>('select e::text as row from audit_event e where position = ?', [event?.position]);
    expect(stored?.row).not.toMatch(/Marker-Lastname|marked/);
    const masked = await w.open.log.event(event?.position ?? 0, { everything: true, keys: [], sensitive: false });
    expect(masked?.changes).toEqual([
      { field: 'last_name', hidden: true },
      { field: 'phone_number', hidden: true },
    ]);
  });

  test('a change of role or level is user_role_changed, with both steps, its direction and who did it', async () => {
    const user = await made({ role: 'worker', level: 2 });
    const admin = await w.person('admin');
    const change = (parts: Partial<Pick<User, 'role' | 'level' | 'firstName'>>) =>
      withContext({ actor: { kind: 'user', id: admin.id } }, async () => {
        const em = w.orm.em.fork();
        em.assign(await em.findOneOrFail(User, { id: user.id }), parts);
        await em.flush();
        return (await eventsOf(user.id)).slice(-2);
      });
    const [, promoted] = await change({ role: 'supervisor' });
    expect(promoted).toMatchObject({
      action: 'user_role_changed',
      metadata: {
        previous_role: 'worker',
        new_role: 'supervisor',
        previous_level: '2',
        new_level: '2',
        direction: 'promotion',
        changed_by: admin.id,
      },
    });
    expect((await change({ level: 1 }))[1]?.metadata).toMatchObject({ direction: 'demotion' });
    // One flush with two meanings is two events, and no field is told twice.
    const both = await change({ role: 'coordinator', firstName: 'Anna' });
    expect(both.map((event) => [event.action, fieldsOf(event)])).toEqual([
      ['user_role_changed', ['role']],
      ['member_profile_updated', ['first_name']],
    ]);
    expect(both[0]?.metadata).toMatchObject({ direction: 'change' });
  });

  test('AC-1: levels go from 1 to 5, mail addresses are lower case, for the database too', async () => {
    const user = await made();
    await expect(w.sql('update profiles set level = 6 where id = ?', [user.id])).rejects.toThrow(/profiles_level_is_one_to_five/);
    await expect(w.sql('update profiles set email = upper(email) where id = ?', [user.id])).rejects.toThrow(/profiles_email_is_lower_case/);
  });

  test('a responsibility is for a person or for a site, not for both and not for oneself', async () => {
    const [holder, person] = [await made(), await made()];
    const insert = (columns: string, values: readonly unknown[]) =>
      w.sql(
        `insert into responsibilities (id, holder_id, kind, ${columns}) values (gen_random_uuid(), ?, 'supervises', ${values.map(() => '?').join(', ')})`,
        [holder.id, ...values],
      );
    await expect(insert('person_id, site_id', [person.id, w.site.id])).rejects.toThrow(/responsibilities_person_or_site/);
    await expect(insert('person_id', [holder.id])).rejects.toThrow(/responsibilities_not_for_oneself/);
  });

  test('responsibilities are recorded, and count only for the role that they belong to', async () => {
    const person = await made();
    const supervisor = await w.person('supervisor', { responsibleFor: [{ person: person.id }, { site: w.site.id }] });
    expect(supervisor.responsibleFor).toEqual({ people: [person.id], sites: [w.site.id] });
    const em = w.orm.em.fork();
    (await em.findOneOrFail(User, { id: supervisor.id })).role = 'coordinator';
    await asJob(() => em.flush());
    expect((await loadViewer(w.orm.em, supervisor.id))?.responsibleFor).toEqual({ people: [], sites: [] });
    em.remove(await em.findOneOrFail(Responsibility, { holder: supervisor.id, person: person.id }));
    await asJob(() => em.flush());
    const events = (await w.events()).filter((event) => event.target?.type === 'Responsibility' && event.subject === supervisor.id);
    expect(events.map((event) => [event.action, event.target?.label])).toEqual([
      ['responsibility_assigned', 'Supervision of a person'],
      ['responsibility_assigned', 'Supervision of a site'],
      ['responsibility_ended', 'Supervision of a person'],
    ]);
  });

  test('a setting that was changed is recorded, and holds at once', async () => {
    expect((await settingsOf(w.orm.em)).inHouseSeesEverything).toBe(true);
    const em = w.orm.em.fork();
    const setting = em.create(Setting, { name: 'inHouseSeesEverything', value: false });
    await asJob(() => em.flush());
    expect((await settingsOf(w.orm.em)).inHouseSeesEverything).toBe(false);
    expect((await w.events()).at(-1)).toMatchObject({
      action: 'setting_changed',
      target: { label: 'Setting “In-house staff see the whole log”' },
    });
    em.remove(setting);
    await asJob(() => em.flush());
  });
});

describe('queries', () => {
  test('AC-2: people.list has only those whom the caller may see', async () => {
    const person = await made();
    const supervisor = await w.person('supervisor', { responsibleFor: [{ person: person.id }] });
    const seenBy = async (viewer: Viewer) => (await w.run(listPeople, viewer, { limit: 500 })).data.map(({ id }) => id);
    expect((await seenBy(supervisor)).toSorted()).toEqual([person.id, supervisor.id].toSorted());
    const worker = await w.person('worker');
    expect(await seenBy(worker)).toEqual([worker.id]);
    const manager = await w.person('manager');
    expect((await seenBy(manager)).length).toBe(await w.orm.em.fork().count(User));
  });

  test('AC-8: people.list answers page by page, by name, each of them once', async () => {
    const manager = await w.person('manager');
    const total = await w.orm.em.fork().count(User);
    const found: string[] = [];
    for (let offset = 0, more = true; more; offset += 3) {
      const { data, pagination } = await w.run(listPeople, manager, { limit: 3, offset });
      expect(pagination).toEqual({ total, limit: 3, offset, hasMore: offset + data.length < total });
      found.push(...data.map(({ id }) => id));
      more = pagination.hasMore;
    }
    expect(found).toEqual((await w.run(listPeople, manager, { limit: 500 })).data.map(({ id }) => id));
    expect(listPeople.input.safeParse({ limit: 501 }).success).toBe(false);
  });

  test('people.me and sites.list', async () => {
    const worker = await w.person('worker', { firstName: 'Wim', lastName: 'Sato' });
    expect(await w.run(me, worker, {})).toMatchObject({
      id: worker.id,
      name: 'Wim Sato',
      role: 'worker',
      seesEverybody: false,
      seesSensitive: false,
    });
    expect(await w.run(listSites, worker, {})).toEqual([{ id: w.site.id, name: 'North Hall', timeZone: 'Europe/Berlin' }]);
  });

  test('the directory of a database knows its people, and no ids that are none', async () => {
    const user = await made({ firstName: 'Dee', lastName: 'Rao' });
    const names = await directoryOf(w.orm.em).get([user.id, 'sequencer', crypto.randomUUID()]);
    expect([...names]).toEqual([[user.id, 'Dee Rao']]);
    expect(directoryOf(w.orm.em.fork())).toBe(directoryOf(w.orm.em));
  });
});
