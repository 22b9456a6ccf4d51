import { ServerAnswer } from './server-answer.ts';

/**
 * Why a live feed can't go on, however often it is tried: nobody is signed in, they may not, what was asked for isn't
 * valid, or it isn't Countersign that answers.
 */
export type LiveErrorCode = 'UNAUTHORIZED' | 'FORBIDDEN' | 'VALIDATION_ERROR' | 'NOT_COUNTERSIGN';

/** A live feed ended with something that only its caller can mend; the message says how. */
export class LiveError extends Error {
  override readonly name = 'LiveError';
  readonly code: LiveErrorCode;

  constructor(code: LiveErrorCode, message: string, cause: unknown) {
    super(message, { cause });
    this.code = code;
  }
}

/**
 * What to do about a failure: `reload` where the server no longer replays from so far back, the error to throw where
 * trying again is of no use, null where it is.
 *
 * @param origin the server's address, for messages.
 * @param known whether Countersign has answered at this address before: then what answers otherwise is passing.
 */
export function verdictOn(problem: unknown, origin: string, known: boolean): 'reload' | LiveError | null {
  if (!(problem instanceof ServerAnswer)) return null;
  const { status, refused } = problem;
  if (status === 414 || status === 431)
    return new LiveError('VALIDATION_ERROR', 'The filter is too long for one request: name fewer values.', problem);
  if (!problem.known) return known || status >= 500 || status === 429 ? null : notCountersign(origin, problem);
  if (status === 412) return 'reload';
  if (status === 401)
    return new LiveError('UNAUTHORIZED', 'Nobody is signed in, or no longer: sign in, and pass the new token to createClient().', problem);
  if (status === 403) return new LiveError('FORBIDDEN', adviceIn(problem), problem);
  if (status === 400) return new LiveError('VALIDATION_ERROR', adviceIn(problem), problem);
  return status === 404 && !refused ? notCountersign(origin, problem) : null;
}

const notCountersign = (origin: string, cause: unknown) =>
  new LiveError('NOT_COUNTERSIGN', `What answers at ${origin} is no Countersign server that this client knows: check the url.`, cause);

function adviceIn({ message, refused }: ServerAnswer): string {
  const fields = refused?.fields.map(({ field, message: what }) => `${field} ${what}`) ?? [];
  const rest = fields.length ? fields.join('; ') : refused?.details;
  return rest ? `${message}: ${rest}` : message;
}
