import { MATRIX, permits, type Permission, type Relation, type Role } from '../people/rights/permissions.ts';
import type { TimecardStatus } from './timecard.views.ts';

/** What can be done with a card that exists. */
export const STEPS = ['edit', 'submit', 'approve', 'reject', 'delete'] as const;
export type Step = (typeof STEPS)[number];

/** Where a step leads, or why it can't be taken. `deleted` is no status: the card is gone. */
type Outcome = { readonly to: TimecardStatus | 'deleted' } | { readonly refused: string };

const to = (status: TimecardStatus | 'deleted'): Outcome => ({ to: status });
const refused = (reason: string): Outcome => ({ refused: reason });

/** TC-4: every status with every step. */
const TABLE: Readonly<Record<TimecardStatus, Readonly<Record<Step, Outcome>>>> = {
  draft: {
    edit: to('draft'),
    submit: to('submitted'),
    approve: refused('This timecard is a draft: it has to be submitted before it can be approved.'),
    reject: refused('This timecard is a draft: only a submitted one can be rejected.'),
    delete: to('deleted'),
  },
  submitted: {
    edit: refused('This timecard is submitted and waits for a decision: its hours can be changed only as part of rejecting it.'),
    submit: refused('This timecard is submitted already.'),
    approve: to('approved'),
    reject: to('rejected'),
    delete: refused('This timecard is submitted: only a draft can be deleted.'),
  },
  approved: {
    edit: to('approved'),
    submit: refused('This timecard is approved already.'),
    approve: refused('This timecard is approved already, and was not edited since.'),
    reject: refused('This timecard is approved: it can no longer be rejected, an admin can change it.'),
    delete: refused('This timecard is approved: only a draft can be deleted.'),
  },
  rejected: {
    edit: to('rejected'),
    submit: to('submitted'),
    approve: refused('This timecard is rejected: it has to be mended and submitted again before it can be approved.'),
    reject: refused('This timecard is rejected already.'),
    delete: refused('This timecard was submitted before: only a draft can be deleted.'),
  },
};

/** What of a card decides about its steps. */
export interface Standing {
  readonly status: TimecardStatus;
  readonly editedAfterApproval: boolean;
}

/** Whether something may be done; where not, why, in words for the person who wants to. */
export type Decision =
  | { readonly allowed: true }
  | { readonly allowed: false; readonly because: 'permission' | 'status'; readonly reason: string };

/** Where a step leads from here, or why it can't be taken, whoever wants to. */
export function outcomeOf(step: Step, card: Standing): Outcome {
  // TC-4: approved (edited) → approved anew.
  if (step === 'approve' && card.status === 'approved' && card.editedAfterApproval) return to('approved');
  return TABLE[card.status][step];
}

/** AC-9: whether somebody in this relation to a card may take this step now. Permission speaks before the status does. */
export function decide(step: Step, card: Standing, role: Role, relation: Relation): Decision {
  if (!permits(permissionFor(step, card), role, relation))
    return { allowed: false, because: 'permission', reason: whyNot(step, card, role, relation) };
  const outcome = outcomeOf(step, card);
  return 'refused' in outcome ? { allowed: false, because: 'status', reason: outcome.refused } : { allowed: true };
}

/** Which row of the matrix a step needs. */
export function permissionFor(step: Step, card: Standing): Permission {
  switch (step) {
    case 'edit':
      return card.status === 'approved' ? MATRIX.timecardEditApproved : MATRIX.timecardWrite;
    case 'submit':
      return MATRIX.timecardWrite;
    case 'approve':
    case 'reject':
      return MATRIX.timecardDecide;
    case 'delete':
      return MATRIX.timecardDelete;
    default:
      return step satisfies never;
  }
}

function whyNot(step: Step, card: Standing, role: Role, relation: Relation): string {
  if (step === 'edit' && card.status === 'approved') return 'An approved timecard is changed only by an admin, with a reason.';
  if (step === 'approve' || step === 'reject') return whyNotDecide(role, relation);
  if (step === 'delete') return 'A draft is deleted only by its owner or an admin.';
  if (relation === 'responsible') return `Only the owner can ${step} this timecard; you can approve or reject it once it is submitted.`;
  return `Only the owner, in-house staff, managers and admins can ${step} this timecard.`;
}

function whyNotDecide(role: Role, relation: Relation): string {
  if (relation === 'own') return 'Nobody approves or rejects their own timecard.';
  if (role === 'supervisor') return 'You are not responsible for this person or this site.';
  return 'Timecards are approved and rejected by the responsible supervisor, in-house staff, managers and admins.';
}

/** TC-10: whether a change of a card needs a reason. */
export const editNeedsReason = (card: Pick<Standing, 'status'>, relation: Relation): boolean =>
  relation !== 'own' || card.status === 'approved';

/** AC-9: whether somebody may create a card for a person in this relation to them. */
export const mayCreate = (role: Role, relation: Relation): boolean => permits(MATRIX.timecardWrite, role, relation);

/** AC-9: whether somebody may undo what was done to timecards, as far as their role goes. */
export const mayUndo = (role: Role): boolean => permits(MATRIX.timecardUndo, role, 'foreign');

/** AC-9: whether somebody may import timecards, whosever they are. */
export const mayImport = (role: Role): boolean => permits(MATRIX.timecardImport, role, 'foreign');

/** AC-2: whether somebody may take timecards away as a file. */
export const mayExport = (role: Role): boolean => permits(MATRIX.timecardExport, role, 'foreign');
