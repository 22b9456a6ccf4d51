import { fillCards, makeBed } from './bed.ts';
import { cleanSlate } from './capture/clean-slate.ts';
import type { Place } from './capture/contender.ts';
import { CONTENDERS } from './capture/contenders.ts';
import { fetchPeers } from './capture/peers.ts';
import { report, type Result } from './capture/report.ts';
import { oneRound, type Connections, type Round } from './capture/round.ts';
import { SaverProcess } from './capture/saver-process.ts';
import { COUNTING, statementsOf } from './capture/statements.ts';
import { bytesAChange } from './capture/trail-size.ts';
import { printTable } from './table.ts';

const ROUNDS = 9;
/** Saves of a thousand before anything is measured: a process that has just begun runs what isn't compiled yet. */
const WARM_UP = 15;
/** Whole rounds after these, for caches and statements. */
const TRIAL_ROUNDS = 1;
/** Ten contenders' pools, which stay open for a while. */
const CONNECTIONS = { max_connections: '300' };
/** Turns that one contender takes in a round, at most. */
const TURNS = 50;

/** Saves with and without a record, in turns, on tables of one shape in one database; medians of many rounds. */
export async function run(): Promise<void> {
  const peers = await fetchPeers();
  const bed = await makeBed({ ...COUNTING, ...CONNECTIONS });
  await fillCards(bed);
  const connections = { client: await bed.client(), watcher: await bed.client() };
  const savers: SaverProcess[] = [];
  try {
    const { owner, app, sequencer } = bed;
    const place: Place = { logins: { owner, app, sequencer }, peers: peers.folder };
    for (const contender of CONTENDERS) savers.push(await SaverProcess.start(contender, place));
    printTable(report(await measured(savers, connections)));
  } finally {
    for (const saver of savers) saver.end();
    await connections.client.end();
    await connections.watcher.end();
    await bed.stop();
    peers.remove();
  }
}

async function measured(savers: readonly SaverProcess[], connections: Connections): Promise<Result[]> {
  const rounds = new Map<SaverProcess, Round[]>(savers.map((saver) => [saver, []]));
  let turn = await warmedUp(savers, connections);
  for (let n = 0; n < ROUNDS + TRIAL_ROUNDS; n++) {
    for (const saver of shuffled(savers)) {
      const round = await oneRound(saver, connections, (turn += TURNS));
      if (n >= TRIAL_ROUNDS) rounds.get(saver)?.push(round);
    }
  }
  const results: Result[] = [];
  for (const [saver, ofSaver] of rounds) {
    const { client } = connections;
    const statements = async () => ({
      one: await statementsOf(client, saver, { work: 'one', turn: (turn += TURNS) }),
      many: await statementsOf(client, saver, { work: 'many', turn: (turn += TURNS) }),
    });
    results.push({
      contender: saver.contender,
      rounds: ofSaver,
      // Those of the sequencer are nobody's change set.
      statements: saver.contender.numbered ? null : await statements(),
      bytes: {
        one: await bytesAChange(client, saver, { work: 'one', turn: (turn += TURNS) }),
        many: await bytesAChange(client, saver, { work: 'many', turn: (turn += TURNS) }),
      },
    });
  }
  return results;
}

/** Answers with the last turn that it took. */
async function warmedUp(savers: readonly SaverProcess[], { client }: Connections): Promise<number> {
  let turn = 0;
  for (const saver of savers) {
    for (let n = 0; n < WARM_UP; n++) {
      await saver.prepare({ work: 'many', turn: (turn += 1) });
      await saver.save();
      if (saver.contender.numbered) await saver.settle();
    }
    await cleanSlate(client, saver.contender);
  }
  return turn;
}

const shuffled = <Item>(items: readonly Item[]): Item[] => [...items].sort(() => Math.random() - 0.5);
