import type { Visibility } from '@countersign/audit/visibility';
import type { Viewer } from '@countersign/domain/people/rights/permissions';
import type { Readings } from '@countersign/domain/record/reading/readings';
import type { Lanes, Presenter } from './lanes.ts';

/** What the live subscription needs from the process. */
export interface LiveServices {
  readonly lanes: Lanes;
  /** AUD-29: by whom the log is followed. */
  readonly log: Pick<Readings, 'follow'>;
  readonly visibility: (viewer: Viewer) => Promise<Visibility>;
  readonly presenter: Presenter;
  /** Who is further behind than this many positions is told to reload. */
  readonly maxBehind: number;
}
