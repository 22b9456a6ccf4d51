import { textFrom } from '../../ui/address.ts';

/** What the list shows, as it stands in the address. */
export interface NotificationsSearch {
  readonly show?: 'unread' | undefined;
}

export const readNotificationsSearch = (search: Record<string, unknown>): NotificationsSearch => ({
  show: textFrom(search['show']) === 'unread' ? 'unread' : undefined,
});
