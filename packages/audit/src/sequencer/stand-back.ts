import type { Client } from 'pg';
import { OutdatedPolicies } from '../events/errors.ts';
import { policiesInForce } from '../triggers/policy-set.ts';

/** By which policies a node goes, and whom it tells that others are in force. */
export interface StandBackOptions {
  /** Their fingerprint; without one it never stands back. */
  readonly policies: string | undefined;
  readonly alarm: (error: unknown) => void;
  /** Milliseconds that something may wait for a node with the policies in force, before the alarm is raised again and again. */
  readonly aloneMs: number | undefined;
}

const ALONE_MS = 10_000;
const ALONE_AGAIN_MS = 60_000;

/**
 * Whether a node stands back, since it goes by other policies than those in force. When nobody numbers for long, it says so
 * again and again; it would rather be late than leave out what it doesn't know.
 */
export class StandBack {
  readonly #options: StandBackOptions;
  #outdated: OutdatedPolicies | null = null;
  /** When the alarm is due for what waits; null while nothing does. */
  #due: number | null = null;

  constructor(options: StandBackOptions) {
    this.#options = options;
  }

  /** Why, in words; null while it goes by the policies in force. */
  get why(): string | null {
    return this.#outdated?.message ?? null;
  }

  /** Holds its policies against those in force; says so when it begins to stand back. */
  async compare(db: Client, inForce: string | null): Promise<void> {
    const { policies, alarm } = this.#options;
    const outdated = policies !== undefined && inForce !== null && inForce !== policies;
    if (!outdated) this.#outdated = null;
    if (!outdated || this.#outdated) return;
    this.#outdated = new OutdatedPolicies((await policiesInForce(db)) ?? { release: null, since: 'just now' }, null);
    alarm(this.#outdated);
  }

  /** So many rows wait for a node with the policies in force. */
  waitFor(rows: number): void {
    const now = performance.now();
    this.#due = rows ? (this.#due ?? now + (this.#options.aloneMs ?? ALONE_MS)) : null;
    if (!this.#outdated || this.#due === null || this.#due > now) return;
    this.#due = now + ALONE_AGAIN_MS;
    this.#options.alarm(this.#outdated.whileRowsWait(rows));
  }
}
