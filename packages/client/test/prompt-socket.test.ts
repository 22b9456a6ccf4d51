import { once } from 'node:events';
import { type AddressInfo, createServer, type Socket } from 'node:net';
import { afterEach, describe, expect, test } from 'vitest';
import { WebSocket as NodeSocket, WebSocketServer } from 'ws';
import { promptSocket } from '../src/prompt-socket.ts';

/** Ends what a test began, last first. */
const endings: (() => void)[] = [];
afterEach(() => {
  for (const end of endings.splice(0).toReversed()) end();
});

/** A server, and the line of the last socket that it took. */
async function server() {
  const made = new WebSocketServer({ port: 0, host: '127.0.0.1' });
  await once(made, 'listening');
  const lines: Socket[] = [];
  made.on('connection', (socket, request) => {
    lines.push(request.socket);
    socket.on('error', () => undefined);
  });
  endings.push(() => {
    for (const line of lines) line.destroy();
    made.close();
  });
  return { made, lines, url: `ws://127.0.0.1:${(made.address() as AddressInfo).port}` };
}

describe('AUD-21 a socket on a dead line', () => {
  test('says that it is closed soon after it was asked to, once, and brings nothing of what comes afterwards', async () => {
    const { made, lines, url } = await server();
    const socket = new (promptSocket(WebSocket))(url);
    await once(socket, 'open');
    const heard: string[] = [];
    for (const type of ['close', 'message', 'error']) socket.addEventListener(type, () => heard.push(type));
    // Nothing passes any more, and nobody says so.
    lines[0]?.pause();
    const closed = once(socket, 'close');
    socket.close();
    expect(heard).toEqual([]);
    await closed;
    expect(heard).toEqual(['close']);
    for (const one of made.clients) one.send('late');
    const gone = new Promise((resolve) => lines[0]?.once('close', resolve));
    lines[0]?.resume();
    await gone;
    expect(heard).toEqual(['close']);
  });

  test('on a line that lives, the goodbye is that of the other side', async () => {
    const { url } = await server();
    const socket = new (promptSocket(WebSocket))(url);
    await once(socket, 'open');
    const closed = once(socket, 'close') as Promise<[CloseEvent]>;
    socket.close(4_000, 'enough');
    const [{ code, reason, wasClean }] = await closed;
    expect([code, reason, wasClean]).toEqual([4_000, 'enough', true]);
  });

  test('says that it failed where nobody answers at first, and is given up', async () => {
    const silent = createServer().listen(0, '127.0.0.1');
    await once(silent, 'listening');
    endings.push(() => silent.close());
    silent.on('connection', (line) => endings.push(() => line.destroy()));
    const socket = new (promptSocket(WebSocket, 100))(`ws://127.0.0.1:${(silent.address() as AddressInfo).port}`);
    const heard: string[] = [];
    for (const type of ['open', 'error', 'close']) socket.addEventListener(type, () => heard.push(type));
    await once(socket, 'close');
    expect(heard).toEqual(['error', 'close']);
  });

  test('a class that is no event target stays as it is', () => {
    expect(promptSocket(NodeSocket)).toBe(NodeSocket);
  });
});
