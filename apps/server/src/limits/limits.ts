import { Allowance, type Standing } from './allowance.ts';
import type { Counters } from './counters.ts';
import { networkOf } from './network.ts';
import { rateLimited } from './rate-limited.ts';

/** Calls a minute; 0 for no limit. */
export interface Quotas {
  readonly calls: number;
  /** Of them, those that read the log. */
  readonly log: number;
}

/** A call, before it is known who makes it. */
export interface Asked {
  /** `area.verb`. */
  readonly name: string;
  readonly address: string | null;
  /** Null where nobody is signed in. */
  readonly who: () => Promise<Asking | null>;
}

/** Who asks; with a token, which has an allowance of its own. */
export interface Asking {
  readonly userId: string;
  readonly tokenId: string | null;
}

/** A policy as the headers name it, and how the caller stands to it. */
export type Applied = Standing & { readonly policy: string };

/** Seconds in which calls are counted. */
export const WINDOW = 60;

/** An address may make as many calls as ten people: an office is behind one. */
const PEOPLE_BEHIND_AN_ADDRESS = 10;

type Policy = 'calls' | 'log' | 'token' | 'token-log' | 'address';

export interface LimitsOptions {
  readonly quotas: Quotas;
  readonly counters: Counters;
  /** Whether this call reads the log. */
  readonly readsLog: (name: string) => boolean;
}

/**
 * AC-6: how much each person, token and address may ask for. A token has half of what its owner has and takes it from
 * there: a program doesn't keep them from their pages, and ten tokens get no more than one.
 */
export class Limits {
  readonly #allowances: Readonly<Record<Policy, Allowance | null>>;
  readonly #readsLog: (name: string) => boolean;

  constructor({ quotas: { calls, log }, counters, readsLog }: LimitsOptions) {
    const allowance = (name: Policy, quota: number) =>
      quota ? new Allowance({ quota, window: WINDOW * 1_000, counter: counters.of(name, WINDOW) }) : null;
    this.#readsLog = readsLog;
    this.#allowances = {
      calls: allowance('calls', calls),
      log: allowance('log', log),
      token: allowance('token', Math.ceil(calls / 2)),
      'token-log': allowance('token-log', Math.ceil(log / 2)),
      address: allowance('address', calls * PEOPLE_BEHIND_AN_ADDRESS),
    };
  }

  /**
   * Counts a call; `applied` is told of each policy that it was counted by. The address comes first: whoever floods
   * isn't even looked up.
   * @throws Refusal RATE_LIMITED, with when to come back.
   */
  async admit({ name, address, who }: Asked, applied: (policy: Applied) => void = () => undefined): Promise<void> {
    this.#take('address', networkOf(address), applied);
    const asking = await who();
    if (!asking) return;
    const readsLog = this.#readsLog(name);
    if (asking.tokenId !== null) {
      this.#take('token', asking.tokenId, applied);
      if (readsLog) this.#take('token-log', asking.tokenId, applied);
    }
    this.#take('calls', asking.userId, applied);
    if (readsLog) this.#take('log', asking.userId, applied);
  }

  #take(policy: Policy, key: string, applied: (policy: Applied) => void): void {
    const standing = this.#allowances[policy]?.take(key);
    if (!standing) return;
    applied({ policy, ...standing });
    if (standing.refused) throw rateLimited(WORDS[policy], Math.max(1, Math.ceil(standing.msLeft / 1_000)));
  }
}

const WORDS: Readonly<Record<Policy, string>> = {
  calls: 'You asked for too much in a short time',
  log: 'You read the log too often in a short time',
  token: 'This token asked for too much in a short time',
  'token-log': 'This token read the log too often in a short time',
  address: 'There were too many requests from your address in a short time',
};
