import { defineEntity, p, type InferEntity } from '@mikro-orm/core';
import { unaudited } from '@countersign/audit/policy';
import { now } from '../../clock.ts';
import { Sight } from '../sight/sight.ts';
import { User } from '../user.ts';

/** Somebody's signed-in browser or program. */
export const Session = defineEntity({
  name: 'Session',
  tableName: 'sessions',
  properties: {
    /** SHA-256 of the token, in hex: whoever reads the table can't sign in with what stands there. */
    id: p.string().length(64).primary(),
    user: () => p.manyToOne(User).deleteRule('cascade'),
    /** The id of the first of its tokens: renewed it goes on by another one, and ends as the one session that it is. */
    line: p.string().length(64),
    createdAt: p.datetime(3).onCreate(now),
    expiresAt: p.datetime(3),
    lastSeenAt: p.datetime(3),
    /** When another took its place; it serves what was under way for some seconds, changes nothing, and is nobody's any more. */
    renewedAt: p.datetime(3).nullable(),
    /** When a second factor was shown in it; null where none was. */
    secondFactorAt: p.datetime(3).nullable(),
    /** By which provider it was begun; null by none. */
    issuer: p.string().length(500).nullable(),
    /** As whom it shows the system; null for its owner's own. */
    sight: () => p.manyToOne(Sight).nullable().deleteRule('set null'),
    /** From where it was begun. */
    ipAddress: p.string().length(64).nullable(),
    userAgent: p.string().length(300).nullable(),
  },
  indexes: [{ properties: ['user'] }],
});
export type Session = InferEntity<typeof Session>;

export const sessionAudit = unaudited(Session, 'signing in and out are events of their own; the row only keeps a session alive');
