import { UniqueConstraintViolationException, type EntityManager } from '@mikro-orm/postgresql';
import { record } from '@countersign/audit/record';
import { now } from '../../clock.ts';
import { command } from '../../definition.ts';
import { Refusal } from '../../errors.ts';
import { mailLink } from '../../messages/link-mail.ts';
import { mailIsTaken } from '../account.ts';
import { changedMeanwhile, changeUser, holdRights, theUser } from '../users/acting-admin.ts';
import { Credential } from '../credential.ts';
import { invitationLinkTaken } from './invitation-actions.ts';
import { Invitation } from './invitation.ts';
import { drawPath, endLinks, OneTimeLink } from '../one-time-link.ts';
import { MATRIX, type Viewer } from '../rights/permissions.ts';
import { ProviderLink } from '../provider/provider-link.ts';
import { pageOf, tellAdmins } from '../rights/rights-notices.ts';
import { ROLE_LABELS, roleText, User } from '../user.ts';
import { presentUser } from '../users/users.queries.ts';
import { inviteInput, invitationLinkInput, invitationLinkView, resendInput, userView, versioned } from '../users/users.views.ts';
import { seesEverybody } from '../viewer.ts';

/** How long somebody has to accept. Milliseconds. */
const LIFETIME = 7 * 24 * 3_600_000;

/** The page on which an invitation is accepted. */
const PAGE = '/invitation';

export const inviteUser = command({
  name: 'users.invite',
  summary: 'Invite somebody, who signs in for the first time by a link that works once',
  input: inviteInput,
  output: userView,
  rest: { method: 'POST', path: '/api/users' },
  permission: MATRIX.users,
  run: async (profile, { em, viewer }) => {
    try {
      const id = await em.transactional(async (tx) => {
        await holdRights({ em: tx, viewer });
        const user = tx.create(User, { ...profile, phoneNumber: profile.phoneNumber || null });
        await sendInvitation(tx, { user, viewer });
        if (seesEverybody(user))
          await tellAdmins(tx, {
            by: viewer.id,
            title: 'Somebody who will see everybody’s records was invited',
            details: [{ label: 'As', text: roleText(user) }],
            reason: null,
            path: pageOf(user),
          });
        return user.id;
      });
      return await presentUser(em, id);
    } catch (cause) {
      throw cause instanceof UniqueConstraintViolationException ? mailIsTaken() : cause;
    }
  },
});

export const resendInvitation = command({
  name: 'users.resendInvitation',
  summary: 'Send the invitation of a user again, with a new link',
  input: resendInput,
  output: userView,
  rest: { method: 'POST', path: '/api/users/{id}/invitation' },
  permission: MATRIX.users,
  run: async ({ id, version }, { em, viewer }) => {
    await em.transactional(async (tx) => {
      await holdRights({ em: tx, viewer });
      const user = await theUser(tx, id);
      if (user.disabledAt) throw new Refusal('CONFLICT', 'This account is disabled.', 'Enable it, and send the invitation then.');
      await refuseWithPassword(tx, id);
      const invitation = await tx.findOne(Invitation, { user: id });
      if ((invitation?.version ?? null) !== version) throw changedMeanwhile();
      await sendInvitation(tx, { user, viewer, invitation });
    });
    return presentUser(em, id);
  },
});

export const withdrawInvitation = command({
  name: 'users.withdrawInvitation',
  summary: 'Withdraw an invitation: its links open nothing any more, and the account is disabled',
  input: versioned,
  output: userView,
  rest: { method: 'POST', path: '/api/users/{id}/invitation/withdraw' },
  permission: MATRIX.users,
  run: async (which, call) => {
    await changeUser(call, which, async (em, user) => {
      await refuseAccepted(em, user.id);
      const invitation = await em.findOne(Invitation, { user: user.id });
      if (!invitation || invitation.withdrawnAt) throw changedMeanwhile();
      user.disabledAt = now();
      await withdraw(em, invitation);
    });
    return presentUser(call.em, which.id);
  },
});

export const takeInvitationLink = command({
  name: 'users.invitationLink',
  summary: 'Take a link of an open invitation, to bring it by another way than mail',
  input: invitationLinkInput,
  output: invitationLinkView,
  rest: { method: 'POST', path: '/api/users/{id}/invitation/link' },
  permission: MATRIX.users,
  run: ({ id }, { em, viewer }) =>
    em.transactional(async (tx) => {
      await holdRights({ em: tx, viewer });
      const user = await theUser(tx, id);
      await refuseAccepted(tx, id);
      const invitation = await tx.findOne(Invitation, { user: id });
      if (!invitation || invitation.withdrawnAt || invitation.expiresAt <= now())
        throw new Refusal('CONFLICT', 'This invitation is over.', 'Send it again, and take the link then.');
      // Beside the one in the mail, which goes on working: whichever is used first ends the other.
      const link = tx.create(OneTimeLink, { user, purpose: 'invitation', path: PAGE, expiresAt: invitation.expiresAt });
      const path = drawPath(link);
      const expiresAt = invitation.expiresAt.toISOString();
      await record(tx, invitationLinkTaken, { about: user, metadata: { expires_at: expiresAt } });
      return { path, expiresAt };
    }),
});

interface Sending {
  readonly user: User;
  readonly viewer: Viewer;
  /** The one that is sent again. */
  readonly invitation?: Invitation | null;
}

/** Opens the invitation for another seven days, and puts the mail with its link into the outbox; earlier links end. */
export async function sendInvitation(em: EntityManager, { user, viewer, invitation = null }: Sending): Promise<void> {
  const at = now();
  const expiresAt = new Date(at.getTime() + LIFETIME);
  if (invitation) Object.assign(invitation, { sentAt: at, expiresAt, withdrawnAt: null });
  else em.create(Invitation, { user, sentAt: at, expiresAt });
  await endLinks(em, user.id, 'invitation');
  const link = em.create(OneTimeLink, { user, purpose: 'invitation', path: PAGE, expiresAt });
  const details = [
    { label: 'As', text: ROLE_LABELS[user.role] },
    { label: 'Sign in with', text: user.email },
    // How that is, a password or a provider, the page says: it rests on what is set up when the link is opened.
    { label: 'The link', text: 'leads to where you sign in for the first time. It opens until you have, for seven days.' },
  ];
  mailLink(em, { person: user, link, told: { title: 'You are invited to Countersign', details, by: viewer.name } });
}

/** Whether it waits to be accepted. */
export const isInvited = ({ acceptedAt, withdrawnAt, expiresAt }: Invitation): boolean => !acceptedAt && !withdrawnAt && expiresAt > now();

/** Ends an invitation that nobody has accepted, and its links. Saved when the caller flushes. */
export async function withdraw(em: EntityManager, invitation: Invitation): Promise<void> {
  invitation.withdrawnAt ??= now();
  await endLinks(em, invitation.user.id, 'invitation');
}

async function refuseWithPassword(em: EntityManager, user: string): Promise<void> {
  if (await em.count(Credential, { user }))
    throw new Refusal('CONFLICT', 'This person has a password already.', 'Read the page again: the invitation was accepted.');
}

/**
 * Whoever signs in by a provider has no password, and may be sent an invitation to choose one, by mail: in an admin's hand its link
 * would open their account.
 */
async function refuseAccepted(em: EntityManager, user: string): Promise<void> {
  await refuseWithPassword(em, user);
  if ((await em.count(ProviderLink, { user })) || (await em.count(Invitation, { user, acceptedAt: { $ne: null } })))
    throw new Refusal('CONFLICT', 'This person signs in already.', 'Send the invitation by mail, for them to choose a password.');
}
