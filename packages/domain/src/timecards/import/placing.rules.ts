import { Temporal } from 'temporal-polyfill';
import type { Sheet, Shift } from '../hours.rules.ts';
import { LOCKED, lockedChanges } from '../mending.rules.ts';
import { weekOf } from '../overtime.rules.ts';
import { covers, periodLabel, type Period } from '../period.rules.ts';
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

/** How an import places what finds no card. */
export interface PlanOptions {
  readonly newCards: NewCards;
  readonly weekBeginsOn: number;
  readonly timeZoneOf: (site: string) => string;
  /** Why no card can be made for this person; null where one can. */
  readonly refusesNew: string | null;
}

/** A shift with the card that it goes to: one that stands, or a new one under its key. */
export interface Placed {
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

/** Finds the card of each shift: first those that stand already, then the card of that day, then a new one. */
export function place(cards: readonly StandingCard[], shifts: readonly FoundShift[], options: PlanOptions): Placed[] {
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
export const dayOn = ({ sheets }: Pick<StandingCard, 'sheets'>, workDate: string): Sheet | undefined =>
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

/** What the file doesn't say stays. */
export const merged = (sheet: Sheet, said: Sheet | undefined): Sheet =>
  said === undefined
    ? sheet
    : {
        workDate: sheet.workDate,
        checkIn: said.checkIn ?? sheet.checkIn,
        checkOut: said.checkOut ?? sheet.checkOut,
        breakStart: said.breakStart ?? sheet.breakStart,
        breakEnd: said.breakEnd ?? sheet.breakEnd,
      };

/** Says what is wrong with a shift, the first thing where there are several. */
export function refuse(one: Placed, message: string): void {
  one.message = one.outcome === 'problem' ? one.message : message;
  one.outcome = 'problem';
}
