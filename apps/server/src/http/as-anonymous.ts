import type { ApiContext } from '@countersign/api/context';
import { ANONYMOUS, withContext } from '@countersign/audit/context';

/** Nobody is known until the password has been checked, or the session looked up. */
export function asAnonymous<Result>(
  { context, requestId }: { context: ApiContext; requestId: string },
  work: () => Promise<Result>,
): Promise<Result> {
  const { channel, ipAddress, userAgent } = context;
  return withContext(
    { actor: ANONYMOUS, impersonator: null, channel, requestId, ipAddress, userAgent, command: null, changeId: null, reason: null },
    work,
  );
}
