import type { EntityManager } from '@mikro-orm/postgresql';
import { record } from '@countersign/audit/record';
import { pageOf, tellAdmins } from '../rights/rights-notices.ts';
import { signedOutEverywhere } from './session-actions.ts';
import { endSessions } from './sign-in.ts';
import type { User } from '../user.ts';

/** Ends every session of a user as part of another change of them, and records how many. */
export async function signOutWith(em: EntityManager, user: User): Promise<void> {
  const sessions = await endSessions(em, user.id);
  if (sessions) await record(em, signedOutEverywhere, { about: user, metadata: { sessions } });
}

/** Where what was done was done to an admin, every other one is told. */
export async function tellWhereAdmin(
  em: EntityManager,
  user: User,
  { title, by, reason }: { readonly title: string; readonly by: string; readonly reason: string },
): Promise<void> {
  if (user.role === 'admin') await tellAdmins(em, { by, title, reason, path: pageOf(user) });
}
