import type { EntityManager } from '@mikro-orm/postgresql';
import { beginSession, type NewSession } from '../../src/people/session/begin-session.ts';
import type { Viewer } from '../../src/people/rights/permissions.ts';
import type { Entered } from '../../src/people/second-factor/enter.ts';
import { User } from '../../src/people/user.ts';

/** The session of whoever was let in without a second step. */
export async function begun(entered: Promise<Entered>): Promise<NewSession> {
  const { session } = await entered;
  if (!session) throw new Error('a second step is left');
  return session;
}

/** Somebody as they come by a session. */
export async function signedIn(em: EntityManager, viewer: Viewer): Promise<Viewer> {
  const user = await em.fork().findOneOrFail(User, { id: viewer.id });
  const session = await beginSession(em, { user, method: 'password', secondFactor: null, rests: {} });
  return { ...viewer, session: session.id };
}
