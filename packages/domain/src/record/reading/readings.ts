import type { EntityManager } from '@mikro-orm/postgresql';
import { currentContext, withContext } from '@countersign/audit/context';
import type { Context } from '@countersign/audit/entry';
import type { LogReader } from '@countersign/audit/log';
import { now } from '../../clock.ts';
import { CountedLog, type Seen } from './counted-log.ts';
import { Following, type FollowingOptions } from './following.ts';
import type { ReadView } from './read-view.rules.ts';
import { closeOverdue, join, recordOne, type From } from './windows.ts';
import { added, ofOthers, SHORTEST, type Read, type Whose } from './window.rules.ts';

/** Whom somebody follows the log for, and what of it. */
type Followed = Pick<FollowingOptions, 'filter' | 'visibility' | 'context'>;

/** As what the log is read: a view of it, or to decide something, of which nothing is shown. */
export type Reads = ReadView | 'decides';

/** The log for whoever says as what it is read: it is handed out in no other way. */
export interface RecordedLog {
  /** Runs what reads; what it was shown is recorded before it is answered. Where nothing is said, the log refuses every question. */
  during<Result>(reads: Reads | undefined, work: (log: LogReader) => Promise<Result>): Promise<Result>;
  /** A record, as `Type:id`, is about to be shown to whoever the context names: resolves when that is recorded. */
  opened(record: string): Promise<void>;
  /** AC-7: what this query answers, and isn't told of otherwise, is about to be shown through the eyes of whoever the context names: resolves when that is recorded. */
  shown(query: string): Promise<void>;
}

/** For whoever changes records and shows nothing, such as a demonstration: what would be shown is refused. */
export const decisionsOnly = (log: LogReader): RecordedLog => ({
  during: (reads, work) => work(reads === 'decides' ? log : UNNAMED),
  opened: () => Promise.resolve(),
  shown: () => Promise.resolve(),
});

export interface ReadingsOptions {
  readonly em: EntityManager;
  readonly log: LogReader;
  /** Called with what went wrong and will be tried again. */
  readonly report: (problem: unknown) => void;
  readonly now?: () => Date;
  /** Milliseconds between looks at what is to be written; 0 for whoever looks by hand. */
  readonly every?: number;
}

/** Milliseconds. What a node that is killed may lose of its counts: never that somebody read. */
const EVERY = 1_000;
/** Every so many of them it looks for windows that are over, its own and others'. */
const LOOKS = 5;
/** Windows that a node remembers; beyond, each read asks the database. */
const REMEMBERED = 20_000;

/** A window as this node knows it. */
interface Held {
  readonly whose: Whose;
  readonly from: From;
  closesAt: number;
  /** Resolves when it stands in the database. */
  readonly opened: Promise<void>;
  /** What isn't written yet. */
  pending: Read | null;
}

/** AUD-29: who reads the log. The first read of a window is on disk before it is answered; those that follow are counted, and written within a second. */
export class Readings implements RecordedLog {
  readonly #options: ReadingsOptions;
  readonly #held = new Map<string, Held>();
  readonly #timer: NodeJS.Timeout | null;
  #sweeping: Promise<void> | null = null;

  constructor(options: ReadingsOptions) {
    this.#options = options;
    const every = options.every ?? EVERY;
    let ticks = 0;
    const tick = () => void (++ticks % LOOKS ? this.#flushing() : this.sweep()).catch(options.report);
    this.#timer = every ? setInterval(tick, every).unref() : null;
  }

  async during<Result>(reads: Reads | undefined, work: (log: LogReader) => Promise<Result>): Promise<Result> {
    if (reads === undefined) return work(UNNAMED);
    if (reads === 'decides') return work(this.#options.log);
    const counted = new CountedLog(this.#options.log, reads);
    const result = await work(counted.reader);
    await this.tell(counted.seen, currentContext());
    return result;
  }

  opened(record: string): Promise<void> {
    return this.tell({ view: 'record', rows: 1, filter: {}, records: new Map([[record, 1]]), about: new Map() }, currentContext());
  }

  shown(query: string): Promise<void> {
    const context = currentContext();
    const records = new Map([[`User:${context.actor?.id}`, 0]]);
    return this.tell({ view: 'as_another', rows: 0, filter: { query }, records, about: new Map() }, context);
  }

  /** Somebody who follows the log live. */
  follow(followed: Followed): Following {
    return new Following({ ...followed, log: this.#options.log, tell: (seen, context) => this.tell(seen, context) });
  }

  /**
   * Somebody was shown this. Resolves when that is on disk; how often, only within a second.
   * @throws AuditLogError where it can be written neither to the database nor to this node's disk: then it must not be shown.
   */
  async tell(seen: Seen, context: Context): Promise<void> {
    const records = seen.records.size ? seen.records : new Map([['', seen.rows]]);
    await Promise.all([...records].map(([record, rows]) => this.#tellOne({ ...seen, rows }, record, context)));
  }

  /** Writes what is counted, and closes what is over. */
  async sweep(): Promise<void> {
    await this.#flushing();
    await this.#alone(async () => void (await closeOverdue(this.#options.em, this.#now())));
  }

  /** Writes what is counted; what is open is closed by whoever starts next. */
  async close(): Promise<void> {
    clearInterval(this.#timer ?? undefined);
    await this.#sweeping?.catch(() => undefined);
    await this.#flush().catch(this.#options.report);
  }

  async #tellOne({ view, rows, filter, about }: Seen, record: string, context: Context): Promise<void> {
    const reader = context.actor?.kind === 'user' ? context.actor.id : null;
    if (reader === null) throw new Error('the log was read by nobody: run what reads it in the context of a viewer');
    const at = this.#now();
    const whose: Whose = { reader, impersonator: context.impersonator ?? '', view, record };
    const others = ofOthers(about, context.impersonator ?? reader);
    // Whose a certain record is stands in its event.
    const people = record === '' ? others.people : [];
    const read: Read = { times: 1, rows, ofOthers: Math.min(rows, others.rows), people, filters: [filter], first: at, last: at };
    const key = Object.values(whose).join(' ');
    const held = this.#held.get(key);
    if (held && held.closesAt > at.getTime()) {
      held.pending = held.pending ? added(held.pending, read) : read;
      return held.opened;
    }
    const from: From = { channel: context.channel, ipAddress: context.ipAddress, userAgent: context.userAgent };
    return this.#open(key, { whose, read, from, context }, held?.pending ?? null);
  }

  async #open(key: string, opening: Opening, pending: Read | null): Promise<void> {
    const { whose, read, from } = opening;
    const closes = this.#joinOrRecord(opening);
    const opened = closes.then(() => undefined);
    // Whoever else reads meanwhile waits for the same.
    const held: Held = { whose, from, closesAt: read.first.getTime() + SHORTEST * 60_000, opened, pending };
    if (this.#held.size < REMEMBERED || this.#held.has(key)) this.#held.set(key, held);
    try {
      await opened;
      held.closesAt = (await closes).getTime();
    } catch (problem) {
      if (this.#held.get(key) === held) this.#held.delete(key);
      throw problem;
    }
  }

  /** what reads goes on where the event can at least be spooled. Answers when reads that follow have to be looked at again. */
  async #joinOrRecord({ whose, read, from, context }: Opening): Promise<Date> {
    const { em, report } = this.#options;
    try {
      return await join(em, { whose, read, from });
    } catch (problem) {
      await withContext(context, () => recordOne(em.fork(), whose, read));
      report(problem);
      return new Date(read.first.getTime() + SHORTEST * 60_000);
    }
  }

  #flushing(): Promise<void> {
    return this.#alone(() => this.#flush());
  }

  /** One at a time; whoever comes meanwhile gets the end of that. */
  #alone(work: () => Promise<void>): Promise<void> {
    return (this.#sweeping ??= work().finally(() => (this.#sweeping = null)));
  }

  /** What can't be written waits for the next time. */
  async #flush(): Promise<void> {
    for (const [key, held] of this.#held) {
      const { whose, from, pending } = held;
      if (pending) {
        held.pending = null;
        try {
          await join(this.#options.em, { whose, read: pending, from });
        } catch (problem) {
          held.pending = held.pending ? added(pending, held.pending) : pending;
          throw problem;
        }
      }
      if (!held.pending && held.closesAt <= this.#now().getTime()) this.#held.delete(key);
    }
  }

  #now(): Date {
    return (this.#options.now ?? now)();
  }
}

interface Opening {
  readonly whose: Whose;
  readonly read: Read;
  readonly from: From;
  readonly context: Context;
}

const unnamed = (): never => {
  throw new Error('the log is read by a definition that doesn’t say as what: name a view in `reads`');
};

/** What a definition gets that names no view. */
const UNNAMED: LogReader = {
  head: unnamed,
  settle: unnamed,
  page: unnamed,
  after: unnamed,
  event: unnamed,
  count: unnamed,
  countSets: unnamed,
  fieldRows: unnamed,
  changeSets: unnamed,
  overview: unnamed,
  history: unnamed,
};
