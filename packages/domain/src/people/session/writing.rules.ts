import { Refusal } from '../../errors.ts';
import { MATRIX, type Permission, type Viewer } from '../rights/permissions.ts';

/** What is done: whom it is open to, and whether nobody does it in another's place. */
interface Done {
  readonly permission: Permission;
  readonly inPerson?: true;
}

/**
 * Whether somebody may change anything the way they come. A token whose session goes on by another one reads what was under way. AC-7: whoever
 * looks at the system as somebody else changes nothing, unless the setting says otherwise; and never how that person signs in, nor what nobody does in another's place.
 * @throws Refusal SESSION_RENEWED, FORBIDDEN.
 */
export function checkWriting(
  { handedOver, impersonator }: Pick<Viewer, 'handedOver' | 'impersonator'>,
  { permission, inPerson }: Done,
): void {
  if (handedOver) throw handedOver === 'as another' ? sightTurned() : sessionRenewed();
  if (!impersonator) return;
  const onlyThemselves = inPerson || permission === MATRIX.ownAccount || permission === MATRIX.ownFactor;
  if (impersonator.writes && !onlyThemselves) return;
  throw new Refusal(
    'FORBIDDEN',
    'You see Countersign as somebody else',
    onlyThemselves ? 'Nobody but them does that.' : 'Nothing can be changed meanwhile. Stop, and do it as yourself.',
  );
}

/** AC-9: whether something is the own of the admin who looks through somebody's eyes: through these they do nothing to it. */
export const isOfImpersonator = ({ impersonator }: Pick<Viewer, 'impersonator'>, person: string): boolean => impersonator?.id === person;

/** Whoever repeated it would do it as another person than the one by whom it was meant. */
const sightTurned = (): Refusal =>
  new Refusal(
    'FORBIDDEN',
    'In another tab you began to see Countersign as somebody else, or stopped it',
    'Nothing was changed. Look whose pages these are now, and do it again there.',
  );

/** A browser has the other token by now, or in a moment. */
export const sessionRenewed = (): Refusal =>
  new Refusal('SESSION_RENEWED', 'Your session goes on by another token', 'Nothing was changed: try again.');
