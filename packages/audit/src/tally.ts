import type { Difference, Uncompared } from './held-against.ts';

/** What the passes count in. */
export interface Tally {
  events: number;
  records: number;
  rows: number;
  differences: number;
  rowsBefore: number;
  readonly uncompared: Uncompared;
  found(difference: Difference): void;
}
