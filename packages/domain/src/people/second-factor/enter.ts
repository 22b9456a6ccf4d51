import type { EntityManager } from '@mikro-orm/postgresql';
import { now } from '../../clock.ts';
import { beginSession, type Beginning, holdStanding, type NewSession } from '../session/begin-session.ts';
import { hashOfToken, newToken } from '../secret-token.ts';
import { PENDING_MINUTES, PendingSignIn } from './pending-sign-in.ts';
import { SecondFactor } from './second-factor.ts';

/** The first step of signing in, passed. */
export interface FirstStep extends Omit<Beginning, 'secondFactor'> {
  /** Whether whoever they signed in with says that it asked for a second factor: then it isn't asked for again. */
  readonly secondFactorThere?: boolean;
}

/** A sign-in whose second step is still to come, with the token that the browser keeps until then. */
export interface NewPending {
  readonly token: string;
  readonly userId: string;
  readonly expiresAt: Date;
}

/** Where the first step leads. */
export type Entered =
  | { readonly session: NewSession; readonly pending?: never }
  | { readonly pending: NewPending; readonly session?: never };

/** What follows each first step, whichever it was: the second one where somebody has a second factor, otherwise the session. */
export async function enter(em: EntityManager, { secondFactorThere = false, ...step }: FirstStep): Promise<Entered> {
  if (secondFactorThere) return { session: await beginSession(em, { ...step, secondFactor: 'provider' }) };
  return em.fork().transactional(async (tx) => {
    // Held: whoever sets one up meanwhile comes before, and is seen, or after, and ends what was begun without it.
    await holdStanding(tx, step.user, step.rests);
    const has = await tx.count(SecondFactor, { user: step.user.id });
    return has ? { pending: await begin(tx, step) } : { session: await beginSession(tx, { ...step, secondFactor: null }) };
  });
}

async function begin(tx: EntityManager, { user, method, rests }: Omit<FirstStep, 'secondFactorThere'>): Promise<NewPending> {
  const token = newToken();
  const createdAt = now();
  const expiresAt = new Date(createdAt.getTime() + PENDING_MINUTES * 60_000);
  const { issuer, subject } = rests.provider ?? { issuer: null, subject: null };
  await tx.insert(PendingSignIn, { id: hashOfToken(token), user: user.id, method, issuer, subject, failures: 0, createdAt, expiresAt });
  return { token, userId: user.id, expiresAt };
}
