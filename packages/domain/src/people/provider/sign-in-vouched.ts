import type { EntityManager } from '@mikro-orm/postgresql';
import { changeSet } from '@countersign/audit/context';
import { mailAddress } from '../mail-address.rules.ts';
import { type Cause, orRefused, recordFailure, refusalFor } from '../session/overtaken.ts';
import { enter, type Entered } from '../second-factor/enter.ts';
import { User } from '../user.ts';
import { stateOf } from './link-account.ts';
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

/** Who it is, or why nobody: then of whom that is to be told. */
type Found =
  | { readonly user: User; readonly link: 'stands' | 'to be made'; readonly cause: null }
  | { readonly user: User | null; readonly cause: Cause };

/**
 * Lets in whom a provider vouches for: whoever its account is linked to. To a session, or to the second step where they have a second factor here and weren't asked for one there. The first time it is linked to the active account, or to
 * the open invitation, that has the verified mail address: with the session, and so not before the second step. Nobody gets an account by signing in. That somebody signed in,
 * or tried to and was refused, is recorded.
 * @throws Refusal UNAUTHORIZED, in the same words for an address that nobody has, that isn't verified, or that is linked otherwise.
 */
export function signInVouched(em: EntityManager, vouched: Vouched): Promise<Entered> {
  return changeSet('session.begin', async () => {
    const found = await whoIs(em.fork(), vouched);
    if (found.cause !== null) {
      await recordFailure(em, { method: 'oidc', ...found });
      throw refusalFor('oidc', found.cause);
    }
    const { issuer, subject, secondFactor } = vouched;
    const provider = found.link === 'stands' ? { issuer, subject: null } : { issuer, subject, address: found.user.email };
    return orRefused(em, 'oidc', () =>
      enter(em, { user: found.user, method: 'oidc', rests: { provider }, secondFactorThere: secondFactor }),
    );
  });
}

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
