import type { IncomingMessage } from 'node:http';
import type { WebSocket } from 'ws';
import { whoComes } from '@countersign/domain/people/sight/sight.rules';
import { credentialsOf, type SignedIn } from '../http/sessions.ts';
import { isForeign, type RequestFacts, requestFacts } from '../http/request-facts.ts';
import type { SocketCount } from './socket-count.ts';

/** Milliseconds that a socket may stay without anybody having signed in. */
const STRANGERS_PATIENCE = 10_000;
const POLICY_VIOLATION = 1008;
const TRY_AGAIN_LATER = 1013;

/** A socket that was counted: one of the two is to be called, once. */
interface Entered {
  readonly opened: (socket: WebSocket) => void;
  /** The handshake failed. */
  readonly noneOpened: () => void;
}

/** Who may open a websocket, and how many of them. */
export class SocketDoor {
  readonly #count: SocketCount;
  readonly #proxies: number;
  /** Of each socket of which nobody has said whose it is: what counts it as a stranger's no more. */
  readonly #strangers = new WeakMap<WebSocket, () => void>();

  constructor(count: SocketCount, proxies: number) {
    this.#count = count;
    this.#proxies = proxies;
  }

  /** Why a request for a websocket is refused, as a status line; null where it isn't. */
  refusal(request: IncomingMessage): string | null {
    if (!URL.canParse(request.url ?? '', 'http://host') || new URL(request.url ?? '', 'http://host').pathname !== '/trpc')
      return '404 Not Found';
    const facts = requestFacts(request, this.#proxies);
    return isForeign(request.headers, facts.host) || isUnnamed(request, facts) ? '403 Forbidden' : null;
  }

  /** Counts a socket that is about to be opened; null where there are too many from its address. */
  enter(request: IncomingMessage): Entered | null {
    const address = requestFacts(request, this.#proxies).ipAddress ?? 'unknown';
    const leave = this.#count.enter('address', address);
    const known = leave && this.#count.enter('anonymous', address);
    if (!leave || !known) {
      leave?.();
      return null;
    }
    const noneOpened = () => {
      known();
      leave();
    };
    const opened = (socket: WebSocket) => {
      const patience = setTimeout(() => socket.close(POLICY_VIOLATION, 'nobody signed in'), STRANGERS_PATIENCE).unref();
      const noStranger = () => {
        clearTimeout(patience);
        known();
      };
      this.#strangers.set(socket, noStranger);
      socket.once('close', () => {
        noStranger();
        leave();
      });
    };
    return { opened, noneOpened };
  }

  /** It is known whose a socket is. Closes it where that session, or that person, has too many. */
  belongs(socket: WebSocket, { id, viewer }: SignedIn): void {
    if (socket.readyState === socket.CLOSED) return;
    const leaves = [this.#count.enter('session', id), this.#count.enter('user', whoComes(viewer))];
    socket.once('close', () => leaves.forEach((leave) => leave?.()));
    if (leaves.includes(null)) socket.close(TRY_AGAIN_LATER, 'too many open');
    else this.#strangers.get(socket)?.();
  }
}

/** A cookie is sent along by whatever page asks, so that the page has to be named: a browser always does. */
function isUnnamed({ headers }: IncomingMessage, { host, secure }: RequestFacts): boolean {
  if (credentialsOf(headers, secure)?.by !== 'cookie') return false;
  return headers.origin === undefined || isForeign({ origin: headers.origin }, host);
}
