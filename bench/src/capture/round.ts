import type { Client } from 'pg';
import { backendTime } from './backend-time.ts';
import { cleanSlate } from './clean-slate.ts';
import { allRows, type RawUpdate, rowByRow } from './raw-update.ts';
import type { Spent } from './saver.ts';
import type { SaverProcess } from './saver-process.ts';
import { WORKS } from './work.ts';

/** What is measured of a contender in a round. */
export const MEASURES = ['one', 'many', 'writers', 'raw', 'rows'] as const;
export type Measure = (typeof MEASURES)[number];

/** One contender's turn in a round. */
export interface Round {
  readonly spent: Readonly<Partial<Record<Measure, Spent>>>;
  /** Milliseconds from the last writer's commit until everything is numbered, where that goes on meanwhile. */
  readonly behind: number;
}

/** Connections of the owner's: one for statements past the libraries, one that looks what the others cost. */
export interface Connections {
  readonly client: Client;
  readonly watcher: Client;
}

/** Every work of a contender once. `turn`: the first of a dozen that nobody else has. */
export async function oneRound(saver: SaverProcess, { client, watcher }: Connections, turn: number): Promise<Round> {
  const { contender } = saver;
  await cleanSlate(client, contender);
  const spent: Partial<Record<Measure, Spent>> = {};
  let behind = Number.NaN;
  for (const [n, work] of WORKS.entries()) {
    const cards = await saver.prepare({ work, turn: turn + n });
    const { result, backends } = await backendTime(watcher, () => saver.save());
    spent[work] = { wall: result.wall, cpu: result.cpu + backends / cards };
    if (contender.numbered) behind = await saver.settle();
  }
  if (contender.raw) {
    spent.raw = await past(allRows, { client, watcher }, contender.table, turn + 10);
    spent.rows = await past(rowByRow, { client, watcher }, contender.table, turn + 11);
  }
  return { spent, behind };
}

async function past({ rows, update }: RawUpdate, { client, watcher }: Connections, table: string, turn: number): Promise<Spent> {
  const { result, backends } = await backendTime(watcher, () => update(client, table, turn));
  return { wall: result, cpu: backends / rows };
}
