import { isOneDay, lengthOf, periodLabel } from '@countersign/domain/timecards/period.rules';
import type { SiteView, TimecardView } from '../../api/views.ts';

/** What has to be known of a card before anything can be typed into it. */
export interface Beginning {
  readonly person: { readonly id: string; readonly name: string };
  readonly site: SiteView;
  readonly periodStart: string;
  readonly periodEnd: string;
}

const NOT_YET = { allowed: false, reason: 'This timecard is not made yet.' };

/** A card that isn't made yet, in the form in which its fields are drawn. */
export function blankCard({ person, site, ...period }: Beginning): TimecardView {
  return {
    ...period,
    person,
    site,
    id: 'new',
    version: 0,
    status: 'draft',
    timeZone: site.timeZone,
    label: periodLabel(period),
    totalHours: null,
    overtimeHours: null,
    manuallyEdited: false,
    editedAfterApproval: false,
    updatedAt: '',
    checkInTime: null,
    checkOutTime: null,
    breakStartTime: null,
    breakEndTime: null,
    breakDuration: null,
    adminNotes: null,
    // Notes are written about a card that there is.
    hidden: ['admin_notes'],
    rejectionReason: null,
    fieldsToMend: [],
    entries: [],
    actions: { edit: NOT_YET, submit: NOT_YET, approve: NOT_YET, reject: NOT_YET, delete: NOT_YET },
  };
}

/** Days that stand in the form from the beginning: beyond a week they are added one by one. */
const ROWS = 7;
const DAY = 86_400_000;

export function firstDays(period: Pick<Beginning, 'periodStart' | 'periodEnd'>): string[] {
  const days = lengthOf(period);
  if (isOneDay(period) || days > ROWS) return [];
  return Array.from({ length: days }, (_, index) => new Date(Date.parse(period.periodStart) + index * DAY).toISOString().slice(0, 10));
}
