import { UniqueConstraintViolationException, type EntityManager } from '@mikro-orm/postgresql';
import { now } from '../../clock.ts';
import { Refusal } from '../../errors.ts';
import { notify } from '../../messages/notify.ts';
import { accountChanged } from '../account-notices.ts';
import { type AccountState, accountState } from '../account-state.rules.ts';
import { Credential } from '../credential.ts';
import { Invitation } from '../invitation/invitation.ts';
import { endLinks } from '../one-time-link.ts';
import { Overtaken } from '../session/overtaken.ts';
import type { User } from '../user.ts';
import { ProviderLink } from './provider-link.ts';

/** By which account at a provider somebody signs in. */
export interface ByProvider {
  readonly issuer: string;
  /** What the provider calls the account, where it is to be linked with the session; null where it is linked. */
  readonly subject: string | null;
  /** By which address the account was found that it is to be linked to. */
  readonly address?: string;
}

/**
 * What belongs to a session that a provider vouches for, in its transaction: the link is made, an open invitation accepted, and its owner
 * told; or it has to stand still. Done by them: nobody else has their address. The account is held.
 * @throws Overtaken; Refusal CONFLICT where somebody links the same at the same moment.
 */
export async function linkAccount(tx: EntityManager, user: User, { issuer, subject, address = user.email }: ByProvider): Promise<void> {
  if (subject === null) {
    if (!(await tx.count(ProviderLink, { user: user.id, issuer }))) throw new Overtaken(user, 'linked_otherwise');
    return;
  }
  if (address !== user.email) throw new Overtaken(user, 'unknown_address');
  const state = await stateOf(tx, user);
  if (state !== 'active' && state !== 'invited') throw new Overtaken(user, 'not_invited');
  const invitation = await tx.findOne(Invitation, { user: user.id, acceptedAt: null, withdrawnAt: null });
  if (invitation) invitation.acceptedAt = now();
  await endLinks(tx, user.id, 'invitation');
  tx.create(ProviderLink, { user, issuer, subject });
  await tellOfProvider(tx, user.id, `You sign in by ${new URL(issuer).host} from now on`);
  await tx.flush().catch(asConflict);
}

function asConflict(problem: unknown): never {
  if (!(problem instanceof UniqueConstraintViolationException)) throw problem;
  throw new Refusal('CONFLICT', 'Your account was linked at the same moment.', 'Try again.', { cause: problem });
}

/** How the account stands. */
export async function stateOf(em: EntityManager, { id, disabledAt = null }: User): Promise<AccountState> {
  const invitation = await em.findOne(Invitation, { user: id });
  const hasSignIn = (await em.count(Credential, { user: id })) + (await em.count(ProviderLink, { user: id })) > 0;
  return accountState(
    { disabledAt, hasSignIn, invitation: invitation && { expiresAt: invitation.expiresAt, withdrawnAt: invitation.withdrawnAt ?? null } },
    now(),
  );
}

/** Tells somebody of it, in the app and by mail. Saved when the caller flushes. */
export const tellOfProvider = (em: EntityManager, person: string, title: string): Promise<void> =>
  notify(em, [
    {
      person,
      kinds: [accountChanged],
      title,
      details: [{ label: 'If that wasn’t you', text: 'Tell an admin at once.' }],
      path: '/settings/security',
    },
  ]);
