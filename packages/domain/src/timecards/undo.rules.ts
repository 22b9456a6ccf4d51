import { UNCLASSIFIED, UNREADABLE, type Operation, type Value } from '@countersign/audit/entry';

// AUD-33: what of a change set can be undone, and what that would put back. Pure, for commands and pages alike.

/** What an undo goes by, of an event of the log as of one that a page shows. */
export interface UndoEvent {
  readonly area: string;
  readonly action: string;
  readonly operation: Operation;
  readonly target: { readonly type: string } | null;
  readonly workDate: string | null;
  readonly changes: readonly (
    | { readonly field: string; readonly old: Value; readonly new: Value }
    | { readonly field: string; readonly hidden: true }
  )[];
}

/** The times that can be typed, by their names as data. */
const CARD_TIMES = {
  check_in_time: 'checkInTime',
  check_out_time: 'checkOutTime',
  break_start_time: 'breakStartTime',
  break_end_time: 'breakEndTime',
} as const;
const DAY_TIMES = {
  daily_check_in: 'dailyCheckIn',
  daily_check_out: 'dailyCheckOut',
  daily_break_start: 'dailyBreakStart',
  daily_break_end: 'dailyBreakEnd',
} as const;
type CardTime = (typeof CARD_TIMES)[keyof typeof CARD_TIMES];
type DayTime = (typeof DAY_TIMES)[keyof typeof DAY_TIMES];

/** One field of a card as the change set found and left it; `field` is named as refusals name it, `entries.2026-11-03.daily_check_in`. */
export interface FieldBack {
  readonly field: string;
  readonly found: string | null;
  readonly left: string | null;
}

/** What an undo puts back. */
export interface UndoPlan {
  readonly fields: readonly FieldBack[];
  /** Days that the change set put on the card, and that go; and those that it took off, and that come back. */
  readonly addedDays: readonly string[];
  readonly removedDays: readonly string[];
}

/** Why a change set can't be undone, in words. */
export interface NoUndo {
  readonly refused: string;
}

/** Events of which nobody can say what they changed. */
export const UNKNOWN_CHANGES: readonly string[] = [UNREADABLE, UNCLASSIFIED];
export const CHANGED_UNKNOWN =
  'A part of this change could not be recorded as what it says, so nobody can say what an undo would have to put back. Look at what stands there now, and edit what is wrong.';

const DECISIONS: ReadonlySet<string> = new Set(['timecard_submitted', 'timecard_approved', 'timecard_rejected']);

/** What undoing a change set would do to one card: `events` are those of the set under that card, oldest first. */
export function undoPlan(events: readonly UndoEvent[]): UndoPlan | NoUndo {
  const refused = whyNot(events);
  if (refused !== null) return { refused };
  const fields = netFields(events);
  if ('shortened' in fields)
    return {
      refused: `The log has only the beginning of “${fields.shortened.replaceAll('_', ' ')}”, which was too long to be kept whole: it can’t be put back. Look at what stands there now, and edit what is wrong.`,
    };
  const days = netDays(events);
  if (!fields.length && !days.addedDays.length && !days.removedDays.length)
    return { refused: 'Nothing that somebody typed was changed here: what is computed follows from the times.' };
  return { fields, ...days };
}

function whyNot(events: readonly UndoEvent[]): string | null {
  if (!events.length) return 'Nothing of this change belongs to this timecard.';
  if (events.some(({ action }) => UNKNOWN_CHANGES.includes(action))) return CHANGED_UNKNOWN;
  for (const { area, operation } of events) {
    if (operation === 'none') return 'Nothing was changed: that something was read can’t be undone.';
    if (area === 'money') return 'Money isn’t taken back by an undo: it takes a refund or a correction of its own.';
    if (area === 'messages') return 'What was sent can’t be taken back.';
    if (area !== 'timecards') return 'Only changes of timecards can be undone.';
  }
  const ofCard = events.filter(({ target }) => target?.type === 'Timecard');
  if (ofCard.some(({ operation }) => operation === 'create')) return 'The making of a timecard isn’t undone: delete the draft.';
  if (ofCard.some(({ operation }) => operation === 'delete')) return 'A deleted timecard doesn’t come back: make it anew.';
  if (events.some(({ action, changes }) => DECISIONS.has(action) || changes.some(({ field }) => field === 'status')))
    return 'A change of status can’t be undone: it takes the next decision.';
  if (events.some((event) => event.changes.some((change) => 'hidden' in change && fieldAt(event, change.field) !== null)))
    return 'You may not see all that was changed, so you can’t undo it.';
  return null;
}

/** A typed field's name as refusals have it; null for what is computed. A card of several days has its times on its days. */
function fieldAt({ target, workDate }: UndoEvent, name: string): string | null {
  if (target?.type === 'TimecardEntry') return name in DAY_TIMES ? `entries.${workDate}.${name}` : null;
  return name === 'admin_notes' || (name in CARD_TIMES && workDate !== null) ? name : null;
}

/** Each typed field as it was found and left in the end; or one of which a value wasn't kept whole. */
function netFields(events: readonly UndoEvent[]): FieldBack[] | { readonly shortened: string } {
  const net = new Map<string, FieldBack>();
  for (const event of events) {
    for (const change of event.changes) {
      const field = fieldAt(event, change.field);
      if (field === null || 'hidden' in change) continue;
      if (isShortened(change.old) || isShortened(change.new)) return { shortened: field };
      net.set(field, { field, found: net.has(field) ? (net.get(field)?.found ?? null) : change.old, left: change.new });
    }
  }
  return [...net.values()].filter(({ found, left }) => found !== left);
}

const isShortened = (value: Value): value is Exclude<Value, string | null> => value !== null && typeof value === 'object';

function netDays(events: readonly UndoEvent[]): Pick<UndoPlan, 'addedDays' | 'removedDays'> {
  const ofDays = events.filter(({ target, workDate }) => target?.type === 'TimecardEntry' && workDate !== null);
  const days = Array.from(
    Map.groupBy(ofDays, ({ workDate }) => workDate as string),
    ([day, steps]) => ({
      day,
      before: steps[0]?.operation !== 'create',
      after: steps.at(-1)?.operation !== 'delete',
    }),
  );
  return {
    addedDays: days.filter(({ before, after }) => !before && after).map(({ day }) => day),
    removedDays: days.filter(({ before, after }) => before && !after).map(({ day }) => day),
  };
}

type DayBack = { workDate: string; remove?: boolean } & { [Time in DayTime]?: string | null };

/** An undo as the edit that it is. */
export type EditBack = { [Time in CardTime]?: string | null } & { adminNotes?: string | null; entries?: DayBack[] };

/** The edit that puts back what a change set found. */
export function editBack({ fields, addedDays, removedDays }: UndoPlan): EditBack {
  const edit: EditBack = {};
  const days = new Map<string, DayBack>();
  const day = (workDate: string) => days.get(workDate) ?? { workDate };
  for (const workDate of addedDays) days.set(workDate, { workDate, remove: true });
  for (const workDate of removedDays) days.set(workDate, { workDate });
  for (const { field, found } of fields) {
    const [, workDate, name] = /^entries\.([^.]+)\.(.+)$/.exec(field) ?? [];
    if (field === 'admin_notes') edit.adminNotes = found;
    else if (field in CARD_TIMES) edit[CARD_TIMES[field as keyof typeof CARD_TIMES]] = found;
    else if (workDate !== undefined && !addedDays.includes(workDate))
      days.set(workDate, { ...day(workDate), [DAY_TIMES[name as keyof typeof DAY_TIMES]]: found });
  }
  return days.size ? { ...edit, entries: [...days.values()] } : edit;
}

/** What stands on a card now, as an undo compares it: the days that it has, and its typed fields that are set. */
export interface PresentCard {
  readonly days: ReadonlySet<string>;
  readonly fields: ReadonlyMap<string, string | null>;
}

/** AUD-33: the fields in which the card is no longer what the change set left: what it left, and what stands there now. */
export function changedSince(
  { fields, addedDays, removedDays }: UndoPlan,
  present: PresentCard,
): readonly { readonly field: string; readonly left: string | null; readonly present: string | null }[] {
  const days = [
    ...addedDays.filter((day) => !present.days.has(day)).map((day) => ({ field: `entries.${day}.work_date`, left: day, present: null })),
    ...removedDays.filter((day) => present.days.has(day)).map((day) => ({ field: `entries.${day}.work_date`, left: null, present: day })),
  ];
  const gone = new Set(days.map(({ field }) => field.split('.')[1]));
  const values = fields
    .filter(({ field }) => !gone.has(field.split('.')[1]))
    .map(({ field, left }) => ({ field, left, present: present.fields.get(field) ?? null }))
    .filter(({ field, left, present: now }) => (field === 'admin_notes' ? left !== now : !sameInstant(left, now)));
  return [...days, ...values];
}

const sameInstant = (one: string | null, other: string | null): boolean =>
  one === other || (one !== null && other !== null && Date.parse(one) === Date.parse(other));
