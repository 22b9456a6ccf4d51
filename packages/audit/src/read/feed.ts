import { Client } from 'pg';
import type { Position } from '../events/entry.ts';
import { eventOfFormed, type OpenedEntry } from './reveal.ts';
import type { Sequenced } from '../sequencer/sequencer-options.ts';

/** A stretch of the log as it becomes known to this node: the positions after `from` up to `to`, all of them. */
export interface FeedBatch {
  readonly from: Position;
  readonly to: Position;
  readonly entries: readonly OpenedEntry[];
}

/** Where a feed reads from. */
export interface FeedOptions {
  /** The database, for the notifications of other nodes' sequencers. */
  readonly connectionString: string;
  /** The log, unfiltered, after a position. */
  readonly read: (after: Position, limit: number) => Promise<readonly OpenedEntry[]>;
  readonly head: () => Promise<Position>;
  /** This node's own sequencer's backend: its notifications say nothing new. */
  readonly ownBackend: () => number | null;
  readonly alarm: (error: unknown) => void;
  /** Milliseconds between looks that nobody asked for: a lost notification costs no more. */
  readonly pollMs?: number;
}

/** Events that one read brings; a node that was cut off catches up page by page. */
const PAGE = 1_000;
const RECONNECT_MS = 500;

/**
 * This node's one reader of the log. Own batches come straight from the sequencer, other nodes' from the log, woken
 * by a notification that carries nothing. Listeners get every position once, in order, without a gap.
 */
export class Feed {
  readonly #options: FeedOptions;
  readonly #listeners = new Set<(batch: FeedBatch) => void>();
  #position: Position = 0;
  #own: FeedBatch[] = [];
  #look = false;
  #advancing = false;
  #stopped = false;
  #listener: Client | null = null;
  #poll: NodeJS.Timeout | undefined;
  #reconnect: NodeJS.Timeout | undefined;

  constructor(options: FeedOptions) {
    this.#options = options;
  }

  /** The last position that listeners were told of. */
  get position(): Position {
    return this.#position;
  }

  onBatch(listener: (batch: FeedBatch) => void): () => void {
    this.#listeners.add(listener);
    return () => this.#listeners.delete(listener);
  }

  async start(): Promise<void> {
    this.#position = await this.#options.head();
    await this.#listen();
    this.#poll = setInterval(() => this.#wake(), this.#options.pollMs ?? 1_000);
    this.#poll.unref();
  }

  async stop(): Promise<void> {
    this.#stopped = true;
    clearInterval(this.#poll);
    clearTimeout(this.#reconnect);
    await this.#listener?.end().catch(() => undefined);
  }

  /** What this node's sequencer has just written. */
  offer(batch: Sequenced): void {
    const own: FeedBatch = { from: batch.from, to: batch.to, entries: batch.formed.map(eventOfFormed) };
    // The common case: nothing is between, and nobody waits for a read.
    if (!this.#advancing && own.from === this.#position) return this.#tell(own);
    this.#own.push(own);
    this.#wake();
  }

  #tell(batch: FeedBatch): void {
    this.#position = batch.to;
    for (const listener of this.#listeners) {
      try {
        listener(batch);
      } catch (error) {
        this.#options.alarm(error);
      }
    }
  }

  #wake(): void {
    this.#look = true;
    if (this.#advancing || this.#stopped) return;
    this.#advancing = true;
    void this.#advance()
      .catch((error: unknown) => this.#options.alarm(error))
      .finally(() => {
        this.#advancing = false;
        // Asked again, or offered more, in the moment between.
        if (!this.#stopped && this.#own.some((batch) => batch.from === this.#position)) this.#wake();
      });
  }

  async #advance(): Promise<void> {
    while (this.#look && !this.#stopped) {
      this.#look = false;
      this.#tellOwn();
      for (;;) {
        const entries = await this.#options.read(this.#position, PAGE);
        if (!entries.length) break;
        const to = entries.at(-1)?.entry.position as Position;
        // Own batches may have been told while this read was under way; positions are dense, so no more is needed.
        const fresh = entries.filter(({ entry }) => entry.position > this.#position);
        if (fresh.length) this.#tell({ from: this.#position, to, entries: fresh });
        this.#tellOwn();
        if (entries.length < PAGE) break;
      }
    }
  }

  /** Tells the own batches that follow on, and drops those that the log was quicker with. */
  #tellOwn(): void {
    for (const batch of this.#own) if (batch.from === this.#position) this.#tell(batch);
    this.#own = this.#own.filter((batch) => batch.from > this.#position);
  }

  async #listen(): Promise<void> {
    const client = new Client({ connectionString: this.#options.connectionString, application_name: 'countersign feed' });
    client.on('error', (error) => this.#lost(client, error));
    client.on('end', () => this.#lost(client, new Error('the connection that listens for other nodes ended')));
    client.on('notification', ({ processId }) => {
      if (processId !== this.#options.ownBackend()) this.#wake();
    });
    await client.connect();
    await client.query('listen audit_head');
    this.#listener = client;
  }

  #lost(client: Client, error: Error): void {
    if (this.#stopped || client !== this.#listener) return;
    this.#listener = null;
    this.#options.alarm(error);
    void client.end().catch(() => undefined);
    const again = () => {
      this.#reconnect = setTimeout(() => {
        this.#listen().then(() => this.#wake(), again);
      }, RECONNECT_MS);
      this.#reconnect.unref();
    };
    again();
  }
}
