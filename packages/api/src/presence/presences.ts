import { randomUUID } from 'node:crypto';
import type { Viewer } from '@countersign/domain/people/rights/permissions';
import type { Present, Tab } from '@countersign/domain/presence/presence';
import { Bell } from '../live/bell.ts';

/** Where nodes tell each other who is there. */
export interface PresenceStore {
  readonly keep: (tabs: readonly Tab[], seconds: number) => Promise<void>;
  readonly leave: (ids: readonly string[], seconds: number) => Promise<void>;
  readonly present: (roots: readonly string[]) => Promise<readonly Present[]>;
}

export interface PresencesOptions {
  readonly store: PresenceStore;
  readonly names: (people: readonly string[]) => Promise<ReadonlyMap<string, string>>;
  /** @throws Refusal where this record can't be seen by somebody. */
  readonly admit: (viewer: Viewer, root: string) => Promise<void>;
  readonly report: (problem: unknown) => void;
  /** Milliseconds between looks. */
  readonly every?: number;
  /** Seconds that somebody is there without their node saying so again. */
  readonly lease?: number;
  /** Seconds that somebody who left is still there: who reloads a page doesn't come and go. */
  readonly grace?: number;
}

/** Who has records open, on all nodes: a table holds it, each node keeps its own rows alive and looks at those that are watched here. */
export class Presences {
  readonly #options: Required<PresencesOptions>;
  /** Tabs that are open on this node. */
  readonly #tabs = new Map<string, Tab>();
  readonly #watched = new Map<string, Set<Watch>>();
  readonly #timers: readonly NodeJS.Timeout[];
  #looking: Promise<void> | null = null;
  #keeping: Promise<void> | null = null;
  #again = false;
  #closed = false;

  constructor(options: PresencesOptions) {
    this.#options = { every: 500, lease: 10, grace: 2, ...options };
    const { every, lease } = this.#options;
    this.#timers = [setInterval(() => this.#look(), every).unref(), setInterval(() => this.#keep(), (lease * 1_000) / 3).unref()];
  }

  get names(): PresencesOptions['names'] {
    return this.#options.names;
  }

  get admit(): PresencesOptions['admit'] {
    return this.#options.admit;
  }

  /** Watches who has a record open, until `release`; as somebody who has it open as well, unless `tab` is null. */
  async open(root: string, tab: Omit<Tab, 'id' | 'root'> | null): Promise<Watch> {
    const id = randomUUID();
    const watch: Watch = new Watch(() => this.#leave(root, watch, id));
    this.#watched.set(root, (this.#watched.get(root) ?? new Set()).add(watch));
    if (tab) {
      this.#tabs.set(id, { ...tab, id, root });
      await this.#telling(() => this.#options.store.keep([{ ...tab, id, root }], this.#options.lease));
    }
    this.#look();
    return watch;
  }

  /** Whoever is here has left; resolves when nothing more is asked of the database. */
  async close(): Promise<void> {
    this.#closed = true;
    for (const timer of this.#timers) clearInterval(timer);
    await Promise.all([this.#looking, this.#keeping]);
  }

  #leave(root: string, watch: Watch, id: string): void {
    const watches = this.#watched.get(root);
    watches?.delete(watch);
    if (!watches?.size) this.#watched.delete(root);
    if (!this.#tabs.delete(id) || this.#closed) return;
    // After a heartbeat that may be under way, which would have them come back.
    const leaving = (this.#keeping ?? Promise.resolve()).then(() =>
      this.#telling(() => this.#options.store.leave([id], this.#options.grace)),
    );
    this.#keeping = leaving;
    void leaving.then(() => this.#look());
  }

  #keep(): void {
    if (!this.#tabs.size || this.#closed) return;
    const before = this.#keeping ?? Promise.resolve();
    this.#keeping = before.then(() => this.#telling(() => this.#options.store.keep([...this.#tabs.values()], this.#options.lease)));
  }

  #look(): void {
    if (this.#looking) {
      this.#again = true;
      return;
    }
    if (!this.#watched.size || this.#closed) return;
    this.#looking = this.#telling(() => this.#lookAt([...this.#watched.keys()])).finally(() => {
      this.#looking = null;
      if (this.#again) this.#look();
      this.#again = false;
    });
  }

  async #lookAt(roots: readonly string[]): Promise<void> {
    const present = Map.groupBy(await this.#options.store.present(roots), ({ root }) => root);
    for (const root of roots) for (const watch of this.#watched.get(root) ?? []) watch.hear(present.get(root) ?? []);
  }

  async #telling(work: () => Promise<void>): Promise<void> {
    try {
      await work();
    } catch (problem) {
      this.#options.report(problem); // and the next heartbeat, or look, says what this one would have
    }
  }
}

/** Somebody who watches who has a record open. */
export class Watch {
  readonly release: () => void;
  readonly #bell = new Bell();
  #present: readonly Present[] | null = null;
  #known = '';

  constructor(release: () => void) {
    this.release = release;
  }

  /** Who is there; null until it is known. */
  get present(): readonly Present[] | null {
    return this.#present;
  }

  hear(present: readonly Present[]): void {
    const text = JSON.stringify(present);
    if (text === this.#known) return;
    this.#known = text;
    this.#present = present;
    this.#bell.ring();
  }

  /** Resolves when somebody came, left or began to edit since the last time, or when nobody waits any more. */
  async changed(signal: AbortSignal): Promise<void> {
    signal.addEventListener('abort', this.#bell.ring);
    try {
      if (!signal.aborted) await this.#bell.heard();
    } finally {
      signal.removeEventListener('abort', this.#bell.ring);
    }
  }
}
