import { type EntityManager, LockMode } from '@mikro-orm/postgresql';
import { currentContext, user as actorOf, withContext } from '@countersign/audit/context';
import { record } from '@countersign/audit/record';
import { now } from '../../clock.ts';
import { Refusal } from '../../errors.ts';
import { Credential } from '../credential.ts';
import { holdAccount } from '../hold-account.ts';
import { Overtaken } from './overtaken.ts';
import type { HandedOver } from '../rights/permissions.ts';
import { type ByProvider, linkAccount } from '../provider/link-account.ts';
import { hashOfToken, newToken } from '../secret-token.ts';
import { sessionRenewed } from './writing.rules.ts';
import { type Method, type ShownFactor, signedIn } from './session-actions.ts';
import { Session } from './session.ts';
import type { User } from '../user.ts';

const SECOND = 1_000;
const HOUR = 3_600 * SECOND;

/** A session ends this long after signing in, whatever happens meanwhile. */
export const SESSION_LIFETIME = 7 * 24 * HOUR;

/**
 * How long the old token of a renewed session still reads by it: requests that are under way carry it, and a page that asks at that
 * moment must not take itself for signed out. It changes nothing, and what the new one has gained it hasn't.
 */
const HANDOVER = 10 * SECOND;

/** A session that stands. */
export interface ActiveSession {
  readonly id: string;
  /** What it is under each of its tokens. */
  readonly line: string;
  readonly userId: string;
  readonly expiresAt: Date;
  /** Where it goes on by another token, and this one reads what was under way: as whom. */
  readonly handedOver: HandedOver | null;
  /** Whether a second factor was shown in it. */
  readonly secondFactor: boolean;
  /** As whom it shows the system; null for its owner’s own. */
  readonly sight: SightOfSession | null;
}

/** AC-7: that a session shows what somebody else sees. */
export interface SightOfSession {
  readonly seen: string;
  readonly until: Date;
  /** Otherwise it is over, and nobody comes with this session until it is given back. */
  readonly stands: boolean;
}

/** A session that was just begun, with the token that nobody can read again. */
export interface NewSession extends Omit<ActiveSession, 'sight' | 'handedOver' | 'line'> {
  readonly token: string;
}

export interface Beginning {
  /** Who has shown who they are. */
  readonly user: User;
  readonly method: Method;
  /** What they showed beside it; null where nothing was asked for. */
  readonly secondFactor: ShownFactor | null;
  /** By what they have shown it: it has to stand still when the session begins. */
  readonly rests: RestsOn;
}

/** The hash of a password that was checked, or who vouches for them; neither where a first step that stands rests on it. */
export interface RestsOn {
  readonly passwordHash?: string;
  readonly provider?: ByProvider;
}

/**
 * Begins a session: where every way of signing in ends. The event of it is in the same transaction, which is the caller's where there is
 * one. Whoever calls it has made sure that no second step is left: see `enter`.
 */
export function beginSession(em: EntityManager, { user, method, secondFactor, rests }: Beginning): Promise<NewSession> {
  const token = newToken();
  const begun = now();
  const id = hashOfToken(token);
  const session = {
    id,
    line: id,
    user: user.id,
    createdAt: begun,
    lastSeenAt: begun,
    expiresAt: new Date(begun.getTime() + SESSION_LIFETIME),
    secondFactorAt: secondFactor && begun,
    issuer: rests.provider?.issuer ?? null,
    ...fromWhere(),
  };
  return withContext({ actor: actorOf(user.id) }, () =>
    (em.isInTransaction() ? em : em.fork()).transactional(async (tx) => {
      const held = await holdStanding(tx, user, rests);
      if (rests.provider) await linkAccount(tx, held, rests.provider);
      await tx.insert(Session, session);
      await record(tx, signedIn, { about: user, metadata: { method, ...(secondFactor && { second_factor: secondFactor }) } });
      return { id, userId: user.id, expiresAt: session.expiresAt, secondFactor: secondFactor !== null, token };
    }),
  );
}

/**
 * Holds the account of whoever has passed a step of signing in, if they would pass it still: whatever ends sessions comes before, and is
 * seen, or after, and ends what was begun.
 * @throws Overtaken.
 */
export async function holdStanding(tx: EntityManager, { id }: Pick<User, 'id'>, { passwordHash }: RestsOn): Promise<User> {
  const user = await holdAccount(tx, id);
  if (user.disabledAt) throw new Overtaken(user, 'disabled');
  if (passwordHash !== undefined && !(await tx.count(Credential, { user: id, passwordHash }))) throw new Overtaken(user, 'wrong_password');
  return user;
}

/** What the new one has, and the one before hadn't. */
type Gained = Partial<Pick<Session, 'secondFactorAt'>> & { readonly sight?: string | null };

/**
 * Gives a session another token, as part of a transaction that changes what it may or what it rests on: whoever came to know the
 * one before has nothing of it. It ends when it would have ended, and stands in the list as the one session that it is.
 * @throws Refusal CONFLICT where it is over, SESSION_RENEWED where it was renewed at the same moment.
 */
export async function renewSession(tx: EntityManager, sessionId: string, gained: Gained = {}): Promise<NewSession> {
  const session = await tx.findOne(Session, { id: sessionId }, { lockMode: LockMode.PESSIMISTIC_WRITE });
  const at = now();
  checkStands(session, at);
  const token = newToken();
  const { line, issuer, createdAt, expiresAt, ipAddress, userAgent } = session;
  const userId = session.user.id;
  const id = hashOfToken(token);
  const { secondFactorAt = session.secondFactorAt ?? null, sight = session.sight?.id ?? null } = gained;
  await tx.insert(Session, {
    id,
    line,
    issuer,
    user: userId,
    createdAt,
    lastSeenAt: at,
    expiresAt,
    secondFactorAt,
    sight,
    ipAddress,
    userAgent,
  });
  session.renewedAt = at;
  session.expiresAt = new Date(Math.min(expiresAt.getTime(), at.getTime() + HANDOVER));
  await tx.flush();
  return { id, userId, expiresAt, secondFactor: secondFactorAt !== null, token };
}

/** @throws Refusal CONFLICT where it is over, SESSION_RENEWED where it goes on by another token. */
export function checkStands(session: Session | null, at: Date): asserts session is Session {
  if (!session || session.expiresAt <= at) throw new Refusal('CONFLICT', 'Your session is over.', 'Reload the page, and try again.');
  if (session.renewedAt) throw sessionRenewed();
}

/** From where whoever the context speaks of comes. */
function fromWhere(): Pick<Session, 'ipAddress' | 'userAgent'> {
  const { ipAddress, userAgent } = currentContext();
  return { ipAddress: ipAddress?.slice(0, 64) ?? null, userAgent: userAgent?.slice(0, 300) ?? null };
}
