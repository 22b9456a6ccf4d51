import { createHash, randomBytes } from 'node:crypto';
import type { EntityManager } from '@mikro-orm/postgresql';
import { now } from '../clock.ts';
import { Refusal } from '../errors.ts';
import { Credential } from './credential.ts';
import { verifyPassword } from './password.ts';
import { Session } from './session.ts';
import { User } from './user.ts';

const HOUR = 3_600_000;

/** A session ends this long after signing in, whatever happens meanwhile. */
export const SESSION_LIFETIME = 7 * 24 * HOUR;
/** And this long after it was last used. */
export const SESSION_IDLE = 24 * HOUR;
/** How far "last seen" may lag behind: not every request writes. */
const SEEN_STEP = 5 * 60_000;

/** A session that stands. */
export interface ActiveSession {
  readonly id: string;
  readonly userId: string;
  readonly expiresAt: Date;
}

/** A session that was just begun, with the token that nobody can read again. */
export interface NewSession extends ActiveSession {
  readonly token: string;
}

const idOf = (token: string) => createHash('sha256').update(token).digest('hex');

/**
 * Begins a session for whoever knows the password.
 * @throws Refusal UNAUTHORIZED, in the same words and after the same time whether the mail address exists or not.
 */
export async function signIn(
  em: EntityManager,
  { email, password }: { readonly email: string; readonly password: string },
): Promise<NewSession> {
  const context = em.fork();
  const user = await context.findOne(User, { email: email.trim().toLowerCase() });
  const credential = user && (await context.findOne(Credential, { user: user.id }));
  const known = await verifyPassword(credential?.passwordHash ?? null, password);
  if (!user || !known)
    throw new Refusal('UNAUTHORIZED', 'The mail address or the password is wrong.', 'Check both, or ask an admin for a new password.');
  // Only whoever knows the password learns that the account exists and was disabled.
  if (user.disabledAt) throw new Refusal('UNAUTHORIZED', 'This account is disabled.', 'Ask an admin to enable it.');
  return begin(context, user);
}

async function begin(em: EntityManager, user: User): Promise<NewSession> {
  const token = randomBytes(32).toString('base64url');
  const begun = now();
  const session = {
    id: idOf(token),
    user: user.id,
    createdAt: begun,
    lastSeenAt: begun,
    expiresAt: new Date(begun.getTime() + SESSION_LIFETIME),
  };
  await em.insert(Session, session);
  return { id: session.id, userId: user.id, expiresAt: session.expiresAt, token };
}

/** The session behind a token; null where there is none any more, or its user was disabled. */
export async function sessionOf(em: EntityManager, token: string): Promise<ActiveSession | null> {
  const context = em.fork();
  const session = await context.findOne(Session, { id: idOf(token) }, { populate: ['user'] });
  const at = now();
  if (!session || session.user.disabledAt || isOver(session, at)) return null;
  if (at.getTime() - session.lastSeenAt.getTime() > SEEN_STEP) await context.nativeUpdate(Session, { id: session.id }, { lastSeenAt: at });
  return { id: session.id, userId: session.user.id, expiresAt: session.expiresAt };
}

const isOver = (session: Session, at: Date) => session.expiresAt <= at || session.lastSeenAt.getTime() + SESSION_IDLE <= at.getTime();

/** Ends the session of a token. */
export async function signOut(em: EntityManager, token: string): Promise<void> {
  await em.fork().nativeDelete(Session, { id: idOf(token) });
}

/** Ends every session of a user. */
export async function signOutEverywhere(em: EntityManager, userId: string): Promise<void> {
  await em.fork().nativeDelete(Session, { user: userId });
}

/** Deletes the sessions that are over, for a job to call now and then. Returns how many there were. */
export async function forgetOldSessions(em: EntityManager): Promise<number> {
  const at = now();
  return em
    .fork()
    .nativeDelete(Session, { $or: [{ expiresAt: { $lte: at } }, { lastSeenAt: { $lte: new Date(at.getTime() - SESSION_IDLE) } }] });
}
