import type { FieldProblem } from '../errors.ts';
import type { Relation } from '../people/rights/permissions.ts';
import type { Sheet, Shift } from './hours.rules.ts';
import { isOneDay, type Period } from './period.rules.ts';
import type { TimecardStatus } from './timecard.views.ts';
import { CARD_FIELDS, dayFields, timeFieldsOf } from './times.rules.ts';

/** What of a card says which of its times are open. */
export interface Mended extends Period {
  readonly status: TimecardStatus;
  /** The fields that its rejection names; none where it names none. */
  readonly fieldsToMend?: readonly string[] | null | undefined;
}

/**
 * TC-11: the time fields of a rejected card that its owner can't change, by the names that refusals use. A rejection
 * that names no field locks none; it binds the owner alone: whoever else may edit gives a reason that says why.
 */
export function lockedFields(card: Mended, relation: Relation): ReadonlySet<string> {
  const named = card.fieldsToMend ?? [];
  if (card.status !== 'rejected' || relation !== 'own' || !named.length) return new Set();
  // A break without a beginning or an end can't be: who may mend one of them may mend the other.
  const open = new Set(named.flatMap((field) => [field, otherEndOfBreak(field)]));
  return new Set(timeFieldsOf(card).filter((field) => !open.has(field)));
}

const otherEndOfBreak = (field: string): string =>
  field.replace(/break_(start|end)/, (_, end: string) => (end === 'start' ? 'break_end' : 'break_start'));

/** Why a locked field can't be changed, in words for the owner. */
export const LOCKED = 'The rejection doesn’t ask for this: only the fields that it names can be changed.';

/** The locked fields that an edit changes, from the days as they were to the days as they would be. */
export function lockedChanges(
  period: Period,
  locked: ReadonlySet<string>,
  { before, after }: { readonly before: readonly Sheet[]; readonly after: readonly Sheet[] },
): FieldProblem[] {
  const [was, becomes] = [timesIn(period, before), timesIn(period, after)];
  return [...locked]
    .filter((field) => (was.get(field) ?? null) !== (becomes.get(field) ?? null))
    .map((field) => ({ field, message: LOCKED }));
}

const TIMES = ['checkIn', 'checkOut', 'breakStart', 'breakEnd'] as const satisfies readonly (keyof Shift)[];

function timesIn(period: Period, sheets: readonly Sheet[]): Map<string, string | null> {
  return new Map(
    sheets.flatMap((sheet) => {
      const fields = isOneDay(period) ? CARD_FIELDS : dayFields(sheet.workDate);
      return TIMES.map((time) => [fields[time], sheet[time]] as const);
    }),
  );
}
