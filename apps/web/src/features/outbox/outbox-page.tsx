import { keepPreviousData, useQuery } from '@tanstack/react-query';
import { Link, useNavigate, useSearch } from '@tanstack/react-router';
import { FilterX, Send } from 'lucide-react';
import { lazy, Suspense } from 'react';
import { client } from '../../api/link.ts';
import { lookAgain } from '../../api/look-again.ts';
import { problemOf } from '../../api/problem.ts';
import type { MessageSummary } from '../../api/views.ts';
import { AdminsOnly } from '../../layouts/admins-only.tsx';
import { PageHeader } from '../../layouts/page-header.tsx';
import { Button } from '../../ui/button.tsx';
import { FilterMenu } from '../../ui/filter-menu.tsx';
import { Icon } from '../../ui/icon.tsx';
import { Bone, PageState, ProblemLine, ProblemState } from '../../ui/page-state.tsx';
import { Pagination } from '../../ui/pagination.tsx';
import { TimeText } from '../../ui/time-text.tsx';
import { useDelayed } from '../../ui/use-delayed.ts';
import { useZones } from '../../ui/zone-context.tsx';
import { channelIcon, channelLabel, MessageStatusTag, statusLabel } from './message-tags.tsx';
import { CHANNELS, inputOf, isFiltered, type OutboxSearch, STATUSES } from './outbox-search.ts';

const MessageDialog = lazy(() => import('./message-dialog.tsx'));

/** every message that went out, is to go out, or is kept because nothing could send it. */
export function OutboxPage() {
  return (
    <>
      <PageHeader title="Outbox" />
      <AdminsOnly otherwise="What you are told yourself stands among your notifications.">
        <Listed />
      </AdminsOnly>
    </>
  );
}

function Listed() {
  const search = useSearch({ from: '/_app/outbox' });
  const navigate = useNavigate({ from: '/outbox' });
  const { data, error, isPending, refetch } = useQuery({
    queryKey: ['outbox', inputOf(search)],
    queryFn: ({ signal }) => client.messages.list.query(inputOf(search), { signal }),
    placeholderData: keepPreviousData,
    refetchInterval: ({ state }) => lookAgain(state, 5_000),
  });
  const change = (part: Partial<OutboxSearch>) =>
    void navigate({ to: '.', search: (now) => ({ ...now, page: undefined, ...part }), replace: !('message' in part) });
  const late = useDelayed(isPending);
  const problem = error && problemOf(error);
  const empty = isFiltered(search) ? (
    <PageState
      icon={FilterX}
      title="No message matches this filter"
      actions={<Button onClick={() => change({ status: undefined, channel: undefined })}>Clear the filter</Button>}
    />
  ) : (
    <PageState icon={Send} title="No message yet">
      Mails, text messages and pushes to people are listed here, as they are sent or kept.
    </PageState>
  );
  return (
    <>
      <Filters search={search} onChange={change} />
      {problem && data && <ProblemLine problem={problem} what="the outbox" onRetry={() => void refetch()} />}
      <div className="@container min-h-0 flex-1 overflow-y-auto">
        {data ? (
          data.data.length ? (
            <Messages messages={data.data} />
          ) : (
            empty
          )
        ) : problem ? (
          <ProblemState problem={problem} what="the outbox" onRetry={() => void refetch()} />
        ) : (
          late && <Skeleton />
        )}
      </div>
      {data && <Pagination {...data.pagination} onPage={(page) => change({ page: page > 1 ? page : undefined })} />}
      {search.message && (
        <Suspense fallback={null}>
          <MessageDialog id={search.message} onClose={() => change({ message: undefined, page: search.page })} />
        </Suspense>
      )}
    </>
  );
}

const Filters = ({ search, onChange }: { readonly search: OutboxSearch; readonly onChange: (part: Partial<OutboxSearch>) => void }) => (
  <div role="group" aria-label="Filters" className="flex shrink-0 items-center gap-1.5 border-b border-line px-4 py-2.5 sm:px-5">
    <FilterMenu
      label="Status"
      choices={STATUSES.map((status) => ({ value: status, label: statusLabel(status) }))}
      chosen={search.status ?? []}
      onChange={(chosen) => onChange({ status: STATUSES.filter((one) => chosen.includes(one)) })}
    />
    <FilterMenu
      label="By"
      choices={CHANNELS.map((channel) => ({ value: channel, label: channelLabel(channel) }))}
      chosen={search.channel ?? []}
      onChange={(chosen) => onChange({ channel: CHANNELS.filter((one) => chosen.includes(one)) })}
    />
  </div>
);

const Messages = ({ messages }: { readonly messages: readonly MessageSummary[] }) => (
  <ul aria-label="Messages, newest first" className="text-sm">
    {messages.map((message) => (
      <Row key={message.id} message={message} />
    ))}
  </ul>
);

function Row({ message }: { readonly message: MessageSummary }) {
  const { choice, mine } = useZones();
  const { id, channel, status, person, to, subject, createdAt, lastError } = message;
  return (
    <li className="relative grid grid-cols-[auto_minmax(0,1fr)_auto] items-start gap-x-3 border-b border-line px-4 py-2.5 hover:bg-hover sm:px-5">
      <span className="mt-0.5 text-ink-3" title={channelLabel(channel)}>
        <Icon of={channelIcon(channel)} />
        <span className="sr-only">{channelLabel(channel)}</span>
      </span>
      <div className="min-w-0">
        <Link
          from="/outbox"
          to="."
          search={(now) => ({ ...now, message: id })}
          className="block font-medium sm:truncate after:absolute after:inset-0 focus-visible:outline-none focus-visible:after:outline-2 focus-visible:after:-outline-offset-2 focus-visible:after:outline-accent"
        >
          {subject}
        </Link>
        <p className="truncate text-ink-2">
          {person.name} <span className="text-ink-3">{to ?? 'a browser that was taken off'}</span>
        </p>
        {lastError && <p className="truncate text-xs text-refuse">{lastError}</p>}
      </div>
      <div className="flex flex-col items-end gap-1">
        <MessageStatusTag status={status} />
        <TimeText instant={createdAt} timeZone={choice === 'utc' ? 'UTC' : mine} as="day" className="text-xs text-ink-3" />
      </div>
    </li>
  );
}

const Skeleton = () => (
  <div role="status">
    <span className="sr-only">Reading the outbox</span>
    {Array.from({ length: 10 }, (_, index) => (
      <div key={index} aria-hidden className="grid gap-2 border-b border-line px-5 py-3">
        <Bone className={index % 2 ? 'w-72' : 'w-60'} />
        <Bone className="w-40" />
      </div>
    ))}
  </div>
);
