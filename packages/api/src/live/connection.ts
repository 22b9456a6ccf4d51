import { Refusal } from '@countersign/domain/errors';
import { Bell } from './bell.ts';

/** The part of a websocket that live delivery uses. */
export interface Socket {
  readonly readyState: number;
  readonly bufferedAmount: number;
  send(data: Buffer, options: { binary: boolean }): void;
}

/** The TCP socket beneath it, which tells when everything written has left; the websocket doesn't. */
export interface Wire {
  once(event: 'drain', listener: () => void): unknown;
}

const OPEN = 1;
/** A socket with more than this unsent is left alone until it has drained: the bound of what a frozen one costs, beside one frame. */
const HIGH_WATER = 64 * 1024;
/** Subscriptions that one websocket may hold at a time. */
const MOST_SUBSCRIPTIONS = 20;
/** Calls that one websocket may have under way, and that one message may hold. */
export const MOST_CALLS = 20;

/** One websocket, shared by all its subscriptions. */
export class Connection {
  readonly #socket: Socket;
  readonly #wire: Wire;
  readonly #waiting = new Set<() => void>();
  #subscriptions = 0;
  #calls = 0;
  #turns: Promise<unknown> = Promise.resolve();

  constructor(socket: Socket, wire: Wire) {
    this.#socket = socket;
    this.#wire = wire;
  }

  /**
   * Runs a call that came over this websocket. Messages cost nothing to send, so that there must not be too many at work;
   * a call is at work until there is room for its answer: who reads none gets no further ones.
   * @throws Refusal RATE_LIMITED where there are.
   */
  async call<Result>(work: () => Promise<Result>): Promise<Result> {
    if (this.#calls >= MOST_CALLS)
      throw new Refusal('RATE_LIMITED', 'Too many calls at a time on one connection', 'Wait for answers before asking for more.');
    this.#calls++;
    try {
      return await work();
    } finally {
      await this.#turn();
      this.#calls--;
    }
  }

  /** One answer after the other: each looks for room when the one before has been written. */
  #turn(): Promise<void> {
    const turn = this.#turns.then(() => this.room());
    this.#turns = turn.then(() => new Promise(setImmediate));
    return turn;
  }

  get open(): boolean {
    return this.#socket.readyState === OPEN;
  }

  get congested(): boolean {
    return this.#socket.bufferedAmount > HIGH_WATER;
  }

  /** Counts a subscription in. @throws Refusal RATE_LIMITED where there are too many. */
  enter(): void {
    if (this.#subscriptions >= MOST_SUBSCRIPTIONS)
      throw new Refusal('RATE_LIMITED', 'Too many subscriptions on one connection', 'Close some of them, or filter one more widely.');
    this.#subscriptions++;
  }

  leave(): void {
    this.#subscriptions--;
  }

  send(frame: Buffer): void {
    this.#socket.send(frame, { binary: false });
  }

  /** Calls back once, when everything that was written has left. One listener on the wire serves all who wait. */
  whenDrained(listener: () => void): void {
    if (!this.#waiting.size) this.#wire.once('drain', () => this.#drained());
    this.#waiting.add(listener);
  }

  /** Resolves when there is room again, or when the signal says that nobody waits any more. */
  async room(signal?: AbortSignal): Promise<void> {
    while (this.congested && !signal?.aborted) {
      const bell = new Bell();
      this.whenDrained(bell.ring);
      signal?.addEventListener('abort', bell.ring);
      await bell.heard();
      signal?.removeEventListener('abort', bell.ring);
    }
  }

  #drained(): void {
    const waiting = [...this.#waiting];
    this.#waiting.clear();
    for (const listener of waiting) listener();
  }
}
