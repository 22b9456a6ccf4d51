import { useQueryClient, type QueryClient } from '@tanstack/react-query';
import { useRouter } from '@tanstack/react-router';
import { useEffect } from 'react';
import { client } from '../../api/link.ts';
import { problemOf } from '../../api/problem.ts';
import { signedOut } from '../../api/queries.ts';
import type { NotificationView } from '../../api/views.ts';
import { hint } from '../../ui/notice.tsx';
import { createStore } from '../../ui/store.ts';

/** How many notices the reader has not read; null until it is known. */
export const unreadCount = createStore<number | null>(null);

/** Before following that the server ended is tried again. */
const AGAIN = 4000;

/** Follows what the reader is told, as long as somebody is signed in: the count, open lists, and a line about what is new. */
export function useInbox(person: string): void {
  const queries = useQueryClient();
  const router = useRouter();
  useEffect(() => {
    const open = (path: string) => router.history.push(path);
    const leave = follow(queries, open);
    return () => {
      leave();
      unreadCount.set(null);
    };
  }, [person, queries, router]);
}

function follow(queries: QueryClient, open: (path: string) => void): () => void {
  let timer = 0;
  let subscription = subscribe();
  function subscribe() {
    return client.notifications.live.subscribe(undefined, {
      onData: ({ data: { unread, notifications } }) => {
        unreadCount.set(unread);
        void queries.invalidateQueries({ queryKey: ['notifications', 'list'] });
        tell(notifications, open);
      },
      onError: (error) => {
        signedOut(error);
        const { code } = problemOf(error);
        if (code === 'UNAUTHORIZED' || code === 'FORBIDDEN') return;
        timer = window.setTimeout(() => (subscription = subscribe()), AGAIN * (0.5 + Math.random()));
      },
    });
  }
  return () => {
    clearTimeout(timer);
    subscription.unsubscribe();
  };
}

/** Says what is new in one line, unless something else is being said: an Undo must not go because of it. */
function tell(notifications: readonly NotificationView[], open: (path: string) => void): void {
  const [first] = notifications;
  if (!first || document.visibilityState !== 'visible') return;
  const only = notifications.length === 1;
  hint({
    text: only ? first.title : `${notifications.length} new notifications`,
    tone: 'news',
    action: { label: 'Show', run: () => open(only ? (placeOf(first) ?? '/notifications') : '/notifications') },
  });
}

/** Where a notice leads: to its record, with the change that it tells of; null where there is nothing to show. */
export function placeOf({ path, root, changeId }: NotificationView): string | null {
  if (path === null || changeId === null || path !== `/timecards/${root?.id}`) return path;
  return `${path}?change=${changeId}`;
}
