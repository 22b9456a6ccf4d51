import { createFileRoute } from '@tanstack/react-router';
import { NotificationsPage } from '../features/notifications/notifications-page.tsx';
import { readNotificationsSearch } from '../features/notifications/notifications-search.ts';

export const Route = createFileRoute('/_app/notifications/')({
  validateSearch: readNotificationsSearch,
  component: NotificationsPage,
});
