import type { Client } from 'pg';
import { CARDS } from '../bed.ts';
import { stopwatch } from './work.ts';

const ROWS = 1_000;

/** Past every library. */
export interface RawUpdate {
  readonly rows: number;
  /** Microseconds a row. `turn`: of every call another one. */
  readonly update: (client: Client, table: string, turn: number) => Promise<number>;
}

const total = (turn: number) => ((turn % 90_000) / 100).toFixed(2);

/** One statement for all cards. */
export const allRows: RawUpdate = {
  rows: CARDS,
  update: (client, table, turn) =>
    stopwatch(
      () => client.query(`update ${table} set check_out = now() + $1 * interval '1 second', total = $2`, [turn, total(turn)]),
      CARDS,
    ),
};

/** A statement of four columns for each of a thousand cards, in one block: no network, one commit. */
export const rowByRow: RawUpdate = {
  rows: ROWS,
  update: (client, table, turn) =>
    stopwatch(
      () =>
        client.query(`do $$ begin for i in 1..${ROWS} loop
          update ${table} set check_out = now() + (${turn} + i) * interval '1 second', total = ${total(turn)}, edited = not edited, notes = 'turn ${turn}' where id = i;
        end loop; end $$`),
      ROWS,
    ),
};
