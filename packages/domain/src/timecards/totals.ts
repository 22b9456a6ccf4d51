import { LockMode, type EntityManager } from '@mikro-orm/postgresql';
import { Temporal } from 'temporal-polyfill';
import type { Settings } from '../people/rights/settings.ts';
import { hoursText, totalsOf, type Sheet } from './hours.rules.ts';
import { overtimeOf, weekOf, type OvertimeSettings } from './overtime.rules.ts';
import { isOneDay, type Period } from './period.rules.ts';
import { sheetsOf } from './sheets.ts';
import { Timecard } from './timecard.ts';

/** What counts as overtime, of the settings. */
export const limitsOf = (settings: Settings): OvertimeSettings => ({
  dailyLimit: settings.dailyOvertimeAfter,
  weeklyLimit: settings.weeklyOvertimeAfter,
  weekBeginsOn: settings.weekBeginsOn,
});

/** Sets what is computed from a card's own times. */
export function setTotals(card: Timecard): void {
  const totals = totalsOf(sheetsOf(card));
  card.totalHours = totals.totalHours;
  card.breakDuration = totals.breakDuration;
  if (isOneDay(card)) return;
  card.checkInTime = dateOf(totals.firstIn);
  card.checkOutTime = dateOf(totals.lastOut);
}

const dateOf = (instant: string | null) => (instant === null ? null : new Date(instant));

/**
 * Counts the overtime of the person's weeks anew after a card's times changed, and returns the other cards whose
 * overtime that changed. `sheets` are the card's days as they are to count: none for a card that goes.
 */
export async function setOvertime(
  em: EntityManager,
  card: Timecard,
  settings: Settings,
  sheets: readonly Sheet[] = sheetsOf(card),
): Promise<Timecard[]> {
  const others = await cardsOfTheseWeeks(em, card, settings.weekBeginsOn);
  const counted = others.map((other) => ({
    id: other.id,
    sheets: sheetsOf(other),
    settled: other.status === 'approved' ? (other.overtimeHours ?? '0.00') : null,
  }));
  const overtime = overtimeOf([{ id: card.id, sheets, settled: null }, ...counted], limitsOf(settings));
  setOvertimeOf(card, overtime);
  return others.filter((other) => setOvertimeOf(other, overtime));
}

/** Sets a card's overtime to what was counted, in hundredths of an hour by card; false where that is what it has. */
export function setOvertimeOf(card: Timecard, overtime: ReadonlyMap<string, number>): boolean {
  const hundredths = overtime.get(card.id);
  if (hundredths === undefined) return false;
  const text = card.totalHours == null ? null : hoursText(hundredths);
  if (text === (card.overtimeHours ?? null)) return false;
  card.overtimeHours = text;
  return true;
}

/**
 * The person's other cards that share a week with this one. A card that reaches into further weeks shares those with
 * others again, so the weeks grow until no open card reaches out of them.
 */
async function cardsOfTheseWeeks(em: EntityManager, card: Timecard, weekBeginsOn: number): Promise<Timecard[]> {
  let weeks = weeksOf([card], weekBeginsOn);
  for (;;) {
    const found = await em.find(
      Timecard,
      { person: card.person.id, id: { $ne: card.id }, periodStart: { $lte: weeks.end }, periodEnd: { $gte: weeks.start } },
      { orderBy: { id: 'asc' }, lockMode: LockMode.PESSIMISTIC_WRITE },
    );
    const grown = weeksOf([card, ...found.filter((one) => one.status !== 'approved')], weekBeginsOn);
    if (grown.start === weeks.start && grown.end === weeks.end) {
      await em.populate(found, ['entries']);
      return found;
    }
    weeks = grown;
  }
}

/** The first day of the first week and the last day of the last one that these cards touch. */
export function weeksOf(cards: readonly Period[], weekBeginsOn: number): { readonly start: string; readonly end: string } {
  const starts = cards.map((card) => weekOf(card.periodStart, weekBeginsOn)).sort();
  const lastWeeks = cards.map((card) => weekOf(card.periodEnd, weekBeginsOn)).sort();
  return {
    start: starts[0] as string,
    end: Temporal.PlainDate.from(lastWeeks.at(-1) as string)
      .add({ days: 6 })
      .toString(),
  };
}
