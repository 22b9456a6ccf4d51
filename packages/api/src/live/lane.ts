import type { Position } from '@countersign/audit/entry';
import type { Filter } from '@countersign/audit/filter';
import type { Visibility } from '@countersign/audit/visibility';
import type { EventView } from '@countersign/domain/record/record.views';
import { Bell } from './bell.ts';
import type { Connection } from './connection.ts';
import { Attach } from './encoder.ts';
import { frame, type Request, type Taken } from './frames.ts';

/** What a lane carries: what may be seen, and of that what is wanted. */
export interface Interest {
  readonly visibility: Visibility;
  readonly filter: Filter;
}

/** An event of a lane: its place, and its JSON text, written once for all lanes that show it alike. */
export interface LaneEvent {
  readonly position: Position;
  readonly text: string;
  /** Whether whoever is sent it has read a row. */
  readonly counts: boolean;
}

/** A stretch, and how much of it counts as read. */
interface Cut extends Taken {
  readonly rows: number;
  readonly more: boolean;
}

/** Where somebody stands who attaches a socket, until when, and who is to be told how many rows they were sent. */
export interface Attaching {
  readonly cursor: Position;
  readonly signal: AbortSignal;
  readonly saw: (rows: number) => void;
}

/** A part of the feed as its reader gets it: from a position (not included) to one (included), whatever lies between and isn't shown. */
export interface LiveStretch {
  readonly from: Position;
  readonly to: Position;
  readonly events: readonly EventView[];
}

export interface LaneOptions {
  readonly interest: Interest;
  /** Up to where the feed has been considered; the same for all lanes. */
  readonly position: () => Position;
  /** How many characters of events the ring may hold. */
  readonly limit: () => number;
  readonly release: () => void;
}

type SharedFrames = Map<string, { readonly bytes: Buffer; readonly to: Position; readonly rows: number }>;

interface Member extends Request {
  readonly connection: Connection;
  /** Members with the same one get the same bytes. */
  readonly key: string;
  cursor: Position;
  waiting: boolean;
  readonly saw: (rows: number) => void;
  /** Tells the subscription that it must go on from the log, after this position. */
  readonly lose: (cursor: Position) => void;
}

/** A frame ends with the event that reaches this many characters: what a slow socket gets at once is bounded by it. */
const FRAME_LIMIT = 256 * 1024;

/**
 * The live tail for everybody who may see and wants the same: each event is written once, kept in a bounded ring, and
 * sent to each socket from its own cursor. Nobody has a queue; a slow socket is skipped and catches up when it drains.
 */
export class Lane {
  readonly interest: Interest;
  readonly release: () => void;
  readonly #position: () => Position;
  readonly #limit: () => number;
  readonly #members = new Set<Member>();
  readonly #readers = new Set<Bell>();
  #ring: LaneEvent[] = [];
  #size = 0;
  /** The ring holds everything of the lane after this position. */
  #base: Position;

  constructor({ interest, position, limit, release }: LaneOptions) {
    this.interest = interest;
    this.release = release;
    this.#position = position;
    this.#limit = limit;
    this.#base = position();
  }

  /** The last position that was considered. */
  get to(): Position {
    return this.#position();
  }

  /** Whether everything after this position can be had from here. */
  covers(position: Position): boolean {
    return position >= this.#base && position <= this.to;
  }

  /** Adds events, in order, and sends them on. The position has moved already. */
  publish(events: readonly LaneEvent[]): void {
    for (const event of events) {
      this.#ring.push(event);
      this.#size += event.text.length;
    }
    this.#trim();
    // Members are mostly at one cursor with few distinct request ids: they share the encoded frame.
    const frames: SharedFrames = new Map();
    for (const member of this.#members) this.#pump(member, frames);
    for (const reader of this.#readers) reader.ring();
  }

  /** Tells everybody how far the feed has come, so that nobody's resume position grows old in a quiet lane. */
  beat(): void {
    this.publish([]);
  }

  /** Forgets the ring: whoever isn't at the present position goes on from the log. */
  reset(): void {
    this.#ring = [];
    this.#size = 0;
    this.#base = this.to;
    this.publish([]);
  }

  /**
   * Yields an Attach for tRPC's encoder; `ended` resolves with the position from which to go on from the log when the
   * socket has fallen out of the ring, or with null when the subscription is over.
   */
  attach(connection: Connection, { cursor, signal, saw }: Attaching): { attach: Attach; ended: Promise<Position | null> } {
    const { promise: ended, resolve } = Promise.withResolvers<Position | null>();
    let member: Member | undefined;
    const leave = (next: Position | null) => {
      if (member) this.#members.delete(member);
      signal.removeEventListener('abort', abort);
      resolve(next);
    };
    const abort = () => leave(null);
    const attach = new Attach((request) => {
      member = { ...request, connection, key: JSON.stringify([request.id, request.jsonrpc]), cursor, waiting: false, saw, lose: leave };
      if (signal.aborted) return frame(member, { from: cursor, to: cursor, texts: [] });
      this.#members.add(member);
      return this.#joiningFrame(member);
    });
    if (signal.aborted) leave(null);
    else signal.addEventListener('abort', abort);
    return { attach, ended };
  }

  /** The lane for readers that pull, and so bring their own back-pressure; ends with the position from which to go on from the log. */
  async *stretches(start: Position, signal: AbortSignal): AsyncGenerator<LiveStretch, Position> {
    let cursor = start;
    const bell = new Bell();
    this.#readers.add(bell);
    signal.addEventListener('abort', bell.ring, { once: true });
    try {
      while (!signal.aborted && this.covers(cursor)) {
        const { from, to, texts, more } = this.#take(cursor);
        if (to > cursor) yield { from, to, events: texts.map((text) => JSON.parse(text) as EventView) };
        cursor = to;
        if (!more) await bell.heard();
      }
      return cursor;
    } finally {
      this.#readers.delete(bell);
      signal.removeEventListener('abort', bell.ring);
    }
  }

  #joiningFrame(member: Member): string {
    // Between the check and this moment the ring may have moved on.
    const { cursor } = member;
    const taken = this.covers(cursor) ? this.#take(cursor) : { from: cursor, to: cursor, texts: [], rows: 0 };
    member.cursor = taken.to;
    member.saw(taken.rows);
    // tRPC writes the joining frame after this returned: what didn't fit follows it.
    if (taken.to < this.to) setImmediate(() => this.#pump(member));
    return frame(member, taken);
  }

  /** Sends what a member hasn't got, unless its socket is full; then as soon as it isn't. */
  #pump(member: Member, shared: SharedFrames = new Map()): void {
    while (this.#members.has(member) && member.connection.open && member.cursor < this.to) {
      if (member.cursor < this.#base) return member.lose(member.cursor);
      if (member.connection.congested) return this.#pumpWhenDrained(member);
      const { bytes, to, rows } = this.#frameFor(member, shared);
      member.cursor = to;
      member.saw(rows);
      member.connection.send(bytes);
    }
  }

  #frameFor(member: Member, shared: SharedFrames) {
    const key = `${member.cursor} ${member.key}`;
    const known = shared.get(key);
    if (known) return known;
    const taken = this.#take(member.cursor);
    const made = { bytes: Buffer.from(frame(member, taken)), to: taken.to, rows: taken.rows };
    shared.set(key, made);
    return made;
  }

  #pumpWhenDrained(member: Member): void {
    if (member.waiting) return;
    member.waiting = true;
    member.connection.whenDrained(() => {
      member.waiting = false;
      this.#pump(member);
    });
  }

  /** What lies after a cursor, up to a frame's size, and whether there is more. */
  #take(cursor: Position): Cut {
    const texts: string[] = [];
    let size = 0;
    let rows = 0;
    for (let index = this.#indexAfter(cursor); index < this.#ring.length; index++) {
      const { position, text, counts } = this.#ring[index] as LaneEvent;
      texts.push(text);
      size += text.length;
      rows += Number(counts);
      if (size >= FRAME_LIMIT && index < this.#ring.length - 1) return { from: cursor, to: position, texts, rows, more: true };
    }
    return { from: cursor, to: this.to, texts, rows, more: false };
  }

  /** The ring's first event after a position, by bisection. */
  #indexAfter(position: Position): number {
    let low = 0;
    let high = this.#ring.length;
    while (low < high) {
      const middle = (low + high) >> 1;
      if ((this.#ring[middle] as LaneEvent).position > position) high = middle;
      else low = middle + 1;
    }
    return low;
  }

  #trim(): void {
    const limit = this.#limit();
    let dropped = 0;
    while (this.#size > limit && dropped < this.#ring.length) this.#size -= (this.#ring[dropped++] as LaneEvent).text.length;
    if (!dropped) return;
    this.#base = (this.#ring[dropped - 1] as LaneEvent).position;
    this.#ring = this.#ring.slice(dropped);
  }
}
