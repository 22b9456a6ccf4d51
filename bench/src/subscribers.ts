import { performance } from 'node:perf_hooks';
import { WebSocket } from 'ws';

// A process of its own, so that reading a hundred sockets takes no time from the server that is measured.

interface Job {
  readonly url: string;
  readonly cookie: string;
  readonly sockets: number;
}

const frames: { readonly at: number; readonly data: Buffer }[] = [];
let ready = 0;

/** Milliseconds since the epoch, finer than Date.now(). */
const now = () => performance.timeOrigin + performance.now();

/** `Date.parse` ends at milliseconds; the database's clock is written with microseconds. */
const instant = (text: string) => Date.parse(`${text.slice(0, 19)}Z`) + Number(text.slice(20, 26)) / 1_000;

function subscribe({ url, cookie }: Job, sockets: number): void {
  const socket = new WebSocket(`${url.replace('http', 'ws')}/trpc`, { headers: { cookie, origin: url } });
  socket.on('open', () => socket.send(JSON.stringify({ id: 1, method: 'subscription', params: { path: 'audit.live', input: {} } })));
  socket.on('message', (data: Buffer) => {
    // What a frame says is read when the clock no longer runs: a hundred pages don't share one processor.
    frames.push({ at: now(), data });
    if (data.length > 200) return;
    const text = data.toString();
    if (text === 'PING') socket.send('PONG');
    if (text.includes('"type":"started"') && ++ready === sockets) process.send?.({ ready: true });
  });
}

function latencies(): number[] {
  const found: number[] = [];
  for (const { at, data } of frames.splice(0)) {
    const text = data.toString();
    if (text === 'PING') continue; // tRPC's keep-alive is no JSON
    const message = JSON.parse(text) as { result?: { data?: { data: { events: { occurredAt: string }[] } } }; error?: unknown };
    if (message.error) throw new Error(`the subscription failed: ${text}`);
    for (const event of message.result?.data?.data.events ?? []) found.push(at - instant(event.occurredAt));
  }
  return found;
}

process.on('message', (message: Job | 'report') => {
  if (message === 'report') {
    process.send?.({ latencies: latencies() });
    return;
  }
  for (let n = 0; n < message.sockets; n++) subscribe(message, message.sockets);
});
