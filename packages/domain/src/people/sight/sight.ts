import { defineEntity, p, type InferEntity } from '@mikro-orm/core';
import { unaudited } from '@countersign/audit/policy';
import { now } from '../../clock.ts';
import { ROLES } from '../rights/permissions.ts';
import { User } from '../user.ts';

/** Minutes after which it ends by itself. */
export const SIGHT_MINUTES = 30;

/** An admin looks at the system as somebody else sees it, in one session of theirs. */
export const Sight = defineEntity({
  name: 'Sight',
  tableName: 'sights',
  indexes: [{ properties: ['by'] }, { properties: ['seen'] }],
  properties: {
    id: p
      .uuid()
      .primary()
      .onCreate(() => crypto.randomUUID()),
    by: () => p.manyToOne(User).deleteRule('cascade'),
    seen: () => p.manyToOne(User).deleteRule('cascade'),
    /** Theirs when it began: it ends where they get another one. */
    role: p.enum(ROLES),
    startedAt: p.datetime(3).onCreate(now),
    expiresAt: p.datetime(3),
    endedAt: p.datetime(3).nullable(),
  },
});
export type Sight = InferEntity<typeof Sight>;

export const sightAudit = unaudited(Sight, 'that it began and ended are events of their own, about whoever was seen');

/** Whether it goes on: the time, and both people's accounts and roles. `by` and `seen` have to be loaded. */
export function stands({ by, seen, role, endedAt, expiresAt }: Sight, at: Date): boolean {
  return !endedAt && expiresAt > at && by.role === 'admin' && !by.disabledAt && seen.role === role && !seen.disabledAt;
}
