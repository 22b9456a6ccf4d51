import { LiveError, verdictOn } from './live-error.ts';
import { liveStream, type Stretch } from './live-stream.ts';
import { retryDelay } from './retry-delay.ts';
import { ask } from './server-answer.ts';
import type { EventView, LiveFilter, RouterOutputs } from './views.ts';

/** What a live feed brings. */
export type LiveItem =
  | { readonly kind: 'event'; readonly event: EventView }
  /**
   * The interruption was too long for the server to replay it: what lies after position `after` up to `position` was not
   * brought, and the feed goes on behind it. Read it with `trpc.audit.page.query({ before: position + 1 })`, page by page
   * down to `after`, or read anew whatever is derived from the feed. A `position` below `after` means that the log itself
   * is another one, as after a restored backup.
   */
  | { readonly kind: 'reload'; readonly after: number; readonly position: number };

/** A line that was lost, and is tried again. */
export interface Interruption {
  readonly problem: Error;
  /** Milliseconds until the next try. */
  readonly retryIn: number;
}

/** What to follow, and from where. */
export interface LiveOptions extends LiveFilter {
  /** The position after which to begin, such as that of the last event that was dealt with; by default the log's present end. */
  readonly after?: number;
  /** Ends the feed, and with it the loop that reads it. */
  readonly signal?: AbortSignal;
  /** Told of each interruption; the feed mends it by itself. */
  readonly onInterruption?: (interruption: Interruption) => void;
  /** Told when the server has taken the feed, at first and after each interruption. */
  readonly onConnected?: () => void;
}

/** Milliseconds after which a connection counts as one that worked, though it brought nothing. */
const STEADY = 10_000;

/** Where the server is, and who asks. */
export interface Door {
  readonly origin: string;
  readonly headers: Readonly<Record<string, string>>;
  /** Milliseconds of silence after which a line counts as dead; see `liveStream`. */
  readonly silence?: number | undefined;
}

/**
 * The live feed: each event once, in the order of positions, whatever the line and the server do meanwhile. It is read by
 * `for await`, and by one reader. Nothing is fetched ahead of the reader: a slow one makes the server wait, whose own
 * memory for it is bounded, and gets a `reload` when it has fallen too far behind.
 *
 * Leaving the loop, `return()` and the signal close the connection.
 * @throws LiveError (from `next()`) where trying again is of no use; its message says what to do.
 */
export class LiveFeed implements AsyncIterableIterator<LiveItem, void, void> {
  readonly #door: Door;
  readonly #options: LiveOptions;
  readonly #filter: LiveFilter;
  readonly #end = new AbortController();
  readonly #items: AsyncGenerator<LiveItem, void, void>;
  #position: number | null;
  /** Failures in a row. */
  #failures = 0;
  #known = false;
  /** Just told to reload: whoever is told so again at once waits a while. */
  #reloaded = false;
  /** When the server last took the feed. Milliseconds. */
  #connectedAt = 0;

  constructor(door: Door, options: LiveOptions) {
    const { after, signal, onInterruption: _interruption, onConnected: _connected, ...filter } = options;
    if (after !== undefined && !(Number.isSafeInteger(after) && after >= 0))
      throw new LiveError('VALIDATION_ERROR', 'after must be the position of an event, or 0 for the beginning of the log.', null);
    this.#door = door;
    this.#options = options;
    this.#filter = filter;
    this.#position = after ?? null;
    this.#items = this.#follow();
    if (signal?.aborted) this.#end.abort();
    signal?.addEventListener('abort', () => this.#end.abort(), { once: true, signal: this.#end.signal });
  }

  /**
   * Everything up to here was brought; pass it as `after` to go on from here another time. It moves on even where nothing
   * is shown, so that it is a better bookmark than the last event. Null until the feed has begun.
   */
  get position(): number | null {
    return this.#position;
  }

  next(): Promise<IteratorResult<LiveItem, void>> {
    return this.#items.next();
  }

  /** Closes the connection and ends the feed, also where somebody waits for the next item. */
  return(): Promise<IteratorResult<LiveItem, void>> {
    this.#end.abort();
    return this.#items.return();
  }

  [Symbol.asyncIterator](): this {
    return this;
  }

  async *#follow(): AsyncGenerator<LiveItem, void, void> {
    const { signal } = this.#end;
    try {
      while (!signal.aborted) {
        const reload = yield* this.#once();
        if (reload) yield reload;
      }
    } finally {
      this.#end.abort();
    }
  }

  /** One connection, and the pause after it; answers with what the reader has to be told. */
  async *#once(): AsyncGenerator<LiveItem, LiveItem | null, void> {
    const { signal } = this.#end;
    try {
      const position = (this.#position ??= await this.#head());
      const asked = { ...this.#door, path: 'audit.live', input: { ...this.#filter, lastEventId: String(position) }, signal };
      for await (const stretch of liveStream(asked, () => this.#connected(), this.#door.silence)) yield* this.#taken(stretch);
      throw new Error('the server ended the connection');
    } catch (problem) {
      if (signal.aborted) return null;
      const verdict = verdictOn(problem, this.#door.origin, this.#known);
      if (verdict instanceof LiveError) throw verdict;
      const reload = verdict === 'reload' && !this.#reloaded ? await this.#skipped() : null;
      if (!reload) await this.#pause(problem);
      return reload;
    }
  }

  *#taken({ from, to, events }: Stretch): Generator<LiveItem, void> {
    const position = this.#position as number;
    this.#failures = 0;
    this.#reloaded = false;
    // Never seen of a server of ours; connecting anew from the position mends it.
    if (from > position) throw new Error(`the server left out what lies between ${position} and ${from}`);
    for (const event of events) {
      if (event.position <= (this.#position as number)) continue;
      this.#position = event.position;
      yield { kind: 'event', event };
    }
    this.#position = Math.max(to, this.#position as number);
  }

  /** Moves to the end of the log, and says over what; null where even that can't be asked. */
  async #skipped(): Promise<LiveItem | null> {
    const after = this.#position as number;
    try {
      const position = await this.#head();
      this.#position = position;
      this.#reloaded = true;
      return { kind: 'reload', after, position };
    } catch {
      return null;
    }
  }

  async #head(): Promise<number> {
    const { origin, headers } = this.#door;
    const response = await ask({ origin, path: 'audit.page', input: { limit: 1 }, headers, signal: this.#end.signal });
    const { result } = (await response.json()) as { result: { data: RouterOutputs['audit']['page'] } };
    return result.data.position;
  }

  #connected(): void {
    this.#known = true;
    this.#connectedAt = Date.now();
    this.#options.onConnected?.();
  }

  async #pause(problem: unknown): Promise<void> {
    if (this.#connectedAt && Date.now() - this.#connectedAt > STEADY) this.#failures = 0;
    this.#connectedAt = 0;
    this.#reloaded = false;
    const retryIn = retryDelay(this.#failures++);
    this.#options.onInterruption?.({ problem: problem instanceof Error ? problem : new Error(String(problem)), retryIn });
    const { signal } = this.#end;
    if (signal.aborted) return;
    await new Promise<void>((resolve) => {
      const timer = setTimeout(done, retryIn);
      signal.addEventListener('abort', done);
      function done(): void {
        clearTimeout(timer);
        signal.removeEventListener('abort', done);
        resolve();
      }
    });
  }
}
