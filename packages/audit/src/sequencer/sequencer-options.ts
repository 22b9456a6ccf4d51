import type { Position } from '../events/entry.ts';
import type { Formed } from './formed.ts';
import type { RowFacts } from './row-facts.ts';
import type { Sight } from '../triggers/sight.ts';

/** Events that have just been written, in order: the positions after `from` up to `to`. */
export interface Sequenced {
  readonly from: Position;
  readonly to: Position;
  readonly formed: readonly Formed[];
}

/** Whom a sequencer logs in as, and whom it tells. */
export interface SequencerOptions {
  /** Logs in as the sequencer's role. */
  readonly connectionString: string;
  /** Called after each commit, in order. */
  readonly publish: (batch: Sequenced) => void;
  /** Called with what went wrong, before it is tried again; and with an `AuditDisagreement` or an `AuditLogError`, which are not. */
  readonly alarm: (error: unknown) => void;
  /** What the audited entities declare, and the role whose word about itself is believed. Without it nothing can be read that anybody told or saw. */
  readonly sight?: Omit<Sight, 'coverage' | 'formerTables'>;
  /** For what a record's row says of whose it is, where the log has never met it; without it such events belong to nobody. */
  readonly rowFacts?: RowFacts;
  /** The fingerprint of the policies that `sight` goes by: while others are in force it numbers nothing. */
  readonly policies?: string;
  /** Milliseconds that something may wait for a node with the policies in force, before the alarm is raised again and again. */
  readonly aloneMs?: number;
  /** Inbox rows a batch. Beyond a thousand or so nothing is gained. */
  readonly rowsPerBatch?: number;
  /** Bytes of one inbox row that are read; of a longer one its beginning, its length and its hash are recorded. */
  readonly longestRead?: number;
  /** Bytes of memory for what is numbered at once; a transaction that takes more waits, and raises the alarm. */
  readonly room?: number;
  /** Milliseconds between looks at the inbox that nobody asked for: what another program or a dead node left. */
  readonly pollMs?: number;
}
