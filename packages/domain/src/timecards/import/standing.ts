import { LockMode, type EntityManager, type FilterQuery } from '@mikro-orm/postgresql';
import { Temporal } from 'temporal-polyfill';
import type { Viewer } from '../../people/permissions.ts';
import { relationTo } from '../../people/viewer.ts';
import { lockedFields } from '../mending.rules.ts';
import type { Period } from '../period.rules.ts';
import { sheetsOf } from '../sheets.ts';
import { Timecard } from '../timecard.ts';
import type { StandingCard } from './plan.rules.ts';

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
  lockedFields: lockedFields(card, relationTo(viewer, { person: card.person.id, site: card.site.id })),
});

/** The days from the first to the last one of these, with a day around them: a shift may reach into its neighbours. */
export function stretchOf(person: string, days: readonly string[]): Stretch {
  const [first, last] = [
    days.reduce((one, other) => (one < other ? one : other)),
    days.reduce((one, other) => (one > other ? one : other)),
  ];
  return {
    person,
    periodStart: Temporal.PlainDate.from(first).subtract({ days: 1 }).toString(),
    periodEnd: Temporal.PlainDate.from(last).add({ days: 1 }).toString(),
  };
}
