import { Refusal, type FieldProblem } from '../errors.ts';
import type { Viewer } from '../people/rights/permissions.ts';
import type { Settings } from '../people/rights/settings.ts';
import { seesSensitive } from '../people/viewer.ts';
import { applyEdit, type Edit, type Edited } from './edit.ts';
import { lockedChanges, lockedFields } from './mending.rules.ts';
import { newVersion, type OpenCard } from './open-card.ts';
import { periodLabel } from './period.rules.ts';
import { sheetsOf } from './sheets.ts';
import { tellEdited } from './timecard-notices.ts';
import { presentCard, type TimecardView } from './timecard-view.ts';
import { editNeedsReason } from './timecard.rules.ts';
import type { Timecard } from './timecard.ts';
import { setOvertime, setTotals } from './totals.ts';

/** A card under somebody's hands. */
export interface Work extends OpenCard {
  readonly viewer: Viewer;
  readonly reason: string | undefined;
  readonly settings: Settings;
}

export function edit({ em, card, viewer, relation }: Work, wanted: Edit): Edited {
  if (wanted.adminNotes !== undefined && !seesSensitive(viewer)) {
    throw new Refusal('FORBIDDEN', "You may not see the admin notes of timecards, so you can't change them.", undefined, {
      fields: [{ field: 'admin_notes', message: 'Leave this field out.' }],
    });
  }
  const [locked, before] = [lockedFields(card, relation), sheetsOf(card)];
  const edited = applyEdit(em, card, wanted);
  refuseLocked(lockedChanges(card, locked, { before, after: sheetsOf(card) }));
  if (edited.times) setTotals(card);
  return edited;
}

/** An edit with its checks and all that follows from it: a new version, overtime, and what its owner is told. */
export async function changeCard(work: Work, wanted: Edit): Promise<TimecardView> {
  const { em, card, relation, viewer, reason } = work;
  if (editNeedsReason(card, relation)) demandReason(reason, 'Say why you change this timecard: its owner sees it with the change.');
  const edited = edit(work, wanted);
  if (edited.times || edited.notes) {
    if (card.status === 'approved') card.editedAfterApproval = true;
    newVersion(em, card);
    const others = edited.times ? await recount(work) : [];
    await tellEdited(work, { edited, others, reason });
    await em.flush();
  }
  return presentCard(card, viewer);
}

/** Counts overtime anew, on the person's other cards of these weeks too, which it returns: part of the same change set. */
export async function recount(work: Work, sheets = sheetsOf(work.card)): Promise<Timecard[]> {
  const others = await setOvertime(work.em, work.card, work.settings, sheets);
  const [first] = others;
  if (first && work.relation !== 'own')
    demandReason(work.reason, `Say why: this changes the overtime of another timecard as well, "${periodLabel(first)}".`);
  for (const other of others) newVersion(work.em, other);
  return others;
}

/** TC-11. */
function refuseLocked(fields: readonly FieldProblem[]): void {
  if (!fields.length) return;
  const details =
    'Change the fields that the rejection names and submit the card again. Where another one is wrong as well, ask in-house staff, a manager or an admin: they can change any.';
  throw new Refusal('VALIDATION_ERROR', 'This timecard was rejected for other fields than these.', details, { fields });
}

/** TC-10. */
function demandReason(reason: string | undefined, message: string): void {
  if (reason === undefined)
    throw new Refusal('VALIDATION_ERROR', 'This needs a reason.', message, { fields: [{ field: 'reason', message }] });
}
