import type { Refusal } from '@countersign/domain/errors';
import { isCode, typed } from '@countersign/domain/people/second-factor/totp.rules';
import type { Counter, Counters } from '../limits/counters.ts';
import { rateLimited } from '../limits/rate-limited.ts';
import type { Door } from './door.ts';

/** Wrong codes of an app that strangers may try at one account in a day: one in three thousand of them all would guess one. */
const BY_STRANGERS = 100;
/** Seconds. */
const DAY = 24 * 3_600;

/** Who shows a code, and from where. */
export interface CodeVisitor {
  readonly userId: string;
  readonly address: string | null;
  /** What the browser is known by from an earlier sign-in, or the session in which it is shown. */
  readonly device: string | null;
}

/**
 * Slows guessing at codes down, as the door does for passwords and apart from them. A code of six digits is guessed from many addresses,
 * however slow each of them: so strangers have a number of them for an account and a day. Whoever they keep out has a browser that is
 * known, or a recovery code, which nobody guesses.
 */
export class CodeDoor {
  readonly #door: Door;
  readonly #byStrangers: Counter;

  constructor(door: Door, counters: Pick<Counters, 'of'>) {
    this.#door = door;
    this.#byStrangers = counters.of('second factor strangers', DAY);
  }

  /** @throws Refusal RATE_LIMITED with the seconds to wait; whatever the work throws. */
  async pass<Result>({ userId, address, device }: CodeVisitor, code: string, work: () => Promise<Result>): Promise<Result> {
    const guessed = device === null && isCode(typed(code));
    if (guessed) {
      const { points, msLeft } = await this.#byStrangers.add(userId, 1);
      if (points > BY_STRANGERS) throw tooManyStrangers(msLeft);
    }
    const result = await this.#door.pass({ email: `second factor of ${userId}`, address, device }, work);
    if (guessed) await this.#byStrangers.add(userId, -1);
    return result;
  }
}

const tooManyStrangers = (msLeft: number): Refusal =>
  rateLimited(
    'Codes of an app are not taken from new browsers at present: use a recovery code, or a browser that you have signed in with before',
    Math.ceil(msLeft / 1_000),
  );
