import type { Target } from '../events/entry.ts';
import type { Difference, Uncompared } from '../records/held-against.ts';

/** What the passes count in. */
export interface Tally {
  events: number;
  records: number;
  rows: number;
  differences: number;
  rowsBefore: number;
  readonly uncompared: Uncompared;
  /** Records whose rows are longer than is read. */
  readonly unread: Target[];
  /** Bytes of rows that are read at once. */
  readonly rowsAtOnce: number | undefined;
  found(difference: Difference): void;
}
