import type { EntityManager } from '@mikro-orm/postgresql';
import { changeSet } from '@countersign/audit/context';
import { record } from '@countersign/audit/record';
import { Refusal } from '../../errors.ts';
import { holdAccount } from '../hold-account.ts';
import { signedOut } from './session-actions.ts';
import { Session } from './session.ts';
import { endSights } from '../sight/see-as.ts';
import { PendingSignIn } from '../second-factor/pending-sign-in.ts';
import { alive } from './sign-in.ts';
import type { User } from '../user.ts';

/** The sessions of somebody that stand, the one that was used last first. */
export const sessionsOf = (em: EntityManager, userId: string): Promise<Session[]> =>
  em.fork().find(Session, { user: userId, ...alive() }, { orderBy: { lastSeenAt: 'desc', id: 'asc' } });

/** Ends one of somebody's sessions, which is recorded as them signing out there. @throws Refusal NOT_FOUND where they have no such. */
export function endSession(em: EntityManager, { userId, id }: { readonly userId: string; readonly id: string }): Promise<void> {
  return changeSet('session.endOne', () =>
    em.fork().transactional(async (tx) => {
      await holdAccount(tx, userId);
      const session = await tx.findOne(Session, { id, user: userId, ...alive() }, { populate: ['user'] });
      // Two at once end it once.
      if (!session || !(await tx.nativeDelete(Session, { user: userId, line: session.line })))
        throw new Refusal('NOT_FOUND', 'You have no such session.', 'It may have ended meanwhile.');
      await endSights(tx, userId);
      await record(tx, signedOut, { about: session.user, metadata: {} });
    }),
  );
}

/**
 * Ends the sessions and the second steps of somebody that a provider vouched for, as part of a transaction that holds the account: each as
 * signing out there. One of their sessions may go on.
 */
export async function endSessionsBy(
  tx: EntityManager,
  { user, issuer, but }: { readonly user: User; readonly issuer: string; readonly but?: string },
): Promise<void> {
  const others = { user: user.id, issuer, ...(but !== undefined && { id: { $ne: but } }) };
  const ended = await tx.count(Session, { ...others, ...alive() });
  await tx.nativeDelete(Session, others);
  await tx.nativeDelete(PendingSignIn, { user: user.id, issuer });
  if (ended) await endSights(tx, user.id);
  for (let n = 0; n < ended; n++) await record(tx, signedOut, { about: user, metadata: {} });
}
