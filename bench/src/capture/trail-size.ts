import type { Client } from 'pg';
import { cleanSlate } from './clean-slate.ts';
import type { SaverProcess } from './saver-process.ts';
import type { ChangeSets } from './statements.ts';
import { BULK, SINGLES } from './work.ts';

/** How often, so that a table's last, half-filled page weighs little. */
const TIMES = { many: 8, one: 50 } as const;

const CHANGES = { many: BULK, one: SINGLES } as const;

/** Bytes on disk, with all indexes, of the record of one change of one field; ours once it is numbered and sealed. NaN where there is none. */
export async function bytesAChange(client: Client, saver: SaverProcess, { work, turn }: ChangeSets): Promise<number> {
  const { trail } = saver.contender;
  if (trail === null) return Number.NaN;
  await cleanSlate(client, saver.contender);
  const before = await sizeOf(client, trail);
  for (let n = 0; n < TIMES[work]; n++) {
    await saver.prepare({ work, turn: turn + n, fields: 1 });
    await saver.save();
  }
  await saver.settle();
  return ((await sizeOf(client, trail)) - before) / (TIMES[work] * CHANGES[work]);
}

async function sizeOf(client: Client, table: string): Promise<number> {
  const { rows } = await client.query<{ bytes: string }>(
    'select coalesce(sum(pg_total_relation_size(relid)), pg_total_relation_size($1::regclass)) as bytes from pg_partition_tree($1::regclass)',
    [table],
  );
  return Number(rows[0]?.bytes);
}
