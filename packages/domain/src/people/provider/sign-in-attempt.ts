import { defineEntity, p, type EntityManager } from '@mikro-orm/postgresql';
import { unaudited } from '@countersign/audit/policy';
import { now } from '../../clock.ts';
import { hashOfToken } from '../secret-token.ts';

/** Somebody on their way to a provider and back. Nothing in it is of use to whoever reads the table. */
export const SignInAttempt = defineEntity({
  name: 'SignInAttempt',
  tableName: 'sign_in_attempts',
  indexes: [{ properties: ['expiresAt'] }],
  properties: {
    /** SHA-256 of the state that goes to the provider and comes back, in hex. */
    id: p.string().length(64).primary(),
    /** SHA-256 of what the browser keeps meanwhile: only there it can be finished. */
    browser: p.string().length(64),
    /** A path of the app, where they wanted to go. */
    target: p.string().length(1000),
    expiresAt: p.datetime(3),
  },
});

export const signInAttemptAudit = unaudited(SignInAttempt, 'who signs in and who is refused are events; this is the way there');

/** How long somebody may take at the provider. Milliseconds. */
export const ATTEMPT_LIFETIME: number = 10 * 60_000;

export interface AttemptTokens {
  readonly state: string;
  readonly browser: string;
}

export async function beginAttempt(em: EntityManager, { state, browser }: AttemptTokens, target: string): Promise<void> {
  const expiresAt = new Date(now().getTime() + ATTEMPT_LIFETIME);
  await em.fork().insert(SignInAttempt, { id: hashOfToken(state), browser: hashOfToken(browser), target, expiresAt });
}

/** Where whoever began it wanted to go; null where it was begun in another browser, finished before, or too long ago. Nobody finishes it again. */
export async function finishAttempt(em: EntityManager, { state, browser }: AttemptTokens): Promise<string | null> {
  const reader = em.fork();
  const which = { id: hashOfToken(state), browser: hashOfToken(browser) };
  const attempt = await reader.findOne(SignInAttempt, { ...which, expiresAt: { $gt: now() } });
  // Two at once finish it once.
  return attempt && (await reader.nativeDelete(SignInAttempt, which)) === 1 ? attempt.target : null;
}

/** Deletes those that nobody finished, for a job to call now and then. Returns how many there were. */
export const forgetOldAttempts = (em: EntityManager): Promise<number> =>
  em.fork().nativeDelete(SignInAttempt, { expiresAt: { $lte: now() } });
