import type { EntityManager } from '@mikro-orm/postgresql';
import type { MetadataOf } from '@countersign/audit/manual-action';
import { record } from '@countersign/audit/record';
import { Refusal } from '../../errors.ts';
import { accountDisabled } from '../disabled-account.ts';
import { type Method, signInFailed } from './session-actions.ts';
import type { User } from '../user.ts';

/** Why somebody is refused who wants to sign in. */
export type Cause = MetadataOf<typeof signInFailed>['cause'];

/** What a sign-in rested on was over by the time that it came to the session: the password was changed, the account disabled, the link ended. */
export class Overtaken extends Error {
  readonly user: User;
  override readonly cause: Cause;

  constructor(user: User, cause: Cause) {
    super(`what the sign-in rested on is over: ${cause}`);
    this.user = user;
    this.cause = cause;
  }
}

/** Does what ends in a session; where it was overtaken, that is recorded as any other refusal. @throws Refusal UNAUTHORIZED. */
export async function orRefused<Result>(em: EntityManager, method: Method, work: () => Promise<Result>): Promise<Result> {
  try {
    return await work();
  } catch (problem) {
    if (!(problem instanceof Overtaken)) throw problem;
    await recordFailure(em, { method, cause: problem.cause, user: problem.user });
    throw refusalFor(method, problem.cause);
  }
}

/** Whom it was about, where that is known. */
export const recordFailure = (
  em: EntityManager,
  { method, cause, user }: { readonly method: Method; readonly cause: Cause; readonly user: User | null },
): Promise<void> => record(em.fork(), signInFailed, { metadata: { method, cause }, ...(user && { about: user }) });

/** In the same words whatever it is: only whoever has shown who they are learns that the account exists, and was disabled. */
export function refusalFor(method: Method, cause: Cause): Refusal {
  if (cause === 'disabled') return accountDisabled();
  return method === 'password'
    ? new Refusal('UNAUTHORIZED', 'The mail address or the password is wrong.', 'Check both, or ask an admin for a new password.')
    : new Refusal(
        'UNAUTHORIZED',
        'No account here goes with the one that you chose.',
        'Its mail address has to be the one that an admin invited, and to be verified at the provider.',
      );
}
