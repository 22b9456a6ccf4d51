import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { ANONYMOUS, withContext } from '@countersign/audit/context';
import { withClock } from '../../src/clock.ts';
import { Message } from '../../src/messages/message.ts';
import { listNotifications } from '../../src/messages/notification.queries.ts';
import { getMessage } from '../../src/messages/outbox.ts';
import { acceptInvitation, invitationBehind } from '../../src/people/invitation/accept-invitation.ts';
import { inviteUser, resendInvitation, takeInvitationLink, withdrawInvitation } from '../../src/people/invitation/invitation.commands.ts';
import { drawPath, forgetOldLinks, OneTimeLink } from '../../src/people/one-time-link.ts';
import { MATRIX, type Viewer } from '../../src/people/rights/permissions.ts';
import { signIn } from '../../src/people/session/sign-in.ts';
import { disableUser, enableUser } from '../../src/people/users/users.commands.ts';
import { getUser } from '../../src/people/users/users.queries.ts';
import { refusalOf } from '../timecards/cards.ts';
import { world, type World } from '../world.ts';
import { begun } from './begun.ts';

let w: World;
let admin: Viewer;
beforeAll(async () => {
  w = await world();
  admin = await w.person('admin', { firstName: 'Helena', lastName: 'Brandt' });
});
afterAll(() => w?.close());

const DAY = 24 * 3_600_000;
const WHY = 'Took another job';
const PASSWORD = 'a few words in a row';
const input = (more: object = {}) => ({
  firstName: 'Ann',
  lastName: 'Berg',
  email: `${crypto.randomUUID()}@example.com`,
  role: 'worker' as const,
  timeZone: 'Europe/Lisbon',
  ...more,
});
const invite = (more: object = {}) => w.run(inviteUser, admin, input(more));
const tokenIn = (path: string) => path.split('#')[1] ?? '';
const mailsTo = (id: string) => w.orm.em.fork().find(Message, { person: id }, { populate: ['link'], orderBy: { createdAt: 'asc' } });
/** The token that the latest mail brings, as it is drawn when that is sent. */
async function mailed(id: string): Promise<string> {
  const em = w.orm.em.fork();
  const links = await em.find(OneTimeLink, { user: id }, { orderBy: { createdAt: 'asc' } });
  const token = tokenIn(drawPath(links.at(-1) as OneTimeLink));
  await em.flush();
  return token;
}
const accept = (token: string, password = PASSWORD) =>
  withContext({ actor: ANONYMOUS, ipAddress: '192.0.2.7' }, () => acceptInvitation(w.orm.em, { token, password }));
const look = (token: string) => invitationBehind(w.orm.em, token);
const actionsOf = async (id: string) => (await w.events(`User:${id}`)).map(({ action }) => action);

describe('AC-5, AC-9: inviting', () => {
  test('AC-5: an invitation is a mail with a link, whose token stands nowhere before it is sent', async () => {
    const user = await invite({ email: 'New.Face@Example.com' });
    expect(user).toMatchObject({ email: 'new.face@example.com', state: 'invited', passwordSetAt: null, timeZone: 'Europe/Lisbon' });
    const [mail] = await mailsTo(user.id);
    expect(mail).toMatchObject({ channel: 'mail', address: 'new.face@example.com', status: 'waiting', urgent: true, path: '/invitation' });
    expect(mail?.body).toMatch(/By: Helena Brandt/);
    expect(mail?.link).toMatchObject({ purpose: 'invitation', tokenHash: null });
    // Whoever reads the outbox finds nothing that could be used.
    expect(await w.run(getMessage, admin, { id: mail?.id ?? '' })).toMatchObject({ path: null, oneTimeLink: true });
    const token = await mailed(user.id);
    const [row] = await w.sql<{ row: string }>('select l::text as row from one_time_links l where user_id = ?', [user.id]);
    expect(row?.row).not.toContain(token);
    expect(await actionsOf(user.id)).toEqual(expect.arrayContaining(['user_created', 'user_invited']));
  });

  test('AC-5: it is accepted once, by a password of one’s own, as an event of whoever accepts', async () => {
    const user = await invite();
    const token = await mailed(user.id);
    expect(await look(token)).toMatchObject({ name: 'Ann Berg', email: user.email });
    expect((await refusalOf(accept(token, 'short'))).fields?.[0]?.field).toBe('password');
    expect((await refusalOf(accept(token, user.email))).fields?.[0]?.field).toBe('password');
    const outcomes = await Promise.allSettled([accept(token), accept(token)]);
    expect(outcomes.map(({ status }) => status).toSorted()).toEqual(['fulfilled', 'rejected']);
    expect(await refusalOf(look(token))).toMatchObject({ code: 'NOT_FOUND', message: 'This invitation is over' });
    expect((await begun(signIn(w.orm.em, { email: user.email, password: PASSWORD }))).userId).toBe(user.id);
    expect(await w.run(getUser, admin, { id: user.id })).toMatchObject({ state: 'active', passwordSetAt: expect.any(String) });
    const accepted = (await w.events(`User:${user.id}`)).filter(({ ipAddress }) => ipAddress === '192.0.2.7');
    expect(new Set(accepted.map(({ changeId }) => changeId)).size).toBe(1);
    expect(accepted.map(({ action, actor }) => `${action} ${actor.id}`).toSorted()).toEqual([
      `invitation_accepted ${user.id}`,
      `password_set ${user.id}`,
    ]);
  });

  test('AC-5: after seven days it opens nothing; sent again it does for another seven, and earlier links don’t', async () => {
    const user = await invite();
    const first = await mailed(user.id);
    const later = new Date(Date.now() + 8 * DAY);
    expect(await refusalOf(withClock(later, () => look(first)))).toMatchObject({ code: 'NOT_FOUND' });
    expect(await withClock(later, () => w.run(getUser, admin, { id: user.id }))).toMatchObject({ state: 'invitation_over' });
    const again = await w.run(resendInvitation, admin, { id: user.id, version: user.invitation?.version ?? null });
    expect(again.state).toBe('invited');
    expect(await refusalOf(look(first))).toMatchObject({ code: 'NOT_FOUND' });
    expect(await look(await mailed(user.id))).toMatchObject({ email: user.email });
    expect(await mailsTo(user.id)).toHaveLength(2);
    expect((await actionsOf(user.id)).at(-1)).toBe('invitation_resent');
    // Whoever read the page before that doesn't send a third one.
    const late = w.run(resendInvitation, admin, { id: user.id, version: user.invitation?.version ?? null });
    expect(await refusalOf(late)).toMatchObject({ code: 'CONFLICT' });
  });

  test('AC-5: withdrawn, it opens nothing and the account is disabled; enabled and sent again, it does', async () => {
    const user = await invite();
    const token = await mailed(user.id);
    const withdrawn = await w.run(withdrawInvitation, admin, { id: user.id, version: user.version, reason: WHY });
    expect(withdrawn).toMatchObject({ state: 'disabled', invitation: { withdrawnAt: expect.any(String) } });
    expect(await refusalOf(accept(token))).toMatchObject({ code: 'NOT_FOUND' });
    const events = (await w.events(`User:${user.id}`)).slice(-2).map(({ action, reason }) => `${action}: ${reason}`);
    expect(events.toSorted()).toEqual([`invitation_withdrawn: ${WHY}`, `user_deactivated: ${WHY}`]);
    const version = withdrawn.invitation?.version ?? null;
    expect(await refusalOf(w.run(resendInvitation, admin, { id: user.id, version }))).toMatchObject({
      message: 'This account is disabled.',
    });
    await w.run(enableUser, admin, { id: user.id, version: withdrawn.version, reason: 'Came back' });
    expect(await w.run(resendInvitation, admin, { id: user.id, version })).toMatchObject({ state: 'invited' });
    await accept(await mailed(user.id));
  });

  test('AC-5: disabling somebody who was invited withdraws the invitation with it', async () => {
    const user = await invite();
    const token = await mailed(user.id);
    await w.run(disableUser, admin, { id: user.id, version: user.version, reason: WHY });
    expect(await refusalOf(look(token))).toMatchObject({ code: 'NOT_FOUND' });
    expect(await actionsOf(user.id)).toContain('invitation_withdrawn');
  });

  test('AC-5: an admin can take a link to hand over, which is recorded; used, it ends the one in the mail', async () => {
    const user = await invite();
    const inMail = await mailed(user.id);
    const { path } = await w.run(takeInvitationLink, admin, { id: user.id });
    expect(path).toMatch(/^\/invitation#[\w-]{43}$/);
    expect(await look(inMail)).toMatchObject({ email: user.email });
    await accept(tokenIn(path));
    expect(await refusalOf(look(inMail))).toMatchObject({ code: 'NOT_FOUND' });
    expect((await w.events(`User:${user.id}`)).find(({ action }) => action === 'invitation_link_taken')).toMatchObject({
      actor: { id: admin.id },
      subject: user.id,
    });
    for (const attempt of [
      () => w.run(takeInvitationLink, admin, { id: user.id }),
      () => w.run(resendInvitation, admin, { id: user.id, version: user.invitation?.version ?? null }),
      () => w.run(withdrawInvitation, admin, { id: user.id, version: user.version, reason: WHY }),
    ])
      expect(await refusalOf(attempt())).toMatchObject({ code: 'CONFLICT', message: 'This person has a password already.' });
  });

  test('AC-8: a mail address that somebody has, and whatever else is wrong, is named with its field', async () => {
    const user = await invite();
    expect((await refusalOf(invite({ email: user.email.toUpperCase() }))).fields).toEqual([
      { field: 'email', message: 'Somebody with this mail address exists already.' },
    ]);
    await expect(invite({ email: 'nobody', level: 9, timeZone: 'Mars/Olympus' })).rejects.toThrow(/mail address/);
  });

  test('AC-3: inviting somebody who will see everything is told to every other admin; inviting a worker isn’t', async () => {
    const other = await w.person('admin');
    const told = async () =>
      (await w.run(listNotifications, other, {})).data.filter(({ kind }) => kind === 'rights_changed').map(({ title }) => title);
    await invite();
    expect(await told()).toEqual([]);
    await invite({ role: 'admin' });
    expect(await told()).toEqual(['Somebody who will see everybody’s records was invited']);
  });

  test('AC-9: admins alone invite', () => {
    for (const { permission } of [inviteUser, resendInvitation, withdrawInvitation, takeInvitationLink])
      expect(permission).toBe(MATRIX.users);
  });

  test('links that have been over for long are forgotten, with the messages kept', async () => {
    const user = await invite();
    await withClock(new Date(Date.now() + 200 * DAY), () => forgetOldLinks(w.orm.em));
    expect(await w.orm.em.fork().count(OneTimeLink, { user: user.id })).toBe(0);
    expect(await mailsTo(user.id)).toMatchObject([{ link: null }]);
  });
});
