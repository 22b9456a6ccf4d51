import { createHash } from 'node:crypto';
import { Refusal } from '@countersign/domain/errors';
import type { Counter, Counters } from '../limits/counters.ts';
import { networkOf } from '../limits/network.ts';
import { rateLimited } from '../limits/rate-limited.ts';

/** Passwords that are checked at a time: each takes 19 MiB and a core for some hundredths of a second. */
const AT_WORK = 4;
/** Those that wait their turn: about a second's worth. */
const WAITING = 32;

/** Attempts on one account from one address that needn't wait; each next one has to wait longer. */
const FREE = 10;
/** The same on an account at which many strangers fail: who guesses from a thousand addresses guesses once from each. */
const FREE_UNDER_ATTACK = 1;
/** Failures of strangers on one account, in a day, from which on it is under attack. */
const ATTACK = 100;
/** Failures of strangers from one address in a quarter of an hour, whatever the account. */
const PER_ADDRESS = 100;
/** Seconds. */
const DAY = 24 * 3_600;
const QUARTER = 15 * 60;
const FIRST_WAIT = 15;

/** Who wants to pass, in lower case, and from where. */
export interface Visitor {
  readonly email: string;
  readonly address: string | null;
  /** What the browser or program keeps, where somebody has signed in to this account with it before. */
  readonly device: string | null;
}

/**
 * Slows guessing down, and locks nobody out: failures count for one account from one address, and for a browser that is known
 * from an earlier sign-in by themselves. What strangers do elsewhere leaves everybody else at least one attempt, and those
 * with a known browser all of theirs. What is tried counts from its beginning, since any number can be tried at once; who
 * passes gets it back.
 */
export class Door {
  readonly #failures: Counter;
  readonly #byAccount: Counter;
  readonly #byAddress: Counter;
  readonly #queue: (() => void)[] = [];
  #atWork = 0;
  /** With those that wait, and those that are being counted. */
  #inside = 0;

  constructor(counters: Pick<Counters, 'of'>) {
    this.#failures = counters.of('sign-in', DAY);
    this.#byAccount = counters.of('sign-in account', DAY);
    this.#byAddress = counters.of('sign-in address', QUARTER);
  }

  /** @throws Refusal RATE_LIMITED with the seconds to wait; whatever the work throws. */
  async pass<Result>(visitor: Visitor, work: () => Promise<Result>): Promise<Result> {
    if (this.#inside >= AT_WORK + WAITING) throw rateLimited('Too many people are signing in at this moment', 1);
    this.#inside++;
    try {
      return await this.#try(visitor, work);
    } finally {
      this.#inside--;
    }
  }

  async #try<Result>(visitor: Visitor, work: () => Promise<Result>): Promise<Result> {
    const attempt = await this.#begin(visitor);
    try {
      const result = await this.#inTurn(work);
      await Promise.all([this.#failures.forget(attempt.key), this.#takeBack(attempt, { key: false })]);
      return result;
    } catch (problem) {
      if (!(problem instanceof Refusal && problem.code === 'UNAUTHORIZED')) await this.#takeBack(attempt, { key: true });
      throw problem;
    }
  }

  async #begin({ email, address, device }: Visitor): Promise<Attempt> {
    // Hashed: people type passwords where mail addresses belong.
    const account = createHash('sha256').update(email).digest('hex');
    const network = networkOf(address);
    const stranger = device === null ? { account, network } : null;
    const attempt = { key: device === null ? `${account} ${network}` : `${account} known ${device}`, stranger };
    const [own, onAccount, fromAddress] = await Promise.all([
      this.#failures.add(attempt.key, 1),
      stranger && this.#byAccount.add(account, 1),
      stranger && this.#byAddress.add(network, 1),
    ]);
    const wait =
      fromAddress && fromAddress.points > PER_ADDRESS
        ? fromAddress.msLeft
        : await this.#growingWait(attempt.key, own.points - (onAccount && onAccount.points > ATTACK ? FREE_UNDER_ATTACK : FREE));
    if (wait <= 0) return attempt;
    await this.#takeBack(attempt, { key: true });
    throw rateLimited('Too many failed attempts to sign in', Math.ceil(wait / 1_000));
  }

  /** Milliseconds to wait: after the last attempt that is free 15 seconds, after each further one twice as long. */
  async #growingWait(key: string, beyond: number): Promise<number> {
    if (beyond < 0) return 0;
    const { taken, msLeft } = await this.#failures.turn(key, Math.min(QUARTER, FIRST_WAIT * 2 ** beyond));
    return taken ? 0 : msLeft;
  }

  async #takeBack({ key, stranger }: Attempt, also: { readonly key: boolean }): Promise<void> {
    await Promise.all([
      also.key && this.#failures.add(key, -1),
      stranger && this.#byAccount.add(stranger.account, -1),
      stranger && this.#byAddress.add(stranger.network, -1),
    ]);
  }

  async #inTurn<Result>(work: () => Promise<Result>): Promise<Result> {
    if (this.#atWork >= AT_WORK) await new Promise<void>((begin) => this.#queue.push(begin));
    else this.#atWork++;
    try {
      return await work();
    } finally {
      // Who waits takes the place over: it is free for nobody else meanwhile.
      const next = this.#queue.shift();
      if (next) next();
      else this.#atWork--;
    }
  }
}

/** An attempt that was counted. */
interface Attempt {
  readonly key: string;
  /** Where the browser isn't known. */
  readonly stranger: { readonly account: string; readonly network: string } | null;
}
