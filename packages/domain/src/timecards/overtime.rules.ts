import { Temporal } from 'temporal-polyfill';
import { hundredthsOf, parseHours, type Sheet } from './hours.rules.ts';

/** The two limits beyond which hours are overtime, and the day on which a week begins. */
export interface OvertimeSettings {
  /** Hours in a day. */
  readonly dailyLimit: number;
  /** Of the hours within the daily limit, those in a week. */
  readonly weeklyLimit: number;
  /** 1 is Monday, 7 is Sunday. */
  readonly weekBeginsOn: number;
}

export const DEFAULT_OVERTIME: OvertimeSettings = { dailyLimit: 8, weeklyLimit: 40, weekBeginsOn: 1 };

/** One of a person's cards, as far as overtime goes. */
export interface CountedCard {
  readonly id: string;
  readonly sheets: readonly Sheet[];
  /** The overtime of an approved card, which nothing but an edit of that card itself changes; null for one that is counted anew. */
  readonly settled: string | null;
}

/** Hundredths of hours, by day and by week. */
interface Left {
  readonly daily: Map<string, number>;
  readonly weekly: Map<string, number>;
  readonly settings: OvertimeSettings;
}

interface Worked {
  readonly card: string;
  readonly workDate: string;
  readonly from: number;
  readonly hundredths: number;
}

/** The first day of the week of a day, both as YYYY-MM-DD. */
export function weekOf(day: string, weekBeginsOn: number): string {
  const date = Temporal.PlainDate.from(day);
  return date.subtract({ days: (date.dayOfWeek - weekBeginsOn + 7) % 7 }).toString();
}

/**
 * The overtime of each card that isn't settled, in hundredths of an hour.
 *
 * Day and week are the person's, not the card's: all their cards count, whatever each covers. What an approved card
 * counted as regular is used up first and never changes; the others share what is left, in the order of the shifts.
 */
export function overtimeOf(cards: readonly CountedCard[], settings: OvertimeSettings): Map<string, number> {
  const left: Left = { daily: new Map(), weekly: new Map(), settings };
  for (const card of cards) if (card.settled !== null) useUp(left, card, parseHours(card.settled));
  const open = cards.filter((card) => card.settled === null);
  const overtime = new Map(open.map((card) => [card.id, 0]));
  for (const shift of open.flatMap(workedIn).sort(byBeginning)) {
    const beyond = shift.hundredths - take(left, shift, shift.hundredths);
    overtime.set(shift.card, (overtime.get(shift.card) ?? 0) + beyond);
  }
  return overtime;
}

function workedIn(card: CountedCard): Worked[] {
  return card.sheets.flatMap((sheet) => {
    const hundredths = hundredthsOf(sheet);
    if (hundredths === null || sheet.checkIn === null) return [];
    return [{ card: card.id, workDate: sheet.workDate, from: Date.parse(sheet.checkIn), hundredths }];
  });
}

const byBeginning = (one: Worked, other: Worked) => one.from - other.from || (one.card < other.card ? -1 : 1);

/** Takes regular hours from what is left of the day and of the week; returns how many there were. */
function take(left: Left, shift: Worked, wanted: number): number {
  const week = weekOf(shift.workDate, left.settings.weekBeginsOn);
  const ofDay = left.daily.get(shift.workDate) ?? left.settings.dailyLimit * 100;
  const ofWeek = left.weekly.get(week) ?? left.settings.weeklyLimit * 100;
  const taken = Math.max(0, Math.min(wanted, ofDay, ofWeek));
  left.daily.set(shift.workDate, ofDay - taken);
  left.weekly.set(week, ofWeek - taken);
  return taken;
}

/**
 * Takes what a settled card counted as regular. Only its sum stands on the card: by itself it would have the overtime
 * that its own days give; what it has beyond that, other cards of the week caused, and its last hours bear it.
 */
function useUp(left: Left, card: CountedCard, overtime: number): void {
  const alone: Left = { daily: new Map(), weekly: new Map(), settings: left.settings };
  const shifts = workedIn(card).sort(byBeginning);
  const regular = shifts.map((shift) => take(alone, shift, shift.hundredths));
  const own = shifts.reduce((sum, shift, n) => sum + shift.hundredths - (regular[n] ?? 0), 0);
  let caused = Math.max(0, overtime - own);
  for (let n = shifts.length - 1; n >= 0; n -= 1) {
    const counted = regular[n] ?? 0;
    const borne = Math.min(counted, caused);
    caused -= borne;
    take(left, shifts[n] as Worked, counted - borne);
  }
}
