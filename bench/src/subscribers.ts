import { performance } from 'node:perf_hooks';
import { WebSocket } from 'ws';

// A process of its own, so that reading a hundred sockets takes no time from the server that is measured.

interface Job {
  readonly url: string;
  readonly cookie: string;
  readonly sockets: number;
}

const latencies: number[] = [];
let ready = 0;

/** Milliseconds since the epoch, finer than Date.now(). */
const now = () => performance.timeOrigin + performance.now();

/** `Date.parse` ends at milliseconds; the database's clock is written with microseconds. */
const instant = (text: string) => Date.parse(`${text.slice(0, 19)}Z`) + Number(text.slice(20, 26)) / 1_000;

function subscribe({ url, cookie }: Job, sockets: number): void {
  const socket = new WebSocket(`${url.replace('http', 'ws')}/trpc`, { headers: { cookie, origin: url } });
  socket.on('open', () => socket.send(JSON.stringify({ id: 1, method: 'subscription', params: { path: 'audit.live', input: {} } })));
  socket.on('message', (data: Buffer) => {
    const at = now();
    const text = data.toString();
    // tRPC's keep-alive is no JSON.
    if (text === 'PING') return socket.send('PONG');
    const message = JSON.parse(text) as {
      result?: { type: string; data?: { data: { events: { occurredAt: string }[] } } };
      error?: unknown;
    };
    if (message.error) throw new Error(`the subscription failed: ${text}`);
    if (message.result?.type === 'started' && ++ready === sockets) process.send?.({ ready: true });
    for (const event of message.result?.data?.data.events ?? []) latencies.push(at - instant(event.occurredAt));
  });
}

process.on('message', (message: Job | 'report') => {
  if (message === 'report') {
    process.send?.({ latencies: latencies.splice(0) });
    return;
  }
  for (let n = 0; n < message.sockets; n++) subscribe(message, message.sockets);
});
