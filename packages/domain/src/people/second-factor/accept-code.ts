import { now } from '../../clock.ts';
import type { ShownFactor } from '../session/session-actions.ts';
import { hashOfCode } from './recovery-codes.ts';
import type { Sealer } from './sealer.ts';
import type { SecondFactor } from './second-factor.ts';
import { isCode, stepOf, typed } from './totp.rules.ts';

/** What the secret is bound to. */
export const whoseFactor = (userId: string): string => `second factor of ${userId}`;

/**
 * Takes a code of the authenticator, or uses up a recovery code; null where it is neither. A code of the authenticator is taken once:
 * whoever looked over somebody's shoulder has nothing. Saved when the caller flushes, who holds the row until then.
 */
export function acceptCode(
  factor: SecondFactor,
  text: string,
  sealer: Sealer,
): Extract<ShownFactor, 'authenticator' | 'recovery_code'> | null {
  const code = typed(text);
  if (isCode(code)) {
    const step = stepOf(sealer.open(factor.sealedSecret, whoseFactor(factor.user.id)), code, now());
    if (step === null || step <= factor.lastStep) return null;
    factor.lastStep = step;
    return 'authenticator';
  }
  const hash = hashOfCode(code);
  if (!factor.codeHashes.includes(hash)) return null;
  factor.codeHashes = factor.codeHashes.filter((kept) => kept !== hash);
  factor.codesLeft = factor.codeHashes.length;
  return 'recovery_code';
}
