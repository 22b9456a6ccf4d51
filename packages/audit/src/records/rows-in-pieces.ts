import { escapeIdentifier } from 'pg';
import type { Database } from '../schema/database.ts';
import { joined, keyParams, keyText, liveRows, readColumns, type LiveRow, type Sharing } from './live-rows.ts';
import type { Column, EntityPlan } from '../policy/plan.ts';

// Rows may hold hundreds of megabytes, and some thousand of them are asked for at once.

/** Bytes of rows that are read at once; one that is longer by itself is none that a program can hold, and isn't read. */
const AT_ONCE = 64 * 1024 * 1024;
/** Bytes of a row that thousands may have. */
const ORDINARY = 8 * 1024;

/** Some of the rows that were asked for, by their keys; each key is of one piece, whether its row is there or not. */
export interface Piece {
  readonly ids: readonly string[];
  readonly rows: ReadonlyMap<string, LiveRow>;
  /** Whether its one row is longer than is read. */
  readonly isTooLong: boolean;
}

/** Reads the rows of one entity with these keys, so many at once that they fit into memory. */
export async function* rowsInPieces(
  db: Database,
  { plan, sharing }: { readonly plan: EntityPlan; readonly sharing: Sharing },
  ids: readonly string[],
  atOnce = AT_ONCE,
): AsyncGenerator<Piece> {
  const long = await longRows(db, plan, ids, Math.min(ORDINARY, atOnce));
  let piece = ids.filter((id) => !long.has(id));
  let bytes = 0;
  const read = async (): Promise<Piece> => ({ ids: piece, rows: await liveRows(db, plan, sharing, piece), isTooLong: false });
  for (const [id, length] of long) {
    if (length > atOnce) yield { ids: [id], rows: new Map(), isTooLong: true };
    else {
      if (bytes + length > atOnce) {
        yield await read();
        [piece, bytes] = [[], 0];
      }
      piece.push(id);
      bytes += length;
    }
  }
  if (piece.length) yield await read();
}

/** The rows that are longer than this, and how long they are. */
async function longRows(db: Database, plan: EntityPlan, ids: readonly string[], than: number): Promise<ReadonlyMap<string, number>> {
  const columns = readColumns(plan);
  if (!columns.length) return new Map();
  const { rows } = await db.query<{ key: string; bytes: string }>(
    `select key, bytes::text from (select ${keyText('t', plan.key)} as key, ${columns.map(lengthOf).join(' + ')} as bytes from ${joined(plan, plan.table, plan.key)} offset 0) r
      where bytes > ${than}`,
    keyParams(plan, ids),
  );
  const asked = new Set(ids);
  return new Map(rows.flatMap(({ key, bytes }) => (asked.has(key) ? [[key, Number(bytes)] as const] : [])));
}

/** Of texts and bytes the length is known without reading them; of others they are written out where they may be long. */
function lengthOf({ name, type }: Column): string {
  const column = `t.${escapeIdentifier(name)}`;
  if (/^bytea$/i.test(type)) return `coalesce(2 * octet_length(${column})::bigint, 0)`;
  const length = `octet_length(${column}::text)::bigint`;
  if (/^(text|varchar|character varying|json)\b(?!.*\[)/i.test(type)) return `coalesce(${length}, 0)`;
  return `case when pg_column_size(${column}) > 1000 or pg_column_compression(${column}) is not null then ${length} else 0 end`;
}
