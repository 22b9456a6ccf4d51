import { escapeLiteral, type Client } from 'pg';
import { LEAF_VERSION } from '@countersign/proof/leaf';
import { sendCopy } from './copy-message.ts';
import type { Position } from '../events/entry.ts';
import { Fenced } from './fenced.ts';
import type { Formed } from './formed.ts';
import { IN_FORCE } from '../triggers/policy-set.ts';

/** A batch as it is written: whole transactions, formed for the positions after `from`. */
export interface Batch {
  readonly from: Position;
  readonly epoch: number;
  /** The policies in force when it was formed: who goes by others must not write it. */
  readonly policies: string | null;
  readonly xids: readonly string[];
  readonly rows: number;
  readonly formed: readonly Formed[];
  /** Where a new month begins, the position of its first event and its first day; a partition is cut there. */
  readonly months: readonly { readonly first: Position; readonly month: string }[];
  /** In sentences, where the application told something else than the database saw. */
  readonly disagreements: readonly string[];
  /** What could not be recorded as what it says, and who tried to alter the log. */
  readonly failures: readonly Error[];
}

/** What COPY and INSERT write, in the order of `copyLine`. */
export const COLUMNS =
  'position, id, change_id, area, action, operation, actor_kind, actor_id, impersonator_id, target_type, target_id, target_label, root_type, root_id, root_label, subject_id, scopes, work_date, changes, metadata, reason, effect, channel, request_id, occurred_at, sealed_values, sealed_origin, leaf_version, leaf_hash';

/** The SQLSTATE with which the database says that this batch is not ours to write. */
const FENCED = 'CSF01';

/**
 * Writes one batch in one transaction, which begins by moving the head from where this sequencer believes it to be:
 * the head's row makes a second sequencer wait, and then fail.
 *
 * One message to the server and one answer: at one event a batch, waiting for answers would be most of the time, and at a
 * thousand each answer would wait for the next batch, which is being formed on the same thread.
 * @throws Fenced where the head stands elsewhere or rows are gone; nothing was written then.
 */
export function append(db: Client, batch: Batch): Promise<void> {
  return inTransaction(db, async () => {
    const statements = (copies: readonly string[]) => ['begin', fence(batch), ...copies, ...addToRollups(batch.formed), batchEnd].join(';');
    if (batch.formed.length) {
      await sendCopy(db, statements([`copy audit_event (${COLUMNS}) from stdin`]), inPieces(batch.formed.map(copyLine)));
    } else await db.query(statements([]));
  });
}

/** Characters that are sent as one piece: of a million events one text would be longer than a text can be. */
const PIECE = 1024 * 1024;

export function inPieces(lines: readonly string[], longest = PIECE): Buffer[] {
  const pieces: Buffer[] = [];
  let piece = '';
  for (const line of lines) {
    if (piece && piece.length + line.length > longest) {
      pieces.push(Buffer.from(piece));
      piece = '';
    }
    piece += line;
  }
  return [...pieces, Buffer.from(piece)];
}

/** What ends a batch. The notification is a poke for the readers of other nodes; it carries nothing, they read from their position. */
export const batchEnd = 'notify audit_head; commit';

/** Leaves no transaction open where `work` fails, and says so where the batch wasn't ours to write. */
export async function inTransaction<Result>(db: Client, work: () => Promise<Result>): Promise<Result> {
  try {
    return await work();
  } catch (error) {
    await db.query('rollback').catch(() => undefined);
    if ((error as { code?: unknown }).code === FENCED) throw new Fenced((error as Error).message);
    throw error;
  }
}

/**
 * Moves the head, takes the rows and cuts the months, or fails: in the database, so that what follows need not wait for the answer.
 * It takes no parameters: whatever stands in it is a number of ours or a quoted literal. Policies that come in force after the look
 * don't matter: the rows of the batch were there before it, and no newer trigger wrote them.
 */
export const fence = ({ from, epoch, policies, xids, rows, formed, months }: Batch) => `do $fence$
  declare taken bigint;
  begin
    update audit_head set position = ${from + formed.length} where position = ${from} and epoch = ${epoch} and ${IN_FORCE} is not distinct from ${policies === null ? 'null' : escapeLiteral(policies)};
    if not found then raise exception 'the head is no longer at ${from}, or the policies are others' using errcode = '${FENCED}'; end if;
    delete from audit_inbox where xid = any(${escapeLiteral(`{${xids.join(',')}}`)}::xid8[]);
    get diagnostics taken = row_count;
    if taken <> ${rows} then raise exception '% of ${rows} rows were left in the inbox', taken using errcode = '${FENCED}'; end if;
    ${months.map(({ first, month }) => `perform audit_cut_month(${first}, ${escapeLiteral(month)});`).join(' ')}
  end $fence$`;

/** Counts by quarter of an hour in UTC, so that every zone's day can be summed; keys in one order, so that nobody deadlocks. */
export function addToRollups(formed: readonly Formed[]): string[] {
  const counts = new Map<string, number>();
  for (const { entry } of formed) {
    const minute = Number(entry.occurredAt.slice(14, 16));
    const quarter = `${entry.occurredAt.slice(0, 14)}${String(minute - (minute % 15)).padStart(2, '0')}:00Z`;
    const key = JSON.stringify([
      quarter,
      entry.area,
      entry.action,
      entry.actor.id ?? entry.actor.kind,
      entry.impersonator ?? '',
      entry.target?.type ?? '',
    ]);
    counts.set(key, (counts.get(key) ?? 0) + 1);
  }
  if (!counts.size) return [];
  const rows = [...counts]
    .sort(([a], [b]) => (a < b ? -1 : 1))
    .map(([key, n]) => `(${(JSON.parse(key) as string[]).map((part) => escapeLiteral(part)).join(',')},${n})`);
  return [
    `insert into audit_rollup as r (quarter, area, action, actor, impersonator, target_type, events) values ${rows.join(',')}
      on conflict (quarter, area, action, actor, impersonator, target_type) do update set events = r.events + excluded.events`,
  ];
}

/** One event in COPY's text format. */
export function copyLine({ entry, changesJson, leafHash }: Formed): string {
  const { target, root } = entry;
  return `${[
    entry.position,
    entry.id,
    entry.changeId,
    text(entry.area),
    text(entry.action),
    entry.operation,
    entry.actor.kind,
    text(entry.actor.id),
    text(entry.impersonator),
    text(target?.type),
    text(target?.id),
    text(target?.label),
    text(root?.type),
    text(root?.id),
    text(root?.label),
    text(entry.subject),
    text(`{${entry.scopes.map((scope) => `"${scope.replace(/["\\]/g, '\\$&')}"`).join(',')}}`),
    text(entry.workDate),
    text(changesJson),
    text(JSON.stringify(entry.metadata)),
    text(entry.reason),
    text(entry.effect && JSON.stringify(entry.effect)),
    entry.channel,
    text(entry.requestId),
    entry.occurredAt,
    bytes(entry.sealedValues),
    bytes(entry.sealedOrigin),
    LEAF_VERSION,
    bytes(leafHash),
  ].join('\t')}\n`;
}

const SPECIAL: Readonly<Record<string, string>> = { '\\': '\\\\', '\n': '\\n', '\r': '\\r', '\t': '\\t' };

/** A field of COPY's text format. */
const text = (value: string | null | undefined): string =>
  value === null || value === undefined
    ? '\\N'
    : /[\\\n\r\t]/.test(value)
      ? value.replace(/[\\\n\r\t]/g, (special) => SPECIAL[special] as string)
      : value;

const bytes = (value: Uint8Array | null): string =>
  value === null ? '\\N' : `\\\\x${Buffer.from(value.buffer, value.byteOffset, value.byteLength).toString('hex')}`;
