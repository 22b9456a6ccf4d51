import { Refusal } from '@countersign/domain/errors';

/** AC-6: says what there was too much of, and when to come back. */
export const rateLimited = (message: string, seconds: number): Refusal =>
  new Refusal('RATE_LIMITED', message, `Try again in ${inWords(seconds)}.`, { retryAfter: seconds });

function inWords(seconds: number): string {
  if (seconds > 90) return `${Math.ceil(seconds / 60)} minutes`;
  return `${seconds} ${seconds === 1 ? 'second' : 'seconds'}`;
}
