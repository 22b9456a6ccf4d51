import { once } from 'node:events';
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { onTestFinished } from 'vitest';
import type { EventView } from '../src/client.ts';

/** What one request for the feed gets; the last one of a script answers all further ones. */
export type Answer = (response: ServerResponse, asked: Asked) => void | Promise<void>;

export interface Asked {
  readonly lastEventId: string;
  readonly input: Readonly<Record<string, unknown>>;
  readonly authorization: string | undefined;
}

/** A server that answers requests for the feed one after the other as it is told, and knows the log's end. */
export async function scriptedServer(answers: readonly Answer[], head = 0) {
  const asked: Asked[] = [];
  const server = createServer((request, response) => {
    const { pathname } = new URL(request.url ?? '', 'http://host');
    if (pathname === '/trpc/audit.page') return void response.end(JSON.stringify({ result: { data: { position: head } } }));
    const now = readAsked(request);
    asked.push(now);
    void answers[Math.min(asked.length, answers.length) - 1]?.(response, now);
  }).listen(0, '127.0.0.1');
  await once(server, 'listening');
  onTestFinished(() => {
    server.closeAllConnections();
    server.close();
  });
  const connections = () => new Promise<number>((resolve) => server.getConnections((_, count) => resolve(count)));
  return { url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`, asked, connections };
}

function readAsked(request: IncomingMessage): Asked {
  const given = new URL(request.url ?? '', 'http://host').searchParams.get('input') ?? '{}';
  const { lastEventId, ...input } = JSON.parse(given) as { lastEventId: string };
  return { lastEventId, input, authorization: request.headers.authorization };
}

const text = (from: number, positions: readonly number[], to: number) =>
  `data: ${JSON.stringify({ from, to, events: positions.map((position) => ({ position })) satisfies Partial<EventView>[] })}\nid: ${to}\n\n\n`;

type Sent = readonly [from: number, positions: readonly number[], to: number];

/** Begins a stream, and sends these stretches: from, positions, to. */
export const stream =
  (...stretches: readonly Sent[]): Answer =>
  (response) => {
    response.writeHead(200, { 'content-type': 'text/event-stream' });
    response.write('event: connected\ndata: {}\n\n\n');
    for (const stretch of stretches) response.write(text(...stretch));
  };

/** As `stream`, and then the line is cut. */
export const cutStream =
  (...stretches: readonly Sent[]): Answer =>
  async (response, asked) => {
    await stream(...stretches)(response, asked);
    setTimeout(() => response.destroy(), 20);
  };

/** An error in the form of the server's. */
export const refusal =
  (httpStatus: number, message: string, refused: object | null = null): Answer =>
  (response) => {
    response.writeHead(httpStatus, { 'content-type': 'application/json', connection: 'close' });
    response.end(JSON.stringify({ error: { message, code: -1, data: { code: 'X', httpStatus, refusal: refused, requestId: null } } }));
  };
