import { makeBed } from './bed.ts';
import { drain } from './drain.ts';
import { latency } from './latency.ts';
import { median, printTable } from './table.ts';

const ROUNDS = 5;

/** How fast the log is numbered, and how soon what was written is on a hundred sockets. */
export async function run(): Promise<void> {
  const bed = await makeBed();
  const rounds = [];
  for (let round = 0; round < ROUNDS; round++) rounds.push(await drain(bed));
  await bed.stop();
  const live = await latency();
  printTable([
    {
      figure: 'sequencer drains, events/s (median)',
      measured: Math.round(median(rounds.map((round) => round.eventsPerSecond))),
      target: '≥ 25,000',
    },
    { figure: 'sequencer drains, events/s (best)', measured: Math.max(...rounds.map((round) => round.eventsPerSecond)), target: '' },
    { figure: 'bytes an event, with indexes', measured: Math.round(median(rounds.map((round) => round.bytesPerEvent))), target: '' },
    {
      figure: `write to frame, ${live.eventsPerSecond} events/s, ${live.sockets} sockets, p50 ms`,
      measured: live.p50.toFixed(1),
      target: '≤ 5',
    },
    {
      figure: `write to frame, ${live.eventsPerSecond} events/s, ${live.sockets} sockets, p99 ms`,
      measured: live.p99.toFixed(1),
      target: '≤ 20',
    },
    { figure: 'deliveries', measured: live.deliveries, target: '' },
  ]);
}
