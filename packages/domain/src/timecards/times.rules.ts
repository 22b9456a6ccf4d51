import { dayOf } from '../day.rules.ts';
import type { FieldProblem } from '../errors.ts';
import type { Sheet, Shift } from './hours.rules.ts';
import { covers, dayLabel, daysOf, isOneDay, type Period } from './period.rules.ts';

/** The four times under the names that they have on a card, or on one of its days. */
export interface TimeFields {
  readonly checkIn: string;
  readonly checkOut: string;
  readonly breakStart: string;
  readonly breakEnd: string;
}

export const CARD_FIELDS: TimeFields = {
  checkIn: 'check_in_time',
  checkOut: 'check_out_time',
  breakStart: 'break_start_time',
  breakEnd: 'break_end_time',
};

/** The fields of one day of a card of a period: `entries.2026-11-03.daily_check_in`. */
export const dayFields = (workDate: string): TimeFields => ({
  checkIn: `entries.${workDate}.daily_check_in`,
  checkOut: `entries.${workDate}.daily_check_out`,
  breakStart: `entries.${workDate}.daily_break_start`,
  breakEnd: `entries.${workDate}.daily_break_end`,
});

/** Every field of a card in which a time can be typed: its own, or those of each of its days. */
export function timeFieldsOf(period: Period): string[] {
  const namesOf = ({ checkIn, checkOut, breakStart, breakEnd }: TimeFields) => [checkIn, checkOut, breakStart, breakEnd];
  return isOneDay(period) ? namesOf(CARD_FIELDS) : daysOf(period).flatMap((day) => namesOf(dayFields(day)));
}

/** A card as its times have to be judged. */
export interface TimesOfCard extends Period {
  readonly timeZone: string;
  /** One sheet of the period's day for a card of one day; the recorded days of any other. */
  readonly sheets: readonly Sheet[];
}

const LONGEST_SHIFT = 24 * 3_600_000;

/** Everything about a card's times that can't be, each with its field and what to do; none for times that are possible. */
export function problemsOf(card: TimesOfCard): FieldProblem[] {
  const sheets = card.sheets.toSorted((one, other) => (one.workDate < other.workDate ? -1 : 1));
  return [...sheets.flatMap((sheet) => sheetProblems(card, sheet)), ...overlaps(sheets)];
}

function sheetProblems(card: TimesOfCard, sheet: Sheet): FieldProblem[] {
  const fields = isOneDay(card) ? CARD_FIELDS : dayFields(sheet.workDate);
  if (!covers(card, sheet.workDate)) {
    return [
      {
        field: `entries.${sheet.workDate}.work_date`,
        message: `${dayLabel(sheet.workDate)} is outside of the card's period, ${dayLabel(card.periodStart)} to ${dayLabel(card.periodEnd)}.`,
      },
    ];
  }
  return [...shiftProblems(sheet, fields), ...breakProblems(sheet, fields), ...dayProblems(card, sheet, fields)];
}

function shiftProblems({ checkIn, checkOut }: Shift, fields: TimeFields): FieldProblem[] {
  if (checkOut === null) return [];
  if (checkIn === null)
    return [
      {
        field: fields.checkIn,
        message: 'There is a check-out without a check-in: give the time of the check-in, or remove the check-out.',
      },
    ];
  const length = Date.parse(checkOut) - Date.parse(checkIn);
  if (length <= 0) return [{ field: fields.checkOut, message: 'The check-out has to be after the check-in.' }];
  if (length > LONGEST_SHIFT)
    return [{ field: fields.checkOut, message: `The shift would last ${inHours(length)}: no day has more than 24 hours of work.` }];
  return [];
}

function breakProblems({ checkIn, checkOut, breakStart, breakEnd }: Shift, fields: TimeFields): FieldProblem[] {
  if (breakStart === null && breakEnd === null) return [];
  if (breakStart === null) return [{ field: fields.breakStart, message: 'The break has an end without a start: give both, or neither.' }];
  if (breakEnd === null) return [{ field: fields.breakEnd, message: 'The break has a start without an end: give both, or neither.' }];
  if (checkIn === null)
    return [{ field: fields.checkIn, message: 'There is a break without a check-in: give the time of the check-in, or remove the break.' }];
  const problems: FieldProblem[] = [];
  if (Date.parse(breakEnd) <= Date.parse(breakStart))
    problems.push({ field: fields.breakEnd, message: 'The end of the break has to be after its start.' });
  if (Date.parse(breakStart) < Date.parse(checkIn))
    problems.push({ field: fields.breakStart, message: 'The break starts before the check-in: it has to lie inside the shift.' });
  if (checkOut !== null && Date.parse(breakEnd) > Date.parse(checkOut))
    problems.push({ field: fields.breakEnd, message: 'The break ends after the check-out: it has to lie inside the shift.' });
  return problems;
}

/** A shift belongs to the day on which it begins, in the card's zone. */
function dayProblems({ timeZone }: TimesOfCard, sheet: Sheet, fields: TimeFields): FieldProblem[] {
  if (sheet.checkIn === null) return [];
  const begins = dayOf(sheet.checkIn, timeZone);
  if (begins === sheet.workDate) return [];
  return [
    {
      field: fields.checkIn,
      message: `In ${timeZone} this is on ${dayLabel(begins)}: a shift of ${dayLabel(sheet.workDate)} has to begin on that day.`,
    },
  ];
}

/** Of days in order: no shift may begin before an earlier one has ended. */
function overlaps(sheets: readonly Sheet[]): FieldProblem[] {
  const problems: FieldProblem[] = [];
  let latest: Sheet | null = null;
  for (const sheet of sheets) {
    if (latest?.checkOut && sheet.checkIn !== null && Date.parse(sheet.checkIn) < Date.parse(latest.checkOut)) {
      problems.push({
        field: dayFields(sheet.workDate).checkIn,
        message: `The shift of ${dayLabel(latest.workDate)} ends only after this check-in: shifts may not overlap.`,
      });
    }
    if (sheet.checkOut !== null && (!latest?.checkOut || Date.parse(sheet.checkOut) > Date.parse(latest.checkOut))) latest = sheet;
  }
  return problems;
}

function inHours(milliseconds: number): string {
  const minutes = Math.round(milliseconds / 60_000);
  return minutes % 60 ? `${Math.floor(minutes / 60)} hours ${minutes % 60} minutes` : `${minutes / 60} hours`;
}
