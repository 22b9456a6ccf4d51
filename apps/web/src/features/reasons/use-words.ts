import type { ReasonUse } from '@countersign/domain/timecards/given-reason.rules';

/** For what a reason is offered, in the words of whoever gives it. */
export const USE_WORDS: Readonly<Record<ReasonUse, string>> = {
  admin_edit: 'Editing somebody else’s timecard',
  rejection_edit: 'Changing times while rejecting',
  rejection: 'Rejecting a timecard',
  after_approval: 'Changing or approving anew what was approved',
};
