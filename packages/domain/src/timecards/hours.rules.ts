import { dayOf } from '../day.rules.ts';

/** The times of one shift, as instants; null where there is none. */
export interface Shift {
  readonly checkIn: string | null;
  readonly checkOut: string | null;
  readonly breakStart: string | null;
  readonly breakEnd: string | null;
}

/** One day of a card: its shift belongs to the day on which it begins. */
export interface Sheet extends Shift {
  /** YYYY-MM-DD in the card's zone. */
  readonly workDate: string;
}

/** What is computed from the times and never typed in. Hours are exact text such as `8.50`; null where no shift is complete. */
export interface Totals {
  readonly totalHours: string | null;
  /** Minutes. */
  readonly breakDuration: number | null;
  readonly firstIn: string | null;
  readonly lastOut: string | null;
}

const HUNDREDTH = 36_000;
const MINUTE = 60_000;

const at = (instant: string) => Date.parse(instant);

/**
 * The hours that really passed between in and out, less the break, in hundredths of an hour; null for an open shift.
 * Rounded once, half up: everything else adds up whole hundredths, so that the days of a card sum to its total.
 */
export function hundredthsOf(shift: Shift): number | null {
  if (shift.checkIn === null || shift.checkOut === null) return null;
  const worked = at(shift.checkOut) - at(shift.checkIn) - breakOf(shift);
  return Math.max(0, Math.round(worked / HUNDREDTH));
}

function breakOf(shift: Shift): number {
  return shift.breakStart === null || shift.breakEnd === null ? 0 : at(shift.breakEnd) - at(shift.breakStart);
}

/** Minutes of break; null where none was taken. */
export function breakMinutes(shift: Shift): number | null {
  return shift.breakStart === null || shift.breakEnd === null ? null : Math.round(breakOf(shift) / MINUTE);
}

/** Hundredths of an hour as exact text: 850 is `8.50`. */
export const hoursText = (hundredths: number): string => `${Math.floor(hundredths / 100)}.${String(hundredths % 100).padStart(2, '0')}`;

/** Exact text as hundredths of an hour: `8.5` and `8.50` are 850. */
export function parseHours(text: string): number {
  const [whole = '0', fraction = ''] = text.split('.');
  return Number(whole) * 100 + Number(fraction.padEnd(2, '0').slice(0, 2));
}

/** The hours of one shift as exact text; null for an open one. */
export function hoursOf(shift: Shift): string | null {
  const hundredths = hundredthsOf(shift);
  return hundredths === null ? null : hoursText(hundredths);
}

/** The totals of a card over its sheets: one for a card of one day, one for each recorded day of a period. */
export function totalsOf(sheets: readonly Sheet[]): Totals {
  const hours = sheets.map(hundredthsOf).filter(isGiven);
  const breaks = sheets.map(breakMinutes).filter(isGiven);
  const ins = sheets.map((sheet) => sheet.checkIn).filter(isGiven);
  const outs = sheets.map((sheet) => sheet.checkOut).filter(isGiven);
  return {
    totalHours: hours.length ? hoursText(sum(hours)) : null,
    breakDuration: breaks.length ? sum(breaks) : null,
    firstIn: ins.length ? ins.reduce((first, one) => (at(one) < at(first) ? one : first)) : null,
    lastOut: outs.length ? outs.reduce((last, one) => (at(one) > at(last) ? one : last)) : null,
  };
}

const isGiven = <Value>(value: Value | null): value is Value => value !== null;
const sum = (numbers: readonly number[]) => numbers.reduce((total, one) => total + one, 0);

/** Whether a shift ends on a later day than it begins. */
export function isNightShift(shift: Shift, timeZone: string): boolean {
  return shift.checkIn !== null && shift.checkOut !== null && dayOf(shift.checkIn, timeZone) !== dayOf(shift.checkOut, timeZone);
}
