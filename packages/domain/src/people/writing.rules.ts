import { Refusal } from '../errors.ts';
import { MATRIX, type Permission, type Viewer } from './permissions.ts';

/**
 * Whether somebody may change anything the way they come. A token whose session goes on by another one reads what was under way. AC-7: whoever
 * looks at the system as somebody else changes nothing, unless the setting says otherwise; and never how that person signs in.
 * @throws Refusal SESSION_RENEWED, FORBIDDEN.
 */
export function checkWriting({ handedOver, impersonator }: Pick<Viewer, 'handedOver' | 'impersonator'>, permission: Permission): void {
  if (handedOver) throw sessionRenewed();
  if (!impersonator) return;
  const ofSigningIn = permission === MATRIX.ownAccount || permission === MATRIX.ownFactor;
  if (impersonator.writes && !ofSigningIn) return;
  throw new Refusal(
    'FORBIDDEN',
    'You see Countersign as somebody else',
    ofSigningIn ? 'How somebody signs in is changed by nobody but them.' : 'Nothing can be changed meanwhile. Stop, and do it as yourself.',
  );
}

/** A browser has the other token by now, or in a moment. */
export const sessionRenewed = (): Refusal =>
  new Refusal('SESSION_RENEWED', 'Your session goes on by another token', 'Nothing was changed: try again.');
