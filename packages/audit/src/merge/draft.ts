import type { Json } from '@countersign/proof/canonical';
import type { Attempt } from './attempt.ts';
import type { Alleged } from './alleged.ts';
import type { Claimed } from './claim.ts';
import { DATABASE } from '../capture/context.ts';
import { AUDIT_AREA, TAMPERING, UNREADABLE, type Actor, type Channel, type Context, type Operation, type Target } from '../events/entry.ts';
import type { InboxRow, ToldChange, ToldEvent, ToldManual } from '../capture/inbox.ts';
import type { Origin } from '../values/protect.ts';
import type { Unclaimed } from './unclaimed.ts';
import type { Unreadable } from './unreadable.ts';
import { capped, shortened } from '../values/values.ts';

/** An event before it has its place: everything but position, id and seals. */
export interface Draft {
  readonly changeId: string;
  readonly area: string;
  readonly action: string;
  readonly operation: Operation;
  readonly actor: Actor;
  readonly impersonator: string | null;
  readonly target: Target | null;
  /** Undefined where only the target's earlier events know. */
  readonly root: Target | null | undefined;
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
  /** What a flush says of whose it is, and no row that the database saw. */
  readonly alleged?: Alleged | null;
}

/** A draft whose subject and scopes are known. */
export type CompleteDraft = Omit<Draft, 'alleged'> & {
  readonly root: Target | null;
  readonly subject: string | null;
  readonly scopes: readonly string[];
};

/** Characters of an address or a user agent that are kept. */
const MAX_ORIGIN = 1_000;

/** What somebody told that is no change of a record. */
export interface Manual {
  readonly row: InboxRow;
  readonly context: Context;
  readonly manual: ToldManual;
}

export const claimedDrafts = ({ events, alleged = null }: Claimed, context: Context, changeId: string, at: string): Draft[] =>
  events.map((event) => ({ ...draftOf(event, context, changeId, at), alleged }));

/** Bytes of a refused document that are kept: with its seal it must fit into an event. */
const MAX_KEPT = 32 * 1024;

/** Anybody with the application's role can insert nonsense into the inbox: it is recorded as that, and stops nothing. */
export function unreadableDraft(
  { row, problem, target, operation = 'none', told, context, table, kept }: Unreadable,
  changeId: string,
): Draft {
  const { bytes, sha256 } = row.large ?? shortened(row.document);
  const facts = { type: target?.type ?? '', id: target?.id ?? '', label: null };
  const changes: ToldChange[] =
    kept === undefined
      ? []
      : [{ f: 'document', o: null, n: row.large ? { ...shortened(kept), ...row.large } : capped(kept, MAX_KEPT), s: 1 }];
  const event = { ...facts, area: AUDIT_AREA, action: UNREADABLE, op: operation, changes };
  const draft = draftOf(
    {
      ...event,
      meta: {
        problem: problem.slice(0, 200).toWellFormed(),
        bytes,
        sha256,
        ...(table && { table }),
        ...(told && { told_operation: told }),
      },
    },
    context ?? DATABASE,
    changeId,
    row.at,
  );
  // Of a record, earlier events know whose it is.
  return target ? { ...draft, root: undefined } : { ...draft, target: null, root: null, subject: null, scopes: [] };
}

/** A record without another root is its own, unless nothing was seen of it but its members. */
function rootOf(event: ToldEvent, target: Target): Target | undefined {
  if (event.root) return { ...event.root, label: event.root.label ?? null };
  return event.label === null && event.subject === undefined ? undefined : target;
}

/** What nobody told: by whom the transaction says, or by the database, with what it knows of who that was. */
export function unclaimedDraft({ event, context, seen: { inbox, who } }: Unclaimed, changeId: string): Draft {
  const draft = draftOf(event, context ?? DATABASE, changeId, inbox.at);
  if (context) return draft;
  const metadata = { ...draft.metadata, database_user: who.role, application: who.application };
  return { ...draft, metadata, origin: { ipAddress: who.address, userAgent: null } };
}

/** Done with a connection to the database, whoever that was. */
export function attemptDraft({ row, operation, table, by }: Attempt, changeId: string): Draft {
  const meta = { operation: operation.toLowerCase(), table, database_user: by.role, application: by.application };
  const event = { area: AUDIT_AREA, action: TAMPERING, op: 'none' as const, type: '', id: '', label: null, changes: [], meta };
  const draft = draftOf(event, DATABASE, changeId, row.at);
  return { ...draft, target: null, root: null, subject: null, scopes: [], origin: { ipAddress: by.address, userAgent: null } };
}

export function manualDraft({ manual: { target, ...told }, row }: Manual, context: Context, changeId: string): Draft {
  const about = { type: target?.type ?? '', id: target?.id ?? '', label: target?.label ?? null };
  const draft = draftOf({ op: 'none', changes: [], ...told, ...about }, context, changeId, row.at);
  return target ? draft : { ...draft, target: null, root: null, subject: told.subject ?? null, scopes: told.scopes ?? [] };
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
    root: rootOf(event, target),
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
      ...(context.forwardedFor && { forwardedFor: context.forwardedFor.slice(0, MAX_ORIGIN).toWellFormed() }),
      userAgent: context.userAgent?.slice(0, MAX_ORIGIN).toWellFormed() ?? null,
    },
    occurredAt,
  };
}
