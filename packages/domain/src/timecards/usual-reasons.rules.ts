import type { ReasonUse } from './given-reason.rules.ts';

/** The reasons with which most organisations begin: the demonstration's, and what an empty list offers to add. */
export const USUAL_REASONS: readonly { readonly label: string; readonly offeredFor: readonly ReasonUse[] }[] = [
  { label: 'Gate log', offeredFor: ['admin_edit', 'rejection_edit', 'rejection', 'after_approval'] },
  { label: 'Call sheet', offeredFor: ['admin_edit', 'rejection_edit', 'rejection', 'after_approval'] },
  { label: 'Forgotten punch', offeredFor: ['admin_edit', 'rejection_edit'] },
  { label: 'Taken from paper', offeredFor: ['admin_edit'] },
  { label: 'Break missing', offeredFor: ['rejection_edit', 'rejection'] },
  { label: 'Hours not agreed', offeredFor: ['rejection', 'after_approval'] },
  { label: 'Payroll query', offeredFor: ['after_approval'] },
  { label: 'Agreed with the owner', offeredFor: ['admin_edit', 'after_approval'] },
];
