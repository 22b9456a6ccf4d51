import { randomUUID } from 'node:crypto';
import { readAttempt, tamperingOf, type Attempt } from './attempt.ts';
import { attemptDraft, claimedDrafts, manualDraft, unclaimedDraft, unreadableDraft, type Draft, type Manual } from './draft.ts';
import { aroundClaimed } from './around-claimed.ts';
import { knownLater } from '../capture/context.ts';
import type { Doubt } from './doubt.ts';
import type { Context } from '../events/entry.ts';
import { inOrder } from './in-order.ts';
import { documentIn, isByHand, isManualDocument, type CheckedDocument } from '../capture/inbox-check.ts';
import { storable, type InboxRow } from '../capture/inbox.ts';
import { refusedManual } from './manual-check.ts';
import { seenByPresentNames, toldByPresentNames } from './present-names.ts';
import { readSeen, type Seen } from './seen.ts';
import type { Sight } from '../triggers/sight.ts';
import { ToldContexts } from './told-contexts.ts';
import { unclassifiedEvents } from './unclassified.ts';
import { claimOrRefuse, failureOf, problemOf, tellOrRefuse, TOO_LONG, tooLong, type Unreadable } from './unreadable.ts';
import { Past, toldTargets, windowOf } from './window.ts';

interface Flush {
  readonly row: InboxRow;
  readonly context: Context;
  readonly document: CheckedDocument;
}

/** The drafts of one transaction, in sentences where what was told and what was seen disagree, what couldn't be recorded as what it says, and who tried to alter the log. */
export interface Merged {
  readonly drafts: readonly Draft[];
  readonly disagreements: readonly string[];
  readonly doubts: readonly Doubt[];
  readonly failures: readonly Error[];
}

/**
 * What one transaction's rows come to, in the order in which they were written: one event for each target and meaning.
 * What a flush tells claims what the database saw of it since the flush before; what nobody claims is told by itself.
 *
 * All share the change set that the transaction's first context names, else a new one. A context in which nobody was
 * known yet takes the one that the transaction had in the end.
 */
export function merge(rows: readonly InboxRow[], sight: Sight): Merged {
  const pieces = rows.map((row) => (row.kind === 'flush' ? read(row, sight) : readOwn(row, sight)));
  const flushes = pieces.filter(isFlush);
  const contexts = pieces.flatMap((one) => ('who' in one ? one.who.context : one.context) ?? []);
  // The column gives a UUID back in lower case, and the leaf must be the same when it is made again from the row.
  const changeId = contexts.find((one) => one.changeId)?.changeId?.toLowerCase() ?? randomUUID();
  const last = flushes.findLast((one) => one.context.actor)?.context;
  const drafts: Draft[] = [];
  const disagreements: string[] = [];
  const doubts: Doubt[] = [];
  const failures: Error[] = [];
  const before: Context[] = [];
  const past = new Past();
  let seen: Seen[] = [];
  const refuse = (unreadable: Unreadable) => {
    drafts.push(unreadableDraft(unreadable, changeId));
    failures.push(failureOf(unreadable));
  };
  const tellSeen = (unclaimed: readonly Seen[], following: Context | undefined) => {
    const { events, refused } = tellOrRefuse(unclaimed, sight, following ?? before.at(-1));
    for (const one of events) drafts.push(unclaimedDraft(one, changeId));
    refused.forEach(refuse);
  };
  for (const piece of pieces) {
    if ('who' in piece) seen.push(piece);
    else if (isFlush(piece)) {
      const context = knownLater(piece.context, last);
      seen = [...inOrder(seen)];
      const window = windowOf(sight, seen, { xid: piece.row.xid, context: piece.context, earlier: past.seen });
      const claims = toldTargets(piece.document.events).map((target) => claimOrRefuse(target, window, context, piece.row));
      past.add(window);
      const claimed = new Set(claims.flatMap((one) => [...one.claimed]));
      const [earlier, later] = aroundClaimed(seen, claimed, window);
      tellSeen(earlier, context);
      for (const one of claims) drafts.push(...claimedDrafts(one, context, changeId, piece.row.at));
      tellSeen(later, context);
      for (const { refused } of claims) if (refused) refuse(refused);
      for (const one of piece.document.refused) refuse({ ...one, row: piece.row, problem: 'not the form of an event', context });
      addAll(
        disagreements,
        claims.flatMap(({ disagreement }) => disagreement ?? []),
      );
      addAll(
        doubts,
        claims.flatMap(({ doubt }) => doubt ?? []),
      );
      before.push(context);
      seen = [];
    } else if ('manual' in piece) drafts.push(manualDraft(piece, knownLater(piece.context, last), changeId));
    else if ('by' in piece) {
      drafts.push(attemptDraft(piece, changeId));
      failures.push(tamperingOf(piece));
    } else refuse(piece);
  }
  tellSeen(inOrder(seen), undefined);
  // At the end: whose such a record is may stand in an event before.
  for (const one of unclassifiedEvents(pieces.filter(isSeen), sight)) drafts.push(unclaimedDraft(one, changeId));
  return { drafts, disagreements, doubts, failures };
}

/** One by one: as arguments of one call there may be too many. */
function addAll<Item>(list: Item[], more: readonly Item[]): void {
  for (const one of more) list.push(one);
}

const isSeen = (piece: Flush | Manual | Unreadable | Seen | Attempt): piece is Seen => 'who' in piece;
const isFlush = (piece: Flush | Manual | Unreadable | Seen | Attempt): piece is Flush => 'document' in piece;

/** What only the database itself writes, and whoever owns the tables. */
function readOwn(row: InboxRow, sight: Sight): Seen | Attempt | Manual | Unreadable {
  try {
    if (row.large && row.kind === 'seen') return tooLong(row, sight);
    return row.kind === 'seen' ? seenByPresentNames(readSeen(row, sight.application), sight) : (ownWord(row) ?? readAttempt(row));
  } catch (cause) {
    return { row, problem: 'not the form of what the database writes', cause };
  }
}

/** What the migrations tell of the log itself. */
function ownWord(row: InboxRow): Manual | null {
  const told: unknown = JSON.parse(row.document);
  return isManualDocument(told) ? { row, context: readContext(row.context), manual: told.manual } : null;
}

const contexts = new ToldContexts();
const readContext = (text: string): Context => contexts.read(text);

function read(row: InboxRow, { actions, plans }: Sight): Flush | Manual | Unreadable {
  let context: Context | null = null;
  try {
    context = readContext(row.context);
    if (row.large) return { row, problem: TOO_LONG, context, kept: row.document };
    const told: unknown = JSON.parse(storable(row.document));
    if (isManualDocument(told)) {
      const { manual } = told;
      const wrong = refusedManual(manual, context, actions);
      return wrong ? { row, ...wrong, context, target: manual.target, kept: row.document } : { row, context, manual };
    }
    const document = documentIn(told);
    const events = document?.events.map((event) => toldByPresentNames(event, plans)) ?? [];
    if (document) return { row, context, document: { ...document, events } };
    // The database saw what a flush tells; what is told by hand stands here and nowhere else.
    return { row, problem: 'not the form of a document', context, ...(isByHand(told) && { kept: row.document }) };
  } catch (cause) {
    return { row, problem: context ? problemOf(cause) : 'not the form of a context', cause, context };
  }
}

/** A transaction of which nothing could be recorded as what it says, whatever was tried. */
export function refused(rows: readonly InboxRow[], problem: string, cause: unknown): Merged {
  const pieces = rows.map((row) => ({ row, problem, cause }));
  const changeId = changeIdOf(rows) ?? randomUUID();
  return { drafts: pieces.map((one) => unreadableDraft(one, changeId)), disagreements: [], doubts: [], failures: pieces.map(failureOf) };
}

function changeIdOf(rows: readonly InboxRow[]): string | undefined {
  for (const { kind, context } of rows) {
    try {
      const known = kind === 'flush' ? readContext(context).changeId : null;
      if (known) return known.toLowerCase();
    } catch {
      // It says nothing of its change set.
    }
  }
  return undefined;
}
