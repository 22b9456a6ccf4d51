import type { EntityManager } from '@mikro-orm/postgresql';
import { Temporal } from 'temporal-polyfill';
import type { Settings } from '../../people/rights/settings.ts';
import type { Sheet } from '../hours.rules.ts';
import { overtimeOf, weekOf, type CountedCard } from '../overtime.rules.ts';
import type { Period } from '../period.rules.ts';
import { sheetsOf } from '../sheets.ts';
import type { Timecard } from '../timecard.ts';
import { limitsOf, weeksOf } from '../totals.ts';
import { cardsOf } from './standing.ts';

/** A card whose times change, with its days as they will be. */
export interface Touched extends Period {
  readonly id: string;
  readonly sheets: readonly Sheet[];
}

/** Cards of somebody that were loaded and locked, and the days for which these are all. */
export interface Held {
  readonly days: Period;
  readonly cards: readonly Timecard[];
}

/** What is known already. */
export interface Known {
  readonly settings: Settings;
  /** By person. */
  readonly loaded: ReadonlyMap<string, Held>;
}

/** What the overtime of somebody's cards is after a change of several of them at once. */
export interface Recounted {
  /** In hundredths of an hour, by card: those that change and those that share a week with them. */
  readonly overtime: ReadonlyMap<string, number>;
  /** The standing ones among those, loaded and locked. */
  readonly cards: readonly Timecard[];
}

/** Somebody's change, and the weeks that have to be known for it. */
interface Counting {
  readonly person: string;
  readonly touched: readonly Touched[];
  readonly weeks: Period;
}

/**
 * Counts the overtime of several people anew, after the times of several of their cards changed: with the same result
 * as counting after each change, in two queries for all of them, or none where the cards are loaded already (and two more for each time that an open card
 * reaches into further weeks).
 */
export async function recount(
  em: EntityManager,
  changes: ReadonlyMap<string, readonly Touched[]>,
  { settings, loaded }: Known,
): Promise<Map<string, Recounted>> {
  const { weekBeginsOn } = settings;
  const held = new Map(loaded);
  const done = new Map<string, Recounted>();
  let left = [...changes].flatMap(([person, touched]) =>
    touched.length ? [{ person, touched, weeks: wholeWeeks(touched, weekBeginsOn) }] : [],
  );
  while (left.length) {
    await hold(em, held, left);
    const growing: Counting[] = [];
    for (const one of left) {
      const { days, cards: all } = held.get(one.person) as Held;
      const cards = sharing(one.touched, all, weekBeginsOn);
      const weeks = wholeWeeks([...one.touched, ...cards.filter(isOpen)], weekBeginsOn);
      if (!lies(weeks, days)) growing.push({ ...one, weeks });
      else
        done.set(one.person, {
          overtime: overtimeOf([...one.touched.map(counted), ...others(cards, one.touched)], limitsOf(settings)),
          cards,
        });
    }
    left = growing;
  }
  return done;
}

/** Loads the cards of those of whom too few weeks are known. */
async function hold(em: EntityManager, held: Map<string, Held>, wanted: readonly Counting[]): Promise<void> {
  const lacking = wanted.filter(({ person, weeks }) => !lies(weeks, held.get(person)?.days));
  const cards = await cardsOf(
    em,
    lacking.map(({ person, weeks }) => ({ person, ...weeks })),
    { lock: true },
  );
  for (const { person, weeks } of lacking) held.set(person, { days: weeks, cards: cards.get(person) ?? [] });
}

const lies = (inner: Period, outer: Period | undefined) =>
  outer !== undefined && inner.periodStart >= outer.periodStart && inner.periodEnd <= outer.periodEnd;

function wholeWeeks(periods: readonly Period[], weekBeginsOn: number): Period {
  const { start, end } = weeksOf(periods, weekBeginsOn);
  return { periodStart: start, periodEnd: end };
}

const isOpen = ({ status }: Timecard) => status !== 'approved';

/** The cards that share a week with one that changes, or with an open one that does: the weeks between two changes have no part in it. */
function sharing(touched: readonly Period[], cards: readonly Timecard[], weekBeginsOn: number): Timecard[] {
  const weeks = new Set(touched.flatMap((period) => weeksIn(period, weekBeginsOn)));
  let apart = cards.map((card) => ({ card, own: weeksIn(card, weekBeginsOn) }));
  const together: Timecard[] = [];
  for (;;) {
    const joining = apart.filter(({ own }) => own.some((week) => weeks.has(week)));
    if (!joining.length) return together;
    apart = apart.filter((one) => !joining.includes(one));
    for (const { card, own } of joining) {
      together.push(card);
      if (isOpen(card)) for (const week of own) weeks.add(week);
    }
  }
}

function weeksIn({ periodStart, periodEnd }: Period, weekBeginsOn: number): string[] {
  const last = weekOf(periodEnd, weekBeginsOn);
  const weeks = [weekOf(periodStart, weekBeginsOn)];
  for (let week = weeks[0] as string; week < last;) {
    week = Temporal.PlainDate.from(week).add({ days: 7 }).toString();
    weeks.push(week);
  }
  return weeks;
}

const counted = ({ id, sheets }: Touched): CountedCard => ({ id, sheets, settled: null });

const others = (cards: readonly Timecard[], touched: readonly Touched[]): CountedCard[] => {
  const changing = new Set(touched.map(({ id }) => id));
  return cards
    .filter(({ id }) => !changing.has(id))
    .map((card) => ({ id: card.id, sheets: sheetsOf(card), settled: card.status === 'approved' ? (card.overtimeHours ?? '0.00') : null }));
};
