import type { EntityManager } from '@mikro-orm/postgresql';
import type { Turns } from '@countersign/api/live/lanes';
import type { Entry } from '@countersign/audit/log-entry';
import type { Viewer } from '@countersign/domain/people/rights/permissions';
import { rightsTurn } from '@countersign/domain/people/rights/rights-turn';
import { type Standing, standing } from '@countersign/domain/people/session/standing';

/** Why a stream ends; the client connects again, and finds out there what it now may. */
export type Ending = 'the session ended' | 'rights changed';

/** An open websocket or stream of server-sent events. */
export interface Stream {
  end(why: Ending): void;
}

/** Whose a stream is. */
export interface Holder {
  /** Or of the token by which a program opened it. */
  readonly sessionId: string;
  /** By whose rights it shows what it shows. */
  readonly viewer: Viewer;
}

export interface OpenStreamsOptions {
  readonly fork: () => EntityManager;
  readonly report: (problem: unknown) => void;
  /** Milliseconds between looks at the sessions. */
  readonly every?: number;
}

/** Ends those of whom this is true. */
interface End {
  readonly why: Ending;
  readonly whose: (holder: Holder) => boolean;
}

/** Whether a session stands, and shows the system as the same person: an admin's may show it as somebody else's meanwhile, on whatever node that began. */
const showsStill = ({ sessionId, viewer }: Holder, stand: ReadonlyMap<string, Standing>): boolean =>
  stand.get(sessionId)?.seen === (viewer.impersonator ? viewer.id : null);

/** Milliseconds that the feed waits at most for a look at the sessions of whoever signed out: a database that pauses must not stop it for long. */
const PATIENCE = 500;

/**
 * Whose each open websocket and each stream of server-sent events is. One ends with its session, within a second on
 * every node, and with a change of its holder's rights, after what lies before that in the log and before anything else.
 */
export class OpenStreams implements Turns {
  readonly #options: OpenStreamsOptions;
  readonly #every: number;
  readonly #holders = new Map<Stream, Holder>();
  /** What ended while it was being looked up whose these are. */
  readonly #opening = new Map<Stream, End[]>();
  readonly #timer: NodeJS.Timeout;
  #next: NodeJS.Timeout | undefined;
  #looking: Promise<void> | null = null;

  constructor(options: OpenStreamsOptions) {
    this.#options = options;
    this.#every = options.every ?? 700;
    this.#timer = setInterval(() => this.#look(), this.#every).unref();
  }

  /**
   * Adds a stream, before anybody looks up whose it is: what ends meanwhile ends it as well.
   * @returns how to say whose it is, once that is known; null for nobody's.
   */
  open(stream: Stream): (holder: Holder | null) => void {
    this.#opening.set(stream, []);
    return (holder) => {
      const ended = this.#opening.get(stream);
      this.#opening.delete(stream);
      const end = holder && ended?.find(({ whose }) => whose(holder));
      if (end) stream.end(end.why);
      else if (holder && ended) this.#holders.set(stream, holder);
    };
  }

  close(stream: Stream): void {
    this.#opening.delete(stream);
    this.#holders.delete(stream);
  }

  /** Ends what is open by a session that was just ended here. */
  sessionEnded(sessionId: string): void {
    this.#end({ why: 'the session ended', whose: (holder) => holder.sessionId === sessionId });
  }

  /** Resolves when nothing more is asked of the database. */
  async stop(): Promise<void> {
    clearInterval(this.#timer);
    clearTimeout(this.#next);
    await this.#looking;
  }

  isTurn(entry: Entry): boolean {
    return rightsTurn(entry) !== null;
  }

  turn(entry: Entry | null): Promise<void> | void {
    if (!entry) return this.#end({ why: 'rights changed', whose: () => true });
    const turn = rightsTurn(entry);
    if (!turn) return;
    const whose = ({ viewer }: Holder) => turn.concerns(viewer);
    if (turn.of === 'session') return this.#endEndedOf(whose);
    this.#end({ why: turn.of === 'account' ? 'the session ended' : 'rights changed', whose });
  }

  /** Resolves when it is known which sessions of these holders ended; nobody else's streams wait long for that. */
  async #endEndedOf(whose: End['whose']): Promise<void> {
    const ids = this.#sessions(whose);
    if (!ids.length) return;
    const late = new Promise<void>((resolve) => setTimeout(resolve, PATIENCE).unref());
    await Promise.race([this.#endEnded(ids), late]);
  }

  /** Sessions end on other nodes, by time, and with a disabled account: one query finds all of them. */
  #look(): void {
    if (this.#looking || !this.#holders.size) return;
    this.#looking = this.#endEnded(this.#sessions(() => true)).finally(() => (this.#looking = null));
  }

  #sessions(whose: End['whose']): string[] {
    return [...new Set([...this.#holders.values()].filter(whose).map(({ sessionId }) => sessionId))];
  }

  async #endEnded(ids: readonly string[]): Promise<void> {
    try {
      const stand = await standing(this.#options.fork(), ids);
      this.#end({ why: 'the session ended', whose: (holder) => ids.includes(holder.sessionId) && !showsStill(holder, stand) });
      this.#lookWhenOneEnds([...stand.values()].map(({ until }) => until));
    } catch (problem) {
      this.#options.report(problem); // and nobody is thrown out because the database paused
    }
  }

  /** One that ends before the next look is looked at when it does. */
  #lookWhenOneEnds(ends: readonly number[]): void {
    const wait = Math.min(...ends) - Date.now();
    if (wait > this.#every) return;
    clearTimeout(this.#next);
    this.#next = setTimeout(() => this.#look(), Math.max(1, wait + 1)).unref();
  }

  #end(end: End): void {
    for (const ended of this.#opening.values()) ended.push(end);
    for (const [stream, holder] of this.#holders) {
      if (!end.whose(holder)) continue;
      this.#holders.delete(stream);
      stream.end(end.why);
    }
  }
}
