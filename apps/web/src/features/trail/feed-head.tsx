import { ArrowUp, RotateCw } from 'lucide-react';
import type { ReactNode } from 'react';
import { Button } from '../../ui/button.tsx';
import { hasNewer } from './feed.ts';
import type { FeedSession } from './feed-session.ts';
import type { FeedState } from './feed-state.ts';

interface Props {
  readonly state: FeedState;
  readonly session: FeedSession;
}

/** The upper end of a look back: what is newer can be fetched, is on its way, could not be read, or there is no more. */
export function FeedHead({ state: { feed, loadingNewer, newerProblem }, session }: Props) {
  if (!feed?.past) return null;
  if (newerProblem) {
    return (
      <Head>
        Couldn’t read newer events. {newerProblem.message}.
        <Button look="quiet" icon={RotateCw} onClick={() => void session.loadNewer()}>
          Retry
        </Button>
      </Head>
    );
  }
  if (!hasNewer(feed)) return <Head>Nothing newer was recorded here when this was read.</Head>;
  return (
    <Head>
      <Button
        look="quiet"
        icon={ArrowUp}
        onClick={() => void session.loadNewer()}
        because={loadingNewer ? 'Newer events are on their way' : null}
        className="w-32"
      >
        Newer events
      </Button>
    </Head>
  );
}

/** Always of one height: what is below it must not move. */
const Head = ({ children }: { readonly children: ReactNode }) => (
  <div className="flex h-11 items-center justify-center gap-3 overflow-hidden [overflow-anchor:none] border-b border-line px-5 text-center text-sm text-ink-3 pointer-coarse:h-14">
    {children}
  </div>
);
