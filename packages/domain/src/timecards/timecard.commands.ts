import { z } from 'zod';
import { amendContext } from '@countersign/audit/context';
import { command } from '../definition.ts';
import { Refusal } from '../errors.ts';
import { MATRIX, type Viewer } from '../people/rights/permissions.ts';
import { settingsOf } from '../people/rights/settings.ts';
import { changeCard, edit, recount, type Work } from './card-work.ts';
import { makeCard } from './new-card.ts';
import { inOneFlush, newVersion, onCard, type OpenCard } from './open-card.ts';
import { isOneDay } from './period.rules.ts';
import { sheetsOf } from './sheets.ts';
import { tellApproved, tellCreated, tellDeleted, tellRejected } from './timecard-notices.ts';
import { presentCard } from './timecard-view.ts';
import type { Timecard } from './timecard.ts';
import {
  approveTimecardInput,
  createTimecardInput,
  deleteTimecardInput,
  rejectTimecardInput,
  submitTimecardInput,
  timecardView,
  updateTimecardInput,
} from './timecard.views.ts';
import { CARD_FIELDS, dayFields, timeFieldsOf } from './times.rules.ts';

export const createTimecard = command({
  name: 'timecards.create',
  summary: 'Make a timecard',
  input: createTimecardInput,
  output: timecardView,
  rest: { method: 'POST', path: '/api/timecards' },
  permission: MATRIX.timecardWrite,
  run: async (input, call) => {
    if (input.reason !== undefined) amendContext({ reason: input.reason });
    const settings = await settingsOf(call.em);
    return inOneFlush(call.em, async (em) => {
      const { card, relation } = await makeCard(em, call.viewer, input);
      const work = { em, card, relation, viewer: call.viewer, reason: input.reason, settings };
      const edited = edit(work, input);
      newVersion(em, card);
      await recount(work);
      if (edited.times) await tellCreated(work, input.reason);
      await em.flush();
      return presentCard(card, call.viewer);
    });
  },
});

export const updateTimecard = command({
  name: 'timecards.update',
  summary: 'Change the times of a timecard',
  input: updateTimecardInput,
  output: timecardView,
  rest: { method: 'PATCH', path: '/api/timecards/{id}' },
  permission: MATRIX.timecardWrite,
  reads: 'decides',
  run: async (input, call) => {
    const settings = await settingsOf(call.em);
    return onCard(call, input, 'edit', (open) => changeCard({ ...open, viewer: call.viewer, reason: input.reason, settings }, input));
  },
});

export const submitTimecard = command({
  name: 'timecards.submit',
  summary: 'Submit a timecard for approval',
  input: submitTimecardInput,
  output: timecardView,
  rest: { method: 'POST', path: '/api/timecards/{id}/submit' },
  permission: MATRIX.timecardWrite,
  reads: 'decides',
  run: (input, call) =>
    onCard(call, input, 'submit', async (open) => {
      refuseOpenShifts(open.card);
      open.card.status = 'submitted';
      // It belonged to the rejection, which ends here; the trail keeps it.
      open.card.rejectionReason = null;
      open.card.fieldsToMend = null;
      return decided(open, call.viewer);
    }),
});

export const approveTimecard = command({
  name: 'timecards.approve',
  summary: 'Approve a submitted timecard, or anew one that was edited after approval',
  input: approveTimecardInput,
  output: timecardView,
  rest: { method: 'POST', path: '/api/timecards/{id}/approve' },
  permission: MATRIX.timecardDecide,
  reads: 'decides',
  run: (input, call) =>
    onCard(call, input, 'approve', async (open) => {
      open.card.status = 'approved';
      open.card.editedAfterApproval = false;
      await tellApproved(open);
      return decided(open, call.viewer);
    }),
});

export const rejectTimecard = command({
  name: 'timecards.reject',
  summary: 'Reject a submitted timecard, mending fields on the way or not',
  input: rejectTimecardInput,
  output: timecardView,
  rest: { method: 'POST', path: '/api/timecards/{id}/reject' },
  permission: MATRIX.timecardDecide,
  reads: 'decides',
  run: async (input, call) => {
    const settings = await settingsOf(call.em);
    return onCard(call, input, 'reject', async (open) => {
      const work = { ...open, viewer: call.viewer, reason: input.reason, settings };
      const edited = edit(work, input);
      open.card.status = 'rejected';
      open.card.rejectionReason = input.reason;
      open.card.fieldsToMend = fieldsToMend(open.card, input.fieldsToMend);
      const others = edited.times ? await recount(work) : [];
      await tellRejected(open, { edited, others });
      return decided(open, call.viewer);
    });
  },
});

export const deleteTimecard = command({
  name: 'timecards.delete',
  summary: 'Delete a draft',
  input: deleteTimecardInput,
  output: z.object({ id: z.uuid() }),
  rest: { method: 'DELETE', path: '/api/timecards/{id}' },
  permission: MATRIX.timecardDelete,
  reads: 'decides',
  run: async (input, call) => {
    const settings = await settingsOf(call.em);
    return onCard(call, input, 'delete', async ({ em, card, relation }) => {
      const work = { em, card, relation, viewer: call.viewer, reason: input.reason, settings };
      await recountWithout(work);
      await tellDeleted(work, input.reason);
      em.remove(card);
      await em.flush();
      return { id: input.id };
    });
  },
});

/** As `recount`, for a card that is about to go: it counts no hours, and keeps the overtime that it had. */
async function recountWithout(work: Work): Promise<void> {
  const { overtimeHours } = work.card;
  await recount(work, []);
  work.card.overtimeHours = overtimeHours;
}

async function decided({ em, card }: OpenCard, viewer: Viewer) {
  newVersion(em, card);
  await em.flush();
  return presentCard(card, viewer);
}

/** TC-8: the fields that a rejection names, each once, in the card's own order; null where it names none. */
function fieldsToMend(card: Timecard, named: readonly string[] = []): readonly string[] | null {
  const known = timeFieldsOf(card);
  const unknown = named.filter((field) => !known.includes(field));
  if (unknown.length) {
    const message = `This timecard has no field ${unknown.join(', ')}: name fields such as ${known[0] ?? 'check_in_time'}.`;
    throw new Refusal('VALIDATION_ERROR', 'These fields are not on this timecard.', message, {
      fields: [{ field: 'fields_to_mend', message }],
    });
  }
  return named.length ? known.filter((field) => named.includes(field)) : null;
}

/** A shift that hasn't ended has no hours that anybody could approve. */
function refuseOpenShifts(card: Timecard): void {
  const open = sheetsOf(card).filter((sheet) => sheet.checkIn !== null && sheet.checkOut === null);
  const fields = open.map((sheet) => ({
    field: (isOneDay(card) ? CARD_FIELDS : dayFields(sheet.workDate)).checkOut,
    message: 'The shift has no end: give the time of the check-out before submitting.',
  }));
  if (fields.length) throw new Refusal('VALIDATION_ERROR', 'This timecard is not complete.', fields[0]?.message, { fields });
}
