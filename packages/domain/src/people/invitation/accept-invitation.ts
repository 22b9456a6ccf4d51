import type { EntityManager } from '@mikro-orm/postgresql';
import { changeSet, user as actorOf, withContext } from '@countersign/audit/context';
import { now } from '../../clock.ts';
import { Refusal } from '../../errors.ts';
import { refuseWeak } from '../account.ts';
import { Credential } from '../credential.ts';
import { holdAccount } from '../hold-account.ts';
import { Invitation } from './invitation.ts';
import { endLinks, openedBy } from '../one-time-link.ts';
import { hashPassword } from '../password/password.ts';
import { fullName, User } from '../user.ts';

/** Who is invited by a link, as the page greets them. */
export interface Invited {
  readonly name: string;
  readonly email: string;
  readonly expiresAt: Date;
}

/** Whose invitation a link opens. Using it up is no part of looking. @throws Refusal NOT_FOUND where it opens nothing any more. */
export async function invitationBehind(em: EntityManager, token: string): Promise<Invited> {
  const { user, expiresAt } = await opened(em.fork(), token);
  return { name: fullName(user), email: user.email, expiresAt };
}

/**
 * Gives whoever was invited the password that they chose, and uses the link up, with all others that they were sent. It is
 * done by them: nobody else has the link.
 * @throws Refusal NOT_FOUND where the link opens nothing any more, VALIDATION_ERROR for a password that is too weak.
 */
export async function acceptInvitation(
  em: EntityManager,
  { token, password }: { readonly token: string; readonly password: string },
): Promise<Invited> {
  const invited = await opened(em.fork(), token);
  refuseWeak(password, invited.user);
  const passwordHash = await hashPassword(password);
  return changeSet('invitation.accept', () =>
    withContext({ actor: actorOf(invited.user.id) }, () =>
      em.fork().transactional(async (tx) => {
        // Before its link, as whoever moves or disables the account does: two at once don't wait for each other.
        await holdAccount(tx, invited.user.id);
        // Again, and held: two at once accept it once.
        const { user, expiresAt } = await opened(tx, token);
        const invitation = await tx.findOneOrFail(Invitation, { user: user.id });
        invitation.acceptedAt = now();
        tx.create(Credential, { user, passwordHash, passwordSetAt: now() });
        await endLinks(tx, user.id, 'invitation');
        return { name: fullName(user), email: user.email, expiresAt };
      }),
    ),
  );
}

async function opened(em: EntityManager, token: string): Promise<{ readonly user: User; readonly expiresAt: Date }> {
  const link = await openedBy(em, token, 'invitation');
  const user = link && (await em.findOne(User, { id: link.user.id, disabledAt: null }));
  if (link && user) return { user, expiresAt: link.expiresAt };
  throw new Refusal(
    'NOT_FOUND',
    'This invitation is over',
    'It was used already, was sent again or withdrawn, or its seven days have passed. Sign in if you have signed in before; otherwise ask an admin to send it again.',
  );
}
