import { RotateCw } from 'lucide-react';
import { Button } from '../../ui/button.tsx';
import { Bone } from '../../ui/page-state.tsx';
import { isFull, KEPT } from './feed.ts';
import type { FeedSession } from './feed-session.ts';
import type { FeedState } from './feed-state.ts';

interface Props {
  readonly state: FeedState;
  readonly session: FeedSession;
  /** Shows what is older than the list can hold; left out where there is no such view. */
  readonly onLookBack?: (before: number) => void;
}

/** The end of the list: more is coming, could not be read, is more than the page keeps, or there is no more. */
export function FeedFoot({ state: { feed, olderProblem }, session, onLookBack }: Props) {
  if (!feed) return null;
  if (olderProblem) {
    return (
      <Foot>
        Couldn’t read older events. {olderProblem.message}.
        <Button look="quiet" icon={RotateCw} onClick={() => void session.loadOlder()}>
          Retry
        </Button>
      </Foot>
    );
  }
  const { next } = feed;
  if (next === null) return <Foot>{feed.shown.length > 3 && 'This is the beginning of what is recorded here.'}</Foot>;
  if (isFull(feed)) {
    return (
      <Foot>
        This page keeps the newest {KEPT.toLocaleString('en')} events. A narrower filter or a look back shows older ones.
        {onLookBack && <Button onClick={() => onLookBack(next)}>Go on from event {next.toLocaleString('en')}</Button>}
      </Foot>
    );
  }
  return (
    <Foot>
      <Bone className="w-40" />
      <span className="sr-only">Older events are coming</span>
    </Foot>
  );
}

/** No anchor for the browser: it would keep the end of the list in sight, and let what is read run away above it. */
const Foot = ({ children }: { readonly children: React.ReactNode }) => (
  <div className="flex min-h-16 flex-wrap items-center justify-center gap-3 px-5 py-4 [overflow-anchor:none] text-center text-sm text-ink-3">
    {children}
  </div>
);
