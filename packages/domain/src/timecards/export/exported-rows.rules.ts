import { Temporal } from 'temporal-polyfill';
import { formatValue } from '../../record/value-format.rules.ts';
import { hoursOf, type Sheet } from '../hours.rules.ts';
import { guarded } from '../import/cells.rules.ts';
import type { RowKind } from '../import/columns.rules.ts';

/** One recorded day of a card, with what a file says of it. */
export interface ExportedDay {
  readonly sheet: Sheet;
  readonly person: string;
  readonly email: string;
  readonly site: string;
  readonly timeZone: string;
  /** In words. */
  readonly status: string;
}

/** The headings, in words that the import knows. */
export const HEADINGS: Readonly<Record<RowKind, readonly string[]>> = {
  shift: [
    'Person',
    'Email',
    'Site',
    'Day',
    'Check In Time',
    'Check Out Time',
    'Break Start Time',
    'Break End Time',
    'Total Hours',
    'Status',
  ],
  punch: ['Person', 'Email', 'Site', 'Timestamp', 'Event'],
};

/** The rows of a day: one for its shift, or one for each punch; none for a day without a check-in. No cell of them is a formula. */
export function rowsOf(day: ExportedDay, kind: RowKind): string[][] {
  if (day.sheet.checkIn === null) return [];
  const rows = kind === 'shift' ? [shiftRow(day)] : punchRows(day);
  return rows.map((cells) => cells.map(guarded));
}

/**
 * AUD-27: what the import doesn't read is written as pages show it. TC-12: instants are exact, since it does read them, and what
 * isn't known is empty.
 */
function shiftRow({ sheet, person, email, site, timeZone, status }: ExportedDay): string[] {
  const times = [sheet.checkIn, sheet.checkOut, sheet.breakStart, sheet.breakEnd].map((instant) => local(instant, timeZone));
  return [person, email, site, sheet.workDate, ...times, formatValue(hoursOf(sheet), { kind: 'hours', timeZone }), status];
}

function punchRows({ sheet, person, email, site, timeZone }: ExportedDay): string[][] {
  const punches: readonly (readonly [string | null, string])[] = [
    [sheet.checkIn, 'in'],
    [sheet.breakStart, 'break start'],
    [sheet.breakEnd, 'break end'],
    [sheet.checkOut, 'out'],
  ];
  return punches.flatMap(([instant, event]) => (instant === null ? [] : [[person, email, site, local(instant, timeZone), event]]));
}

/** The time on the clocks of the card's zone, with its offset: exact, whatever the clocks do. */
const local = (instant: string | null, timeZone: string): string =>
  instant === null ? '' : Temporal.Instant.from(instant).toZonedDateTimeISO(timeZone).toString({ timeZoneName: 'never' });
