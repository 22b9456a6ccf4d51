import type { Problem } from '../../api/problem.ts';
import type { Feed } from './feed.ts';

/** Why a feed is being read anew: the server no longer replays from where it stopped, or something is missing in between, or what may be seen is another. */
export type Renewal = 'away' | 'gap' | 'overflow' | 'rights';

/** What a page knows of what it follows. */
export interface FeedState {
  readonly feed: Feed | null;
  /** What kept the first screen, or a renewal, from being read. What is shown already stays. */
  readonly problem: Problem | null;
  readonly renewing: Renewal | null;
  /** `starting` until the server has taken the subscription; `catching-up` after an interruption until nothing more comes at once. */
  readonly following: 'starting' | 'live' | 'catching-up';
  readonly caughtUp: number;
  readonly loadingOlder: boolean;
  readonly olderProblem: Problem | null;
  readonly loadingNewer: boolean;
  readonly newerProblem: Problem | null;
}

/** Before anything was read. */
export const BEGINNING: FeedState = {
  feed: null,
  problem: null,
  renewing: null,
  following: 'starting',
  caughtUp: 0,
  loadingOlder: false,
  olderProblem: null,
  loadingNewer: false,
  newerProblem: null,
};
