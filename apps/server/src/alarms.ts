import type { EntityManager } from '@mikro-orm/postgresql';
import { type Alert, alertAdmins } from '@countersign/domain/messages/alerts';

export interface AlarmsOptions {
  readonly em: EntityManager;
  /** Called once somebody was told. */
  readonly told: () => void;
  readonly report: (problem: unknown) => void;
  /** Milliseconds before an alert that could not be written is tried again. */
  readonly again?: number;
}

/** Milliseconds in which the same topic is not asked about again: the database keeps it to once an hour for all nodes. */
const QUIET = 60_000;

/**
 * Brings what is wrong to the administrators. Whatever is wrong may be wrong with the database: an alert that can't be
 * written waits and is tried again, one for each topic, until it can.
 */
export class Alarms {
  readonly #options: AlarmsOptions;
  readonly #pending = new Map<string, NodeJS.Timeout | null>();
  readonly #told = new Map<string, number>();
  readonly #telling = new Set<Promise<void>>();
  #closed = false;

  constructor(options: AlarmsOptions) {
    this.#options = options;
  }

  raise(alert: Alert): void {
    const { topic } = alert;
    if (this.#closed || this.#pending.has(topic) || Date.now() - (this.#told.get(topic) ?? -Infinity) < QUIET) return;
    this.#pending.set(topic, null);
    this.#begin(alert);
  }

  /** Resolves when nothing more is asked of the database. */
  async close(): Promise<void> {
    this.#closed = true;
    for (const timer of this.#pending.values()) clearTimeout(timer ?? undefined);
    await Promise.all(this.#telling);
  }

  #begin(alert: Alert): void {
    const telling = this.#tell(alert).finally(() => this.#telling.delete(telling));
    this.#telling.add(telling);
  }

  async #tell(alert: Alert): Promise<void> {
    try {
      const told = await alertAdmins(this.#options.em, alert);
      this.#pending.delete(alert.topic);
      this.#told.set(alert.topic, Date.now());
      if (told) this.#options.told();
    } catch (problem) {
      this.#options.report(problem);
      if (!this.#closed) this.#pending.set(alert.topic, setTimeout(() => this.#begin(alert), this.#options.again ?? 5_000).unref());
    }
  }
}
