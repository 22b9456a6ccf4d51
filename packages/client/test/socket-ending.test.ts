import { once } from 'node:events';
import type { AddressInfo } from 'node:net';
import { describe, expect, onTestFinished, test, vi } from 'vitest';
import { WebSocket, WebSocketServer } from 'ws';
import { createClient } from '../src/client.ts';
import { reopeningDelay } from '../src/socket-ending.ts';

/** A server that takes every subscription, and ends the first socket with this code once it has sent something. */
async function serverThatEnds(code: number) {
  const server = new WebSocketServer({ port: 0 });
  onTestFinished(() => server.close());
  await once(server, 'listening');
  const resumedAt: unknown[] = [];
  server.on('connection', (socket) =>
    socket.on('message', (text: Buffer) => {
      for (const { id, method, params } of [JSON.parse(text.toString()) as Asked | Asked[]].flat()) {
        if (method !== 'subscription') continue;
        resumedAt.push(params.lastEventId ?? null);
        socket.send(JSON.stringify({ id, result: { type: 'started' } }));
        const data = { from: 0, to: 7, events: [] };
        socket.send(JSON.stringify({ id, result: { type: 'data', id: '7', data: { id: '7', data } } }));
        if (resumedAt.length === 1) socket.close(code);
      }
    }),
  );
  return { url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`, resumedAt };
}

interface Asked {
  readonly id: number;
  readonly method: string;
  readonly params: { readonly lastEventId?: string };
}

/** What a page is told of its socket, in order. */
function told(url: string) {
  const heard: string[] = [];
  const { trpc, close } = createClient({
    url,
    WebSocket,
    socket: {
      onOpen: () => heard.push('open'),
      onClose: () => heard.push('closed'),
      onEnded: (why) => heard.push(why),
      onRetry: () => heard.push('retry'),
    },
  });
  onTestFinished(close);
  trpc.audit.live.subscribe({}, {});
  return heard;
}

describe('AUD-22 a socket that the server ends', () => {
  test.each([
    [4001, 'rights changed'],
    [4003, 'session ended'],
  ])('with %i: the page is told that the %s, hears of no loss, and its subscriptions go on where they were', async (code, why) => {
    const { url, resumedAt } = await serverThatEnds(code);
    const heard = told(url);
    await vi.waitFor(() => expect(resumedAt).toEqual([null, '7']), { timeout: 10_000 });
    await vi.waitFor(() => expect(heard).toEqual(['open', why, 'open']), { timeout: 10_000 });
  });

  test('for any other reason is lost, and tried again', async () => {
    const { url, resumedAt } = await serverThatEnds(1012);
    const heard = told(url);
    await vi.waitFor(() => expect(resumedAt).toEqual([null, '7']), { timeout: 10_000 });
    expect(heard.slice(0, 3)).toEqual(['open', 'closed', 'retry']);
  });

  test('is opened again at any moment within a quarter of a second', () => {
    expect([reopeningDelay(() => 0), reopeningDelay(() => 1)]).toEqual([0, 250]);
  });
});
