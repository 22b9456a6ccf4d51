import type { Client } from 'pg';
import type { Batch } from './append.ts';
import type { CompleteDraft } from '../merge/draft.ts';
import { neverSo } from './never-so.ts';
import { AUDIT_AREA, UNREADABLE, type Position } from '../events/entry.ts';
import { AuditLogError } from '../events/errors.ts';
import { draftSubjects, Former } from './form.ts';
import type { Formed } from './formed.ts';
import { MAX_KEY, MAX_SCOPES, type InboxRow } from '../capture/inbox.ts';
import { isCut } from '../capture/kept-key.ts';
import { merge, refused, type Merged } from '../merge/merge.ts';
import type { SubjectKeys } from '../values/protect.ts';
import type { RootFacts } from './root-facts.ts';
import type { RowFacts } from './row-facts.ts';
import { isRefusal } from './refusal.ts';
import type { Sight } from '../triggers/sight.ts';
import { inSlices } from './slices.ts';
import { problemOf, unrecorded } from '../merge/unreadable.ts';

/** Where the log ends, as a sequencer believes it. */
export interface Head {
  readonly position: Position;
  readonly epoch: number;
  readonly month: string;
  /** The policies by which the database records; null as long as no triggers were ever made. */
  readonly policies: string | null;
}

/** Where the head stands once this batch is written. */
export const headAfter = (batch: Batch, before: Head): Head => ({
  position: batch.from + batch.formed.length,
  epoch: batch.epoch,
  month: batch.months.at(-1)?.month ?? before.month,
  policies: before.policies,
});

/** The rows of one transaction after the other. */
export function byTransaction(rows: readonly InboxRow[]): InboxRow[][] {
  const transactions: InboxRow[][] = [];
  for (const row of rows) {
    const current = transactions.at(-1);
    if (current?.[0]?.xid === row.xid) current.push(row);
    else transactions.push([row]);
  }
  return transactions;
}

/** What one transaction tells; where it can't be recorded as what it says, it is recorded as that. */
export function mergedOf(transaction: readonly InboxRow[], refusals: ReadonlyMap<string, unknown>, sight: Sight): Merged {
  const { xid } = transaction[0] as InboxRow;
  if (refusals.has(xid)) return refused(transaction, 'refused by the log', refusals.get(xid));
  try {
    return merge(transaction, sight);
  } catch (cause) {
    // It would fail again, whatever it is. Nothing that somebody wrote stops the log.
    return refused(transaction, problemOf(cause), cause);
  }
}

/** What a batch is formed with. */
export interface Forming {
  /** For what only earlier events know. */
  readonly reader: Client;
  readonly head: Head;
  readonly keys: SubjectKeys;
  readonly sight: Sight;
  readonly facts: RootFacts;
  /** For what no event knows yet. */
  readonly rowFacts: RowFacts;
  /** Resolves when everything before this batch is in the log. */
  readonly written: Promise<void>;
}

/**
 * Whole transactions as the events that follow the head: merged, completed, sealed, hashed. A record or an event that
 * can't be is recorded as that, alone; where nobody foresaw why, its whole transaction.
 */
export async function formBatch(rows: readonly InboxRow[], forming: Forming): Promise<Batch> {
  const transactions = byTransaction(rows);
  try {
    return await formTransactions(transactions, forming);
  } catch (error) {
    if (!isRefusal(error)) throw error;
    const refusals = new Map<string, unknown>();
    for (const transaction of transactions) {
      // What a try has learned of later transactions was not yet so for earlier ones.
      forming.facts.forget();
      await formTransactions([transaction], forming).catch((alone: unknown) => {
        if (!isRefusal(alone)) throw alone;
        refusals.set((transaction[0] as InboxRow).xid, alone);
      });
    }
    forming.facts.forget();
    return formTransactions(transactions, forming, refusals);
  }
}

async function formTransactions(
  transactions: readonly InboxRow[][],
  { reader, head, keys, sight, facts, rowFacts, written }: Forming,
  refusals: ReadonlyMap<string, unknown> = new Map(),
): Promise<Batch> {
  const merged = await inSlices(transactions, (transaction) => mergedOf(transaction, refusals, sight));
  const drafts = merged.flatMap((one) => one.drafts);
  const lacking = facts.lacking(drafts);
  if (lacking.length) {
    await written;
    await facts.look({ db: reader, plans: sight.plans, rows: rowFacts }, lacking, drafts);
  }
  const failures = merged.flatMap((one) => one.failures);
  const completed = facts.complete(drafts, sight.plans);
  const doubts = [...merged.flatMap((one) => one.doubts), ...completed.doubts];
  if (doubts.length) await written;
  const never = doubts.length ? await neverSo({ db: reader, plans: sight.plans }, doubts, completed.drafts) : [];
  const complete = completed.drafts.map((draft) => fitting(draft, failures));
  await keys.ensure(draftSubjects(complete));
  const former = new Former(keys);
  const formed = await inSlices(complete, (draft, i) => formOrRefuse(former, draft, head.position + 1 + i, failures));
  return {
    from: head.position,
    epoch: head.epoch,
    policies: head.policies,
    xids: transactions.map((transaction) => (transaction[0] as InboxRow).xid),
    rows: transactions.reduce((sum, transaction) => sum + transaction.length, 0),
    formed,
    months: newMonths(formed, head.month),
    disagreements: [...merged.flatMap((one) => one.disagreements), ...never],
    failures,
  };
}

/** What is counted together has to fit into an index. Bytes. */
const MAX_COUNTED = 2_400;

/** The draft as the log's indexes have room for it, with everything that changed; what they have no room for is named. */
function fitting(draft: CompleteDraft, failures: Error[]): CompleteDraft {
  const cut = cutKeys(draft);
  if (cut.length) failures.push(keysCut(draft, cut));
  const kept = cut.length ? { ...draft, metadata: { ...draft.metadata, shortened_keys: cut } } : draft;
  if (Buffer.byteLength([draft.area, draft.action, draft.actor.id, draft.target?.type].join('')) <= MAX_COUNTED) return kept;
  const problem = `area, action, actor and type together have more than ${MAX_COUNTED} bytes`;
  failures.push(unrecorded(draft, problem));
  return { ...kept, area: AUDIT_AREA, action: UNREADABLE, metadata: { ...kept.metadata, problem } };
}

/** Which of its keys are too long for the log. */
function cutKeys({ target, root, subject, scopes }: CompleteDraft): string[] {
  const keys = { record: [target?.id], root: [root?.id], subject: [subject], units: scopes };
  return Object.entries(keys).flatMap(([what, some]) => (some.some(isCut) ? [what] : []));
}

function keysCut({ target }: CompleteDraft, cut: readonly string[]): AuditLogError {
  return new AuditLogError(
    `${target?.type} ${target?.id}: more than ${MAX_KEY} characters, or more than ${MAX_SCOPES} units (${cut.join(', ')}). What changed is recorded, with the keys shortened: it isn't found by them, and who should see it by them doesn't. Let the entity's policy give shorter ones`,
    target,
  );
}

function formOrRefuse(former: Former, draft: CompleteDraft, position: Position, failures: Error[]): Formed {
  try {
    return former.form(draft, position);
  } catch (cause) {
    if (!isRefusal(cause)) throw cause;
    const problem = `it has no canonical form (${(cause as Error).name})`;
    failures.push(unrecorded(draft, problem, cause));
    return former.form(withoutValues(draft, problem), position);
  }
}

const withoutValues = (draft: CompleteDraft, problem: string): CompleteDraft => ({
  ...draft,
  area: AUDIT_AREA,
  action: UNREADABLE,
  changes: [],
  metadata: { problem },
  effect: null,
  reason: null,
});

/** Months only go forward: an event that comes late lies in the partition of those among which it was numbered. */
function newMonths(formed: readonly Formed[], current: string): Batch['months'] {
  const months: { first: Position; month: string }[] = [];
  for (const { entry } of formed) {
    const month = `${entry.occurredAt.slice(0, 7)}-01`;
    if (month > (months.at(-1)?.month ?? current)) months.push({ first: entry.position, month });
  }
  return months;
}
