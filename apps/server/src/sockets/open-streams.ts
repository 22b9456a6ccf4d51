import type { EntityManager } from '@mikro-orm/postgresql';
import type { Feed, FeedBatch } from '@countersign/audit/feed';
import type { Entry } from '@countersign/audit/log-entry';
import { Session } from '@countersign/domain/people/session';
import { SESSION_IDLE } from '@countersign/domain/people/sign-in';

/** Why a stream ends; the client connects again, and finds out there what it now may. */
export type Ending = 'the session ended' | 'rights changed';

/** An open websocket or stream of server-sent events. */
export interface Stream {
  end(why: Ending): void;
}

/** Whose a stream is. */
export interface Holder {
  readonly sessionId: string;
  readonly userId: string;
}

export interface OpenStreamsOptions {
  readonly fork: () => EntityManager;
  readonly feed: Pick<Feed, 'onBatch'>;
  readonly report: (problem: unknown) => void;
  /** Milliseconds between looks at the sessions. */
  readonly every?: number;
}

/**
 * Whose each open websocket and each stream of server-sent events is. One ends with its session, within a second on
 * every node, and with any change of its holder's rights, before another event is sent to it.
 */
export class OpenStreams {
  readonly #options: OpenStreamsOptions;
  readonly #holders = new Map<Stream, Holder>();
  readonly #stop: () => void;
  #looking: Promise<void> | null = null;

  /** Make it before the lanes' own feed listener is added: rights go before events. */
  constructor(options: OpenStreamsOptions) {
    this.#options = options;
    const leave = options.feed.onBatch((batch) => this.#rightsChanged(batch));
    const timer = setInterval(() => this.#look(), options.every ?? 700).unref();
    this.#stop = () => {
      leave();
      clearInterval(timer);
    };
  }

  add(stream: Stream, holder: Holder): void {
    this.#holders.set(stream, holder);
  }

  remove(stream: Stream): void {
    this.#holders.delete(stream);
  }

  /** Ends what is open by a session that was just ended here. */
  sessionEnded(sessionId: string): void {
    this.#end('the session ended', (holder) => holder.sessionId === sessionId);
  }

  /** Resolves when nothing more is asked of the database. */
  async close(): Promise<void> {
    this.#stop();
    await this.#looking;
  }

  #rightsChanged({ entries }: FeedBatch): void {
    for (const { entry } of entries) {
      if (entry.target?.type === 'Setting') this.#end('rights changed', () => true);
      else if (concernsRights(entry)) {
        const why = disables(entry) ? 'the session ended' : 'rights changed';
        this.#end(why, ({ userId }) => userId === entry.subject || userId === entry.target?.id);
      }
    }
  }

  /** Sessions end on other nodes, by time, and with a disabled account: one query finds all of them. */
  #look(): void {
    if (this.#looking || !this.#holders.size) return;
    this.#looking = this.#endEnded().finally(() => (this.#looking = null));
  }

  async #endEnded(): Promise<void> {
    try {
      const ids = [...new Set([...this.#holders.values()].map(({ sessionId }) => sessionId))];
      const standing = await this.#standing(ids);
      this.#end('the session ended', ({ sessionId }) => ids.includes(sessionId) && !standing.has(sessionId));
    } catch (problem) {
      this.#options.report(problem); // and nobody is thrown out because the database paused
    }
  }

  async #standing(ids: readonly string[]): Promise<Set<string>> {
    const now = Date.now();
    const alive = { expiresAt: { $gt: new Date(now) }, lastSeenAt: { $gt: new Date(now - SESSION_IDLE) }, user: { disabledAt: null } };
    const sessions = await this.#options.fork().find(Session, { id: { $in: [...ids] }, ...alive }, { fields: ['id'] });
    return new Set(sessions.map(({ id }) => id));
  }

  #end(why: Ending, whose: (holder: Holder) => boolean): void {
    for (const [stream, holder] of this.#holders) {
      if (!whose(holder)) continue;
      this.#holders.delete(stream);
      stream.end(why);
    }
  }
}

/**
 * Who has just been made had no rights to lose; a responsibility that is new shows its holder more. What changes no
 * record, as signing in, changes no rights.
 */
const concernsRights = ({ target, operation }: Entry) =>
  target?.type === 'Responsibility' ||
  ((target?.type === 'User' || target?.type === 'Credential') && (operation === 'update' || operation === 'delete'));

const disables = ({ changes }: Entry) => changes.some((change) => change.field === 'disabled_at' && 'new' in change && change.new !== null);
