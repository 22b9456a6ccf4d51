import type { EntityManager } from '@mikro-orm/postgresql';
import { changeSet } from '@countersign/audit/context';
import { record } from '@countersign/audit/record';
import { Refusal } from '../errors.ts';
import { signedOut } from './session-actions.ts';
import { Session } from './session.ts';
import { endSights } from './sight/see-as.ts';
import { alive } from './sign-in.ts';

/** The sessions of somebody that stand, the one that was used last first. */
export const sessionsOf = (em: EntityManager, userId: string): Promise<Session[]> =>
  em.fork().find(Session, { user: userId, ...alive() }, { orderBy: { lastSeenAt: 'desc', id: 'asc' } });

/** Ends one of somebody's sessions, which is recorded as them signing out there. @throws Refusal NOT_FOUND where they have no such. */
export function endSession(em: EntityManager, { userId, id }: { readonly userId: string; readonly id: string }): Promise<void> {
  return changeSet('session.endOne', () =>
    em.fork().transactional(async (tx) => {
      const session = await tx.findOne(Session, { id, user: userId, ...alive() }, { populate: ['user'] });
      // Two at once end it once.
      if (!session || !(await tx.nativeDelete(Session, { user: userId, line: session.line })))
        throw new Refusal('NOT_FOUND', 'You have no such session.', 'It may have ended meanwhile.');
      await endSights(tx, userId);
      await record(tx, signedOut, { about: session.user, metadata: {} });
    }),
  );
}
