import { useQuery } from '@tanstack/react-query';
import { useLocation, useNavigate, useParams, useRouter } from '@tanstack/react-router';
import { ArrowLeft, SearchX, X } from 'lucide-react';
import { use, useEffect, useRef } from 'react';
import { client } from '../../api/link.ts';
import { problemOf, Problem } from '../../api/problem.ts';
import type { EventView } from '../../api/views.ts';
import { Icon } from '../../ui/icon.tsx';
import { Bone, PageState, ProblemState } from '../../ui/page-state.tsx';
import { useShortcuts } from '../../ui/shortcuts.ts';
import { useDelayed } from '../../ui/use-delayed.ts';
import { EventDetails } from './event-details.tsx';
import { OpenedSession } from './opened-session.ts';

/** One event: beside the list where there is room, in its place where there is none. */
export function EventDrawer() {
  const { position } = useParams({ from: '/_app/live/e/$position' });
  const { event, problem, retry } = useEvent(Number(position));
  const close = useClose();
  const heading = useRef<HTMLHeadingElement>(null);
  useShortcuts({ escape: close });
  const opened = useRef(false);
  useEffect(() => {
    // By keyboard one walks through the list with the drawer open: then the focus stays where the keys are.
    const walking = opened.current && document.activeElement?.closest('[data-set]');
    opened.current = true;
    if (!walking) heading.current?.focus({ preventScroll: true });
  }, [position]);
  return (
    <aside
      aria-label={`Event ${position}`}
      className="flex flex-col bg-sheet max-lg:absolute max-lg:inset-0 max-lg:z-20 lg:w-[25.5rem] lg:shrink-0 lg:border-l lg:border-line"
    >
      <header className="flex h-13 shrink-0 items-center gap-2 border-b border-line pl-3 pr-3 lg:pl-5">
        <button
          type="button"
          onClick={close}
          aria-label="Back to the list"
          className="grid size-8 place-items-center rounded-md text-ink-2 hover:bg-hover lg:hidden pointer-coarse:size-11"
        >
          <Icon of={ArrowLeft} size={18} />
        </button>
        <h2 ref={heading} tabIndex={-1} className="num flex-1 text-base">
          Event {position}
        </h2>
        <button
          type="button"
          onClick={close}
          aria-label="Close"
          title="Close (Esc)"
          className="hidden size-8 place-items-center rounded-md text-ink-3 hover:bg-hover lg:grid"
        >
          <Icon of={X} size={17} />
        </button>
      </header>
      <div className="min-h-0 flex-1 overflow-y-auto">
        {event ? <EventDetails event={event} /> : problem ? <Missing problem={problem} onRetry={retry} /> : <DrawerSkeleton />}
      </div>
    </aside>
  );
}

/** The event as the list has it, or as the server tells it. */
function useEvent(position: number): { event: EventView | undefined; problem: Problem | null; retry: () => void } {
  const session = use(OpenedSession);
  const known = session?.store.get().feed?.shown.find((event) => event.position === position);
  const valid = Number.isInteger(position) && position > 0;
  const query = useQuery({
    queryKey: ['event', position],
    queryFn: ({ signal }) => client.audit.event.query({ position }, { signal }),
    // An event never changes; who may see it can.
    staleTime: 60_000,
    enabled: valid && !known,
  });
  const problem = valid
    ? query.error && problemOf(query.error)
    : new Problem('This is no event', { code: 'NOT_FOUND', details: 'Events are numbered 1, 2, 3 …' });
  return { event: known ?? query.data, problem, retry: () => void query.refetch() };
}

/** Closing goes back to where one came from, so that Back doesn't open it again. */
function useClose(): () => void {
  const router = useRouter();
  const navigate = useNavigate();
  const fromFeed = useLocation({ select: ({ state }) => state.fromFeed === true });
  return () => {
    if (fromFeed) router.history.back();
    else void navigate({ to: '/live', search: (now) => now });
  };
}

const Missing = ({ problem, onRetry }: { readonly problem: Problem; readonly onRetry: () => void }) =>
  problem.code === 'NOT_FOUND' || problem.code === 'FORBIDDEN' ? (
    <PageState icon={SearchX} title="There is no such event, or you may not see it">
      Supervisors see the events of the people and sites they are responsible for, workers and members those of their own records; managers,
      in-house staff and admins see all. If somebody sent you this address, ask them what it shows.
    </PageState>
  ) : (
    <ProblemState problem={problem} what="this event" onRetry={onRetry} />
  );

function DrawerSkeleton() {
  const late = useDelayed(true);
  return (
    late && (
      <div role="status" className="grid gap-4 p-5">
        <span className="sr-only">Reading the event</span>
        {['w-48', 'w-56', 'w-40', 'w-52', 'w-36'].map((width) => (
          <Bone key={width} className={width} />
        ))}
      </div>
    )
  );
}
