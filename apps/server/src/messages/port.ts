/** A message on its way out. */
export interface Parcel {
  /** The message's id: the same however often it is tried, so that a receiver can tell a repetition. */
  readonly id: string;
  /** A mail address or telephone number; null where it goes to a browser. */
  readonly address: string | null;
  readonly browser: { readonly endpoint: string; readonly p256dh: string; readonly auth: string } | null;
  readonly subject: string;
  readonly body: string;
  /** Where it leads, as a path of this server's. */
  readonly path: string | null;
  readonly urgent: boolean;
}

/** Sends one message, or throws: `Undeliverable` where trying again is of no use, anything else where it may be. */
export type Port = (parcel: Parcel) => Promise<void>;

/** It will never arrive. */
export class Undeliverable extends Error {
  override readonly name = 'Undeliverable';
  /** The browser that it was for takes no more. */
  readonly gone: boolean;

  constructor(message: string, { gone = false }: { readonly gone?: boolean } = {}) {
    super(message);
    this.gone = gone;
  }
}

/** How long a receiver gets to answer. Milliseconds. */
export const PATIENCE = 15_000;

/** Statuses of HTTP that may be others next time. */
const MAY_PASS = new Set([408, 425, 429]);

/** @throws Undeliverable for a refusal that stays one, Error for one that may pass. */
export function throwRefusal(status: number, who: string): never {
  const words = `${who} answered with ${status}`;
  if (status >= 400 && status < 500 && !MAY_PASS.has(status)) throw new Undeliverable(words);
  throw new Error(words);
}
