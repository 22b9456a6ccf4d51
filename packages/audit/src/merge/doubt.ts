import type { Alleged } from './alleged.ts';
import type { Target } from '../events/entry.ts';

/** As the root of others, or as what an event is about. */
export type As = 'root' | 'target';

/** What a flush says of whose a record is, and what its row, or the log, says otherwise now; or of a record that may be gone, a change. */
export interface Doubt {
  readonly as: As | 'gone';
  readonly record: Pick<Target, 'type' | 'id'>;
  readonly said: Alleged;
  /** What is to be said of it, where it never was so. */
  readonly sentence: string;
}
