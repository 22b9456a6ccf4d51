import { Refusal } from '../errors.ts';
import { MATRIX, type Permission, type Row, type Viewer } from './permissions.ts';

/** Whether the token that somebody comes with lets them use this row of the matrix; without a token nothing is limited. */
export const inScope = ({ token }: Pick<Viewer, 'token'>, permission: Permission): boolean =>
  !token || token.scopes.some((row) => MATRIX[row] === permission);

/** @throws Refusal FORBIDDEN, naming the scope that the token lacks. */
export function checkScope(viewer: Pick<Viewer, 'token'>, permission: Permission): void {
  if (inScope(viewer, permission)) return;
  const row = (Object.keys(MATRIX) as Row[]).find((key) => MATRIX[key] === permission) ?? 'none';
  const details =
    row === 'ownAccount'
      ? 'Passwords, tokens, sessions and second factors are changed by whoever is signed in, never by a token.'
      : `It lacks the scope ${row}: make a token that has it.`;
  throw new Refusal('FORBIDDEN', 'This token may not do that', details);
}
