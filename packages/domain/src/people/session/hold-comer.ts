import type { EntityManager } from '@mikro-orm/postgresql';
import { now } from '../../clock.ts';
import { Refusal } from '../../errors.ts';
import { ApiToken } from '../token/api-token.ts';
import { checkStands } from './begin-session.ts';
import { holdAccount } from '../hold-account.ts';
import type { Viewer } from '../rights/permissions.ts';
import { Session } from './session.ts';
import type { User } from '../user.ts';

/**
 * Holds the account of whoever makes something by which they are let in, or told things, from then on: what they come by has to stand still.
 * Whatever ends all of theirs at that moment, such as another password, would miss what is being made otherwise.
 * @throws Refusal CONFLICT where it is over, SESSION_RENEWED where the session goes on by another token.
 */
export async function holdComer(tx: EntityManager, { id, session, token }: Pick<Viewer, 'id' | 'session' | 'token'>): Promise<User> {
  const user = await holdAccount(tx, id);
  if (!token) checkStands(session === undefined ? null : await tx.findOne(Session, { id: session, user: id }), now());
  else if (user.disabledAt || !(await tx.count(ApiToken, { id: token.id })))
    throw new Refusal('CONFLICT', 'Your token was revoked.', 'Make another one, and try again.');
  return user;
}
