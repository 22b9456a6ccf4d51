import { AuthorizationResponseError, ClientError, ResponseBodyError } from 'openid-client';

/** Why signing in by a provider came to nothing, as the page where one signs in tells it. */
export const FAILURES = ['unreachable', 'cancelled', 'refused', 'expired', 'unknown', 'disabled', 'busy'] as const;
export type Failure = (typeof FAILURES)[number];

/** A provider didn't answer, or answered something that signs nobody in. Its message holds nothing of what was answered. */
export class ProviderFailure extends Error {
  override readonly name = 'ProviderFailure';
  readonly failure: Failure;

  constructor(failure: Failure, message: string, cause?: unknown) {
    super(message, { cause });
    this.failure = failure;
  }
}

/** What people decide at the provider, or don't. */
const CANCELLED = new Set(['access_denied', 'login_required', 'interaction_required', 'consent_required', 'account_selection_required']);
const AWAY = new Set(['server_error', 'temporarily_unavailable']);

/** What the library throws, as a failure. What it doesn't take for true is refused. */
export function failureOf(problem: unknown): ProviderFailure {
  if (problem instanceof ProviderFailure) return problem;
  if (problem instanceof AuthorizationResponseError) {
    const { error } = problem;
    return new ProviderFailure(
      CANCELLED.has(error) ? 'cancelled' : AWAY.has(error) ? 'unreachable' : 'refused',
      'it answered by an error',
      problem,
    );
  }
  if (problem instanceof ResponseBodyError) {
    // A code that is over, or was used before; anything else is between this server and the provider.
    const failure = problem.error === 'invalid_grant' ? 'expired' : 'unreachable';
    return new ProviderFailure(failure, `it gave no token: ${problem.error}`, problem);
  }
  if (isAway(problem)) return new ProviderFailure('unreachable', 'it did not answer', problem);
  return new ProviderFailure('refused', `its answer is not valid: ${problem instanceof Error ? problem.message : 'unknown'}`, problem);
}

const isAway = (problem: unknown): boolean =>
  (problem instanceof ClientError && (problem.code === 'OAUTH_TIMEOUT' || problem.code === 'OAUTH_ABORT')) ||
  (problem instanceof TypeError && problem.message === 'fetch failed');
