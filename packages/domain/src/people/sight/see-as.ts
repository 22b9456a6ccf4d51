import { LockMode, type EntityManager } from '@mikro-orm/postgresql';
import { changeSet, job, user as actorOf, withContext } from '@countersign/audit/context';
import { record } from '@countersign/audit/record';
import { now } from '../../clock.ts';
import { Refusal } from '../../errors.ts';
import { holdRights, theUser } from '../users/acting-admin.ts';
import { type NewSession, renewSession } from '../session/begin-session.ts';
import { holdAccount } from '../hold-account.ts';
import { MATRIX, permits, type Viewer } from '../rights/permissions.ts';
import { pageOf, tellAdmins } from '../rights/rights-notices.ts';
import { hashOfToken } from '../secret-token.ts';
import { Session } from '../session/session.ts';
import { sessionRenewed } from '../session/writing.rules.ts';
import { User } from '../user.ts';
import { type SightEnd, sightEnded, sightStarted } from './sight-actions.ts';
import { Sight, SIGHT_MINUTES, stands } from './sight.ts';

/** In which session, and whether it goes on by another token: whoever is at a browser doesn't name it on purpose. */
interface Place {
  readonly session: string;
  readonly renew: boolean;
}

interface Starting extends Place {
  readonly viewer: Viewer;
  /** Whom they want to see. */
  readonly user: string;
  readonly reason: string;
}

/**
 * From now on the session shows what somebody else sees, for half an hour at most. Every other admin is told.
 * @returns the token by which it goes on, where it is another.
 * @throws Refusal NOT_FOUND, FORBIDDEN for oneself and for other admins, CONFLICT for whoever is disabled.
 */
export function startSight(em: EntityManager, { viewer, user, reason, ...place }: Starting): Promise<NewSession | null> {
  return changeSet('sight.start', () =>
    withContext({ reason }, () =>
      em.fork().transactional(async (tx) => {
        await holdRights({ em: tx, viewer });
        const seen = await theUser(tx, user);
        refuseUnseen(viewer, seen);
        await holdAccount(tx, viewer.id);
        const startedAt = now();
        const expiresAt = new Date(startedAt.getTime() + SIGHT_MINUTES * 60_000);
        const sight = tx.create(Sight, { by: viewer.id, seen, role: seen.role, startedAt, expiresAt });
        await tellAdmins(tx, {
          by: viewer.id,
          title: 'An admin looks at the system as somebody else sees it',
          details: [{ label: 'For', text: `${SIGHT_MINUTES} minutes at most` }],
          reason,
          path: pageOf(seen),
        });
        await tx.flush();
        await record(tx, sightStarted, { about: seen, metadata: { until: expiresAt.toISOString() } });
        return turned(tx, place, sight.id);
      }),
    ),
  );
}

/** Nobody borrows rights: whoever sees as much as they do themselves isn't looked at through. */
function refuseUnseen(viewer: Viewer, seen: User): void {
  if (seen.id === viewer.id) throw new Refusal('FORBIDDEN', 'You see Countersign as yourself already', 'Choose somebody else.');
  if (permits(MATRIX.seeAs, seen.role, 'foreign'))
    throw new Refusal('FORBIDDEN', 'Nobody looks at the system as another admin', 'Admins see the same.');
  if (seen.disabledAt) throw new Refusal('CONFLICT', 'This account is disabled.', 'Who is disabled sees nothing.');
}

/** Gives the session another sight, or its own again. */
async function turned(tx: EntityManager, { session, renew }: Place, sight: string | null): Promise<NewSession | null> {
  if (renew) return renewSession(tx, session, { sight });
  if (!(await tx.nativeUpdate(Session, { id: session }, { sight })))
    throw new Refusal('CONFLICT', 'Your session is over.', 'Sign in, and try again.');
  return null;
}

/** It ends because the admin stops it; nothing happens where it is over. @returns the token by which their session goes on, where it is another. */
export function stopSight(em: EntityManager, place: Place): Promise<NewSession | null> {
  return changeSet('sight.stop', () =>
    em.fork().transactional(async (tx) => {
      const session = await heldSession(tx, place.session);
      // Stopped in another tab, or twice at once: that browser has its other token.
      if (!session?.sight || session.renewedAt) return null;
      await end(tx, session.sight.id, 'stopped');
      return turned(tx, place, null);
    }),
  );
}

/**
 * Gives a session back to its admin whose sight is over: until then nobody comes with it, so that no page goes on with other rights than
 * it believes. Null where there is nothing to give back.
 * @throws Refusal SESSION_RENEWED where another tab was given it just now.
 */
export function turnBack(
  em: EntityManager,
  { token, renew }: { readonly token: string; readonly renew: boolean },
): Promise<{ readonly renewed: NewSession | null } | null> {
  return changeSet('sight.end', () =>
    em.fork().transactional(async (tx) => {
      const session = await tx.findOne(
        Session,
        { id: hashOfToken(token), expiresAt: { $gt: now() } },
        { populate: ['sight', 'sight.by', 'sight.seen'] },
      );
      if (!session?.sight || stands(session.sight, now())) return null;
      // Ended meanwhile, by whoever held the account.
      const held = await heldSession(tx, session.id);
      if (!held) return null;
      if (held.renewedAt) throw sessionRenewed();
      // A program's, which keeps its token: given back by whoever asked at the same moment.
      if (!held.sight) return { renewed: null };
      const { by, id } = session.sight;
      await withContext({ actor: actorOf(by.id) }, () => end(tx, id, howOver(session.sight as Sight)));
      return { renewed: await turned(tx, { session: session.id, renew }, null) };
    }),
  );
}

/** A session whose owner's account is held first: whoever signs them out comes before, or after, and sees what this makes. */
async function heldSession(tx: EntityManager, id: string): Promise<Session | null> {
  const whose = (await tx.findOne(Session, { id }))?.user.id;
  if (whose === undefined) return null;
  await holdAccount(tx, whose);
  return tx.findOne(Session, { id }, { lockMode: LockMode.PESSIMISTIC_WRITE, refresh: true });
}

const howOver = ({ expiresAt }: Sight): SightEnd => (expiresAt <= now() ? 'time' : 'rights_changed');

/** Ends what somebody sees as others, and what others see as them, as part of a transaction that signs them out. */
export async function endSights(tx: EntityManager, userId: string): Promise<void> {
  for (const { id } of await tx.find(Sight, { endedAt: null, $or: [{ by: userId }, { seen: userId }] }, { orderBy: { id: 'asc' } }))
    await end(tx, id, 'signed_out');
}

/** Ends what is over and nobody has come back from, for a timer to call now and then. Returns how many there were. */
export async function endOverSights(em: EntityManager): Promise<number> {
  const open = await em.fork().find(Sight, { endedAt: null }, { populate: ['by', 'seen'] });
  let ended = 0;
  for (const sight of open) {
    const held = await em.fork().count(Session, { sight: sight.id, renewedAt: null, expiresAt: { $gt: now() } });
    if (held && stands(sight, now())) continue;
    const how = held ? howOver(sight) : 'signed_out';
    await withContext({ actor: job('ends of sights') }, () =>
      changeSet('sight.end', () => em.fork().transactional((tx) => end(tx, sight.id, how))),
    );
    ended++;
  }
  return ended;
}

/** Once, whoever notices first. */
async function end(tx: EntityManager, id: string, how: SightEnd): Promise<void> {
  const sight = await tx.findOne(Sight, { id, endedAt: null }, { lockMode: LockMode.PESSIMISTIC_WRITE });
  if (!sight) return;
  sight.endedAt = now();
  await tx.flush();
  const seen = await tx.findOneOrFail(User, { id: sight.seen.id });
  const seconds = Math.max(0, Math.round((sight.endedAt.getTime() - sight.startedAt.getTime()) / 1_000));
  const by = sight.by.id;
  const told = () => record(tx, sightEnded, { about: seen, metadata: { by, how, seconds } });
  await (how === 'stopped' ? withContext({ actor: actorOf(by), impersonator: null }, told) : withContext({ impersonator: null }, told));
}
