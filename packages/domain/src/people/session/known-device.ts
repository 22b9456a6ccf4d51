import { createHash } from 'node:crypto';
import { defineEntity, p, type EntityManager } from '@mikro-orm/postgresql';
import { unaudited } from '@countersign/audit/policy';
import { now } from '../../clock.ts';
import type { NewSession } from './begin-session.ts';
import { holdAccount } from '../hold-account.ts';
import { Session } from './session.ts';
import { alive } from './sign-in.ts';
import { User } from '../user.ts';

/** How long a browser stays known after somebody last signed in with it. Milliseconds. */
export const DEVICE_LIFETIME = 180 * 24 * 3_600_000;

/** A browser or program with which somebody has signed in before: what strangers fail at doesn't keep them out there. */
export const KnownDevice = defineEntity({
  name: 'KnownDevice',
  tableName: 'known_devices',
  properties: {
    user: () => p.manyToOne(User).primary().deleteRule('cascade'),
    /** SHA-256 of what the browser keeps, in hex. */
    id: p.string().length(64).primary(),
    lastUsedAt: p.datetime(3),
  },
});

export const knownDeviceAudit = unaudited(KnownDevice, 'says that a browser has signed in before; each time is an event');

const idOf = (token: string) => createHash('sha256').update(token).digest('hex');

/** Whether somebody has signed in to this account with this browser. The time it takes tells nobody which addresses exist. */
export async function isKnownDevice(
  em: EntityManager,
  { email, token }: { readonly email: string; readonly token: string },
): Promise<boolean> {
  const since = new Date(now().getTime() - DEVICE_LIFETIME);
  return (await em.fork().count(KnownDevice, { id: idOf(token), user: { email }, lastUsedAt: { $gt: since } })) > 0;
}

/** Browsers of one account that are known at a time: those that were used last. */
const MOST_DEVICES = 20;

/**
 * From now on this browser is known to be that of whoever was let in there; not where the session is over by then: what ended it, such as another
 * password, has had every browser forgotten.
 */
export function rememberDevice(
  em: EntityManager,
  { id: session, userId }: Pick<NewSession, 'id' | 'userId'>,
  token: string,
): Promise<void> {
  return em.fork().transactional(async (tx) => {
    await holdAccount(tx, userId);
    if (!(await tx.count(Session, { id: session, user: userId, ...alive() }))) return;
    await tx.upsert(KnownDevice, { user: userId, id: idOf(token), lastUsedAt: now() });
    const older = await tx.find(KnownDevice, { user: userId }, { orderBy: { lastUsedAt: 'desc', id: 'asc' }, offset: MOST_DEVICES });
    if (older.length) await tx.nativeDelete(KnownDevice, { user: userId, id: { $in: older.map(({ id }) => id) } });
  });
}

/** From now on none is: what somebody signs in with is another, and whoever signed in with the one before is a stranger. */
export const forgetDevices = (em: EntityManager, userId: string): Promise<number> => em.nativeDelete(KnownDevice, { user: userId });

/** Deletes what was not used for long, for a job to call now and then. Returns how many there were. */
export const forgetOldDevices = (em: EntityManager): Promise<number> =>
  em.fork().nativeDelete(KnownDevice, { lastUsedAt: { $lte: new Date(now().getTime() - DEVICE_LIFETIME) } });
