import { defineEntity, p, type EntityManager, type InferEntity } from '@mikro-orm/postgresql';
import { unaudited } from '@countersign/audit/policy';
import { now } from '../../clock.ts';
import type { Method } from '../session/session-actions.ts';
import { User } from '../user.ts';

/** Minutes in which the second step has to follow the first one. */
export const PENDING_MINUTES = 10;

/** Wrong codes of one pending sign-in; then it begins again with the first step. */
export const PENDING_ATTEMPTS = 5;

/** Somebody who has passed the first step of signing in, and not the second. It is no session: it opens that step, in the browser that began, and nothing else. */
export const PendingSignIn = defineEntity({
  name: 'PendingSignIn',
  tableName: 'pending_sign_ins',
  indexes: [{ properties: ['user'] }, { properties: ['expiresAt'] }],
  properties: {
    /** SHA-256 of the token in that browser’s cookie, in hex. */
    id: p.string().length(64).primary(),
    user: () => p.manyToOne(User).deleteRule('cascade'),
    /** How the first step was passed. */
    method: p.string().length(20).$type<Method>(),
    /** By which provider; null by none. */
    issuer: p.string().length(500).nullable(),
    /** Its account, where that is to be linked with the session: not before both steps are passed. */
    subject: p.string().length(255).nullable(),
    /** Codes that were tried, and were none. */
    failures: p.smallint().default(0),
    createdAt: p.datetime(3).onCreate(now),
    expiresAt: p.datetime(3),
  },
});
export type PendingSignIn = InferEntity<typeof PendingSignIn>;

export const pendingSignInAudit = unaudited(PendingSignIn, 'stands between two steps for minutes; how each ends is an event');

/** Ends what somebody has begun of signing in: what they passed the first step with counts no more. Returns how many there were. */
export const endPending = (em: EntityManager, user: string): Promise<number> => em.nativeDelete(PendingSignIn, { user });

/** Deletes those that are over, for a job to call now and then. Returns how many there were. */
export const forgetOldPending = (em: EntityManager): Promise<number> =>
  em.fork().nativeDelete(PendingSignIn, { expiresAt: { $lte: now() } });
