import type { Client } from 'pg';
import type { SaverProcess } from './saver-process.ts';
import { SINGLES, type Work } from './work.ts';

/** Change sets of one card, or one of a thousand. `turn`: the first of fifty that nobody else has. */
export interface ChangeSets {
  readonly work: Exclude<Work, 'writers'>;
  readonly turn: number;
}

/** What the server has to be started with. */
export const COUNTING = { shared_preload_libraries: 'pg_stat_statements' };

/** Statements that one change set sends, begin and commit among them. */
export async function statementsOf(client: Client, saver: SaverProcess, { work, turn }: ChangeSets): Promise<number> {
  await client.query('create extension if not exists pg_stat_statements');
  await saver.prepare({ work, turn });
  const before = await calls(client);
  await saver.save();
  const sent = (await calls(client)) - before;
  return sent / (work === 'one' ? SINGLES : 1);
}

async function calls(client: Client): Promise<number> {
  const { rows } = await client.query<{ calls: string }>(
    `select sum(calls) as calls from pg_stat_statements where query !~ 'pg_stat_statements'`,
  );
  return Number(rows[0]?.calls);
}
