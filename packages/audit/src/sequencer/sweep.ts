import type { Client } from 'pg';
import { Fenced } from './fenced.ts';
import type { InboxRow } from '../capture/inbox.ts';

/** One committed transaction that waits in the inbox. */
export interface Waiting {
  readonly xid: string;
  readonly rows: number;
  /** Of what is read of them. */
  readonly bytes: number;
}

/** What one look at the inbox found: whole committed transactions in their order, and the snapshot that it saw. */
export interface Sweep {
  readonly transactions: readonly Waiting[];
  readonly snapshot: string;
}

interface Since {
  readonly xmax: string;
  readonly running: readonly string[];
}

/** `xmin:xmax:xip,xip…`, as PostgreSQL prints a snapshot. */
function parseSnapshot(snapshot: string): Since {
  const [, xmax = '0', running = ''] = snapshot.split(':');
  return { xmax, running: running ? running.split(',') : [] };
}

const EVERYTHING: Since = { xmax: '0', running: [] };

/**
 * Finds what became visible since the snapshot `since` (everything, for null): transactions that began after it, and
 * those that were still running in it. The index (xid, id) is entered there, so rows that are dead but not yet
 * vacuumed are never scanned, and an open transaction delays nobody but itself.
 *
 * Rows and snapshot come from one statement: READ COMMITTED would take a new snapshot for a second one.
 */
export async function sweep(db: Client, since: string | null, longest = LONGEST_READ): Promise<Sweep> {
  const from = since === null ? EVERYTHING : parseSnapshot(since);
  const { rows } = await db.query<{ snapshot: string; xid: string | null; rows: string; bytes: string }>({
    name: 'audit_sweep',
    text: `select s.snapshot::text as snapshot, t.xid::text as xid, t.rows::text as rows, t.bytes::text as bytes
      from (select pg_current_snapshot() as snapshot) s
      left join (select i.xid, count(*) as rows, sum(${readLength('document', BEGINNING)} + ${readLength('context', 0)}) as bytes, max(i.id) as last from audit_inbox i
        where i.xid >= $1::xid8 or i.xid = any($2::xid8[]) group by i.xid) t on true
      order by t.last`,
    values: [from.xmax, from.running, longest],
  });
  const transactions = rows.flatMap((row) =>
    row.xid === null ? [] : [{ xid: row.xid, rows: Number(row.rows), bytes: Number(row.bytes) }],
  );
  return { transactions, snapshot: rows[0]?.snapshot ?? '' };
}

/** What a glance brought: all that became visible, rows and all, in their order. */
export interface Glance {
  readonly rows: readonly InboxRow[];
  readonly snapshot: string;
}

/** Rows that a glance takes at most, and bytes of each. */
const GLANCE = 32;
const GLANCED = 1024 * 1024;

/**
 * The same look for the hot path, where a few rows wait: it brings them along, which spares asking for them. Null where
 * there are more, or long ones; then `sweep` has to plan batches.
 */
export async function glance(db: Client, since: string, longest = LONGEST_READ): Promise<Glance | null> {
  const from = parseSnapshot(since);
  const { rows } = await db.query<{ snapshot: string } & ReadRow>({
    name: 'audit_glance',
    text: `select s.snapshot::text as snapshot, ${readColumns('$3')}
      from (select pg_current_snapshot() as snapshot) s
      left join (select w.*, max(w.id) over (partition by w.xid) as last
        from (select * from audit_inbox where xid >= $1::xid8 or xid = any($2::xid8[]) limit ${GLANCE + 1}) w) i on true
      order by i.last, i.id`,
    values: [from.xmax, from.running, Math.min(longest, GLANCED)],
  });
  const found = rows.filter((row) => row.xid_text !== null);
  return found.length > GLANCE || found.some(({ bytes }) => bytes !== null)
    ? null
    : { rows: found.map(inboxRow), snapshot: rows[0]?.snapshot ?? '' };
}

/** Documents and contexts of a batch, in bytes: what is read into memory at once. */
const MAX_BYTES = 16 * 1024 * 1024;

/** Cuts between transactions, never within one; a transaction larger than a batch is a batch of its own. */
export function batches(transactions: readonly Waiting[], rowsPerBatch: number): Waiting[][] {
  const all: Waiting[][] = [];
  let current: Waiting[] = [];
  let rows = 0;
  let bytes = 0;
  for (const transaction of transactions) {
    if (current.length && (rows + transaction.rows > rowsPerBatch || bytes + transaction.bytes > MAX_BYTES)) {
      all.push(current);
      current = [];
      rows = 0;
      bytes = 0;
    }
    current.push(transaction);
    rows += transaction.rows;
    bytes += transaction.bytes;
  }
  if (current.length) all.push(current);
  return all;
}

/** Bytes of a document that are read: half a gigabyte is no text that a program can hold, and reading costs several times its length. */
const LONGEST_READ = 64 * 1024 * 1024;

/** Of a longer one: enough for what heads it. Characters. */
const BEGINNING = 64 * 1024;

/** Bytes of a column that are read. */
const readLength = (column: string, otherwise: number): string =>
  `case when octet_length(i.${column}) > $3::int then ${otherwise} else octet_length(i.${column}) end`;

// Text columns have names of their own: `order by id` would sort by a text alias of that name.
const readColumns = (longest: string): string => {
  const ifLonger = (value: string, otherwise = 'null') =>
    `case when octet_length(i.document) > ${longest}::int then ${value} else ${otherwise} end`;
  return `i.xid::text as xid_text, i.id::text as id_text, to_char(i.at at time zone 'UTC', 'YYYY-MM-DD"T"HH24:MI:SS.US"Z"') as at_text, i.kind,
    case when octet_length(i.context) > ${longest}::int then '' else i.context end as context,
    ${ifLonger(`left(i.document, ${BEGINNING})`, 'i.document')} as document, ${ifLonger('octet_length(i.document)')} as bytes,
    ${ifLonger(`encode(sha256(convert_to(i.document, 'UTF8')), 'hex')`)} as sha256`;
};

interface ReadRow {
  xid_text: string;
  id_text: string;
  at_text: string;
  kind: string;
  context: string;
  document: string;
  bytes: number | null;
  sha256: string | null;
}

const KINDS: Readonly<Record<string, InboxRow['kind']>> = { s: 'seen', a: 'owner' };

const inboxRow = (row: ReadRow): InboxRow => ({
  xid: row.xid_text,
  id: row.id_text,
  kind: KINDS[row.kind] ?? 'flush',
  at: row.at_text,
  context: row.context,
  document: row.document,
  ...(row.bytes !== null && row.sha256 !== null && { large: { bytes: row.bytes, sha256: row.sha256 } }),
});

/** The rows of these transactions: transactions by their highest id, rows of one in the order in which they were written. */
export async function readRows(db: Client, transactions: readonly Waiting[], longest = LONGEST_READ): Promise<InboxRow[]> {
  const { rows } = await db.query<ReadRow>({
    name: 'audit_read',
    text: `select ${readColumns('$2')} from audit_inbox i where i.xid = any($1::xid8[]) order by max(i.id) over (partition by i.xid), i.id`,
    values: [transactions.map((transaction) => transaction.xid), longest],
  });
  const expected = transactions.reduce((sum, transaction) => sum + transaction.rows, 0);
  if (rows.length !== expected) throw new Fenced(`${expected - rows.length} of ${expected} rows were taken`);
  return rows.map(inboxRow);
}
