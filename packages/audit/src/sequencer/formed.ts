import type { Entry } from '../events/log-entry.ts';
import type { Origin, SealedValues } from '../values/protect.ts';

/** What an event's seals hold: null where there is no seal, or its key is gone. */
export interface Clear {
  readonly values: SealedValues | null;
  readonly origin: Origin | null;
}

/** An event with its place, its bytes and, still in memory, what its seals hold. */
export interface Formed {
  readonly entry: Entry;
  readonly clear: Clear;
  /** The changes as canonical JSON, as they stand in the leaf. */
  readonly changesJson: string;
  readonly leafHash: Buffer;
}
