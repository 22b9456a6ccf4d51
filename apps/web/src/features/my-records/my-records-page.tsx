import { NO_CHANGES } from '@countersign/domain/record/answers/answer.rules';
import { READING_AREA } from '@countersign/domain/record/reading/read-view.rules';
import { Link, useNavigate, useRouteContext, useSearch } from '@tanstack/react-router';
import { CheckCheck, Eye, UserPen } from 'lucide-react';
import { useMemo } from 'react';
import { PageHeader } from '../../layouts/page-header.tsx';
import { Button } from '../../ui/button.tsx';
import { PageState, ProblemLine, ProblemState } from '../../ui/page-state.tsx';
import { useDelayed } from '../../ui/use-delayed.ts';
import type { ChangeSet } from '../trail/change-sets.ts';
import { FeedSkeleton } from '../trail/feed-skeleton.tsx';
import { StatusLine } from '../trail/status-line.tsx';
import { useChangeSets } from '../trail/use-change-sets.ts';
import { useFeed } from '../trail/use-feed.ts';
import { answerTo, useAnswers, useWaiting } from './answers-query.ts';
import { ExportsList } from './exports-list.tsx';
import { MyRecordsList } from './my-records-list.tsx';
import type { MyRecordsSearch } from './my-records-search.ts';
import { SetAnswer } from './set-answer.tsx';

const withAnswer = (set: ChangeSet) => <SetAnswer set={set} />;

/** AUD-35: what others did to the reader's records, who looked at them, and who took them away as a file. */
export function MyRecordsPage() {
  const { show } = useSearch({ from: '/_app/me' });
  if (show !== 'exports') return <Followed />;
  return (
    <>
      <PageHeader title="My records" />
      <Toolbar shown="exports" unanswered={false} waiting={undefined} />
      <ExportsList />
    </>
  );
}

/** Changes or looks, newest first and live. */
function Followed() {
  const { user } = useRouteContext({ from: '/_app' });
  const { show, unanswered } = useSearch({ from: '/_app/me' });
  const looks = show === 'looks';
  const onlyOpen = !looks && unanswered === 'yes';
  const filter = useMemo(
    () => ({
      subject: user.id,
      withoutActor: user.id,
      ...(looks ? { area: READING_AREA } : { withoutArea: [...NO_CHANGES] }),
      ...(onlyOpen && { unanswered: true }),
    }),
    [user.id, looks, onlyOpen],
  );
  const { session, state } = useFeed(filter);
  const { feed, problem } = state;
  const late = useDelayed(!feed && !problem);
  const { data: answers } = useAnswers();
  const all = useChangeSets(feed?.shown);
  // What was answered since the server was asked.
  const open = useMemo(() => (answers ? all.filter((set) => !answerTo(set, answers)) : all), [all, answers]);
  const { data: waiting } = useWaiting(all[0]?.position);
  const what = looks ? 'who looked at your records' : 'what others did to your records';
  return (
    <>
      <PageHeader title="My records">
        <StatusLine feed={state} />
      </PageHeader>
      <Toolbar shown={show} unanswered={unanswered === 'yes'} waiting={looks ? undefined : waiting} />
      {problem && feed && <ProblemLine problem={problem} what={what} onRetry={() => session.retry()} />}
      {feed ? (
        <MyRecordsList
          key={`${show ?? 'changes'} ${unanswered}`}
          session={session}
          state={state}
          sets={onlyOpen ? open : all}
          label={looks ? 'Who looked' : 'Changes by others'}
          actions={looks ? undefined : withAnswer}
          nothing={<Nothing looks={looks} answered={onlyOpen} />}
        />
      ) : problem ? (
        <ProblemState problem={problem} what={what} onRetry={() => session.retry()} />
      ) : (
        late && <FeedSkeleton rows={6} />
      )}
    </>
  );
}

interface ToolbarProps {
  readonly shown: MyRecordsSearch['show'];
  readonly unanswered: boolean;
  /** How many changes aren't answered, as far as that is known. */
  readonly waiting: { readonly count: number; readonly more: boolean } | undefined;
}

const TAB =
  'inline-flex h-8 items-center rounded-md px-3 text-sm font-medium text-ink-2 hover:bg-hover hover:text-ink pointer-coarse:h-11 aria-[current=page]:bg-accent-soft aria-[current=page]:text-accent';

function Toolbar({ shown, unanswered, waiting }: ToolbarProps) {
  const navigate = useNavigate({ from: '/me' });
  return (
    <div className="flex min-h-13 shrink-0 flex-wrap items-center gap-x-3 gap-y-1 border-b border-line px-4 py-1.5 sm:px-5">
      <nav aria-label="What to show" className="flex gap-1">
        <Link
          to="/me"
          search={{}}
          activeOptions={{ includeSearch: true, exact: true }}
          aria-current={shown ? undefined : 'page'}
          className={TAB}
        >
          Changes
        </Link>
        <Link to="/me" search={{ show: 'looks' }} aria-current={shown === 'looks' ? 'page' : undefined} className={TAB}>
          Who looked
        </Link>
        <Link to="/me" search={{ show: 'exports' }} aria-current={shown === 'exports' ? 'page' : undefined} className={TAB}>
          Exports
        </Link>
      </nav>
      {!shown && (
        <label className="flex shrink-0 items-center gap-2 text-sm pointer-coarse:min-h-11">
          <input
            type="checkbox"
            checked={unanswered}
            onChange={({ target }) => void navigate({ to: '.', search: { unanswered: target.checked ? 'yes' : undefined }, replace: true })}
            className="size-4 accent-(--accent)"
          />
          Only unanswered
        </label>
      )}
      {waiting && waiting.count > 0 && (
        <span className="num ml-auto text-sm text-ink-2 max-sm:hidden">
          {waiting.more && 'More than '}
          {waiting.count.toLocaleString('en')} {waiting.count === 1 ? 'waits' : 'wait'} for your answer
        </span>
      )}
    </div>
  );
}

function Nothing({ looks, answered }: { readonly looks: boolean; readonly answered: boolean }) {
  const navigate = useNavigate({ from: '/me' });
  if (answered) {
    const showAll = () => void navigate({ to: '.', search: {}, replace: true });
    return (
      <PageState icon={CheckCheck} title="Nothing waits for your answer" actions={<Button onClick={showAll}>Show all</Button>}>
        What others change from now on appears here.
      </PageState>
    );
  }
  return looks ? (
    <PageState icon={Eye} title="Nobody else has looked at your records yet">
      When somebody opens a timecard of yours or reads its trail, it stands here within a few minutes: who it was, when, and how often.
    </PageState>
  ) : (
    <PageState icon={UserPen} title="Nobody else has changed anything of yours yet">
      When somebody changes your hours, decides on a timecard of yours or changes your profile, it appears here by itself, and you can say
      whether it is right.
    </PageState>
  );
}
