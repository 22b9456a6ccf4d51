import { getHeapStatistics } from 'node:v8';
import { TransactionTooLarge } from '../events/errors.ts';
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

/** @throws TransactionTooLarge where they are more than this process can hold. */
export function refuseWithoutRoom(transactions: readonly Waiting[], room: number): void {
  const needed = roomFor(transactions);
  if (needed <= room) return;
  const heap = (bytes: number) => Math.ceil(bytes / SHARE / 1024 / 1024);
  const rows = transactions.reduce((sum, one) => sum + one.rows, 0);
  throw new TransactionTooLarge({ rows, needed: heap(needed), allowed: heap(room) });
}
