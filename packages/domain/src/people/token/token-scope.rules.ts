import { Refusal } from '../../errors.ts';
import { MATRIX, type Permission, type Row, type Viewer } from '../rights/permissions.ts';

/** What limits how somebody comes, whatever their role. */
type Limits = Pick<Viewer, 'token' | 'confined'>;

/**
 * Whether somebody may use this row of the matrix the way they come: a token has its scopes, and whoever has to set up a second factor may
 * do that. Nothing else is limited.
 */
export const inScope = ({ token, confined }: Limits, permission: Permission): boolean =>
  (!confined || permission === MATRIX.ownFactor) && (!token || token.scopes.some((row) => MATRIX[row] === permission));

/** @throws Refusal FORBIDDEN, saying that a second factor has to be set up, or naming the scope that the token lacks. */
export function checkScope(viewer: Limits, permission: Permission): void {
  if (inScope(viewer, permission)) return;
  if (viewer.confined)
    throw new Refusal(
      'FORBIDDEN',
      'A second factor has to be set up first',
      viewer.token ? 'The token works once its owner has one.' : 'Your role needs one: set it up on the page /second-factor.',
    );
  const row = (Object.keys(MATRIX) as Row[]).find((key) => MATRIX[key] === permission) ?? 'none';
  const details =
    row === 'ownAccount' || row === 'ownFactor' || row === 'seeAs'
      ? 'Passwords, tokens, sessions and second factors are changed by whoever is signed in, never by a token.'
      : `It lacks the scope ${row}: make a token that has it.`;
  throw new Refusal('FORBIDDEN', 'This token may not do that', details);
}
