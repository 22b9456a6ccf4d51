import { hoursText, type Sheet } from '@countersign/domain/timecards/hours.rules';
import { type CountedCard, DEFAULT_OVERTIME, overtimeOf, weekOf } from '@countersign/domain/timecards/overtime.rules';
import type { TimecardView } from '../../api/views.ts';

const DAY = 86_400_000;

/** The days of all weeks that a card touches: everything in them counts together. */
export function weeksTouched({ periodStart, periodEnd }: Pick<TimecardView, 'periodStart' | 'periodEnd'>): { from: string; to: string } {
  const { weekBeginsOn } = DEFAULT_OVERTIME;
  const last = Date.parse(weekOf(periodEnd, weekBeginsOn)) + 6 * DAY;
  return { from: weekOf(periodStart, weekBeginsOn), to: new Date(last).toISOString().slice(0, 10) };
}

/**
 * The overtime that a card would have with these days, by the rules that the server counts by. Null where that can't be
 * foretold: the limits are settings, and others of the person's cards may be out of sight. Whether either is so shows
 * in what is recorded: it has to come out as it stands.
 */
export function overtimePreview(card: TimecardView, sheets: readonly Sheet[], others: readonly TimecardView[]): string | null {
  const known = card.totalHours === null || overtimeWith(card.id, sheetsOf(card), others) === card.overtimeHours;
  return known ? overtimeWith(card.id, sheets, others) : null;
}

function overtimeWith(id: string, sheets: readonly Sheet[], others: readonly TimecardView[]): string {
  const counted = others.map((other): CountedCard => ({
    id: other.id,
    sheets: sheetsOf(other),
    settled: other.status === 'approved' ? (other.overtimeHours ?? '0.00') : null,
  }));
  return hoursText(overtimeOf([{ id, sheets, settled: null }, ...counted], DEFAULT_OVERTIME).get(id) ?? 0);
}

function sheetsOf(card: TimecardView): Sheet[] {
  if (card.periodStart === card.periodEnd) {
    const { periodStart, checkInTime, checkOutTime, breakStartTime, breakEndTime } = card;
    return [{ workDate: periodStart, checkIn: checkInTime, checkOut: checkOutTime, breakStart: breakStartTime, breakEnd: breakEndTime }];
  }
  return card.entries.map(({ workDate, dailyCheckIn, dailyCheckOut, dailyBreakStart, dailyBreakEnd }) => ({
    workDate,
    checkIn: dailyCheckIn,
    checkOut: dailyCheckOut,
    breakStart: dailyBreakStart,
    breakEnd: dailyBreakEnd,
  }));
}
