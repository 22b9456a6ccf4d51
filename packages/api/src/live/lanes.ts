import type { Event, Position } from '@countersign/audit/entry';
import type { Feed, FeedBatch } from '@countersign/audit/feed';
import { matches } from '@countersign/audit/filter';
import type { Entry } from '@countersign/audit/log-entry';
import type { OpenedEntry } from '@countersign/audit/reveal';
import { keysOf } from '@countersign/audit/visibility';
import { countsAsRead } from '@countersign/domain/record/reading/following';
import type { EventView } from '@countersign/domain/record/record.views';
import { Bell } from './bell.ts';
import { type Interest, Lane, type LaneEvent } from './lane.ts';

/** The log's new events on this node, each batch once, in order. */
export type FeedSource = Pick<Feed, 'position' | 'onBatch'>;

/** Finds the names that these events need, and returns how to present each of them. */
export type Presenter = (events: readonly Pick<Entry, 'actor' | 'impersonator' | 'subject'>[]) => Promise<(event: Event) => EventView>;

/** Events from whose position on somebody sees by other rights. */
export interface Turns {
  readonly isTurn: (entry: Entry) => boolean;
  /**
   * Everybody has been sent what lies before this event, and nothing from it on: the streams that it concerns end now. Null
   * where events went unread: it may concern anybody.
   */
  readonly turn: (entry: Entry | null) => Promise<void> | void;
}

export interface LanesOptions {
  readonly feed: FeedSource;
  readonly presenter: Presenter;
  readonly turns?: Turns;
  readonly report: (problem: unknown) => void;
  /** Characters of events that one lane may hold. */
  readonly laneLimit?: number;
  /** Characters that all lanes together may hold; they share it evenly. */
  readonly totalLimit?: number;
  /** How long a lane without subscribers stays, in milliseconds, for those who reconnect. */
  readonly lingering?: number;
  /** How often quiet subscribers hear how far the feed has come, in milliseconds. */
  readonly beat?: number;
}

const LANE_LIMIT = 8 * 1024 * 1024;
const TOTAL_LIMIT = 256 * 1024 * 1024;
/** FeedBatches that may wait for names. Beyond it the names' source is down, and the log is the better queue. */
const MOST_WAITING = 64;
const EVERYTHING = 'everything';

/** All lanes of this node. An event meets an index by who may see it, not a loop over lanes, and each lane once. */
export class Lanes {
  readonly #options: LanesOptions;
  readonly #lanes = new Map<string, { lane: Lane; users: number; end?: NodeJS.Timeout }>();
  readonly #byKey = new Map<string, Set<Lane>>();
  readonly #waiting: FeedBatch[] = [];
  readonly #bells = new Set<Bell>();
  readonly #stop: () => void;
  /** The batch in work. */
  #current: FeedBatch | null = null;
  #position: Position;

  constructor(options: LanesOptions) {
    this.#options = options;
    this.#position = options.feed.position;
    const leave = options.feed.onBatch((batch) => this.#take(batch));
    const beat = setInterval(() => this.#beat(), options.beat ?? 5_000).unref();
    this.#stop = () => {
      leave();
      clearInterval(beat);
      for (const { end } of this.#lanes.values()) clearTimeout(end);
    };
  }

  /** Up to where lanes have been told of the feed. */
  get position(): Position {
    return this.#position;
  }

  /** How many lanes there are. */
  get size(): number {
    return this.#lanes.size;
  }

  /** How many subscriptions there are. */
  get subscribers(): number {
    return [...this.#lanes.values()].reduce((sum, { users }) => sum + users, 0);
  }

  /** How many subscriptions may show what bears one of these keys, whatever else they filter by. */
  watchers(keys: readonly string[]): number {
    const may = ({ everything, keys: seen }: Interest['visibility']) => everything || keys.some((key) => seen.includes(key));
    return [...this.#lanes.values()].reduce((sum, { lane, users }) => sum + (may(lane.interest.visibility) ? users : 0), 0);
  }

  /** The lane for this interest, to be released once by whoever opened it. */
  open(interest: Interest): Lane {
    const key = keyOf(interest);
    const known = this.#lanes.get(key) ?? this.#create(key, interest);
    clearTimeout(known.end);
    known.users++;
    return known.lane;
  }

  /** Resolves when the feed has come to this position, or when the signal says that nobody waits any more. */
  async reached(position: Position, signal: AbortSignal): Promise<void> {
    const bell = new Bell();
    this.#bells.add(bell);
    signal.addEventListener('abort', bell.ring);
    while (this.#position < position && !signal.aborted) await bell.heard();
    signal.removeEventListener('abort', bell.ring);
    this.#bells.delete(bell);
  }

  close(): void {
    this.#stop();
  }

  #create(key: string, interest: Interest) {
    const limit = () => Math.min(this.#options.laneLimit ?? LANE_LIMIT, (this.#options.totalLimit ?? TOTAL_LIMIT) / this.#lanes.size);
    const lane = new Lane({ interest, position: () => this.#position, limit, release: () => this.#release(key) });
    const entry = { lane, users: 0 };
    this.#lanes.set(key, entry);
    for (const seenBy of indexKeys(interest)) {
      const lanes = this.#byKey.get(seenBy) ?? new Set();
      this.#byKey.set(seenBy, lanes.add(lane));
    }
    return entry as typeof entry & { end?: NodeJS.Timeout };
  }

  #release(key: string): void {
    const entry = this.#lanes.get(key);
    if (!entry || --entry.users > 0) return;
    entry.end = setTimeout(() => this.#drop(key, entry.lane), this.#options.lingering ?? 30_000).unref();
  }

  #drop(key: string, lane: Lane): void {
    this.#lanes.delete(key);
    for (const seenBy of indexKeys(lane.interest)) {
      const lanes = this.#byKey.get(seenBy);
      lanes?.delete(lane);
      if (!lanes?.size) this.#byKey.delete(seenBy);
    }
  }

  #take(batch: FeedBatch): void {
    this.#waiting.push(batch);
    if (this.#waiting.length > MOST_WAITING) this.#reset([...(this.#current ? [this.#current] : []), ...this.#waiting.splice(0)]);
    if (!this.#current) void this.#work();
  }

  async #work(): Promise<void> {
    for (let batch = this.#waiting.shift(); batch; batch = this.#waiting.shift()) {
      this.#current = batch;
      try {
        await this.#publish(batch);
      } catch (problem) {
        this.#options.report(problem);
        this.#reset([batch]);
      }
      this.#current = null;
    }
  }

  async #publish(batch: FeedBatch): Promise<void> {
    const { from, to, entries } = batch;
    const present = this.#lanes.size ? await this.#options.presenter(this.#fresh(entries).map(({ entry }) => entry)) : null;
    if (from > this.#position) {
      // A gap: the log knows what lay in it, nobody here whose rights it changed.
      void this.#turn(null);
      return this.#reset([batch]);
    }
    for (const { entry } of this.#turnsIn(entries)) {
      this.#send(entries, entry.position - 1, present);
      if (entry.position > this.#position) await this.#turn(entry);
    }
    this.#send(entries, to, present);
  }

  /** Those that nobody has been told of yet: a batch may have been overtaken by a reset. */
  #fresh(entries: readonly OpenedEntry[], to: Position = Infinity): OpenedEntry[] {
    return entries.filter(({ entry }) => entry.position > this.#position && entry.position <= to);
  }

  #turnsIn(entries: readonly OpenedEntry[]): OpenedEntry[] {
    return entries.filter(({ entry }) => this.#options.turns?.isTurn(entry));
  }

  async #turn(entry: Entry | null): Promise<void> {
    try {
      await this.#options.turns?.turn(entry);
    } catch (problem) {
      this.#options.report(problem);
    }
  }

  #send(entries: readonly OpenedEntry[], to: Position, present: ((event: Event) => EventView) | null): void {
    if (to <= this.#position) return;
    const events = present ? this.#sort(this.#fresh(entries, to), present) : new Map<Lane, LaneEvent[]>();
    this.#position = to;
    for (const [lane, news] of events) lane.publish(news);
    this.#ring();
  }

  /** For each lane what it shows of these events. Lanes that show an event alike share its text. */
  #sort(entries: readonly OpenedEntry[], present: (event: Event) => EventView): Map<Lane, LaneEvent[]> {
    const events = new Map<Lane, LaneEvent[]>();
    for (const opened of entries) {
      const texts = new Map<boolean, string>();
      for (const lane of this.#lanesFor(opened.entry)) {
        const { sensitive } = lane.interest.visibility;
        const text = texts.get(sensitive) ?? JSON.stringify(present(opened.reveal(sensitive)));
        texts.set(sensitive, text);
        const news = events.get(lane) ?? [];
        news.push({ position: opened.entry.position, text, counts: countsAsRead(opened.entry) });
        events.set(lane, news);
      }
    }
    return events;
  }

  #lanesFor(entry: Entry): Set<Lane> {
    const found = new Set<Lane>();
    for (const key of [EVERYTHING, ...keysOf(entry)])
      for (const lane of this.#byKey.get(key) ?? []) if (!found.has(lane) && matches(lane.interest.filter, entry)) found.add(lane);
    return found;
  }

  /** Goes past these batches: whoever follows reads them from the log, unless their rights end in them. */
  #reset(batches: readonly FeedBatch[]): void {
    for (const { entry } of this.#turnsIn(batches.flatMap(({ entries }) => entries))) void this.#turn(entry);
    this.#position = Math.max(this.#position, ...batches.map(({ to }) => to));
    for (const { lane } of this.#lanes.values()) lane.reset();
    this.#ring();
  }

  #beat(): void {
    for (const { lane } of this.#lanes.values()) lane.beat();
  }

  #ring(): void {
    for (const bell of this.#bells) bell.ring();
  }
}

/** By what the index knows a lane: nobody's unit or person is called this, all keys of events hold a colon. */
const indexKeys = ({ visibility }: Interest): readonly string[] => (visibility.everything ? [EVERYTHING] : [...new Set(visibility.keys)]);

/** One text for all who may see and want the same. */
function keyOf({ visibility, filter }: Interest): string {
  const { everything, sensitive, keys } = visibility;
  const wanted = Object.entries(filter) as [string, string | readonly string[] | undefined][];
  const canonical = wanted
    .filter(([, values]) => values?.length)
    .map(([name, values]) => [name, typeof values === 'string' ? values : sorted(values ?? [])])
    .sort(([a], [b]) => (String(a) < String(b) ? -1 : 1));
  return JSON.stringify([everything, sensitive, everything ? [] : sorted(keys), canonical]);
}

const sorted = (texts: readonly string[]) => [...new Set(texts)].sort((a, b) => (a < b ? -1 : 1));
