import type { ApiContext } from '@countersign/api/context';
import { ANONYMOUS, withContext } from '@countersign/audit/context';

/** Nobody is known until the password has been checked, or the session looked up. */
export function asAnonymous<Result>(
  { context, requestId }: { context: ApiContext; requestId: string },
  work: () => Promise<Result>,
): Promise<Result> {
  const { channel, ipAddress, forwardedFor = null, userAgent } = context;
  const where = { channel, requestId, ipAddress, forwardedFor, userAgent };
  return withContext({ actor: ANONYMOUS, impersonator: null, ...where, command: null, changeId: null, reason: null }, work);
}
