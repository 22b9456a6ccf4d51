import { getHeapStatistics } from 'node:v8';
import { AuditLogError } from './errors.ts';
import type { Waiting } from './sweep.ts';

// A transaction is numbered as a whole, in memory: what is larger than that ends no process, which would end again with each
// start, but waits until one has more.

/** Memory that a row change takes until it is written, beside four times its text: measured, with some to spare. Bytes. */
const A_ROW = 6 * 1024;
const A_BYTE = 4;

/** What of the heap is at the disposal of what is numbered. */
const SHARE = 0.7;

/** Bytes of memory that this process has for what it numbers at once. */
export const roomHere = (): number => getHeapStatistics().heap_size_limit * SHARE;

/** Bytes of memory that numbering these at once takes, about. */
export const roomFor = (transactions: readonly Waiting[]): number =>
  transactions.reduce((sum, { rows, bytes }) => sum + rows * A_ROW + bytes * A_BYTE, 0);

/** @throws AuditLogError where they are more than this process can hold, with what to do. */
export function refuseWithoutRoom(transactions: readonly Waiting[], room: number): void {
  const needed = roomFor(transactions);
  if (needed <= room) return;
  const rows = transactions.reduce((sum, one) => sum + one.rows, 0);
  const megabytes = (bytes: number) => Math.ceil(bytes / SHARE / 1024 / 1024);
  throw new AuditLogError(
    `A transaction of ${rows} row changes waits to be numbered, and everything after it: it takes about ${megabytes(needed)} MB of memory, and this process may use ${megabytes(room)}. Nothing is lost. Start one node with NODE_OPTIONS=--max-old-space-size=${megabytes(needed)} until it is numbered, and change fewer rows in one transaction`,
    null,
  );
}
