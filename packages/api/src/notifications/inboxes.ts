import type { Mark, NotificationView } from '@countersign/domain/messages/notification.queries';
import { Bell } from '../live/bell.ts';

/** How notices are read; the marks of many people with one question. */
export interface NoticeReader {
  readonly marks: (people: readonly string[]) => Promise<ReadonlyMap<string, Mark>>;
  readonly after: (person: string, number: number, limit: number) => Promise<readonly NotificationView[]>;
  readonly unread: (person: string) => Promise<number>;
}

export interface InboxesOptions {
  readonly reader: NoticeReader;
  readonly report: (problem: unknown) => void;
  /** Milliseconds between looks that nobody asked for: a lost wake-up costs no more. */
  readonly every?: number;
  /** Milliseconds between two looks at least, however often one is asked for. */
  readonly pace?: number;
}

const NOTHING: Mark = { last: 0, reads: 0 };

/**
 * Whose notices are being followed on this node. A wake-up says "look" and nothing else; one look asks how far the
 * notices of all who follow go, and wakes those for whom it is further than they know.
 */
export class Inboxes {
  readonly #options: InboxesOptions;
  readonly #followed = new Map<string, Set<Inbox>>();
  readonly #timer: NodeJS.Timeout;
  #asked = false;
  #looking: Promise<void> | null = null;
  #closed = false;

  constructor(options: InboxesOptions) {
    this.#options = options;
    this.#timer = setInterval(() => this.look(), options.every ?? 2_000).unref();
  }

  get reader(): NoticeReader {
    return this.#options.reader;
  }

  /** Follows somebody's notices until `release`. */
  open(person: string): Inbox {
    const inbox: Inbox = new Inbox(() => {
      const others = this.#followed.get(person);
      others?.delete(inbox);
      if (!others?.size) this.#followed.delete(person);
    });
    const others = this.#followed.get(person) ?? new Set();
    this.#followed.set(person, others.add(inbox));
    return inbox;
  }

  /** "Look": somebody may have been told something. Costs nothing where nobody follows. */
  look(): void {
    this.#asked = true;
    if (this.#looking || this.#closed || !this.#followed.size) return;
    this.#looking = this.#lookAgain().finally(() => (this.#looking = null));
  }

  /** Resolves when nothing more is asked of the database. */
  async close(): Promise<void> {
    this.#closed = true;
    clearInterval(this.#timer);
    await this.#looking;
  }

  async #lookAgain(): Promise<void> {
    while (this.#asked && !this.#closed && this.#followed.size) {
      this.#asked = false;
      try {
        const marks = await this.#options.reader.marks([...this.#followed.keys()]);
        for (const [person, inboxes] of this.#followed) for (const inbox of inboxes) inbox.hear(marks.get(person) ?? NOTHING);
      } catch (problem) {
        this.#options.report(problem); // and the next look finds what this one would have found
      }
      await new Promise((resolve) => setTimeout(resolve, this.#options.pace ?? 50));
    }
  }
}

/** One follower of somebody's notices. */
export class Inbox {
  readonly release: () => void;
  readonly #bell = new Bell();
  #mark: Mark | null = null;

  constructor(release: () => void) {
    this.release = release;
  }

  /** The latest mark that was heard of. */
  get mark(): Mark | null {
    return this.#mark;
  }

  hear(mark: Mark): void {
    if (this.#mark?.last === mark.last && this.#mark.reads === mark.reads) return;
    this.#mark = mark;
    this.#bell.ring();
  }

  /** Resolves when a mark was heard that is not the one before, or when nobody waits any more. */
  async changed(signal: AbortSignal): Promise<void> {
    signal.addEventListener('abort', this.#bell.ring);
    try {
      if (!signal.aborted) await this.#bell.heard();
    } finally {
      signal.removeEventListener('abort', this.#bell.ring);
    }
  }
}
