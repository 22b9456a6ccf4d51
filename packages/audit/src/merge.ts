import { randomUUID } from 'node:crypto';
import type { Json } from '@countersign/proof/canonical';
import type { Actor, Channel, Context, Operation, Target } from './entry.ts';
import { isContext, isDocument } from './inbox-check.ts';
import { storable, type FlushDocument, type InboxRow, type ToldChange, type ToldEvent } from './inbox.ts';
import type { Origin } from './protect.ts';
import { shortened } from './values.ts';

/** An event before it has its place: everything but position, id and seals. */
export interface Draft {
  readonly changeId: string;
  readonly area: string;
  readonly action: string;
  readonly operation: Operation;
  readonly actor: Actor;
  readonly impersonator: string | null;
  readonly target: Target | null;
  readonly root: Target | null;
  /** Undefined where only the root's earlier events know. */
  readonly subject: string | null | undefined;
  readonly scopes: readonly string[] | undefined;
  readonly workDate: string | null;
  readonly changes: readonly ToldChange[];
  readonly metadata: { readonly [key: string]: Json };
  readonly effect: { readonly [key: string]: Json } | null;
  readonly reason: string | null;
  readonly channel: Channel;
  readonly requestId: string | null;
  readonly origin: Origin;
  readonly occurredAt: string;
}

/** A draft whose subject and scopes are known. */
export type CompleteDraft = Draft & { readonly subject: string | null; readonly scopes: readonly string[] };

/** Characters of an address or a user agent that are kept. */
const MAX_ORIGIN = 1_000;

interface Read {
  readonly row: InboxRow;
  readonly context: Context;
  readonly document: FlushDocument;
}

/**
 * What one transaction's rows tell, in the order in which they were written: one event for each target and meaning.
 *
 * All share the change set that the transaction's first context names, else a new one. A context in which nobody was
 * known yet takes the one that the transaction had in the end.
 */
export function merge(rows: readonly InboxRow[]): Draft[] {
  const reads = rows.map(read);
  const told = reads.filter((one): one is Read => 'document' in one);
  // The column gives a UUID back in lower case, and the leaf must be the same when it is made again from the row.
  const changeId = told.find((one) => one.context.changeId)?.context.changeId?.toLowerCase() ?? randomUUID();
  const last = told.findLast((one) => one.context.actor)?.context;
  return reads.flatMap((one) => {
    if (!('document' in one)) return [unreadable(one.row, one.problem, changeId)];
    const context = one.context.actor || !last ? one.context : last;
    return one.document.events.map((event) => draftOf(event, context, changeId, one.row.at));
  });
}

const contexts = new Map<string, Context>();
const MAX_CONTEXTS = 1_000;

/** Many flushes of one request share their context's text. */
function readContext(text: string): Context {
  const known = contexts.get(text);
  if (known) return known;
  const context: unknown = JSON.parse(storable(text));
  if (!isContext(context)) throw new TypeError('not the form of a context');
  if (contexts.size >= MAX_CONTEXTS) contexts.clear();
  contexts.set(text, context);
  return context;
}

function read(row: InboxRow): Read | { readonly row: InboxRow; readonly problem: string } {
  try {
    const context = readContext(row.context);
    const document: unknown = JSON.parse(storable(row.document));
    return isDocument(document) ? { row, context, document } : { row, problem: 'not the form of a document' };
  } catch (cause) {
    return { row, problem: cause instanceof Error ? cause.message : String(cause) };
  }
}

/** A transaction that could not be recorded as what it says, whatever was tried. */
export const refused = (rows: readonly InboxRow[], problem: string): Draft[] => rows.map((row) => unreadable(row, problem, randomUUID()));

/** Anybody with the application's role can insert nonsense into the inbox: it is recorded as that, and stops nothing. */
function unreadable(row: InboxRow, problem: string, changeId: string): Draft {
  const { bytes, sha256 } = shortened(row.document);
  return {
    changeId,
    area: 'audit',
    action: 'inbox_row_unreadable',
    operation: 'none',
    actor: { kind: 'database', id: null },
    impersonator: null,
    target: null,
    root: null,
    subject: null,
    scopes: [],
    workDate: null,
    changes: [],
    metadata: { problem: problem.slice(0, 200).toWellFormed(), bytes, sha256 },
    effect: null,
    reason: null,
    channel: 'database',
    requestId: null,
    origin: { ipAddress: null, userAgent: null },
    occurredAt: row.at,
  };
}

function draftOf(event: ToldEvent, context: Context, changeId: string, occurredAt: string): Draft {
  const target = { type: event.type, id: event.id, label: event.label };
  return {
    changeId,
    area: event.area,
    action: event.action,
    operation: event.op,
    actor: context.actor ?? { kind: 'system', id: context.command },
    impersonator: context.impersonator,
    target,
    root: event.root ? { ...event.root, label: event.root.label ?? null } : target,
    subject: event.subject,
    scopes: event.scopes,
    workDate: event.day ?? null,
    changes: event.changes,
    metadata: event.meta ?? {},
    effect: event.effect ?? null,
    reason: context.reason,
    channel: context.channel,
    requestId: context.requestId,
    origin: {
      ipAddress: context.ipAddress?.slice(0, MAX_ORIGIN) ?? null,
      userAgent: context.userAgent?.slice(0, MAX_ORIGIN).toWellFormed() ?? null,
    },
    occurredAt,
  };
}
