import { Refusal } from '@countersign/domain/errors';
import { Attempts } from './attempts.ts';

/** Passwords that are checked at a time: each takes 19 MiB and a core for some hundredths of a second. */
const AT_WORK = 4;
/** Those that wait their turn: about a second's worth. */
const WAITING = 32;

/** Who wants to pass, in lower case, and from where. */
export interface Visitor {
  readonly email: string;
  readonly address: string;
}

/**
 * Lets a few failures pass for each mail address, and more for each network address, behind which many may sit. What is
 * tried counts from its beginning, since any number can be tried at once; who passes gets it back.
 */
export class Door {
  readonly #byAccount = new Attempts({ most: 10, perMs: 60_000 });
  readonly #byAddress = new Attempts({ most: 100, perMs: 60_000 });
  readonly #queue: (() => void)[] = [];
  #atWork = 0;

  /** @throws Refusal RATE_LIMITED with the seconds to wait; whatever the work throws. */
  async pass<Result>({ email, address }: Visitor, work: () => Promise<Result>): Promise<Result> {
    const account = `${email} ${address}`;
    const seconds = Math.max(this.#byAccount.wait(account), this.#byAddress.wait(address));
    if (seconds) throw tooMany('Too many failed attempts to sign in', seconds);
    if (this.#atWork >= AT_WORK && this.#queue.length >= WAITING) throw tooMany('Too many people are signing in at this moment', 1);
    this.#byAccount.began(account);
    this.#byAddress.began(address);
    try {
      const result = await this.#inTurn(work);
      this.#byAccount.succeeded(account);
      this.#byAddress.takenBack(address);
      return result;
    } catch (problem) {
      if (!(problem instanceof Refusal && problem.code === 'UNAUTHORIZED')) {
        this.#byAccount.takenBack(account);
        this.#byAddress.takenBack(address);
      }
      throw problem;
    }
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

const tooMany = (message: string, seconds: number) =>
  new Refusal('RATE_LIMITED', message, `Try again in ${seconds} ${seconds === 1 ? 'second' : 'seconds'}.`, { retryAfter: seconds });
