import { type ChildProcess, fork } from 'node:child_process';
import { once } from 'node:events';
import { setTimeout as sleep } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';
import { signIn, startDemo } from './demo-server.ts';
import { edit, makeCards } from './edits.ts';
import { quantile } from './table.ts';

const SOCKETS = 100;
const SECONDS = 20;
const EVENTS_A_SECOND = 200;

export interface Latency {
  readonly eventsPerSecond: number;
  readonly sockets: number;
  readonly deliveries: number;
  readonly p50: number;
  readonly p99: number;
}

/**
 * From a change being written to its frame on a hundred sockets, through the real server, its real commands and its
 * real websocket. The clock starts with the insert of the flush's document, which is before the commit: what is
 * reported is a little more than commit to frame.
 */
export async function latency(): Promise<Latency> {
  const server = await startDemo();
  const readers = fork(fileURLToPath(new URL('./subscribers.ts', import.meta.url)));
  try {
    const cookie = await signIn(server.url);
    const desk = { url: server.url, cookie };
    const cards = await makeCards(desk);
    readers.send({ url: server.url, cookie, sockets: SOCKETS });
    await once(readers, 'message');
    await edit(desk, cards, { seconds: 2, eventsPerSecond: EVENTS_A_SECOND }); // warms up
    await report(readers);
    const events = await edit(desk, cards, { seconds: SECONDS, eventsPerSecond: EVENTS_A_SECOND });
    await sleep(500);
    const latencies = await report(readers);
    return {
      eventsPerSecond: Math.round(events / SECONDS),
      sockets: SOCKETS,
      deliveries: latencies.length,
      p50: quantile(latencies, 0.5),
      p99: quantile(latencies, 0.99),
    };
  } finally {
    readers.kill();
    await server.stop();
  }
}

async function report(readers: ChildProcess): Promise<number[]> {
  const answer = once(readers, 'message');
  readers.send('report');
  const [{ latencies }] = (await answer) as [{ latencies: number[] }];
  return latencies;
}
