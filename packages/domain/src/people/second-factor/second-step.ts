import type { EntityManager } from '@mikro-orm/postgresql';
import { changeSet, user as actorOf, withContext } from '@countersign/audit/context';
import { now } from '../../clock.ts';
import { Refusal } from '../../errors.ts';
import { beginSession, type NewSession } from '../session/begin-session.ts';
import { holdAccount } from '../hold-account.ts';
import { orRefused, recordFailure, refusalFor } from '../session/overtaken.ts';
import { hashOfToken } from '../secret-token.ts';
import type { User } from '../user.ts';
import { acceptCode } from './accept-code.ts';
import { PENDING_ATTEMPTS, PendingSignIn } from './pending-sign-in.ts';
import type { Sealer } from './sealer.ts';
import { heldFactor } from './second-factor.ts';

/** Whose sign-in waits for its second step. */
export interface Pending {
  readonly user: Pick<User, 'id' | 'email'>;
  readonly expiresAt: Date;
}

/** The sign-in behind a token that waits for its second step; null where there is none any more. */
export async function pendingBehind(em: EntityManager, token: string): Promise<Pending | null> {
  const pending = await em.fork().findOne(PendingSignIn, standing(token), { populate: ['user'] });
  return pending && { user: pending.user, expiresAt: pending.expiresAt };
}

const standing = (token: string) => ({ id: hashOfToken(token), expiresAt: { $gt: now() } });

/** Takes back what was begun. Nothing happens where it is over. */
export async function giveUpPending(em: EntityManager, token: string): Promise<void> {
  await em.fork().nativeDelete(PendingSignIn, { id: hashOfToken(token) });
}

interface Step {
  readonly token: string;
  /** Of the authenticator, or a recovery code. */
  readonly code: string;
  readonly sealer: Sealer;
}

/**
 * The second step: a session for whoever shows a code after the first one. That it was a wrong one is recorded.
 * @throws Refusal UNAUTHORIZED for a code that is wrong or was used, in the same words; NOT_FOUND where the first step has to be
 * taken again.
 */
export function passSecondStep(em: EntityManager, step: Step): Promise<NewSession> {
  return changeSet('session.begin', async () => {
    // Kept whatever comes of it: an attempt that is refused counts as well.
    const { session, refused } = await orRefused(em, 'oidc', () => em.fork().transactional((tx) => attempt(tx, step)));
    if (session) return session;
    if (!refused) throw signInIsOver();
    await recordFailure(em, refused);
    if (refused.cause !== 'wrong_second_factor') throw refusalFor(refused.method, refused.cause);
    throw refused.last ? tooManyCodes() : wrongCode('code');
  });
}

interface Attempted {
  readonly session?: NewSession;
  readonly refused?: Pick<PendingSignIn, 'method'> & {
    readonly user: User;
    readonly cause: 'wrong_second_factor' | 'disabled';
    /** Whether there is no further attempt. */
    readonly last: boolean;
  };
}

async function attempt(tx: EntityManager, { token, code, sealer }: Step): Promise<Attempted> {
  const whose = (await tx.findOne(PendingSignIn, standing(token)))?.user.id;
  if (whose === undefined) return {};
  const user = await holdAccount(tx, whose);
  const pending = await tx.findOne(PendingSignIn, standing(token), { refresh: true });
  const factor = await heldFactor(tx, whose);
  // Without a factor any more, it was reset meanwhile: the first step leads elsewhere now.
  if (!pending || !factor) return {};
  const { method, issuer = null, subject = null } = pending;
  if (user.disabledAt) {
    tx.remove(pending);
    return { refused: { user, method, cause: 'disabled', last: true } };
  }
  const shown = acceptCode(factor, code, sealer);
  if (!shown) {
    pending.failures += 1;
    const last = pending.failures >= PENDING_ATTEMPTS;
    if (last) tx.remove(pending);
    return { refused: { user, method, cause: 'wrong_second_factor', last } };
  }
  tx.remove(pending);
  // It is them from here on: a recovery code is used up by its owner.
  return withContext({ actor: actorOf(user.id) }, async () => {
    await tx.flush();
    return {
      session: await beginSession(tx, {
        user,
        method,
        secondFactor: shown,
        rests: issuer === null ? {} : { provider: { issuer, subject } },
      }),
    };
  });
}

/** `field`: where it was typed. */
export function wrongCode(field: string): Refusal {
  const message = 'The code is wrong.';
  const details = 'Each works once: take the one that your app shows now, or a recovery code that you haven’t used.';
  return new Refusal('UNAUTHORIZED', message, details, { fields: [{ field, message }] });
}

const tooManyCodes = (): Refusal => new Refusal('NOT_FOUND', 'There were too many wrong codes', 'Sign in again from the beginning.');

export const signInIsOver = (): Refusal =>
  new Refusal(
    'NOT_FOUND',
    'This sign-in is over',
    'The code has to follow within ten minutes, in the same browser. Sign in again from the beginning.',
  );
