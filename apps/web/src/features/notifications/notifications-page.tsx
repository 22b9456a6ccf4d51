import { useInfiniteQuery } from '@tanstack/react-query';
import { Link, useNavigate, useSearch } from '@tanstack/react-router';
import { BellOff, CheckCheck, Settings2 } from 'lucide-react';
import { problemOf } from '../../api/problem.ts';
import { PageHeader } from '../../layouts/page-header.tsx';
import { Button, buttonClass } from '../../ui/button.tsx';
import { Icon } from '../../ui/icon.tsx';
import { PageState, ProblemLine, ProblemState } from '../../ui/page-state.tsx';
import { useDelayed } from '../../ui/use-delayed.ts';
import { ConnectionLine } from '../trail/connection-line.tsx';
import { NotificationItem, NotificationsSkeleton } from './notification-item.tsx';
import { notificationsQuery, useMarkRead } from './notification-queries.ts';

/** What the reader was told, the newest first. */
export function NotificationsPage() {
  const { show } = useSearch({ from: '/_app/notifications/' });
  const unread = show === 'unread';
  const { data, error, isPending, refetch, hasNextPage, fetchNextPage, isFetchingNextPage } = useInfiniteQuery(notificationsQuery(unread));
  const late = useDelayed(isPending);
  const problem = error && problemOf(error);
  const notices = data?.pages.flatMap((page) => page.data) ?? [];
  return (
    <>
      <PageHeader title="Notifications">
        <Link to="/notifications/preferences" className={`${buttonClass('quiet')} ml-auto max-sm:px-2`}>
          <Icon of={Settings2} />
          <span className="max-sm:sr-only">Preferences</span>
        </Link>
      </PageHeader>
      <Toolbar unread={unread} newest={notices[0]?.number ?? 0} left={data?.pages[0]?.unread ?? 0} />
      {problem && data && <ProblemLine problem={problem} what="the notifications" onRetry={() => void refetch()} />}
      <div className="min-h-0 flex-1 overflow-y-auto">
        {data ? (
          notices.length > 0 ? (
            <>
              <ul aria-label="Notifications, newest first">
                {notices.map((notice) => (
                  <NotificationItem key={notice.id} notice={notice} />
                ))}
              </ul>
              <div className="flex justify-center py-5 text-sm text-ink-3">
                {hasNextPage ? (
                  <Button onClick={() => void fetchNextPage()} because={isFetchingNextPage ? 'One moment' : null}>
                    Show older ones
                  </Button>
                ) : (
                  'That is all.'
                )}
              </div>
            </>
          ) : (
            <Nothing unread={unread} />
          )
        ) : problem ? (
          <ProblemState problem={problem} what="the notifications" onRetry={() => void refetch()} />
        ) : (
          late && <NotificationsSkeleton />
        )}
      </div>
    </>
  );
}

function Toolbar({ unread, newest, left }: { readonly unread: boolean; readonly newest: number; readonly left: number }) {
  const navigate = useNavigate({ from: '/notifications/' });
  const read = useMarkRead();
  const because = read.isPending ? 'One moment' : left === 0 ? 'Nothing is unread' : null;
  return (
    // Of one height, whatever the line says: what is below it must not move.
    <div className="flex h-13.25 shrink-0 items-center gap-3 border-b border-line px-4 max-sm:h-15.5 sm:px-5">
      <label className="flex shrink-0 items-center gap-2 text-sm pointer-coarse:min-h-11">
        <input
          type="checkbox"
          checked={unread}
          onChange={({ target }) => void navigate({ to: '.', search: { show: target.checked ? 'unread' : undefined }, replace: true })}
          className="size-4 accent-(--accent)"
        />
        Only unread
      </label>
      <ConnectionLine />
      <Button
        changes="anything"
        look="quiet"
        icon={CheckCheck}
        because={because}
        onClick={() => read.mutate({ upTo: newest })}
        className="ml-auto"
      >
        <span>
          Mark all<span className="max-sm:sr-only"> as read</span>
        </span>
      </Button>
    </div>
  );
}

function Nothing({ unread }: { readonly unread: boolean }) {
  const navigate = useNavigate({ from: '/notifications/' });
  if (unread) {
    const showAll = () => void navigate({ to: '.', search: {}, replace: true });
    return (
      <PageState icon={CheckCheck} title="Everything is read" actions={<Button onClick={showAll}>Show all</Button>}>
        What you are told from now on appears here.
      </PageState>
    );
  }
  return (
    <PageState icon={BellOff} title="You have not been told anything yet">
      When somebody approves, rejects or changes a timecard of yours, you are told here, and by mail.
    </PageState>
  );
}
