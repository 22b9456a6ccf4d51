import type { TRPC_ERROR_CODE_KEY } from '@trpc/server/rpc';
import { Refusal, type RefusalCode } from '@countersign/domain/errors';

/** What each refusal is on the wire: the one place where the domain's words become statuses. */
const ON_THE_WIRE = {
  VALIDATION_ERROR: { http: 400, trpc: 'BAD_REQUEST' },
  UNAUTHORIZED: { http: 401, trpc: 'UNAUTHORIZED' },
  FORBIDDEN: { http: 403, trpc: 'FORBIDDEN' },
  NOT_FOUND: { http: 404, trpc: 'NOT_FOUND' },
  CONFLICT: { http: 409, trpc: 'CONFLICT' },
  SESSION_RENEWED: { http: 409, trpc: 'CONFLICT' },
  TOO_LARGE: { http: 413, trpc: 'PAYLOAD_TOO_LARGE' },
  RATE_LIMITED: { http: 429, trpc: 'TOO_MANY_REQUESTS' },
} as const satisfies Record<RefusalCode, { http: number; trpc: TRPC_ERROR_CODE_KEY }>;

export type RefusalStatus = (typeof ON_THE_WIRE)[RefusalCode]['http'];

export const httpStatusOf = (code: RefusalCode): RefusalStatus => ON_THE_WIRE[code].http;
export const trpcCodeOf = (code: RefusalCode): TRPC_ERROR_CODE_KEY => ON_THE_WIRE[code].trpc;

/** The refusal that a status of tRPC's own making amounts to. */
export const refusalCodeOf = (httpStatus: number): RefusalCode =>
  (Object.keys(ON_THE_WIRE) as RefusalCode[]).find((code) => ON_THE_WIRE[code].http === httpStatus) ?? 'VALIDATION_ERROR';

/** All that a caller learns of a failure that is not theirs. */
export const UNEXPECTED_MESSAGE = 'Something went wrong on our side';

/** A failure that is not the caller's, reported already under this request's id. */
export class Unexpected extends Error {
  override readonly name = 'Unexpected';
  readonly requestId: string;

  constructor(requestId: string, cause: unknown) {
    super(UNEXPECTED_MESSAGE, { cause });
    this.requestId = requestId;
  }
}

/** Where failures that are not the caller's are told, each once. */
export type Report = (problem: unknown, about: { readonly requestId: string; readonly name: string }) => void;

/** Reports a failure once, and turns it into what the caller may know of it. */
export function unexpected(problem: unknown, { requestId, name, report }: { requestId: string; name: string; report: Report }): Unexpected {
  if (problem instanceof Unexpected) return problem;
  report(problem, { requestId, name });
  return new Unexpected(requestId, problem);
}

/**
 * The refusal that a failure amounts to, or null where it is not the caller's doing. Beside the domain's own: what
 * PostgreSQL can't take (class 22, a year 0 for instance) and what two writers did to each other (class 40, a version).
 */
export function asRefusal(problem: unknown): Refusal | null {
  if (problem instanceof Refusal) return problem;
  if (!(problem instanceof Error)) return null;
  const state = 'code' in problem && typeof problem.code === 'string' ? problem.code : '';
  if (/^22[0-9A-Z]{3}$/.test(state))
    return new Refusal('VALIDATION_ERROR', 'The input is not valid', 'A value is out of the range that can be kept.', { cause: problem });
  if (/^40[0-9A-Z]{3}$/.test(state) || problem.name === 'OptimisticLockError')
    return new Refusal('CONFLICT', 'Somebody else changed this at the same moment', 'Read it again, and repeat what still applies.', {
      cause: problem,
    });
  return null;
}
