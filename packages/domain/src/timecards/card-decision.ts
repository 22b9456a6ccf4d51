import { Refusal } from '../errors.ts';
import type { Viewer } from '../people/rights/permissions.ts';
import { type Belonging, relationTo } from '../people/viewer.ts';
import { isOfImpersonator } from '../people/session/writing.rules.ts';
import { decide, type Decision, mayCreate, type Step } from './timecard.rules.ts';
import type { Timecard } from './timecard.ts';

const OWN_AS_ANOTHER = 'It is your own timecard: stop seeing Countersign as somebody else, and do it as yourself.';

const AS_ANOTHER = 'You see Countersign as somebody else: nothing can be changed meanwhile.';

/** Whose a card is, and where it belongs. */
export const belongingOf = ({ person, site }: Pick<Timecard, 'person' | 'site'>): Belonging => ({ person: person.id, site: site.id });

/** AC-9: whether somebody may take this step with a card now. AC-7: through somebody else's eyes none with one's own. */
export function decisionOn(step: Step, card: Timecard, viewer: Viewer): Decision {
  // Refused before anything comes here; pages offer none of it, and say why.
  if (viewer.impersonator && !viewer.impersonator.writes) return { allowed: false, because: 'permission', reason: AS_ANOTHER };
  if (isOfImpersonator(viewer, card.person.id)) return { allowed: false, because: 'permission', reason: OWN_AS_ANOTHER };
  return decide(step, card, viewer.role, relationTo(viewer, belongingOf(card)));
}

/** The same of making one. @throws Refusal FORBIDDEN. */
export function checkCreation(viewer: Viewer, wanted: Belonging): void {
  if (isOfImpersonator(viewer, wanted.person)) throw new Refusal('FORBIDDEN', OWN_AS_ANOTHER);
  if (!mayCreate(viewer.role, relationTo(viewer, wanted)))
    throw new Refusal(
      'FORBIDDEN',
      'You can make timecards only for yourself.',
      'Those of others are made by in-house staff, managers and admins.',
    );
}
