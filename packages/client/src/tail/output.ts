import { once } from 'node:events';
import type { Writable } from 'node:stream';

/** Lines for whoever reads them, no faster than they do. */
export class Output {
  readonly #stream: Writable;
  /** Aborts when nobody reads any more, as when `head` has seen enough. */
  readonly closed: AbortSignal;

  constructor(stream: Writable) {
    this.#stream = stream;
    const closed = new AbortController();
    this.closed = closed.signal;
    stream.on('error', () => closed.abort()).on('close', () => closed.abort());
  }

  async line(text: string): Promise<void> {
    if (this.closed.aborted || this.#stream.write(`${text}\n`)) return;
    await once(this.#stream, 'drain', { signal: this.closed }).catch(() => undefined);
  }
}
