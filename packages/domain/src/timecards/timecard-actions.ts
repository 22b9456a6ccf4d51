import type { ActionPolicy, Happening } from '@countersign/audit/policy';

/** TC-5, TC-10: what is done with timecards, and what of it needs a reason. Cards and their days share it. */
export const TIMECARD_ACTIONS = {
  timecard_created: { label: 'Timecard created' },
  timecard_submitted: { label: 'Timecard submitted' },
  timecard_approved: { label: 'Timecard approved' },
  timecard_rejected: { label: 'Timecard rejected', needsReason: true },
  timecard_deleted: { label: 'Timecard deleted' },
  user_edit: { label: 'User edit', description: 'The owner of the timecard changed it.' },
  admin_edit: { label: 'Admin edit', description: 'Somebody other than the owner changed the timecard.', needsReason: true },
  rejection_edit: { label: 'Rejection edit', description: 'The timecard was changed as part of rejecting it.', needsReason: true },
} as const satisfies Record<string, ActionPolicy>;

export type TimecardAction = keyof typeof TIMECARD_ACTIONS;

/** TC-5: the kind of an edit, by who makes it and as part of what. */
export function editKind({ command, actor }: Pick<Happening, 'command' | 'actor'>, owner: string | null | undefined): TimecardAction {
  if (command === 'timecards.reject') return 'rejection_edit';
  return actor.id !== null && actor.id === owner ? 'user_edit' : 'admin_edit';
}
