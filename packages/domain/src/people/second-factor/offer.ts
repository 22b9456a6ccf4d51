import { z } from 'zod';
import { now } from '../../clock.ts';
import { Refusal } from '../../errors.ts';
import type { User } from '../user.ts';
import type { Sealer } from './sealer.ts';
import { addressOf, newSecret } from './totp.rules.ts';

/** Minutes in which an authenticator has to be confirmed. */
const MINUTES = 30;

/** A secret for somebody's authenticator, which counts once they confirm it with a code. */
export interface Offer {
  /** As people type it. */
  readonly secret: string;
  /** As apps read it from a QR code. */
  readonly address: string;
  /** The same, sealed: what is sent along with the code. The server keeps nothing of it until then. */
  readonly offer: string;
}

const content = z.strictObject({ secret: z.string(), until: z.number() });
const whose = (userId: string) => `offer to ${userId}`;

export function makeOffer({ id, email }: Pick<User, 'id' | 'email'>, sealer: Sealer): Offer {
  const secret = newSecret();
  const until = now().getTime() + MINUTES * 60_000;
  return { secret, address: addressOf(secret, email), offer: sealer.seal(JSON.stringify({ secret, until }), whose(id)) };
}

/** The secret that was offered to somebody. @throws Refusal NOT_FOUND where it is over, or was never offered to them. */
export function secretIn(offer: string, userId: string, sealer: Sealer): string {
  const { secret, until } = opened(offer, userId, sealer);
  if (until <= now().getTime()) throw offerIsOver();
  return secret;
}

function opened(offer: string, userId: string, sealer: Sealer): z.output<typeof content> {
  try {
    return content.parse(JSON.parse(sealer.open(offer, whose(userId))));
  } catch (cause) {
    throw offerIsOver(cause);
  }
}

const offerIsOver = (cause?: unknown) =>
  new Refusal('NOT_FOUND', 'This QR code is over', 'Set up the second factor again from the beginning: it takes half an hour at most.', {
    cause,
  });
