import { UniqueConstraintViolationException, type EntityManager } from '@mikro-orm/postgresql';
import { changeSet } from '@countersign/audit/context';
import type { MetadataOf } from '@countersign/audit/manual-action';
import { record } from '@countersign/audit/record';
import { now } from '../../clock.ts';
import { Refusal } from '../../errors.ts';
import { notify } from '../../messages/notify.ts';
import { accountChanged } from '../account-notices.ts';
import { accountState } from '../account-state.rules.ts';
import { Credential } from '../credential.ts';
import { accountDisabled } from '../disabled-account.ts';
import { Invitation } from '../invitation.ts';
import { mailAddress } from '../mail-address.rules.ts';
import { endLinks } from '../one-time-link.ts';
import { enter, type Entered } from '../second-factor/enter.ts';
import { signInFailed } from '../session-actions.ts';
import { User } from '../user.ts';
import { ProviderLink } from './provider-link.ts';

/** Whom a provider vouches for: what stands in a token that was checked. */
export interface Vouched {
  readonly issuer: string;
  /** What the provider calls the account, for good. */
  readonly subject: string;
  /** As it is at the provider at this moment; null where it doesn't say. */
  readonly email: string | null;
  /** Whether the provider has seen that the address is theirs. */
  readonly emailVerified: boolean;
  /** Whether it says that it asked for a second factor. */
  readonly secondFactor: boolean;
}

type Cause = MetadataOf<typeof signInFailed>['cause'];

/** Who it is, or why nobody: then of whom that is to be told. */
type Found =
  | { readonly user: User; readonly link: 'stands' | 'to be made'; readonly cause: null }
  | { readonly user: User | null; readonly cause: Cause };

/**
 * Lets in whom a provider vouches for: whoever its account is linked to. To a session, or to the second step where they have a second factor here and weren't asked for one there. The first time it is linked to the active account, or to
 * the open invitation, that has the verified mail address. Nobody gets an account by signing in. That somebody signed in,
 * or tried to and was refused, is recorded.
 * @throws Refusal UNAUTHORIZED, in the same words for an address that nobody has, that isn't verified, or that is linked otherwise.
 */
export function signInVouched(em: EntityManager, vouched: Vouched): Promise<Entered> {
  return changeSet('session.begin', async () => {
    const found = await whoIs(em.fork(), vouched);
    if (found.cause !== null) {
      await recordFailure(em, found.cause, found.user);
      throw refusalFor(found.cause);
    }
    const { user } = found;
    const also = (tx: EntityManager) => (found.link === 'to be made' ? link(tx, user, vouched) : Promise.resolve());
    return enter(em, { user, method: 'oidc', byProvider: vouched.secondFactor, also }).catch(asConflict);
  });
}

/** That a provider's answer was refused, before anybody knew whose it is; or whose it is, and why not. */
export const recordFailure = (em: EntityManager, cause: Cause, user: User | null = null): Promise<void> =>
  record(em.fork(), signInFailed, { metadata: { method: 'oidc', cause }, ...(user && { about: user }) });

async function whoIs(em: EntityManager, { issuer, subject, email, emailVerified }: Vouched): Promise<Found> {
  const linked = await em.findOne(ProviderLink, { issuer, subject }, { populate: ['user'] });
  if (linked) return linked.user.disabledAt ? { user: linked.user, cause: 'disabled' } : { user: linked.user, link: 'stands', cause: null };
  const user = email === null ? null : await em.findOne(User, { email: mailAddress(email) });
  if (!user) return { user, cause: 'unknown_address' };
  if (!emailVerified) return { user, cause: 'unverified_address' };
  // The address has passed to another account there: whose it was keeps theirs.
  if (await em.count(ProviderLink, { user: user.id, issuer })) return { user, cause: 'linked_otherwise' };
  const state = await stateOf(em, user);
  if (state === 'disabled') return { user, cause: 'disabled' };
  return state === 'active' || state === 'invited' ? { user, link: 'to be made', cause: null } : { user, cause: 'not_invited' };
}

async function stateOf(em: EntityManager, { id, disabledAt = null }: User) {
  const invitation = await em.findOne(Invitation, { user: id });
  const hasSignIn = (await em.count(Credential, { user: id })) + (await em.count(ProviderLink, { user: id })) > 0;
  return accountState(
    { disabledAt, hasSignIn, invitation: invitation && { expiresAt: invitation.expiresAt, withdrawnAt: invitation.withdrawnAt ?? null } },
    now(),
  );
}

/** Links the account, and accepts the invitation where one is open; its owner is told. Done by them: nobody else has their address. */
async function link(tx: EntityManager, user: User, { issuer, subject }: Vouched): Promise<void> {
  const invitation = await tx.findOne(Invitation, { user: user.id, acceptedAt: null, withdrawnAt: null });
  if (invitation) invitation.acceptedAt = now();
  await endLinks(tx, user.id, 'invitation');
  tx.create(ProviderLink, { user: user.id, issuer, subject });
  await tellOfProvider(tx, user.id, `You sign in by ${new URL(issuer).host} from now on`);
  await tx.flush();
}

function asConflict(problem: unknown): never {
  if (!(problem instanceof UniqueConstraintViolationException)) throw problem;
  throw new Refusal('CONFLICT', 'Your account was linked at the same moment.', 'Try again.', { cause: problem });
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

const refusalFor = (cause: Cause): Refusal =>
  cause === 'disabled'
    ? accountDisabled()
    : new Refusal(
        'UNAUTHORIZED',
        'No account here goes with the one that you chose.',
        'Its mail address has to be the one that an admin invited, and to be verified at the provider.',
      );
