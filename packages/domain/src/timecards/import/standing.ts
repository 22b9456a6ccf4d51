import { LockMode, type EntityManager, type FilterQuery } from '@mikro-orm/postgresql';
import { Temporal } from 'temporal-polyfill';
import type { Viewer } from '../../people/rights/permissions.ts';
import { relationTo } from '../../people/viewer.ts';
import { belongingOf } from '../card-decision.ts';
import { lockedFields } from '../mending.rules.ts';
import type { Period } from '../period.rules.ts';
import { sheetsOf } from '../sheets.ts';
import { Timecard } from '../timecard.ts';
import { weeksOf } from '../totals.ts';
import type { StandingCard } from './placing.rules.ts';

/** The days of somebody's cards that matter. */
export interface Stretch extends Period {
  readonly person: string;
}

export interface Loading {
  /** Whether they are going to be changed: then nobody else may until the transaction ends. */
  readonly lock: boolean;
}

/** The cards of these people that touch those days, with their days, by person: two queries for all of them. */
export async function cardsOf(em: EntityManager, stretches: readonly Stretch[], { lock }: Loading): Promise<Map<string, Timecard[]>> {
  const cards = new Map<string, Timecard[]>(stretches.map(({ person }) => [person, []]));
  if (!stretches.length) return cards;
  const where: FilterQuery<Timecard> = {
    $or: stretches.map(({ person, periodStart, periodEnd }) => ({
      person,
      periodStart: { $lte: periodEnd },
      periodEnd: { $gte: periodStart },
    })),
  };
  const found = await em.find(Timecard, where, { orderBy: { id: 'asc' }, ...(lock && { lockMode: LockMode.PESSIMISTIC_WRITE }) });
  await em.populate(found, ['entries']);
  for (const card of found) cards.get(card.person.id)?.push(card);
  return cards;
}

/** A card as the plans of somebody's import look at it. */
export const standing = (card: Timecard, viewer: Viewer): StandingCard => ({
  id: card.id,
  version: card.version,
  status: card.status,
  site: card.site.id,
  timeZone: card.timeZone,
  periodStart: card.periodStart,
  periodEnd: card.periodEnd,
  sheets: sheetsOf(card),
  lockedFields: lockedFields(card, relationTo(viewer, belongingOf(card))),
});

/** The weeks of these days, and of the days around them: a shift may reach into its neighbours, and overtime is counted by weeks. */
export function stretchOf(person: string, days: readonly string[], weekBeginsOn: number): Stretch {
  const first = days.reduce((one, other) => (one < other ? one : other));
  const last = days.reduce((one, other) => (one > other ? one : other));
  const { start, end } = weeksOf([{ periodStart: plus(first, -1), periodEnd: plus(last, 1) }], weekBeginsOn);
  return { person, periodStart: start, periodEnd: end };
}

const plus = (day: string, days: number) => Temporal.PlainDate.from(day).add({ days }).toString();
