import { createTRPCClient, createWSClient, httpBatchLink, splitLink, type TRPCClient, wsLink } from '@trpc/client';
import type { inferRouterInputs, inferRouterOutputs } from '@trpc/server';
import type { AppRouter } from '@countersign/api/countersign';

export type { AppRouter };
export type RouterInputs = inferRouterInputs<AppRouter>;
export type RouterOutputs = inferRouterOutputs<AppRouter>;

/** One event of the log, as the caller may see it. */
export type EventView = RouterOutputs['audit']['page']['events'][number];

export interface ClientOptions {
  /** The server's address, such as `https://countersign.example.com`; in a browser that of the page unless given. */
  readonly url?: string;
  /** A session's token, for programs; a browser signs in with its cookie. */
  readonly token?: string;
  /** Sent with each HTTP request. */
  readonly headers?: Readonly<Record<string, string>>;
  /** Told of the one websocket that carries everything live. */
  readonly socket?: {
    readonly onOpen?: () => void;
    readonly onClose?: () => void;
    /** It was lost, and is tried again after so many milliseconds. */
    readonly onRetry?: (delay: number) => void;
  };
}

/** The typed client, and how to close its socket: a program ends only then. */
export interface Client {
  readonly trpc: TRPCClient<AppRouter>;
  close(): void;
}

/** Half a minute at most between two tries: long enough for a restart of the server, short enough for a coffee. */
const LONGEST_DELAY = 30_000;
const FIRST_DELAY = 1_000;
/** Calls that travel in one request. The server takes up to 20. */
const BATCH = 10;

/**
 * Full jitter, in milliseconds: any moment up to a bound that doubles. A restarted server then gets its clients back
 * one by one, and not all at once.
 */
export const retryDelay = (attempt: number, random: () => number = Math.random): number =>
  Math.round(random() * Math.min(LONGEST_DELAY, FIRST_DELAY * 2 ** attempt));

/** A typed client: HTTP for what is asked and done, one websocket, opened when it is needed, for all that is live. */
export function createClient({ url = '', token, headers = {}, socket = {} }: ClientOptions = {}): Client {
  const origin = originOf(url);
  const wsClient = createWSClient({
    url: `${origin.replace(/^http/, 'ws')}/trpc`,
    ...(token !== undefined && { connectionParams: { token } }),
    lazy: { enabled: true, closeMs: 5_000 },
    // A dead line that never says so (a laptop that slept, a lost Wi-Fi) is found within seconds.
    keepAlive: { enabled: true, intervalMs: 10_000, pongTimeoutMs: 5_000 },
    retryDelayMs: (attempt) => {
      const delay = retryDelay(attempt);
      socket.onRetry?.(delay);
      return delay;
    },
    onOpen: () => socket.onOpen?.(),
    onClose: () => socket.onClose?.(),
  });
  const http = httpBatchLink({
    url: `${origin}/trpc`,
    maxItems: BATCH,
    headers: { ...headers, ...(token !== undefined && { authorization: `Bearer ${token}` }) },
  });
  const trpc = createTRPCClient<AppRouter>({
    links: [splitLink({ condition: ({ type }) => type === 'subscription', true: wsLink({ client: wsClient }), false: http })],
  });
  return { trpc, close: () => void wsClient.close() };
}

/** Without the types of a browser: programs compile this as well. */
function originOf(url: string): string {
  const page = (globalThis as { readonly location?: { readonly origin: string } }).location;
  const origin = url.replace(/\/+$/, '') || page?.origin;
  if (!origin) throw new Error("createClient() needs the server's url outside a browser");
  return origin;
}
