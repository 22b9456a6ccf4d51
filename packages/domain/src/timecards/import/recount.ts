import type { EntityManager } from '@mikro-orm/postgresql';
import { Temporal } from 'temporal-polyfill';
import type { Settings } from '../../people/settings.ts';
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

/** What the overtime of somebody's cards is after a change of several of them at once. */
export interface Recounted {
  /** In hundredths of an hour, by card: those that change and those that share a week with them. */
  readonly overtime: ReadonlyMap<string, number>;
  /** The standing ones among those, loaded and locked. */
  readonly cards: readonly Timecard[];
}

/**
 * Counts the overtime of several people anew, after the times of several of their cards changed: with the same result
 * as counting after each change, in two queries for all of them (two more for each time that an open card reaches
 * into further weeks).
 */
export async function recount(
  em: EntityManager,
  changes: ReadonlyMap<string, readonly Touched[]>,
  settings: Settings,
): Promise<Map<string, Recounted>> {
  const { weekBeginsOn } = settings;
  const touchedBy = [...changes].filter(([, touched]) => touched.length);
  const spans = new Map(touchedBy.map(([person, touched]) => [person, weeksOf(touched, weekBeginsOn)]));
  const done = new Map<string, Recounted>();
  while (done.size < spans.size) {
    const left = [...spans].filter(([person]) => !done.has(person));
    const loaded = await cardsOf(
      em,
      left.map(([person, { start, end }]) => ({ person, periodStart: start, periodEnd: end })),
      { lock: true },
    );
    for (const [person, span] of left) {
      const touched = changes.get(person) ?? [];
      const cards = sharing(touched, loaded.get(person) ?? [], weekBeginsOn);
      const grown = weeksOf([...touched, ...cards.filter(isOpen)], weekBeginsOn);
      const known = grown.start >= span.start && grown.end <= span.end;
      if (known)
        done.set(person, { overtime: overtimeOf([...touched.map(counted), ...others(cards, touched)], limitsOf(settings)), cards });
      else
        spans.set(person, { start: grown.start < span.start ? grown.start : span.start, end: grown.end > span.end ? grown.end : span.end });
    }
  }
  return done;
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
