/** Why the server ended a websocket: what its viewer may see is another now, or their session is over. */
export type SocketEnding = 'rights changed' | 'session ended';

/** By close code; the server's half of it stands in `apps/server/src/sockets/trpc-over-sockets.ts`. */
const ENDINGS: Readonly<Record<number, SocketEnding>> = { 4001: 'rights changed', 4003: 'session ended' };

export const endingOf = (code: number | undefined): SocketEnding | null => ENDINGS[code ?? 0] ?? null;

/** One setting may end the sockets of many at once; nobody sees a quarter of a second. */
const SPREAD = 250;

/** Milliseconds until a socket that was ended is opened again. */
export const reopeningDelay = (random: () => number = Math.random): number => Math.round(random() * SPREAD);
