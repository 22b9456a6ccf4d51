import {
  createTRPCClient,
  createWSClient,
  httpBatchLink,
  retryLink,
  splitLink,
  type TRPCClient,
  type TRPCLink,
  type WebSocketClientOptions,
  wsLink,
} from '@trpc/client';
import { map } from '@trpc/server/observable';
import { type Door, LiveFeed, type LiveOptions } from './live-feed.ts';
import { promptSocket } from './prompt-socket.ts';
import { retryDelay } from './retry-delay.ts';
import { RetryPause } from './retry-pause.ts';
import type { AppRouter } from './router.ts';
import { endingOf, reopeningDelay, type SocketEnding } from './socket-ending.ts';

export { LiveError, type LiveErrorCode } from './live-error.ts';
export type { Interruption, LiveFeed, LiveItem, LiveOptions } from './live-feed.ts';
export type { SocketEnding } from './socket-ending.ts';
export type { EventView, LiveFilter, RouterInputs, RouterOutputs } from './views.ts';
export { signIn, type SignInOptions, signOut } from './sign-in.ts';
export type { AppRouter };

export interface ClientOptions {
  /** The server's address, such as `https://countersign.example.com`; in a browser that of the page unless given. */
  readonly url?: string;
  /** A session's token, for programs: sent as a bearer header. A browser signs in with its cookie. */
  readonly token?: string;
  /** Sent with each HTTP request. */
  readonly headers?: Readonly<Record<string, string>>;
  /** For `trpc` subscriptions where there is no global WebSocket, as in Node 20: the class of the `ws` package, for instance. `live()` needs none. */
  readonly WebSocket?: new (url: string) => object;
  /** What is answered goes through it before anybody gets it, live data too: for pages, which show it to people. */
  readonly onAnswer?: <Answer>(answer: Answer) => Answer;
  /** What is asked or done with `trpc` goes through it before it is sent. */
  readonly onAsk?: <Input>(input: Input) => Input;
  /** Told of the one websocket that carries all subscriptions of `trpc`. */
  readonly socket?: {
    readonly onOpen?: () => void;
    readonly onClose?: () => void;
    /**
     * The server ended it because of who asks: what was read by it before may be more than may be seen now. Subscriptions go on
     * over a new one, by the rights that there are then; neither `onClose` nor `onRetry` tells of that.
     */
    readonly onEnded?: (why: SocketEnding) => void;
    /** It was lost, and is tried again after so many milliseconds. */
    readonly onRetry?: (delay: number) => void;
  };
}

/** The typed client. */
export interface Client {
  /** Every procedure, typed: `trpc.timecards.get.query({ id })`. Throws `TRPCClientError`, whose `data.refusal` says what to do. */
  readonly trpc: TRPCClient<AppRouter>;
  /** Follows the log for as long as somebody reads; see `LiveFeed`. Nothing is connected before the first item is asked for. */
  live(options?: LiveOptions): LiveFeed;
  /** Closes the websocket of `trpc` subscriptions. Without one, and without a live feed, nothing is open. */
  close(): void;
}

/** How often a call is made that met a renewal of its session, and the milliseconds between two of them. */
const RENEWAL = { attempts: 4, pause: 250 } as const;

/** Calls that travel in one request. The server takes up to 20. */
const BATCH = 10;

/**
 * A typed client: HTTP for what is asked and done, and for live feeds; one websocket, opened when it is needed, for
 * subscriptions of `trpc`.
 * @throws TypeError where `url` is no address of a server.
 */
export function createClient({
  url = '',
  token,
  headers = {},
  WebSocket,
  onAnswer = same,
  onAsk = same,
  socket = {},
}: ClientOptions = {}): Client {
  const origin = originOf(url);
  const door: Door = { origin, headers: { ...headers, ...(token !== undefined && { authorization: `Bearer ${token}` }) } };
  const live = socketLink(origin, { token, WebSocket, socket });
  const http = httpBatchLink({ url: `${origin}/trpc`, maxItems: BATCH, headers: door.headers });
  const trpc = createTRPCClient<AppRouter>({
    links: [
      through(onAsk, onAnswer),
      afterRenewal,
      splitLink({ condition: ({ type }) => type === 'subscription', true: live.link, false: http }),
    ],
  });
  return { trpc, live: (options = {}) => new LiveFeed(door, options), close: live.close };
}

/**
 * The session went on by another token while a call was under way with the one before: nothing was changed, and the browser has the
 * other one in a moment. Nobody notices.
 */
const afterRenewal = retryLink<AppRouter>({
  retry: ({ error, attempts }) => attempts < RENEWAL.attempts && error.data?.refusal?.code === 'SESSION_RENEWED',
  retryDelayMs: () => RENEWAL.pause,
});

type Change = <Value>(value: Value) => Value;
const same: Change = (value) => value;

/** Hands on what is asked, and what is answered, changed. */
const through =
  (onAsk: Change, onAnswer: Change): TRPCLink<AppRouter> =>
  () =>
  ({ op, next }) =>
    next({ ...op, input: onAsk(op.input) }).pipe(
      map((answer) => ('data' in answer.result ? { ...answer, result: { ...answer.result, data: onAnswer(answer.result.data) } } : answer)),
    );

interface SocketLink {
  readonly link: TRPCLink<AppRouter>;
  readonly close: () => void;
}

function socketLink(origin: string, { token, WebSocket, socket = {} }: Pick<ClientOptions, 'token' | 'WebSocket' | 'socket'>): SocketLink {
  const Socket = WebSocket ?? (globalThis as Pick<ClientOptions, 'WebSocket'>).WebSocket;
  if (!Socket) return { link: noSockets, close: () => undefined };
  const pause = new RetryPause((delay) => socket.onRetry?.(delay));
  const url = `${origin.replace(/^http/, 'ws')}/trpc`;
  let ended: SocketEnding | null = null;
  const client = createWSClient({
    // The pause is waited for here: one that tRPC sleeps through can't be cut short.
    url: () => pause.over().then(() => url),
    WebSocket: promptSocket(Socket) as WebSocketClientOptions['WebSocket'],
    ...(token !== undefined && { connectionParams: { token } }),
    lazy: { enabled: true, closeMs: 5_000 },
    // A dead line that never says so (a laptop that slept, a lost Wi-Fi) is found within seconds.
    keepAlive: { enabled: true, intervalMs: 10_000, pongTimeoutMs: 5_000 },
    retryDelayMs: (attempt) => {
      if (ended && attempt === 0) pause.beginQuietly(reopeningDelay());
      else pause.begin(retryDelay(attempt));
      ended = null;
      return 0;
    },
    onOpen: () => {
      ended = null;
      pause.opened();
      socket.onOpen?.();
    },
    // Told before the retry's delay is asked for.
    onClose: (cause) => {
      ended = endingOf(cause?.code);
      if (ended) socket.onEnded?.(ended);
      else socket.onClose?.();
    },
  });
  const link: TRPCLink<AppRouter> = (runtime) => {
    const subscribe = wsLink<AppRouter>({ client })(runtime);
    return (operation) => {
      pause.cutShort();
      return subscribe(operation);
    };
  };
  return {
    link,
    close: () => {
      // tRPC closes a line when it stands: not after half a minute.
      pause.cutShort();
      pause.close();
      void client.close();
    },
  };
}

/** Where there are no websockets: who subscribes to nothing needs none, and everybody else is told at once. */
const noSockets: TRPCLink<AppRouter> = () => () => {
  throw new Error(
    'There is no WebSocket here: pass one to createClient(), such as that of the ws package; or follow live(), which needs none.',
  );
};

/** Without the types of a browser: programs compile this as well. */
function originOf(url: string): string {
  const page = (globalThis as { readonly location?: { readonly origin: string } }).location;
  const origin = url.replace(/\/+$/, '') || page?.origin;
  if (!origin) throw new TypeError("createClient() needs the server's url outside a browser");
  if (!/^https?:\/\/./.test(origin) || !URL.canParse(origin))
    throw new TypeError(`${origin} is no address of a server: it must look like https://countersign.example.com`);
  return origin;
}
