import type { z } from 'zod';
import type { Viewer } from '../people/rights/permissions.ts';
import { fullName } from '../people/user.ts';
import { seesSensitive } from '../people/viewer.ts';
import { decisionOn } from './card-decision.ts';
import { periodLabel } from './period.rules.ts';
import { instantText } from './sheets.ts';
import { STEPS, type Step } from './timecard.rules.ts';
import type { Timecard, TimecardEntry } from './timecard.ts';
import type { timecardEntryView, timecardSummary, timecardView } from './timecard.views.ts';

export type TimecardView = z.input<typeof timecardView>;

/** A card as lists show it. Person and site have to be loaded. */
export function presentSummary(card: Timecard): z.input<typeof timecardSummary> {
  return {
    id: card.id,
    version: card.version,
    status: card.status,
    person: { id: card.person.id, name: fullName(card.person) },
    site: { id: card.site.id, name: card.site.name, timeZone: card.site.timeZone },
    timeZone: card.timeZone,
    periodStart: card.periodStart,
    periodEnd: card.periodEnd,
    label: periodLabel(card),
    totalHours: card.totalHours ?? null,
    overtimeHours: card.overtimeHours ?? null,
    manuallyEdited: card.manuallyEdited,
    editedAfterApproval: card.editedAfterApproval,
    updatedAt: card.updatedAt.toISOString(),
  };
}

/** A card as its page shows it to somebody: without what they may not see, and with what they may do now. */
export function presentCard(card: Timecard, viewer: Viewer): TimecardView {
  const sensitive = seesSensitive(viewer);
  return {
    ...presentSummary(card),
    checkInTime: instantText(card.checkInTime),
    checkOutTime: instantText(card.checkOutTime),
    breakStartTime: instantText(card.breakStartTime),
    breakEndTime: instantText(card.breakEndTime),
    breakDuration: card.breakDuration ?? null,
    adminNotes: sensitive ? (card.adminNotes ?? null) : null,
    hidden: sensitive ? [] : ['admin_notes'],
    rejectionReason: card.rejectionReason ?? null,
    fieldsToMend: [...(card.fieldsToMend ?? [])],
    entries: card.entries.getItems().toSorted(byDay).map(presentDay),
    actions: actionsOf(card, viewer),
  };
}

const byDay = (one: TimecardEntry, other: TimecardEntry) => (one.workDate < other.workDate ? -1 : 1);

const presentDay = (entry: TimecardEntry): z.input<typeof timecardEntryView> => ({
  id: entry.id,
  workDate: entry.workDate,
  dailyCheckIn: instantText(entry.dailyCheckIn),
  dailyCheckOut: instantText(entry.dailyCheckOut),
  dailyBreakStart: instantText(entry.dailyBreakStart),
  dailyBreakEnd: instantText(entry.dailyBreakEnd),
  dailyTotalHours: entry.dailyTotalHours ?? null,
  edits: entry.edits,
});

function actionsOf(card: Timecard, viewer: Viewer): TimecardView['actions'] {
  const may = (step: Step) => {
    const decision = decisionOn(step, card, viewer);
    return { allowed: decision.allowed, reason: decision.allowed ? null : decision.reason };
  };
  return Object.fromEntries(STEPS.map((step) => [step, may(step)])) as Record<Step, ReturnType<typeof may>>;
}
