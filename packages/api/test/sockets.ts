import { once } from 'node:events';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { createTRPCClient, createWSClient, wsLink } from '@trpc/client';
import { applyWSSHandler } from '@trpc/server/adapters/ws';
import { WebSocket, WebSocketServer } from 'ws';
import { onTestFinished } from 'vitest';
import type { Viewer } from '@countersign/domain/people/rights/permissions';
import type { EventView } from '@countersign/domain/record/record.views';
import { definitionsIn } from '../src/definition.ts';
import { interfaceOf } from '../src/interface.ts';
import { Connection } from '../src/live/connection.ts';
import { attachingEncoder } from '../src/live/encoder.ts';
import { rabbits, type Scene, somebody } from './warren.ts';

const { router } = interfaceOf(definitionsIn([rabbits]));
export type ToyRouter = typeof router;

/** A websocket server on a free port; who connects is told by `?as=`. */
export async function serveSockets({ context }: Pick<Scene, 'context'>, people: Record<string, Viewer | null> = { admin: somebody() }) {
  const server = createServer();
  const wss = new WebSocketServer({ server, maxPayload: 64 * 1024 });
  applyWSSHandler({
    wss,
    router,
    experimental_encoder: attachingEncoder,
    createContext: ({ req, res }) => {
      const name = new URL(req.url ?? '', 'ws://x').searchParams.get('as') ?? 'admin';
      return context(people[name] ?? null, { requestId: null, connection: new Connection(res as WebSocket, req.socket) });
    },
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  const { port } = server.address() as AddressInfo;
  const terminate = () => wss.clients.forEach((client) => client.terminate());
  onTestFinished(async () => {
    terminate();
    wss.close();
    server.close();
    await once(server, 'close');
  });
  return { port, url: `ws://127.0.0.1:${port}/trpc`, wss, terminate };
}

/** The real client, over a stock `wsLink`; `freeze` stops its reading, as a page does whose machine stalls. */
export function connect(url: string, name = 'admin') {
  const sockets: WebSocket[] = [];
  class Remembered extends WebSocket {
    constructor(address: string) {
      super(address);
      sockets.push(this);
    }
  }
  const socket = createWSClient({
    url: `${url}?as=${name}`,
    retryDelayMs: () => 20,
    WebSocket: Remembered as unknown as typeof globalThis.WebSocket,
  });
  onTestFinished(() => socket.close());
  return {
    freeze: () => sockets.at(-1)?.pause(),
    thaw: () => sockets.at(-1)?.resume(),
    client: createTRPCClient<ToyRouter>({ links: [wsLink({ client: socket })] }),
    socket,
  };
}

export type ToyClient = ReturnType<typeof connect>['client'];
type LiveInput = Parameters<ToyClient['audit']['live']['subscribe']>[0];

/** Follows the feed, and checks with each frame that it goes on exactly where the one before ended. */
export function follow(client: ToyClient, input?: LiveInput) {
  const seen = {
    events: [] as EventView[],
    frames: 0,
    to: null as number | null,
    gaps: [] as string[],
    errors: [] as unknown[],
    stopped: false,
  };
  const { unsubscribe } = client.audit.live.subscribe(input, {
    onData: ({ id, data }) => {
      seen.frames++;
      if (seen.to !== null && data.from !== seen.to) seen.gaps.push(`${seen.to} → ${data.from}`);
      if (id !== String(data.to)) seen.gaps.push(`id ${id} of a frame up to ${data.to}`);
      seen.to = data.to;
      seen.events.push(...data.events);
    },
    onError: (error) => seen.errors.push(error),
    onComplete: () => (seen.stopped = true),
  });
  return Object.assign(seen, { unsubscribe, positions: () => seen.events.map(({ position }) => position) });
}

export const upTo = (last: number, first = 1): number[] => Array.from({ length: last - first + 1 }, (_, index) => first + index);
