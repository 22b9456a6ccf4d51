import type { NewSession } from '../../src/people/begin-session.ts';
import type { Entered } from '../../src/people/second-factor/enter.ts';

/** The session of whoever was let in without a second step. */
export async function begun(entered: Promise<Entered>): Promise<NewSession> {
  const { session } = await entered;
  if (!session) throw new Error('a second step is left');
  return session;
}
