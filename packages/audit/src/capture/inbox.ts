import { AuditLogError } from '../events/errors.ts';
import type { Context, Operation, Value } from '../events/entry.ts';
import type { Json } from '@countersign/proof/canonical';

/** Characters that an id, a name or an organisational unit may have: PostgreSQL's indexes take no longer ones. */
export const MAX_KEY = 400;
/** Characters of a label that are kept. */
export const MAX_LABEL = 300;
/** Organisational units of one record. */
export const MAX_SCOPES = 20;

/** A told change of one field; `s` marks values that must not stand in the log in clear. */
export interface ToldChange {
  readonly f: string;
  readonly o: Value;
  readonly n: Value;
  readonly s?: 1;
}

/** One event as a flush told it: what the sequencer needs to form it without knowing any entity. */
export interface ToldEvent {
  readonly area: string;
  readonly action: string;
  readonly op: Operation;
  readonly type: string;
  readonly id: string;
  readonly label: string | null;
  /** Left out where the record is its own root. `label` is absent where the root was never loaded: the log knows it. */
  readonly root?: { readonly type: string; readonly id: string; readonly label?: string };
  /** Absent where only the root knows, and the root was never loaded. */
  readonly subject?: string | null;
  readonly scopes?: readonly string[];
  readonly day?: string | null;
  readonly changes: readonly ToldChange[];
  readonly meta?: { readonly [key: string]: Json };
  /** What the change brought about. */
  readonly effect?: { readonly [key: string]: Json };
}

/** What one flush tells: one row of the inbox, whatever its size. */
export interface FlushDocument {
  readonly v: 1;
  readonly events: readonly ToldEvent[];
}

/** What somebody told that is no change of a record. A target without a label, subject or scopes: the log knows them from its earlier events. */
export interface ToldManual extends Pick<ToldEvent, 'area' | 'action' | 'root' | 'subject' | 'scopes' | 'day' | 'meta'> {
  readonly target: { readonly type: string; readonly id: string; readonly label?: string | null } | null;
}

/** One row of the inbox as well. */
export interface ManualDocument {
  readonly v: 1;
  readonly manual: ToldManual;
}

/** One row of the inbox: what the application told, one row change that the database's triggers saw, or what the tables' owner says. */
export interface InboxRow {
  readonly xid: string;
  readonly id: string;
  readonly kind: 'flush' | 'seen' | 'owner';
  /** ISO 8601 in UTC with microseconds: the database's clock. */
  readonly at: string;
  readonly context: string;
  readonly document: string;
  /** Where it is longer than is read: `document` is its beginning then, and this what the whole has. */
  readonly large?: { readonly bytes: number; readonly sha256: string };
}

// With its schema, as the triggers name it: a transaction may look for names elsewhere.

/** The statement that tells a flush: one insert, whatever it holds, of the columns that the application's role has the right to. */
export const INSERT_DOCUMENT = `insert into public.audit_inbox (context, document) values ($1, $2)`;

/** What the owner of the tables says of the log itself: of that kind nobody else can insert anything. */
export const INSERT_OWN_WORD = `insert into public.audit_inbox (kind, context, document) values ('a', $1, $2)`;

/** The statement for what a flush tells: nothing of the flush comes after it, so that it may wait for the statement that does. */
export const INSERT_FLUSH = `${INSERT_DOCUMENT} /* flush */`;

/** SQLSTATE classes 40 (the transaction has to be tried again), 53 (no room), 57 (somebody ended it); and 25P02: it had failed before. */
const OF_THE_TRANSACTION = /^(40|53|57|25P02)/;

/** What a flush is refused with that couldn't be told; whoever tries a transaction again goes by what the database says of it. */
export function flushRefused(document: string, cause: unknown): unknown {
  if (OF_THE_TRANSACTION.test((cause as { readonly code?: string }).code ?? '')) return cause;
  const { type, id } = (JSON.parse(document) as FlushDocument).events[0] as ToldEvent;
  return new AuditLogError(`The change of ${type} ${id} could not be recorded, so it was not saved`, { type, id }, cause);
}

const contextTexts = new WeakMap<Context, string>();

/** Contexts are replaced and never changed, and one is told with every statement of its transaction. */
export function encodeContext(context: Context): string {
  const known = contextTexts.get(context);
  if (known !== undefined) return known;
  const text = JSON.stringify(context);
  contextTexts.set(context, text);
  return text;
}

export const encodeManual = (document: ManualDocument): string => JSON.stringify(document);
export const encodeDocument = (document: FlushDocument): string => JSON.stringify(document);

/**
 * PostgreSQL's jsonb takes neither a NUL character nor half a surrogate pair; both become U+FFFD, as half a pair does
 * in the row itself. JSON.stringify writes them as escapes, and an escaped backslash before them must stay one. Done
 * where documents are read, so that it holds for whatever stands in the inbox.
 */
export function storable(json: string): string {
  if (!json.includes('\\u0000') && !/\\ud[89a-f]/i.test(json)) return json;
  return json.replace(/\\(?:ud[89ab][0-9a-f]{2}\\ud[c-f][0-9a-f]{2}|u0000|ud[89a-f][0-9a-f]{2}|[\s\S])/gi, (escape) =>
    escape.length === 6 ? '\\ufffd' : escape,
  );
}
