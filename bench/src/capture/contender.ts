import type { Logins } from '../bed.ts';

/** One way of saving cards, with or without a record of it. */
export interface Contender {
  readonly name: string;
  /** The contender that saves by the same library and records nothing; that one is its own. */
  readonly base: string;
  /** Where its cards lie. */
  readonly table: string;
  /** Where the record lies; null where there is none, or another contender leaves the same. */
  readonly trail: string | null;
  /** Whether its table is updated past the library as well: what doesn't see that need not be measured. */
  readonly raw: boolean;
  /** Whether what it tells is numbered meanwhile, on the same processors. */
  readonly numbered: boolean;
  open(place: Place): Promise<Saving>;
}

/** Where to save. */
export interface Place {
  readonly logins: Logins;
  /** The folder that the other libraries were installed in. */
  readonly peers: string;
}

/** A contender at work. */
export interface Saving {
  /** Loads these cards, changes each, and answers with what saves them in one transaction. */
  prepare(ids: readonly number[], change: Change): Promise<() => Promise<unknown>>;
  /** Begins to number what was told and what will be; only what is ours can. */
  number?(): Promise<Numbering>;
}

/** The log at work beside the saves. */
export interface Numbering {
  /** Resolves once everything that was committed before is in the log. */
  settled(): Promise<void>;
  close(): Promise<void>;
}

/** What is set of a card. */
export interface Change {
  readonly checkOut?: Date;
  readonly total: string;
}

/** Two fields, of every turn others. */
export const twoFields = (turn: number): Change => ({
  ...oneField(turn),
  checkOut: new Date(Date.UTC(2026, 10, 3, 17, turn % 60, Math.floor(turn / 60) % 60, turn % 1_000)),
});

export const oneField = (turn: number): Change => ({ total: ((turn % 90_000) / 100).toFixed(2) });
