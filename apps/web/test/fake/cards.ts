import type { EventView, TimecardEntryView, TimecardStatus, TimecardView } from '../../src/api/views.ts';
import { ANNA, LI, SITES } from './people.ts';
import { uuid } from './random.ts';

type Person = { id: string; name: string };

/** The number of a card in its id. */
let cards = 0;
let entries = 0;

const MAY = { allowed: true, reason: null };

interface CardOptions {
  readonly person?: Person;
  readonly site?: number;
  readonly status?: TimecardStatus;
  readonly start?: string;
  /** In, break, break, out as UTC instants, by day; a card of one day has one. */
  readonly days?: readonly Day[];
  readonly more?: Partial<TimecardView>;
}

export interface Day {
  readonly workDate: string;
  readonly times: readonly [string | null, string | null, string | null, string | null];
}

/** A day from 8 to 17 in winter in Berlin, with half an hour of break. */
export const usual = (workDate: string, out = '15:30'): Day => ({
  workDate,
  times: [`${workDate}T07:00:00.000Z`, `${workDate}T11:00:00.000Z`, `${workDate}T11:30:00.000Z`, `${workDate}T${out}:00.000Z`],
});

const hoursOf = ([start, pause, end, out]: Day['times']): number => {
  if (!start || !out) return 0;
  const rest = pause && end ? Date.parse(end) - Date.parse(pause) : 0;
  return (Date.parse(out) - Date.parse(start) - rest) / 3_600_000;
};

const entryOf = ({ workDate, times }: Day): TimecardEntryView => {
  entries += 1;
  const [dailyCheckIn, dailyBreakStart, dailyBreakEnd, dailyCheckOut] = times;
  return {
    id: uuid(4, entries),
    workDate,
    dailyCheckIn,
    dailyCheckOut,
    dailyBreakStart,
    dailyBreakEnd,
    dailyTotalHours: dailyCheckIn && dailyCheckOut ? hoursOf(times).toFixed(2) : null,
    edits: 0,
  };
};

const MONTHS = ['Jan', 'Feb', 'Mar', 'Apr', 'May', 'Jun', 'Jul', 'Aug', 'Sep', 'Oct', 'Nov', 'Dec'];
const label = (day: string) => `${Number(day.slice(8))} ${MONTHS[Number(day.slice(5, 7)) - 1]} ${day.slice(0, 4)}`;

/** A timecard as the server shows it: of a week unless only one day is given. */
export function makeCard({ person = LI, site = 0, status = 'draft', start = '2026-11-02', days, more }: CardOptions = {}): TimecardView {
  cards += 1;
  const place = SITES[site] as (typeof SITES)[number];
  const recorded = days ?? [usual('2026-11-02'), usual('2026-11-03', '16:00'), usual('2026-11-04'), usual('2026-11-06')];
  const oneDay = recorded.length === 1 && days !== undefined;
  const total = recorded.reduce((sum, { times }) => sum + hoursOf(times), 0);
  const end = oneDay ? start : new Date(Date.parse(start) + 6 * 86_400_000).toISOString().slice(0, 10);
  const [first] = recorded;
  return {
    id: uuid(3, cards),
    version: 1,
    status,
    person: { id: person.id, name: person.name },
    site: { id: place.id, name: place.name, timeZone: place.timeZone },
    timeZone: place.timeZone,
    periodStart: start,
    periodEnd: end,
    label: oneDay ? label(start) : `Week of ${label(start)}`,
    totalHours: total.toFixed(2),
    overtimeHours: Math.max(0, total - 8 * recorded.length).toFixed(2),
    manuallyEdited: false,
    editedAfterApproval: false,
    updatedAt: '2026-11-06T16:12:04.000Z',
    checkInTime: first?.times[0] ?? null,
    checkOutTime: recorded.at(-1)?.times[3] ?? null,
    breakStartTime: oneDay ? (first?.times[1] ?? null) : null,
    breakEndTime: oneDay ? (first?.times[2] ?? null) : null,
    breakDuration: recorded.filter(({ times }) => times[1]).length * 30 || null,
    adminNotes: null,
    hidden: [],
    rejectionReason: null,
    fieldsToMend: [],
    entries: oneDay ? [] : recorded.map(entryOf),
    actions: { edit: MAY, submit: MAY, approve: MAY, reject: MAY, delete: MAY },
    ...more,
  };
}

interface EventOptions extends Partial<Omit<EventView, 'actor'>> {
  readonly by?: Person | null;
  readonly card?: Pick<TimecardView, 'id' | 'label' | 'person' | 'site'>;
}

/** An event under a card, or of its own; what isn't given is as usual. */
export function makeEvent(position: number, { by = ANNA, card, ...more }: EventOptions = {}): EventView {
  const root = card ? { type: 'Timecard', id: card.id, label: card.label } : null;
  return {
    position,
    id: uuid(5, position),
    changeId: uuid(6, position),
    area: 'timecards',
    action: 'admin_edit',
    operation: 'update',
    actor: by ? { kind: 'user', id: by.id, name: by.name } : { kind: 'database', id: null, name: 'Database' },
    impersonator: null,
    target: root,
    root,
    subject: card ? { id: card.person.id, name: card.person.name } : null,
    scopes: card ? [`site:${card.site.id}`] : [],
    workDate: null,
    changes: [],
    metadata: {},
    reason: null,
    effect: null,
    channel: by ? 'web' : 'database',
    requestId: null,
    ipAddress: null,
    forwardedFor: null,
    userAgent: null,
    occurredAt: new Date(Date.UTC(2026, 10, 6, 12, 0, 0) + position * 1000).toISOString(),
    ...more,
  };
}

/** An event of one day of a card. */
export function dayEvent(position: number, workDate: string, options: EventOptions): EventView {
  const event = makeEvent(position, options);
  return { ...event, workDate, target: { type: 'TimecardEntry', id: uuid(4, 900 + position), label: label(workDate) } };
}
