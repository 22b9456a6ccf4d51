import { now } from '../clock.ts';
import { command } from '../definition.ts';
import { MATRIX } from '../people/rights/permissions.ts';
import { Notification } from './notification.ts';
import { unreadOf } from './notification.queries.ts';
import { readAllInput, readNotificationsInput, unreadView } from './notification.views.ts';

// What somebody has read is theirs alone: ids of others' notices are passed over, as if there were none.

export const readNotifications = command({
  name: 'notifications.read',
  summary: 'Mark notices of yours as read',
  input: readNotificationsInput,
  output: unreadView,
  rest: { method: 'POST', path: '/api/notifications/read' },
  permission: MATRIX.signedIn,
  run: async ({ ids }, { em, viewer }) => {
    await em.nativeUpdate(Notification, { person: viewer.id, id: { $in: ids }, readAt: null }, { readAt: now() });
    return { unread: await unreadOf(em, viewer.id) };
  },
});

export const readAllNotifications = command({
  name: 'notifications.readAll',
  summary: 'Mark all notices as read that you have seen',
  input: readAllInput,
  output: unreadView,
  rest: { method: 'POST', path: '/api/notifications/read-all' },
  permission: MATRIX.signedIn,
  run: async ({ upTo }, { em, viewer }) => {
    await em.nativeUpdate(Notification, { person: viewer.id, number: { $lte: upTo }, readAt: null }, { readAt: now() });
    return { unread: await unreadOf(em, viewer.id) };
  },
});
