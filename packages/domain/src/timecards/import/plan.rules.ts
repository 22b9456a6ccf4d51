import { Temporal } from 'temporal-polyfill';
import type { Sheet, Shift } from '../hours.rules.ts';
import { LOCKED, lockedChanges } from '../mending.rules.ts';
import { weekOf } from '../overtime.rules.ts';
import { covers, dayLabel, isOneDay, periodLabel, type Period } from '../period.rules.ts';
import { CARD_FIELDS, dayFields, problemsOf } from '../times.rules.ts';
import type { TimecardStatus } from '../timecard.views.ts';
import type { FoundShift } from './punches.rules.ts';

/** What becomes of a shift of the file. */
export const OUTCOMES = ['create', 'change', 'unchanged', 'locked', 'problem'] as const;
export type Outcome = (typeof OUTCOMES)[number];

/** The period of cards that an import makes. */
export const NEW_CARDS = ['day', 'week'] as const;
export type NewCards = (typeof NEW_CARDS)[number];

/** One of the person's cards, as it stands. */
export interface StandingCard extends Period {
  readonly id: string;
  readonly version: number;
  readonly status: TimecardStatus;
  readonly site: string;
  readonly timeZone: string;
  readonly sheets: readonly Sheet[];
  /** TC-11: fields that its rejection doesn't ask whoever imports to mend. */
  readonly lockedFields: ReadonlySet<string>;
}

/** A card that the import makes. */
export interface PlannedCard extends Period {
  readonly site: string;
  readonly timeZone: string;
  readonly sheets: readonly Sheet[];
}

/** A card that the import changes: its days as they will be, and of the imported ones what the file says. */
export interface ChangedCard {
  readonly card: StandingCard;
  readonly sheets: readonly Sheet[];
  readonly days: readonly Sheet[];
}

export interface PlannedShift {
  readonly shift: FoundShift;
  readonly outcome: Outcome;
  /** The card that it is, or becomes part of; null for a new one. */
  readonly card: StandingCard | null;
  /** Why it stays as it is, or what is wrong and what to do. */
  readonly message: string | null;
}

/** What an import does with the shifts of one person. */
export interface Plan {
  readonly shifts: readonly PlannedShift[];
  readonly created: readonly PlannedCard[];
  readonly changed: readonly ChangedCard[];
}

export interface PlanOptions {
  readonly newCards: NewCards;
  readonly weekBeginsOn: number;
  readonly timeZoneOf: (site: string) => string;
  /** Why no card can be made for this person; null where one can. */
  readonly refusesNew: string | null;
}

/** A shift with the card that it goes to: one that stands, or a new one under its key. */
interface Placed {
  readonly shift: FoundShift;
  readonly sheet: Sheet;
  readonly card: StandingCard | null;
  readonly period: Period;
  outcome: Outcome;
  message: string | null;
}

const text = (instant: number | null): string | null => (instant === null ? null : new Date(instant).toISOString());

const sheetOf = ({ workDate, checkIn, checkOut, breakStart, breakEnd }: FoundShift): Sheet => ({
  workDate,
  checkIn: text(checkIn),
  checkOut: text(checkOut),
  breakStart: text(breakStart),
  breakEnd: text(breakEnd),
});

/**
 * What an import does with one person's shifts, given all their cards that touch those days. Pure, so that what is
 * shown before is what is done after: both ask here.
 *
 * A shift that stands already, exactly as the file tells it, is unchanged, which makes importing a file twice harmless.
 */
export function planOf(cards: readonly StandingCard[], shifts: readonly FoundShift[], options: PlanOptions): Plan {
  const placed = place(cards, shifts, options);
  const created = grouped(
    placed,
    ({ outcome }) => outcome === 'create',
    (one) => `${one.shift.site} ${one.period.periodStart} ${one.period.periodEnd}`,
  ).map((group) => newCard(group, options));
  const changed = grouped(
    placed,
    ({ outcome }) => outcome === 'change',
    (one) => one.card?.id ?? '',
  ).map(changedCard);
  for (const { card, group } of created) refuseImpossible(card, group);
  for (const { card, sheets, group } of changed) refuseImpossible({ ...card, sheets }, group);
  refuseOverlaps(placed, cards);
  const whole = (group: readonly Placed[]) => group.every(({ outcome }) => outcome !== 'problem');
  return {
    shifts: placed.map(({ shift, outcome, card, message }) => ({ shift, outcome, card, message })),
    created: created.filter(({ group }) => whole(group)).map(({ card }) => card),
    changed: changed.filter(({ group }) => whole(group)).map(({ card, sheets, days }) => ({ card, sheets, days })),
  };
}

/** Finds the card of each shift: first those that stand already, then the card of that day, then a new one. */
function place(cards: readonly StandingCard[], shifts: readonly FoundShift[], options: PlanOptions): Placed[] {
  const taken = new Set<string>();
  const take = (card: StandingCard, { workDate }: FoundShift) => taken.add(`${card.id} ${workDate}`);
  const free = (card: StandingCard, { workDate }: FoundShift) => !taken.has(`${card.id} ${workDate}`);
  const standing = new Map<FoundShift, StandingCard>();
  for (const shift of shifts) {
    const card = cardsOf(cards, shift).find((one) => free(one, shift) && says(one, sheetOf(shift)));
    if (!card) continue;
    standing.set(shift, card);
    take(card, shift);
  }
  return shifts.map((shift) => {
    const known = standing.get(shift);
    if (known) return { shift, sheet: sheetOf(shift), card: known, period: known, outcome: 'unchanged', message: null };
    const card = cardsOf(cards, shift).find((one) => free(one, shift));
    if (card) {
      take(card, shift);
      return { shift, sheet: sheetOf(shift), card, period: card, ...onCard(card, sheetOf(shift)) };
    }
    const period = periodFor(shift, options, taken);
    const { refusesNew } = options;
    return { shift, sheet: sheetOf(shift), card: null, period, outcome: refusesNew === null ? 'create' : 'problem', message: refusesNew };
  });
}

/** The cards to which a shift could belong, the likeliest first. */
function cardsOf(cards: readonly StandingCard[], { site, workDate }: FoundShift): StandingCard[] {
  const likely = (card: StandingCard) => (dayOn(card, workDate) ? 0 : 2) + (isLocked(card) ? 1 : 0);
  return cards
    .filter((card) => card.site === site && covers(card, workDate))
    .sort((one, other) => likely(one) - likely(other) || spanOf(one) - spanOf(other) || (one.id < other.id ? -1 : 1));
}

const spanOf = ({ periodStart, periodEnd }: Period) => Date.parse(periodEnd) - Date.parse(periodStart);

/** The times of a day that has any. */
const dayOn = ({ sheets }: Pick<StandingCard, 'sheets'>, workDate: string): Sheet | undefined =>
  sheets.find((sheet) => sheet.workDate === workDate && TIMES.some((time) => sheet[time] !== null));

const TIMES = ['checkIn', 'checkOut', 'breakStart', 'breakEnd'] as const satisfies readonly (keyof Shift)[];

/** Whether a card says already what the file says; what the file doesn't say is no difference. */
function says(card: StandingCard, sheet: Sheet): boolean {
  const day = dayOn(card, sheet.workDate);
  return day !== undefined && TIMES.every((time) => sheet[time] === null || sheet[time] === day[time]);
}

const isLocked = ({ status }: Pick<StandingCard, 'status'>) => status === 'submitted' || status === 'approved';

function onCard(card: StandingCard, sheet: Sheet): Pick<Placed, 'outcome' | 'message'> {
  const named = `The timecard "${periodLabel(card)}"`;
  switch (card.status) {
    case 'draft':
      return { outcome: 'change', message: null };
    case 'rejected':
      return locksAnyOf(card, sheet)
        ? { outcome: 'locked', message: `${named} is yours and was rejected. ${LOCKED}` }
        : { outcome: 'change', message: null };
    case 'submitted':
      return {
        outcome: 'locked',
        message: `${named} is submitted and waits for a decision, with other times: have it rejected first, or change it as part of rejecting it.`,
      };
    case 'approved':
      return {
        outcome: 'locked',
        message: `${named} is approved, with other times: an import changes no approved timecard. An admin can change it on its page, with a reason.`,
      };
    default:
      return card.status satisfies never;
  }
}

function locksAnyOf({ sheets, lockedFields, ...card }: StandingCard, said: Sheet): boolean {
  const others = sheets.filter(({ workDate }) => workDate !== said.workDate);
  const day = sheets.find(({ workDate }) => workDate === said.workDate);
  return lockedChanges(card, lockedFields, { before: sheets, after: [...others, day ? merged(day, said) : said] }).length > 0;
}

/** A second shift of a day has no room beside the first one, and gets a card of that day for itself. */
function periodFor({ site, workDate }: FoundShift, { newCards, weekBeginsOn }: PlanOptions, taken: Set<string>): Period {
  const monday = weekOf(workDate, weekBeginsOn);
  const week = { periodStart: monday, periodEnd: Temporal.PlainDate.from(monday).add({ days: 6 }).toString() };
  const key = `new ${site} ${workDate}`;
  if (newCards === 'day' || taken.has(key)) return { periodStart: workDate, periodEnd: workDate };
  taken.add(key);
  return week;
}

interface Group {
  readonly key: string;
  readonly members: Placed[];
}

/** By key; two shifts of one day never share a card. */
function grouped(placed: readonly Placed[], wanted: (one: Placed) => boolean, keyOf: (one: Placed) => string): Placed[][] {
  const groups: Group[] = [];
  const byKey = new Map<string, Group[]>();
  for (const one of placed.filter(wanted)) {
    const key = keyOf(one);
    const known = byKey.get(key) ?? [];
    const room = known.find(({ members }) => members.every(({ shift }) => shift.workDate !== one.shift.workDate));
    if (room) {
      room.members.push(one);
      continue;
    }
    const group = { key, members: [one] };
    groups.push(group);
    byKey.set(key, [...known, group]);
  }
  return groups.map(({ members }) => members);
}

function newCard(group: Placed[], { timeZoneOf }: PlanOptions): { readonly card: PlannedCard; readonly group: Placed[] } {
  const [{ shift, period }] = group as [Placed, ...Placed[]];
  const { periodStart, periodEnd } = period;
  return {
    card: { periodStart, periodEnd, site: shift.site, timeZone: timeZoneOf(shift.site), sheets: group.map(({ sheet }) => sheet) },
    group,
  };
}

function changedCard(group: Placed[]): ChangedCard & { readonly group: Placed[] } {
  const card = group[0]?.card as StandingCard;
  const days = new Map(group.map(({ sheet }) => [sheet.workDate, sheet]));
  const kept = card.sheets.map((sheet) => merged(sheet, days.get(sheet.workDate)));
  const added = [...days.values()].filter(({ workDate }) => !card.sheets.some((sheet) => sheet.workDate === workDate));
  return { card, sheets: [...kept, ...added], days: [...days.values()], group };
}

/** What the file doesn't say stays. */
const merged = (sheet: Sheet, said: Sheet | undefined): Sheet =>
  said === undefined
    ? sheet
    : {
        workDate: sheet.workDate,
        checkIn: said.checkIn ?? sheet.checkIn,
        checkOut: said.checkOut ?? sheet.checkOut,
        breakStart: said.breakStart ?? sheet.breakStart,
        breakEnd: said.breakEnd ?? sheet.breakEnd,
      };

/** TC-6, by the same rules as for a card that is typed in: each problem goes to the shift that has it. */
function refuseImpossible(card: Period & Pick<PlannedCard, 'timeZone' | 'sheets'>, group: readonly Placed[]): void {
  for (const { field, message } of problemsOf(card)) {
    const own = group.find(({ sheet }) => belongs(field, card, sheet.workDate)) ?? group[0];
    if (own) refuse(own, message);
  }
}

function belongs(field: string, card: Period, workDate: string): boolean {
  return isOneDay(card)
    ? Object.values(CARD_FIELDS).includes(field)
    : Object.values(dayFields(workDate)).includes(field) || field.startsWith(`entries.${workDate}.`);
}

function refuse(one: Placed, message: string): void {
  one.message = one.outcome === 'problem' ? one.message : message;
  one.outcome = 'problem';
}

interface Interval {
  readonly from: number;
  readonly to: number;
  readonly workDate: string;
  readonly placed: Placed | null;
}

/** Nobody is in two places at once: not on two lines of the file, nor on a line and on a card that stands. */
function refuseOverlaps(placed: readonly Placed[], cards: readonly StandingCard[]): void {
  const imported = placed.filter(({ outcome }) => outcome !== 'problem');
  const said = new Set(imported.flatMap(({ card, shift }) => (card ? [`${card.id} ${shift.workDate}`] : [])));
  const standing = cards.flatMap((card) =>
    card.sheets.filter(({ workDate }) => !said.has(`${card.id} ${workDate}`)).flatMap((sheet) => intervalOf(sheet, null)),
  );
  const intervals = [...standing, ...imported.flatMap((one) => intervalOf(asItWillBe(one), one))].sort(
    (one, other) => one.from - other.from || one.to - other.to,
  );
  let latest: Interval | null = null;
  for (const one of intervals) {
    if (latest && one.from < latest.to) refuseOverlap(one, latest);
    if (!latest || one.to > latest.to) latest = one;
  }
}

const intervalOf = ({ checkIn, checkOut, workDate }: Sheet, placed: Placed | null): Interval[] =>
  checkIn === null ? [] : [{ from: Date.parse(checkIn), to: Date.parse(checkOut ?? checkIn), workDate, placed }];

/** The times of a day as they will be. */
const asItWillBe = ({ card, sheet }: Placed): Sheet => {
  const day = card && dayOn(card, sheet.workDate);
  return day ? merged(day, sheet) : sheet;
};

function refuseOverlap(one: Interval, other: Interval): void {
  const active = [one, other].find(({ placed }) => placed && (placed.outcome === 'create' || placed.outcome === 'change'));
  if (!active?.placed) return;
  const against = active === one ? other : one;
  const where = against.placed
    ? `the one on line ${against.placed.shift.lines[0]}`
    : `one of ${dayLabel(against.workDate)} that stands on another timecard`;
  refuse(active.placed, `This shift and ${where} overlap: nobody is at work twice. Mend the times, or take one of them out.`);
}
