import { FilterX, Radio } from 'lucide-react';
import { Button } from '../../ui/button.tsx';
import { PageState, ProblemState } from '../../ui/page-state.tsx';
import { useDelayed } from '../../ui/use-delayed.ts';
import type { FeedState } from '../trail/feed-state.ts';
import { FeedSkeleton } from '../trail/feed-skeleton.tsx';
import { isFiltered, type LiveSearch, UNFILTERED } from './live-search.ts';

interface Props {
  readonly state: FeedState;
  readonly search: LiveSearch;
  readonly onChange: (part: Partial<LiveSearch>) => void;
  readonly onRetry: () => void;
}

/** What stands in place of the list: being read, not readable, nothing under this filter, or nothing at all yet. */
export function FeedBeginning({ state: { feed, problem }, search, onChange, onRetry }: Props) {
  const late = useDelayed(!feed && !problem);
  if (!feed && problem) {
    // What the server can't understand it understands no better a second time.
    const senseless = problem.code === 'VALIDATION_ERROR' && isFiltered(search);
    const wayOn = senseless ? <Button onClick={() => onChange(UNFILTERED)}>Clear the filter</Button> : undefined;
    return <ProblemState problem={problem} what="the feed" onRetry={onRetry} wayOn={wayOn} />;
  }
  if (!feed) return late && <FeedSkeleton rows={9} />;
  if (isFiltered(search)) return <Filtered search={search} onChange={onChange} />;
  return (
    <PageState icon={Radio} title="Nothing is recorded yet">
      As soon as somebody creates, changes, submits or approves something that you may see, it appears here by itself: who did it, what was
      there before, and why.
    </PageState>
  );
}

/** The way out of a filter that finds nothing: each of its parts can be taken off here. */
function Filtered({ search, onChange }: Pick<Props, 'search' | 'onChange'>) {
  const parts = (
    [
      ['area', 'area'],
      ['action', 'action'],
      ['actor', 'who'],
      ['field', 'field'],
      ['root', 'record'],
      ['target', 'part'],
      ['text', 'text'],
      ['set', 'change set'],
      ['from', 'time'],
    ] as const
  ).filter(([name]) => search[name] !== undefined || (name === 'from' && search.to !== undefined));
  return (
    <PageState
      icon={FilterX}
      title="Nothing recorded matches this filter"
      actions={
        <>
          {parts.length > 1 &&
            parts.map(([name, label]) => (
              <Button
                key={name}
                onClick={() => onChange(name === 'from' ? { from: undefined, to: undefined } : { [name]: undefined })}
              >{`Without ${label}`}</Button>
            ))}
          <Button look={parts.length > 1 ? 'quiet' : 'plain'} onClick={() => onChange(UNFILTERED)}>
            Clear the filter
          </Button>
        </>
      }
    >
      {search.to === undefined
        ? 'New events that match appear here as they come in.'
        : 'This stretch of time is over: nothing more can come in.'}
    </PageState>
  );
}
