import type { IncomingMessage, Server } from 'node:http';
import type { Duplex } from 'node:stream';
import { applyWSSHandler } from '@trpc/server/adapters/ws';
import { type WebSocket, WebSocketServer } from 'ws';
import type { ApiContext, Services } from '@countersign/api/context';
import { router } from '@countersign/api/countersign';
import { Connection } from '@countersign/api/live/connection';
import { attachingEncoder } from '@countersign/api/live/encoder';
import type { Role } from '@countersign/domain/people/rights/permissions';
import { whoComes } from '@countersign/domain/people/sight/sight.rules';
import { Unexpected } from '@countersign/api/refusals';
import type { Limits } from '../limits/limits.ts';
import { type Credentials, credentialsOf, whoHas } from '../http/sessions.ts';
import { type RequestFacts, requestFacts } from '../http/request-facts.ts';
import { BoundedSocket } from './bounded-socket.ts';
import type { Ending, OpenStreams } from './open-streams.ts';
import { SocketCount } from './socket-count.ts';
import { SocketDoor } from './socket-door.ts';

export interface TrpcOverSocketsOptions {
  readonly server: Server;
  readonly services: Services;
  readonly streams: OpenStreams;
  readonly limits: Limits;
  readonly proxies: number;
  /** Roles that need a second factor. */
  readonly required: ReadonlySet<Role>;
  readonly count?: SocketCount;
}

/** Bytes of a message: none that means anything comes near it. */
const MESSAGE_LIMIT = 64 * 1024;
const RESTARTING = 1012;

/** The procedures over websockets, on the port of the server; `close` asks everybody to come back elsewhere. */
export function trpcOverSockets({
  server,
  services,
  streams,
  limits,
  proxies,
  required,
  count = new SocketCount(),
}: TrpcOverSocketsOptions): {
  /** How many are open. */
  open(): number;
  close(patience: number): Promise<void>;
} {
  const door = new SocketDoor(count, proxies);
  // Compression costs a third of a megabyte a socket and 50 µs a frame; lanes could compress once for all.
  const wss = new WebSocketServer({ noServer: true, maxPayload: MESSAGE_LIMIT, perMessageDeflate: false, WebSocket: BoundedSocket });
  server.on('upgrade', upgrading(wss, door));
  const handler = applyWSSHandler({
    wss,
    router,
    experimental_encoder: attachingEncoder,
    keepAlive: { enabled: true, pingMs: 15_000, pongWaitMs: 5_000 },
    createContext: async ({ req, res, info }) =>
      socketContext({
        services,
        streams,
        limits,
        required,
        door,
        socket: res as WebSocket,
        request: req,
        facts: requestFacts(req, proxies),
        token: info.connectionParams?.['token'],
      }),
    onError: ({ error, path = 'websocket' }) => {
      if (error.code !== 'INTERNAL_SERVER_ERROR' || error.cause instanceof Unexpected || isClients(error.cause)) return;
      services.report(error, { requestId: '', name: path });
    },
  });
  return {
    open: () => wss.clients.size,
    close: async (patience) => {
      handler.broadcastReconnectNotification();
      await emptied(wss, patience);
      for (const client of wss.clients) client.close(RESTARTING, 'restarting');
      await emptied(wss, 500);
      for (const client of wss.clients) client.terminate();
      wss.close();
    },
  };
}

/** Lets in who asks for a websocket, or says why not. */
const upgrading =
  (wss: WebSocketServer, door: SocketDoor) =>
  (request: IncomingMessage, socket: Duplex, head: Buffer): void => {
    socket.on('error', () => socket.destroy());
    const refusal = door.refusal(request);
    const entered = refusal ? null : door.enter(request);
    if (!entered) {
      const status = refusal ?? '429 Too Many Requests\r\nRetry-After: 10';
      return void socket.end(`HTTP/1.1 ${status}\r\nConnection: close\r\nContent-Length: 0\r\n\r\n`);
    }
    let opened = false;
    wss.handleUpgrade(request, socket, head, (upgraded) => {
      opened = true;
      entered.opened(upgraded);
      wss.emit('connection', upgraded, request);
    });
    // Called at once, or never: what isn't a handshake has been answered.
    if (!opened) entered.noneOpened();
  };

/** Frames that are no frames, and lines that were cut. */
const isClients = (cause: unknown) => /^(WS_ERR_|ECONNRESET|EPIPE)/.test(String((cause as { code?: unknown } | undefined)?.code));

interface SocketFacts {
  readonly services: Services;
  readonly streams: OpenStreams;
  readonly limits: Limits;
  readonly required: ReadonlySet<Role>;
  readonly door: SocketDoor;
  readonly socket: WebSocket;
  readonly request: IncomingMessage;
  readonly facts: RequestFacts;
  readonly token: string | undefined;
}

async function socketContext({ services, streams, limits, required, door, ...of }: SocketFacts): Promise<ApiContext> {
  const { socket, request, facts, token } = of;
  const credentials: Credentials | null = token === undefined ? credentialsOf(request.headers, facts.secure) : { token, by: 'bearer' };
  const who = async () => (credentials ? whoHas({ em: services.fork(), required }, credentials) : null);
  const belongTo = watch(streams, socket);
  const signedIn = await who();
  belongTo(signedIn && { sessionId: signedIn.id, viewer: signedIn.viewer });
  if (signedIn) door.belongs(socket, signedIn);
  const { ipAddress, forwardedFor, userAgent } = facts;
  // Whose a socket is stays, as long as it is open.
  const asking = signedIn && { userId: whoComes(signedIn.viewer), tokenId: signedIn.viewer.token?.id ?? null };
  return {
    services,
    viewer: async () => (await who())?.viewer ?? null,
    channel: credentials?.by === 'cookie' ? 'web' : 'api',
    ipAddress,
    forwardedFor,
    userAgent,
    requestId: null,
    admit: (name) => limits.admit({ name, address: ipAddress, who: async () => asking }),
    connection: new Connection(socket, request.socket),
  };
}

/** Close codes of ours; the client's half of it stands in `packages/client/src/socket-ending.ts`. */
const ENDINGS: Readonly<Record<Ending, number>> = { 'rights changed': 4001, 'the session ended': 4003 };

/** Milliseconds that a client may take to answer the close; who reads nothing must not get later what waits before it. */
const GOODBYE = 1_000;

function watch(streams: OpenStreams, socket: WebSocket): ReturnType<OpenStreams['open']> {
  const stream = {
    end: (why: Ending) => {
      socket.close(ENDINGS[why], why);
      setTimeout(() => socket.terminate(), GOODBYE).unref();
    },
  };
  const belongTo = streams.open(stream);
  if (socket.readyState === socket.CLOSED) streams.close(stream);
  else socket.once('close', () => streams.close(stream));
  return belongTo;
}

/** Resolves when the last client has gone, or when patience is at its end. */
async function emptied(wss: WebSocketServer, patience: number): Promise<void> {
  const deadline = Date.now() + patience;
  while (wss.clients.size && Date.now() < deadline) await new Promise((resolve) => setTimeout(resolve, 20));
}
