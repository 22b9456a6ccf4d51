import type { EntityManager } from '@mikro-orm/postgresql';
import type { z } from 'zod';
import { query } from '../definition.ts';
import { names } from '../people/directory.ts';
import { MATRIX } from '../people/rights/permissions.ts';
import { Notification, NotificationCounter } from './notification.ts';
import { listNotificationsInput, notificationList, type notificationView } from './notification.views.ts';

export type NotificationView = z.input<typeof notificationView>;

export const listNotifications = query({
  name: 'notifications.list',
  summary: 'What you were told, the newest first',
  input: listNotificationsInput,
  output: notificationList,
  rest: { method: 'GET', path: '/api/notifications' },
  permission: MATRIX.signedIn,
  run: async ({ before, unread, limit }, { em, viewer }) => {
    const where = { person: viewer.id, ...(before !== undefined && { number: { $lt: before } }), ...(unread && { readAt: null }) };
    const found = await em.fork().find(Notification, where, { orderBy: { number: 'desc' }, limit: limit + 1 });
    const shown = found.slice(0, limit);
    const next = found.length > limit ? (shown.at(-1)?.number ?? null) : null;
    return { data: await present(em, shown), unread: await unreadOf(em, viewer.id), next };
  },
});

/** How many notices somebody has not read. */
export const unreadOf = (em: EntityManager, person: string): Promise<number> => em.fork().count(Notification, { person, readAt: null });

/** Somebody's notices after a number, the oldest first. */
export async function notificationsAfter(em: EntityManager, person: string, number: number, limit: number): Promise<NotificationView[]> {
  const found = await em.fork().find(Notification, { person, number: { $gt: number } }, { orderBy: { number: 'asc' }, limit });
  return present(em, found);
}

/** How far somebody's notices go, and how often some were read. */
export interface Mark {
  readonly last: number;
  readonly reads: number;
}

/** The marks of these people; who was never told anything has none. */
export async function marksOf(em: EntityManager, people: readonly string[]): Promise<ReadonlyMap<string, Mark>> {
  const rows = await em.fork().find(NotificationCounter, { person: { $in: [...people] } });
  return new Map(rows.map(({ person, last, reads }) => [person.id, { last, reads }]));
}

async function present(em: EntityManager, found: readonly Notification[]): Promise<NotificationView[]> {
  const known = await names(
    em,
    found.flatMap(({ actorId }) => actorId ?? []),
  );
  return found.map((one) => ({
    id: one.id,
    number: one.number,
    kind: one.kind,
    title: one.title,
    details: [...one.details],
    actor: one.actorKind === 'user' && one.actorId ? { id: one.actorId, name: known.get(one.actorId) ?? null } : null,
    root: one.rootType && one.rootId ? { type: one.rootType, id: one.rootId } : null,
    changeId: one.changeId ?? null,
    path: one.path ?? null,
    createdAt: one.createdAt.toISOString(),
    readAt: one.readAt?.toISOString() ?? null,
  }));
}
