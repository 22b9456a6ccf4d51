import { infiniteQueryOptions, useMutation, useQueryClient } from '@tanstack/react-query';
import { client } from '../../api/link.ts';
import { problemOf } from '../../api/problem.ts';
import { notify } from '../../ui/notice.tsx';
import { unreadCount } from './inbox.ts';

export const notificationsQuery = (unread: boolean) =>
  infiniteQueryOptions({
    queryKey: ['notifications', 'list', unread],
    queryFn: ({ signal, pageParam }) =>
      client.notifications.list.query({ unread, ...(pageParam !== null && { before: pageParam }) }, { signal }),
    initialPageParam: null as number | null,
    getNextPageParam: ({ next }) => next,
  });

/** Marks notices as read: those with these ids, or all up to a number. */
export function useMarkRead() {
  const queries = useQueryClient();
  return useMutation({
    mutationFn: (which: { readonly ids: string[] } | { readonly upTo: number }) =>
      'ids' in which ? client.notifications.read.mutate(which) : client.notifications.readAll.mutate(which),
    onSuccess: ({ unread }) => {
      unreadCount.set(unread);
      return queries.invalidateQueries({ queryKey: ['notifications', 'list'] });
    },
    onError: (thrown) => notify({ text: `Not marked as read. ${problemOf(thrown).message}.`, tone: 'refuse' }),
  });
}
