import type { Sheet } from './hours.rules.ts';
import { isOneDay } from './period.rules.ts';
import type { Timecard, TimecardEntry } from './timecard.ts';

/** An instant as exact text in UTC, the form that views and the log give; null for none. */
export const instantText = (at: Date | null | undefined): string | null => at?.toISOString() ?? null;

const ofDay = (entry: TimecardEntry): Sheet => ({
  workDate: entry.workDate,
  checkIn: instantText(entry.dailyCheckIn),
  checkOut: instantText(entry.dailyCheckOut),
  breakStart: instantText(entry.dailyBreakStart),
  breakEnd: instantText(entry.dailyBreakEnd),
});

const ofCard = (card: Timecard): Sheet => ({
  workDate: card.periodStart,
  checkIn: instantText(card.checkInTime),
  checkOut: instantText(card.checkOutTime),
  breakStart: instantText(card.breakStartTime),
  breakEnd: instantText(card.breakEndTime),
});

/** The days of a card as the rules count them. Its entries have to be loaded. */
export const sheetsOf = (card: Timecard): Sheet[] => (isOneDay(card) ? [ofCard(card)] : card.entries.getItems().map(ofDay));
