import type { Client } from 'pg';
import type { Batch } from './append.ts';
import type { Position } from './entry.ts';
import { draftSubjects, Former } from './form.ts';
import type { Formed } from './formed.ts';
import type { InboxRow } from './inbox.ts';
import { merge, refused, type Merged } from './merge.ts';
import type { SubjectKeys } from './protect.ts';
import { completeDrafts, isComplete } from './root-facts.ts';
import type { Sight } from './sight.ts';
import { inSlices } from './slices.ts';

/** Where the log ends, as a sequencer believes it. */
export interface Head {
  readonly position: Position;
  readonly epoch: number;
  readonly month: string;
}

/** Where the head stands once this batch is written. */
export const headAfter = (batch: Batch, before: Head): Head => ({
  position: batch.from + batch.formed.length,
  epoch: batch.epoch,
  month: batch.months.at(-1)?.month ?? before.month,
});

/** Whether it is what was to be recorded that was refused, and would be again: not a lost connection, not a lost race. */
export function isRefusal(error: unknown): boolean {
  if (error instanceof TypeError || error instanceof RangeError) return true;
  // SQLSTATE classes: 22 data exception, 23 constraint violation, 54 program limit exceeded.
  return error instanceof Error && /^(22|23|54)/.test((error as { code?: string }).code ?? '');
}

/** The rows of one transaction after the other. */
function byTransaction(rows: readonly InboxRow[]): InboxRow[][] {
  const transactions: InboxRow[][] = [];
  for (const row of rows) {
    const current = transactions.at(-1);
    if (current?.[0]?.xid === row.xid) current.push(row);
    else transactions.push([row]);
  }
  return transactions;
}

/** What one transaction tells; where it can't be recorded as what it says, it is recorded as that. */
function draftsOf(transaction: readonly InboxRow[], unrecordable: ReadonlySet<string>, sight: Sight): Merged {
  const asUnreadable = (problem: string): Merged => ({ drafts: refused(transaction, problem), disagreements: [] });
  if (unrecordable.has((transaction[0] as InboxRow).xid)) return asUnreadable('refused by the log');
  try {
    return merge(transaction, sight);
  } catch (cause) {
    // It would fail again: a policy that throws, a key that no index takes. Nothing that somebody wrote stops the log.
    return asUnreadable(cause instanceof Error ? cause.message : String(cause));
  }
}

/** What a batch is formed with. */
export interface Forming {
  /** For what only earlier events know. */
  readonly reader: Client;
  readonly head: Head;
  readonly keys: SubjectKeys;
  readonly sight: Sight;
  readonly unrecordable: ReadonlySet<string>;
  /** Resolves when everything before this batch is in the log. */
  readonly written: Promise<void>;
}

/** Whole transactions as the events that follow the head: merged, completed, sealed, hashed. */
export async function formBatch(rows: readonly InboxRow[], { reader, head, keys, sight, unrecordable, written }: Forming): Promise<Batch> {
  const merged = await inSlices(byTransaction(rows), (transaction) => draftsOf(transaction, unrecordable, sight));
  const drafts = merged.flatMap((one) => one.drafts);
  if (!drafts.every(isComplete)) await written;
  const complete = await completeDrafts(reader, drafts);
  await keys.ensure(draftSubjects(complete));
  const former = new Former(keys);
  const formed = await inSlices(complete, (draft, i) => former.form(draft, head.position + 1 + i));
  return {
    from: head.position,
    epoch: head.epoch,
    xids: [...new Set(rows.map((row) => row.xid))],
    rows: rows.length,
    formed,
    months: newMonths(formed, head.month),
    disagreements: merged.flatMap((one) => one.disagreements),
  };
}

/** Months only go forward: an event that comes late lies in the partition of those among which it was numbered. */
function newMonths(formed: readonly Formed[], current: string): Batch['months'] {
  const months: { first: Position; month: string }[] = [];
  for (const { entry } of formed) {
    const month = `${entry.occurredAt.slice(0, 7)}-01`;
    if (month > (months.at(-1)?.month ?? current)) months.push({ first: entry.position, month });
  }
  return months;
}
