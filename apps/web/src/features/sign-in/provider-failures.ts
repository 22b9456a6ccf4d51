/** Why signing in by a provider came to nothing, as the server says it in the address of the page. */
const FAILURES = ['unreachable', 'cancelled', 'refused', 'expired', 'unknown', 'disabled', 'busy'] as const;
export type ProviderFailure = (typeof FAILURES)[number];

export const failureFrom = (value: unknown): ProviderFailure | undefined => FAILURES.find((one) => one === value);

interface Told {
  readonly title: string;
  readonly advice: string;
}

/** What happened, and what to do, in words. */
export function toldOf(failure: ProviderFailure, { name, passwords }: { readonly name: string; readonly passwords: boolean }): Told {
  switch (failure) {
    case 'unreachable':
      return {
        title: `${name} can’t be reached`,
        advice: passwords
          ? 'Try again in a moment, or sign in with your password.'
          : 'Try again in a moment. If it stays so, tell an admin.',
      };
    case 'cancelled':
      return { title: 'You are not signed in', advice: `Signing in was cancelled at ${name}.` };
    case 'refused':
      return {
        title: `${name} did not confirm who you are`,
        advice: 'Its answer could not be believed. Try again; if it stays so, tell an admin.',
      };
    case 'expired':
      return { title: 'That attempt is over', advice: 'It works once, within ten minutes, in the browser where it began. Try again.' };
    case 'unknown':
      return {
        title: 'No account here goes with that one',
        advice: `Its mail address has to be the one that an admin invited, and to be verified at ${name}.`,
      };
    case 'disabled':
      return { title: 'This account is disabled', advice: 'Ask an admin to enable it.' };
    case 'busy':
      return { title: 'Too many attempts from your network', advice: 'Wait some minutes, and try again.' };
    default:
      return failure satisfies never;
  }
}
