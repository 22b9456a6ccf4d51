import { Refusal } from '../../errors.ts';
import { MATRIX, type Permission, type Viewer } from '../permissions.ts';

/**
 * AC-7: whoever looks at the system as somebody else changes nothing, unless the setting says otherwise; and never how that person signs in.
 * @throws Refusal FORBIDDEN.
 */
export function checkWriting({ impersonator }: Pick<Viewer, 'impersonator'>, permission: Permission): void {
  if (!impersonator) return;
  const ofSigningIn = permission === MATRIX.ownAccount || permission === MATRIX.ownFactor;
  if (impersonator.writes && !ofSigningIn) return;
  throw new Refusal(
    'FORBIDDEN',
    'You see Countersign as somebody else',
    ofSigningIn ? 'How somebody signs in is changed by nobody but them.' : 'Nothing can be changed meanwhile. Stop, and do it as yourself.',
  );
}

/** Who it is that comes: the admin, where they look at the system as somebody else. */
export const whoComes = ({ id, impersonator }: Pick<Viewer, 'id' | 'impersonator'>): string => impersonator?.id ?? id;
