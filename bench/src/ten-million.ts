import { statfsSync } from 'node:fs';
import { tmpdir } from 'node:os';
import type { Spent } from './capture/saver.ts';
import { type Figure, type Figures, FIGURES, Stand } from './stand.ts';
import { median, printTable } from './table.ts';

const EVENTS = 10_000_000;
const ROUNDS = 15;
const WARM_UP = 2;
/** How many times as long anything may take on the full log. */
const TARGET = 1.15;
/** What an event takes at most with all indexes, and what the write-ahead log and the rest of two servers take. */
const BYTES_AN_EVENT = 1_200;
const BYTES_BESIDE = 10e9;

const NAMES: Readonly<Record<Figure, string>> = {
  one: 'flush of one, µs',
  many: 'flush of 1,000, µs a row',
  writers: '16 writers, µs a flush',
  raw: 'raw UPDATE of 5,000, µs a row',
  rows: 'one-row UPDATE, µs',
  numbering: 'numbering, µs an event',
};

/** What capture and numbering cost on a log of ten million events, in turns with an empty one. Fails where the target is missed. */
export async function run(wanted?: string): Promise<void> {
  const events = wanted === undefined ? EVENTS : Number(wanted);
  if (!Number.isInteger(events) || events < 1) throw new Error(`"${wanted}" is no number of events: npm run trials -- ten-million 100000`);
  demandRoom(events);
  const [empty, full] = [await Stand.open('empty'), await Stand.open('full')];
  try {
    console.log(`writing ${events} events`);
    await full.fill(events);
    const rows = compared(await inTurns(empty, full));
    printTable(rows);
    process.exitCode = rows.some((row) => Number(row['×']) > TARGET) ? 1 : 0;
  } finally {
    await empty.close();
    await full.close();
  }
}

function demandRoom(events: number): void {
  const { bavail, bsize } = statfsSync(tmpdir());
  const needed = events * BYTES_AN_EVENT + BYTES_BESIDE;
  if (bavail * bsize < needed)
    throw new Error(`${tmpdir()} has no room for ${events} events: they take ${Math.ceil(needed / 1e9)} GB. Free some, or set TMPDIR`);
}

async function inTurns(empty: Stand, full: Stand): Promise<{ empty: Figures[]; full: Figures[] }> {
  const figures = { empty: [] as Figures[], full: [] as Figures[] };
  for (let round = 0; round < ROUNDS + WARM_UP; round++) {
    // Who comes second finds the machine's caches as the first has left them.
    for (const stand of round % 2 ? [empty, full] : [full, empty]) {
      const measured = await stand.measure(round);
      if (round >= WARM_UP) figures[stand.name].push(measured);
    }
  }
  return figures;
}

function compared({ empty, full }: { readonly empty: readonly Figures[]; readonly full: readonly Figures[] }) {
  const NOWHERE = { wall: Number.NaN, cpu: Number.NaN };
  return FIGURES.map((figure) => {
    // Round by round: the machine's speed drifts, and takes both along.
    const times = (kind: keyof Spent) => median(full.map((round, n) => round[figure][kind] / (empty[n]?.[figure] ?? NOWHERE)[kind]));
    return {
      figure: NAMES[figure],
      'empty log': median(empty.map((round) => round[figure].wall)).toFixed(1),
      'full log': median(full.map((round) => round[figure].wall)).toFixed(1),
      '×': times('wall').toFixed(2),
      'CPU ×': Number.isNaN(times('cpu')) ? '' : times('cpu').toFixed(2),
      target: `≤ ${TARGET}`,
    };
  });
}
