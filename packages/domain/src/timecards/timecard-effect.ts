import type { Operation } from '@countersign/audit/entry';
import type { Row } from '@countersign/audit/policy';

// AUD-34: what a change of a timecard brought about, in the names of the fields as data. Hours are exact text.

/** The properties that an effect is told of, or goes by. */
type Property = 'totalHours' | 'overtimeHours' | 'status' | 'editedAfterApproval';

interface Changed {
  readonly operation: Operation;
  readonly before: Row<Property> | null;
  readonly row: Row<Property>;
  readonly changed: { has(property: Property): boolean };
}

type Step = { readonly old: string | null; readonly new: string | null };

type Effect = { readonly [key: string]: Step | true };

/** Of a card: its total and its overtime, before and after, and that it had been approved. Another card whose overtime this changed has an event, and so an effect, of its own. */
export function cardEffect({ operation, before, row, changed }: Changed): Effect | null {
  if (operation !== 'update' || !before) return null;
  const step = (property: Property): Step => ({ old: before[property] ?? null, new: row[property] ?? null });
  const approvedAnew = changed.has('editedAfterApproval') && row.editedAfterApproval === 'false';
  return told({
    ...(changed.has('totalHours') && { total_hours: step('totalHours') }),
    ...(changed.has('overtimeHours') && { overtime_hours: step('overtimeHours') }),
    ...(before.status === 'approved' && row.status === 'approved' && !approvedAnew && AFTER_APPROVAL),
  });
}

/** Of a day: that its card had been approved. What it did to the card's totals stands with the card. */
export const dayEffect = (card: Row | null): Effect | null => (card?.['status'] === 'approved' ? AFTER_APPROVAL : null);

const AFTER_APPROVAL = { after_approval: true } as const;

const told = (effect: Effect): Effect | null => (Object.keys(effect).length ? effect : null);
