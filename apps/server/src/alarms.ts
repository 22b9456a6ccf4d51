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
  #closed = false;

  constructor(options: AlarmsOptions) {
    this.#options = options;
  }

  raise(alert: Alert): void {
    const { topic } = alert;
    if (this.#closed || this.#pending.has(topic) || Date.now() - (this.#told.get(topic) ?? -Infinity) < QUIET) return;
    this.#pending.set(topic, null);
    void this.#tell(alert);
  }

  close(): void {
    this.#closed = true;
    for (const timer of this.#pending.values()) clearTimeout(timer ?? undefined);
  }

  async #tell(alert: Alert): Promise<void> {
    try {
      const told = await alertAdmins(this.#options.em, alert);
      this.#pending.delete(alert.topic);
      this.#told.set(alert.topic, Date.now());
      if (told) this.#options.told();
    } catch (problem) {
      this.#options.report(problem);
      if (!this.#closed) this.#pending.set(alert.topic, setTimeout(() => void this.#tell(alert), this.#options.again ?? 5_000).unref());
    }
  }
}
