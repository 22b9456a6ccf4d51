import { claim, whyNotTold, type Claimed } from './claim.ts';
import type { Context, Operation, Target } from '../events/entry.ts';
import { AuditLogError } from '../events/errors.ts';
import type { InboxRow } from '../capture/inbox.ts';
import { keptKey } from '../capture/kept-key.ts';
import { seenByPresentNames } from './present-names.ts';
import { ownerOf, readBeginning, type Seen } from './seen.ts';
import { contentsOf, planOfRow, type Sight } from '../triggers/sight.ts';
import { contextOf, unclaimedEvents, type Unclaimed } from './unclaimed.ts';
import { rowsOf, type ToldTarget, type Window } from './window.ts';

/** Something in the inbox that can't be recorded as what it says, and what is known of it all the same. */
export interface Unreadable {
  readonly row: InboxRow;
  /** What is wrong, without anything that was written: it stands in the log in clear. */
  readonly problem: string;
  readonly cause?: unknown;
  readonly target?: Pick<Target, 'type' | 'id'> | null;
  /** As the database saw it. */
  readonly operation?: Operation;
  /** As somebody told it, and nobody saw it. */
  readonly told?: Operation;
  readonly context?: Context | null;
  /** Whose row it is, where no entity is known. */
  readonly table?: string;
  /** What was told, where a node of another version may read it: kept, and sealed. */
  readonly kept?: string;
}

/** What the server's log and the administrators are told of it. */
export const failureOf = ({ problem, target = null, table, told = 'none', operation = told, cause }: Unreadable): AuditLogError =>
  unrecorded({ target, operation, what: table ?? 'something in the inbox' }, problem, cause);

interface Unrecorded {
  readonly target: Pick<Target, 'type' | 'id'> | null;
  readonly operation: Operation;
  readonly what?: string;
}

/** Something that was done, and that the log couldn't take as what it says. */
export function unrecorded({ target, operation, what = 'an event' }: Unrecorded, problem: string, cause?: unknown): AuditLogError {
  const record = target ? `${target.type} ${target.id}` : what;
  const act = operation === 'none' ? '' : `, ${operation}`;
  return new AuditLogError(
    `${record}${act}: it could not be recorded as what it says, and is recorded as unreadable: ${problem}`,
    target,
    cause,
  );
}

/** What is wrong, by the kind of the error: its message may quote what somebody wrote. */
export function problemOf(cause: unknown): string {
  if (cause instanceof AuditLogError) return cause.message;
  if (cause instanceof SyntaxError) return 'not JSON';
  return cause instanceof Error ? `what the entity declares fails for it (${cause.name})` : 'what the entity declares fails for it';
}

/** `claim`, where it may fail: the record's changes then count as told, so that they are not recorded twice. */
export function claimOrRefuse(
  target: ToldTarget,
  window: Window,
  context: Context,
  row: InboxRow,
): Claimed & { readonly refused?: Unreadable } {
  const { type, id, events } = target;
  const problem = whyNotTold(target, window.sight);
  if (problem !== null) {
    const refused = { row, problem, target: { type, id }, told: events[0]?.op ?? 'none', context };
    return { events: [], claimed: new Set(), disagreement: null, refused };
  }
  try {
    return claim(target, window, context);
  } catch (cause) {
    const rows = rowsOf(target, window);
    const [first, last] = [rows[0], rows.at(-1)];
    const how = first && last ? { operation: operationOf(first.before, last.after) } : { told: events[0]?.op ?? 'none' };
    const refused = { row, problem: problemOf(cause), cause, target: { type, id }, ...how, context };
    return { events: [], claimed: new Set(rows), disagreement: null, refused };
  }
}

/** What nobody told: its events, and the row changes of which none can be made. */
export interface ToldUnclaimed {
  readonly events: readonly Unclaimed[];
  readonly refused: readonly Unreadable[];
}

/** `unclaimedEvents`, where it may fail for some: each is tried by itself then, so that the others are told. */
export function tellOrRefuse(seen: readonly Seen[], sight: Sight, near: Context | undefined): ToldUnclaimed {
  try {
    return { events: unclaimedEvents(seen, sight, near), refused: [] };
  } catch {
    const refused: Unreadable[] = [];
    const tellable = seen.filter((one) => {
      try {
        unclaimedEvents([one], sight, near);
        return true;
      } catch (cause) {
        refused.push(refusedRow(one, { sight, near, cause }));
        return false;
      }
    });
    return { events: unclaimedEvents(tellable, sight, near), refused };
  }
}

interface Refusal {
  readonly sight: Sight;
  readonly near: Context | undefined;
  readonly cause: unknown;
}

const refusedRow = (seen: Seen, { sight, near, cause }: Refusal): Unreadable => ({
  row: seen.inbox,
  problem: problemOf(cause),
  cause,
  ...knownOf(seen, sight, near),
});

/** A row change longer than is read: its beginning says of which record. */
export function tooLong(row: InboxRow, sight: Sight): Unreadable {
  const seen = seenByPresentNames(readBeginning(row, sight.application), sight);
  return { row, problem: TOO_LONG, kept: row.document, ...knownOf(seen, sight, undefined) };
}

export const TOO_LONG = 'it is longer than is read';

/** What a row change says of itself, whatever its values are. */
const knownOf = (seen: Seen, sight: Sight, near: Context | undefined) => ({
  target: recordOf(seen, sight),
  operation: contentsOf(sight.plans).get(seen.table)?.kind === 'members' ? ('update' as const) : operationOf(seen.before, seen.after),
  context: contextOf(seen, near),
  table: seen.table,
});

/** The record that a row is, or whose collection it belongs to; null where nobody knows its table. */
function recordOf(seen: Seen, { plans }: Sight): Pick<Target, 'type' | 'id'> | null {
  const there = contentsOf(plans).get(seen.table);
  const type = there?.kind === 'members' ? there.plan.type : there && planOfRow(there.plans, seen.after ?? seen.before ?? {})?.type;
  const id = there?.kind === 'members' ? ownerOf(there.pivot, seen) : seen.key;
  return type === undefined ? null : { type, id: keptKey(id) };
}

const operationOf = (before: Seen['before'], after: Seen['after']): Operation =>
  before === null ? 'create' : after === null ? 'delete' : 'update';
