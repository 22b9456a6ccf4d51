import type { EntityManager } from '@mikro-orm/postgresql';
import { changeSet, user as actorOf, withContext } from '@countersign/audit/context';
import { record } from '@countersign/audit/record';
import { now } from '../../clock.ts';
import { PushSubscription } from '../../messages/push-subscription.ts';
import type { ActiveSession, SightOfSession } from './begin-session.ts';
import { Credential } from '../credential.ts';
import { holdAccount } from '../hold-account.ts';
import { mailAddress } from '../mail-address.rules.ts';
import { type Cause, orRefused, recordFailure, refusalFor } from './overtaken.ts';
import { verifyPassword } from '../password/password.ts';
import type { HandedOver } from '../rights/permissions.ts';
import { enter, type Entered } from '../second-factor/enter.ts';
import { endPending } from '../second-factor/pending-sign-in.ts';
import { signedOut, signedOutEverywhere } from './session-actions.ts';
import { hashOfToken } from '../secret-token.ts';
import { Session } from './session.ts';
import { type Sight, stands } from '../sight/sight.ts';
import { endSights } from '../sight/see-as.ts';
import { User } from '../user.ts';

const HOUR = 3_600_000;

/** A session ends this long after it was last used. */
export const SESSION_IDLE = 24 * HOUR;
/** How far "last seen" may lag behind: not every request writes. */
const SEEN_STEP = 5 * 60_000;

/** The id of no user: looked up where the mail address is nobody's, so that the answer takes as long. */
const NOBODY = '00000000-0000-0000-0000-000000000000';

/**
 * Lets in whoever knows the password: to a session, or to the second step where they have a second factor. That somebody signed in, or tried to and was refused, is recorded.
 * @throws Refusal UNAUTHORIZED, in the same words and after the same time whether the mail address exists or not.
 */
export function signIn(em: EntityManager, { email, password }: { readonly email: string; readonly password: string }): Promise<Entered> {
  return changeSet('session.begin', async () => {
    const context = em.fork();
    const user = await context.findOne(User, { email: mailAddress(email) });
    const credential = await context.findOne(Credential, { user: user?.id ?? NOBODY });
    const matches = await verifyPassword(credential?.passwordHash ?? null, password);
    const cause = causeOfRefusal(user, matches);
    if (!user || cause) {
      await recordFailure(em, { method: 'password', cause: cause ?? 'unknown_address', user });
      throw refusalFor('password', cause ?? 'unknown_address');
    }
    const rests = credential ? { passwordHash: credential.passwordHash } : {};
    return orRefused(em, 'password', () => enter(em, { user, method: 'password', rests }));
  });
}

/** Only whoever knows the password learns that the account exists and was disabled. */
function causeOfRefusal(user: User | null, matches: boolean): Cause | null {
  if (!user) return 'unknown_address';
  if (!matches) return 'wrong_password';
  return user.disabledAt ? 'disabled' : null;
}

const asUser = <Result>(user: User, work: () => Promise<Result>): Promise<Result> => withContext({ actor: actorOf(user.id) }, work);

/** The session behind a token; null where there is none any more, or its user was disabled. */
export const sessionOf = (em: EntityManager, token: string): Promise<ActiveSession | null> => standing(em, { id: hashOfToken(token) });

/** The same session under whatever token it goes on by now. */
export const sessionOfLine = (em: EntityManager, { user, line }: Of): Promise<ActiveSession | null> =>
  standing(em, { user, line, renewedAt: null });

/** Whose, and which. */
interface Of {
  readonly user: string;
  readonly line: string;
}

async function standing(
  em: EntityManager,
  which: { readonly id: string } | (Of & { readonly renewedAt: null }),
): Promise<ActiveSession | null> {
  const context = em.fork();
  const session = await context.findOne(Session, which, { populate: ['user', 'sight', 'sight.by', 'sight.seen'] });
  const at = now();
  if (!session || session.user.disabledAt || isOver(session, at)) return null;
  if (at.getTime() - session.lastSeenAt.getTime() > SEEN_STEP) await context.nativeUpdate(Session, { id: session.id }, { lastSeenAt: at });
  return {
    id: session.id,
    line: session.line,
    userId: session.user.id,
    expiresAt: session.expiresAt,
    handedOver: session.renewedAt ? await handedOver(context, session) : null,
    secondFactor: Boolean(session.secondFactorAt),
    sight: sightOf(session.sight, at),
  };
}

async function handedOver(em: EntityManager, { user, line, sight }: Session): Promise<HandedOver> {
  const present = await em.findOne(Session, { user: user.id, line, renewedAt: null });
  return present && present.sight?.id !== sight?.id ? 'as another' : 'as the same';
}

const sightOf = (sight: Sight | null | undefined, at: Date): SightOfSession | null =>
  sight ? { seen: sight.seen.id, until: sight.expiresAt, stands: stands(sight, at) } : null;

/** What is true of the sessions that stand. */
export const alive = () => ({ renewedAt: null, expiresAt: { $gt: now() }, lastSeenAt: { $gt: new Date(now().getTime() - SESSION_IDLE) } });

export const isOver = (session: Session, at: Date) =>
  session.expiresAt <= at || session.lastSeenAt.getTime() + SESSION_IDLE <= at.getTime();

/** Ends the session of a token under whatever tokens it goes, which is recorded; nothing happens where it is over. */
export function signOut(em: EntityManager, token: string): Promise<void> {
  return changeSet('session.end', () =>
    em.fork().transactional(async (tx) => {
      const session = await tx.findOne(Session, { id: hashOfToken(token) }, { populate: ['user'] });
      if (session) await holdAccount(tx, session.user.id);
      // Two at once end it once.
      if (!session || isOver(session, now()) || !(await tx.nativeDelete(Session, { user: session.user.id, line: session.line }))) return;
      await asUser(session.user, async () => {
        await endSights(tx, session.user.id);
        await record(tx, signedOut, { about: session.user, metadata: {} });
      });
    }),
  );
}

/**
 * Ends every session of a user, and what their browsers show while no page is open: who lost one must not be told there any
 * more. It is recorded as done by whoever the context names. Returns how many sessions there were.
 */
export function signOutEverywhere(em: EntityManager, userId: string): Promise<number> {
  return changeSet('session.endAll', () => em.fork().transactional(async (tx) => endAllSessions(tx, await holdAccount(tx, userId))));
}

/** The same within a transaction that holds the account. */
export async function endAllSessions(tx: EntityManager, user: User): Promise<number> {
  const sessions = await endSessions(tx, user.id);
  await record(tx, signedOutEverywhere, { about: user, metadata: { sessions } });
  return sessions;
}

/** The same as part of a transaction that holds the account and tells of it itself. Returns how many sessions there were. */
export async function endSessions(em: EntityManager, userId: string): Promise<number> {
  // Those that have expired are deleted as well, and were nobody's any more.
  const sessions = await em.count(Session, { user: userId, ...alive() });
  await em.nativeDelete(Session, { user: userId });
  await endPending(em, userId);
  await endSights(em, userId);
  for (const browser of await em.find(PushSubscription, { person: userId })) em.remove(browser);
  await em.flush();
  return sessions;
}

/** Deletes the sessions that are over, for a job to call now and then. Returns how many there were. */
export async function forgetOldSessions(em: EntityManager): Promise<number> {
  const at = now();
  return em
    .fork()
    .nativeDelete(Session, { $or: [{ expiresAt: { $lte: at } }, { lastSeenAt: { $lte: new Date(at.getTime() - SESSION_IDLE) } }] });
}
