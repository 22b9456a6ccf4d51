import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { job, withContext } from '@countersign/audit/context';
import { createUser } from '../../src/people/account.ts';
import { listNotifications } from '../../src/messages/notification.queries.ts';
import { notify } from '../../src/messages/notify.ts';
import { accountChanged } from '../../src/people/account-notices.ts';
import { MATRIX, type Viewer } from '../../src/people/rights/permissions.ts';
import { correctUser } from '../../src/people/users/correct-user.ts';
import { inviteUser } from '../../src/people/invitation/invitation.commands.ts';
import { OneTimeLink } from '../../src/people/one-time-link.ts';
import { askForReset } from '../../src/people/password/reset-password.ts';
import { assignResponsibility, endResponsibility } from '../../src/people/responsibility.commands.ts';
import { Session } from '../../src/people/session/session.ts';
import { sessionOf, signIn } from '../../src/people/session/sign-in.ts';
import { User } from '../../src/people/user.ts';
import { changeRole, disableUser, enableUser, signOutUser } from '../../src/people/users/users.commands.ts';
import { getUser, listUsers } from '../../src/people/users/users.queries.ts';
import { loadViewer } from '../../src/people/viewer.ts';
import { refusalOf } from '../timecards/cards.ts';
import { world, type World } from '../world.ts';
import { begun } from './begun.ts';

let w: World;
let admin: Viewer;
let other: Viewer;
beforeAll(async () => {
  w = await world();
  admin = await w.person('admin', { firstName: 'Helena', lastName: 'Brandt' });
  other = await w.person('admin', { firstName: 'Omar', lastName: 'Khan' });
});
afterAll(() => w?.close());

const WHY = 'Works council, 12 November';
const PASSWORD = 'correct horse battery';
const withPassword = (firstName: string) =>
  withContext({ actor: job('admin create') }, () =>
    createUser(w.orm.em, { firstName, lastName: 'Berg', email: `${crypto.randomUUID()}@example.com`, role: 'worker', password: PASSWORD }),
  );
const read = (id: string) => w.run(getUser, admin, { id });
const list = (input: Parameters<typeof w.run<typeof listUsers.input, typeof listUsers.output>>[2]) => w.run(listUsers, admin, input);
const namesOf = async (input: Parameters<typeof list>[0]) => (await list(input)).data.map(({ name }) => name);
const told = async (who: Viewer) =>
  (await w.run(listNotifications, who, {})).data.filter(({ kind }) => kind === 'rights_changed').map(({ title }) => title);
const actionsOf = async (id: string) => (await w.events(`User:${id}`)).map(({ action }) => action);

describe('AC-9: the list of users', () => {
  test('AC-9: admins alone look after users', () => {
    for (const { permission } of [
      listUsers,
      getUser,
      changeRole,
      correctUser,
      disableUser,
      enableUser,
      signOutUser,
      assignResponsibility,
      endResponsibility,
    ])
      expect(permission).toBe(MATRIX.users);
    expect(Object.keys(MATRIX.users)).toEqual(['admin']);
  });

  test('is searched by words of name and mail address, narrowed by role and by how accounts stand, and paged', async () => {
    const mark = `Zed${crypto.randomUUID().slice(0, 8)}`;
    const [active, gone] = [await withPassword(mark), await withPassword(mark)];
    const supervisor = await w.person('supervisor', { firstName: mark, lastName: 'O’Neil 100%_sure' });
    await w.run(disableUser, admin, { id: gone.id, version: 1, reason: WHY });
    expect((await list({ search: mark })).pagination.total).toBe(3);
    expect(await namesOf({ search: `${mark} o’n` })).toEqual([supervisor.name]);
    expect(await namesOf({ search: active.email.toUpperCase() })).toEqual([`${mark} Berg`]);
    // What means something in a pattern means itself.
    expect(await namesOf({ search: `${mark} 100%_` })).toEqual([supervisor.name]);
    expect(await namesOf({ search: `${mark} %` })).toEqual([supervisor.name]);
    expect((await list({ search: mark, role: 'worker' })).data.map(({ state }) => state).toSorted()).toEqual(['active', 'disabled']);
    expect((await list({ search: mark, state: ['active', 'disabled'] })).data.map(({ id }) => id).toSorted()).toEqual(
      [active.id, gone.id].toSorted(),
    );
    expect((await list({ search: mark, state: 'invited' })).data.map(({ id, state }) => [id, state])).toEqual([
      [supervisor.id, 'no_password'],
    ]);
    const second = await list({ search: mark, limit: 2, offset: 2 });
    expect([second.data.length, second.pagination]).toEqual([1, { total: 3, limit: 2, offset: 2, hasMore: false }]);
  });
});

describe('AC-1, AC-9: role and level', () => {
  test('a change needs a reason, is an event with it, holds for the next look, and every other admin is told at once', async () => {
    const person = await w.person('worker');
    const changed = await w.run(changeRole, admin, { id: person.id, version: 1, role: 'supervisor', level: 3, reason: WHY });
    expect(changed).toMatchObject({ role: 'supervisor', level: 3, version: 2 });
    expect(await loadViewer(w.orm.em, person.id)).toMatchObject({ role: 'supervisor', level: 3 });
    expect((await w.events(`User:${person.id}`)).at(-1)).toMatchObject({
      action: 'user_role_changed',
      reason: WHY,
      actor: { id: admin.id },
      metadata: { previous_role: 'worker', new_role: 'supervisor', direction: 'promotion' },
    });
    expect((await told(other))[0]).toBe('Somebody’s role was changed');
    expect(await told(admin)).toEqual([]);
    await expect(w.run(changeRole, admin, { id: person.id, version: 2, role: 'worker', level: 1, reason: ' ' })).rejects.toThrow(/Say why/);
  });

  test('what is so already is no change, and nobody is told', async () => {
    const person = await w.person('worker');
    const before = [await actionsOf(person.id), await told(other)];
    await w.run(changeRole, admin, { id: person.id, version: 1, role: 'worker', level: 1, reason: WHY });
    expect([await actionsOf(person.id), await told(other)]).toEqual(before);
  });

  test('whoever read an older version is told, and changes nothing', async () => {
    const person = await w.person('worker');
    await w.run(changeRole, admin, { id: person.id, version: 1, role: 'worker', level: 2, reason: WHY });
    const late = w.run(changeRole, other, { id: person.id, version: 1, role: 'manager', level: 2, reason: WHY });
    expect(await refusalOf(late)).toMatchObject({ code: 'CONFLICT' });
    expect((await read(person.id)).role).toBe('worker');
    expect(
      await refusalOf(w.run(changeRole, admin, { id: crypto.randomUUID(), version: 1, role: 'worker', level: 1, reason: WHY })),
    ).toMatchObject({
      code: 'NOT_FOUND',
    });
  });

  test('nobody changes, disables or signs out themselves', async () => {
    const mine = { id: admin.id, version: (await read(admin.id)).version, reason: WHY };
    for (const attempt of [
      () => w.run(changeRole, admin, { ...mine, role: 'worker', level: 1 }),
      () => w.run(disableUser, admin, mine),
      () => w.run(signOutUser, admin, { id: admin.id, reason: WHY }),
    ])
      expect(await refusalOf(attempt())).toMatchObject({ code: 'FORBIDDEN' });
    expect(await loadViewer(w.orm.em, admin.id)).toMatchObject({ role: 'admin' });
  });

  test('of two admins who take each other’s role at the same moment one stays admin, and the last one stays enabled', async () => {
    const [one, two] = [await w.person('admin'), await w.person('admin')];
    const demote = (by: Viewer, whom: Viewer) => w.run(changeRole, by, { id: whom.id, version: 1, role: 'worker', level: 1, reason: WHY });
    const outcomes = await Promise.allSettled([demote(one, two), demote(two, one)]);
    const lost = outcomes.flatMap((outcome) => (outcome.status === 'rejected' ? [outcome.reason as unknown] : []));
    expect(lost).toMatchObject([{ code: 'FORBIDDEN' }]);
    const roles = (await w.orm.em.fork().find(User, { id: { $in: [one.id, two.id] } })).map(({ role }) => role).toSorted();
    expect(roles).toEqual(['admin', 'worker']);
  });
});

describe('AC-5: disabling and signing out', () => {
  test('AC-5: whoever is disabled is out everywhere at once, keeps their record, and can be enabled again', async () => {
    const person = await withPassword('Ada');
    const session = await begun(signIn(w.orm.em, { email: person.email, password: PASSWORD }));
    expect((await read(person.id)).sessions.count).toBe(1);
    const disabled = await w.run(disableUser, admin, { id: person.id, version: 1, reason: WHY });
    expect(disabled).toMatchObject({ state: 'disabled', sessions: { count: 0 } });
    expect(await sessionOf(w.orm.em, session.token)).toBeNull();
    expect(await w.orm.em.fork().count(Session, { user: person.id })).toBe(0);
    const enabled = await w.run(enableUser, admin, { id: person.id, version: disabled.version, reason: WHY });
    expect(enabled).toMatchObject({ state: 'active', disabledAt: null });
    expect((await begun(signIn(w.orm.em, { email: person.email, password: PASSWORD }))).userId).toBe(person.id);
    const events = (await w.events(`User:${person.id}`)).filter(({ actor }) => actor.id === admin.id);
    expect(events.map(({ action, reason }) => [action, reason])).toEqual(
      expect.arrayContaining([
        ['user_deactivated', WHY],
        ['signed_out_everywhere', WHY],
        ['user_reactivated', WHY],
      ]),
    );
  });

  test('AC-3: that an admin was disabled or enabled is told to every other one', async () => {
    const third = await w.person('admin');
    const { version } = await w.run(disableUser, admin, { id: third.id, version: 1, reason: WHY });
    await w.run(enableUser, admin, { id: third.id, version, reason: WHY });
    expect((await told(other)).slice(0, 2)).toEqual(['An admin was enabled', 'An admin was disabled']);
  });

  test('AC-5: an admin signs somebody out everywhere, with a reason, by an event of their own', async () => {
    const person = await withPassword('Bo');
    const session = await begun(signIn(w.orm.em, { email: person.email, password: PASSWORD }));
    await w.run(signOutUser, admin, { id: person.id, reason: 'Lost the phone' });
    expect(await sessionOf(w.orm.em, session.token)).toBeNull();
    expect((await w.events(`User:${person.id}`)).at(-1)).toMatchObject({
      action: 'signed_out_everywhere',
      actor: { id: admin.id },
      reason: 'Lost the phone',
      metadata: { sessions: 1 },
    });
  });
});

describe('AC-2: responsibilities', () => {
  test('AC-2: one that is assigned shows its holder more at once; one that is taken away, no more; both under the holder’s profile', async () => {
    const [supervisor, person] = [await w.person('supervisor'), await w.person('worker')];
    const assign = (what: { person: string } | { site: string }) =>
      w.run(assignResponsibility, admin, { holder: supervisor.id, kind: 'supervises', ...what, reason: WHY });
    await assign({ person: person.id });
    const { responsibilities } = await assign({ site: w.site.id });
    expect(responsibilities.map((one) => [one.person?.name ?? one.site?.name, one.counts])).toEqual([
      ['North Hall', true],
      [person.name, true],
    ]);
    expect((await loadViewer(w.orm.em, supervisor.id))?.responsibleFor).toEqual({ people: [person.id], sites: [w.site.id] });
    expect((await read(person.id)).heldBy).toEqual([{ id: supervisor.id, name: supervisor.name, kind: 'supervises', counts: true }]);
    await w.run(endResponsibility, admin, { id: responsibilities[1]?.id ?? '', reason: WHY });
    expect((await loadViewer(w.orm.em, supervisor.id))?.responsibleFor.people).toEqual([]);
    const events = (await w.events(`User:${supervisor.id}`)).filter(({ target }) => target?.type === 'Responsibility');
    expect(events.map(({ action, reason, subject }) => [action, reason, subject])).toEqual([
      ['responsibility_assigned', WHY, supervisor.id],
      ['responsibility_assigned', WHY, supervisor.id],
      ['responsibility_ended', WHY, supervisor.id],
    ]);
  });

  test('AC-2: what was held in an earlier role gives nothing, and says so', async () => {
    const person = await w.person('worker');
    const holder = await w.person('supervisor', { responsibleFor: [{ person: person.id }] });
    const changed = await w.run(changeRole, admin, { id: holder.id, version: 1, role: 'coordinator', level: 1, reason: WHY });
    expect(changed.responsibilities).toMatchObject([{ kind: 'supervises', counts: false }]);
    expect((await read(person.id)).heldBy).toMatchObject([{ counts: false }]);
    expect((await loadViewer(w.orm.em, holder.id))?.responsibleFor.people).toEqual([]);
  });

  test('AC-8: what can’t be held is refused in words: by role, twice, for oneself, for a site, for nobody', async () => {
    const [supervisor, coordinator, worker] = [await w.person('supervisor'), await w.person('coordinator'), await w.person('worker')];
    const assign = (holder: Viewer, kind: 'supervises' | 'coordinates', what: { person?: string; site?: string }) =>
      w.run(assignResponsibility, admin, { holder: holder.id, kind, ...what, reason: WHY });
    expect((await refusalOf(assign(worker, 'supervises', { person: coordinator.id }))).details).toMatch(/Supervisors are/);
    expect(await refusalOf(assign(supervisor, 'coordinates', { person: worker.id }))).toMatchObject({ code: 'CONFLICT' });
    expect((await refusalOf(assign(coordinator, 'coordinates', { site: w.site.id }))).fields?.[0]?.field).toBe('site');
    expect((await refusalOf(assign(supervisor, 'supervises', { person: supervisor.id }))).fields?.[0]?.field).toBe('person');
    await assign(supervisor, 'supervises', { person: worker.id });
    expect(await refusalOf(assign(supervisor, 'supervises', { person: worker.id }))).toMatchObject({ code: 'CONFLICT' });
    await expect(assign(supervisor, 'supervises', { person: worker.id, site: w.site.id })).rejects.toThrow(/a person or a site/);
    expect(await refusalOf(w.run(endResponsibility, admin, { id: crypto.randomUUID(), reason: WHY }))).toMatchObject({ code: 'NOT_FOUND' });
  });
});

describe('AC-9: names and addresses are corrected', () => {
  const corrected = async (id: string, more: Partial<Parameters<typeof correctUser.run>[0]> = {}) => {
    const { version, firstName, lastName, email, phoneNumber } = await read(id);
    return w.run(correctUser, admin, { id, version, firstName, lastName, email, phoneNumber, reason: WHY, ...more });
  };
  const mailTo = (address: string) =>
    w.sql<{ subject: string; link_id: string | null }>('select subject, link_id from messages where address = ? order by created_at', [
      address,
    ]);

  test('AC-9: a name is corrected with its reason, and nobody is signed out', async () => {
    const user = await withPassword('Ana');
    const { token } = await begun(signIn(w.orm.em, { email: user.email, password: PASSWORD }));
    expect(await corrected(user.id, { firstName: 'Anna', phoneNumber: '+49 30 1234' })).toMatchObject({
      name: 'Anna Berg',
      phoneNumber: '+49 30 1234',
    });
    const event = (await w.events(`User:${user.id}`)).at(-1);
    expect(event).toMatchObject({ action: 'member_profile_updated', reason: WHY, actor: { id: admin.id }, subject: user.id });
    expect(event?.changes.map(({ field }) => field).toSorted()).toEqual(['first_name', 'phone_number']);
    expect(await sessionOf(w.orm.em, token)).not.toBeNull();
    const { version, firstName, lastName, email } = await read(user.id);
    const unnamed = { id: user.id, firstName, lastName, email, reason: WHY };
    expect((await refusalOf(w.run(correctUser, admin, { ...unnamed, version: 1 }))).code).toBe('CONFLICT');
    // A number that isn't named stays; one that is empty goes.
    const renamed = await w.run(correctUser, admin, { ...unnamed, version, firstName: 'Annie' });
    expect(renamed.phoneNumber).toBe('+49 30 1234');
    expect((await w.run(correctUser, admin, { ...unnamed, version: renamed.version, phoneNumber: '' })).phoneNumber).toBeNull();
  });

  test('AC-5: with another address they sign in anew, former links open nothing, and the former address hears of it', async () => {
    const user = await withPassword('Ben');
    const { token } = await begun(signIn(w.orm.em, { email: user.email, password: PASSWORD }));
    await askForReset(w.orm.em, user.email);
    await w.orm.em.fork().transactional((em) => notify(em, [{ person: user.id, kinds: [accountChanged], title: 'What waits' }]));
    const email = `${crypto.randomUUID()}@example.com`;
    expect(await corrected(user.id, { email: email.toUpperCase() })).toMatchObject({ email, sessions: { count: 0 } });
    expect(await sessionOf(w.orm.em, token)).toBeNull();
    expect((await w.orm.em.fork().find(OneTimeLink, { user: user.id })).map(({ endedAt }) => endedAt === null)).toEqual([false]);
    expect((await mailTo(user.email)).at(-1)?.subject).toContain('Your mail address was changed by an admin');
    expect((await mailTo(user.email)).map(({ subject }) => subject)).not.toContain('What waits');
    expect((await mailTo(email)).map(({ subject }) => subject)).toContain('What waits');
    expect((await refusalOf(signIn(w.orm.em, { email: user.email, password: PASSWORD }))).code).toBe('UNAUTHORIZED');
    expect((await begun(signIn(w.orm.em, { email, password: PASSWORD }))).userId).toBe(user.id);
    expect(await actionsOf(user.id)).toEqual(expect.arrayContaining(['member_profile_updated', 'signed_out_everywhere']));
  });

  test('AC-5: who moves on at once has the first address told all the same: that is sent to nobody else', async () => {
    const user = await withPassword('Bea');
    const [second, third] = [`${crypto.randomUUID()}@example.com`, `${crypto.randomUUID()}@example.com`];
    await corrected(user.id, { email: second });
    await corrected(user.id, { email: third });
    const told = async (address: string) => (await mailTo(address)).map(({ subject }) => subject);
    const moved = [expect.stringContaining('Your mail address was changed by an admin')];
    expect([await told(user.email), await told(second), await told(third)]).toEqual([moved, moved, []]);
  });

  test('AC-8: an address that somebody has, or that is none, is named with its field; nothing is changed then', async () => {
    const [user, taken] = [await withPassword('Cem'), await withPassword('Dan')];
    const refused = async (email: string) => (await refusalOf(corrected(user.id, { firstName: 'Other', email }))).fields;
    expect(await refused(taken.email)).toEqual([{ field: 'email', message: 'Somebody with this mail address exists already.' }]);
    expect(await read(user.id)).toMatchObject({ firstName: 'Cem', email: user.email });
    expect(await mailTo(user.email)).toEqual([]);
    expect((await refusalOf(corrected(admin.id))).code).toBe('FORBIDDEN');
  });

  test('AC-5: an open invitation is sent to where the person is, and the one before opens nothing', async () => {
    const profile = { firstName: 'Eve', lastName: 'Holm', email: `${crypto.randomUUID()}@example.com`, role: 'worker' as const };
    const { id } = await w.run(inviteUser, admin, profile);
    const email = `${crypto.randomUUID()}@example.com`;
    expect(await corrected(id, { email })).toMatchObject({ email, state: 'invited' });
    const links = await w.orm.em.fork().find(OneTimeLink, { user: id }, { orderBy: { createdAt: 'asc' } });
    expect(links.map(({ endedAt }) => endedAt === null)).toEqual([false, true]);
    expect((await mailTo(email)).map(({ link_id }) => link_id)).toEqual([links[1]?.id]);
  });

  test('AC-9: of an admin’s address every other admin is told', async () => {
    await corrected(other.id, { email: `${crypto.randomUUID()}@example.com` });
    const third = await w.person('admin');
    await corrected(third.id, { email: `${crypto.randomUUID()}@example.com` });
    expect((await told(other))[0]).toBe('The mail address of an admin was changed');
  });
});
