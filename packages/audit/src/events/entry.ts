import type { Json } from '@countersign/proof/canonical';

/** Who did it: somebody signed in, a job or timer, a change made around the application, or nobody known. */
export type ActorKind = 'user' | 'system' | 'database' | 'anonymous';

/** `id` is the user's id, or the job's name for `system`; null for the other two. */
export interface Actor {
  readonly kind: ActorKind;
  readonly id: string | null;
}

/** What happened to the row; `none` for an event that is no change of a row. */
export type Operation = 'create' | 'update' | 'delete' | 'none';

/** The way that a change came in. Set by the transport, never by the caller. */
export type Channel = 'web' | 'api' | 'cli' | 'job' | 'import' | 'database';

/** A record: its entity's name, its key as text, and a label that names the record and never a person. */
export interface Target {
  readonly type: string;
  readonly id: string;
  readonly label: string | null;
}

/** What stands for a value that is too large to be kept: its beginning, its length in bytes, and the SHA-256 of all of it (hex). */
export interface Shortened {
  readonly beginning: string;
  readonly bytes: number;
  readonly sha256: string;
}

/**
 * A recorded value: exact text, whatever its kind, so that no decimal, big integer or instant is rounded on its way.
 * `null` is "not set"; JSON, arrays and the members of a collection are canonical JSON.
 */
export type Value = string | null | Shortened;

/** A change of one field whose values may be shown. Of a collection, `old` holds the removed members and `new` the added ones. */
export interface ShownChange {
  readonly field: string;
  readonly old: Value;
  readonly new: Value;
}

/** A change of one field whose values may not be shown: that it happened is all there is to know. */
export interface HiddenChange {
  readonly field: string;
  readonly hidden: true;
}

/** A change of one field, as somebody may see it. */
export type Change = ShownChange | HiddenChange;

/** Whether a change's values may be shown. */
export const isShown = (change: Change): change is ShownChange => !('hidden' in change);

/** The area of what the log tells of itself. */
export const AUDIT_AREA = 'audit';
/** What was done can't be recorded as what it says: that it was done is recorded, and what is known of it. */
export const UNREADABLE = 'inbox_row_unreadable';
/** A row change of columns or a table that no policy classified when it was numbered. */
export const UNCLASSIFIED = 'row_change_unclassified';
/** What a table's triggers had not seen, perhaps, until they were made anew. */
export const COVERAGE_REPAIRED = 'audit_coverage_repaired';
/** A table's triggers were taken away: from there on its changes are recorded no more. */
export const COVERAGE_ENDED = 'audit_coverage_ended';

/** Somebody tried to alter the log, and was refused. */
export const TAMPERING = 'audit_tampering_refused';

/** An event's place in the log: 1, 2, 3 … without gaps, never given twice. */
export type Position = number;

/** Who acts, and under which circumstances; travels with a request through asynchronous code. */
export interface Context {
  readonly actor: Actor | null;
  /** The administrator who looks at or does this as `actor`. */
  readonly impersonator: string | null;
  readonly channel: Channel;
  /** The command, job or import that is running, such as `cards.reject`. */
  readonly command: string | null;
  readonly changeId: string | null;
  /** The change set that this one undoes: its events say so in their metadata. */
  readonly undoes?: string | null;
  /** The token by which a program acts for the actor: its events say so in their metadata. */
  readonly token?: string | null;
  readonly reason: string | null;
  readonly requestId: string | null;
  readonly ipAddress: string | null;
  /** What a request said of where it had come from on its way, in its own words; the address is what of that is believed. */
  readonly forwardedFor?: string | null;
  readonly userAgent: string | null;
}

/** One event of the log, as somebody with the right to it sees it. */
export interface Event {
  readonly position: Position;
  readonly id: string;
  readonly changeId: string;
  readonly area: string;
  readonly action: string;
  readonly operation: Operation;
  readonly actor: Actor;
  readonly impersonator: string | null;
  readonly target: Target | null;
  readonly root: Target | null;
  /** The person whom the personal data of this event concern. */
  readonly subject: string | null;
  /** The organisational units that the record belonged to, such as `site:4`. */
  readonly scopes: readonly string[];
  /** The day that the change is about, as YYYY-MM-DD. */
  readonly workDate: string | null;
  readonly changes: readonly Change[];
  readonly metadata: { readonly [key: string]: Json };
  readonly reason: string | null;
  /** What the change brought about, computed when it was made. */
  readonly effect: { readonly [key: string]: Json } | null;
  readonly channel: Channel;
  readonly requestId: string | null;
  /** Null for whoever may not see sensitive data. */
  readonly ipAddress: string | null;
  /** What the request itself said of its way, believed or not; null where it said nothing else, and for whoever may not see sensitive data. */
  readonly forwardedFor?: string | null;
  /** Null for whoever may not see sensitive data. */
  readonly userAgent: string | null;
  /** The database's clock when the change was made: ISO 8601 in UTC with microseconds. */
  readonly occurredAt: string;
}
