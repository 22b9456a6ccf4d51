import type { FilterQuery } from '@mikro-orm/postgresql';
import { z } from 'zod';
import { query } from '../definition.ts';
import { MATRIX, permits, type Viewer } from '../people/rights/permissions.ts';
import { whoComes } from '../people/sight/sight.rules.ts';
import { relationTo } from '../people/viewer.ts';
import { belongingOf } from './card-decision.ts';
import { noSuchCard } from './no-such-card.ts';
import { presentCard, presentSummary } from './timecard-view.ts';
import { Timecard } from './timecard.ts';
import { listTimecardsInput, timecardList, type timecardsFilter, timecardView } from './timecard.views.ts';

/** The cards that somebody may see, as a condition. */
export function visibleTo(viewer: Viewer): FilterQuery<Timecard> {
  if (permits(MATRIX.timecardRead, viewer.role, 'foreign')) return {};
  const { people, sites } = viewer.responsibleFor;
  return permits(MATRIX.timecardRead, viewer.role, 'responsible')
    ? { $or: [{ person: { $in: [viewer.id, ...people] } }, { site: { $in: [...sites] } }] }
    : { person: viewer.id };
}

/** One card for somebody to read. @throws Refusal NOT_FOUND, whether there is none or they may not see it. */
export function checkReadable(card: Timecard | null, viewer: Viewer): asserts card is Timecard {
  const relation = card && relationTo(viewer, belongingOf(card));
  if (!relation || !permits(MATRIX.timecardRead, viewer.role, relation)) throw noSuchCard();
}

export const listTimecards = query({
  name: 'timecards.list',
  summary: 'Timecards that you may see, the newest period first',
  input: listTimecardsInput,
  output: timecardList,
  rest: { method: 'GET', path: '/api/timecards' },
  permission: MATRIX.timecardRead,
  run: async ({ limit, offset, ...wanted }, { em, viewer }) => {
    const where = { $and: [visibleTo(viewer), conditionOf(wanted)] } as FilterQuery<Timecard>;
    const [cards, total] = await em
      .fork()
      .findAndCount(Timecard, where, { populate: ['person', 'site'], orderBy: { periodStart: 'desc', id: 'asc' }, limit, offset });
    return { data: cards.map(presentSummary), pagination: { total, limit, offset, hasMore: offset + cards.length < total } };
  },
});

/** The cards that a list is about, as a condition. */
export function conditionOf({ status, person, site, from, to }: z.output<z.ZodObject<typeof timecardsFilter>>): FilterQuery<Timecard> {
  return {
    ...(status !== undefined && { status: { $in: [status].flat() } }),
    ...(person !== undefined && { person }),
    ...(site !== undefined && { site }),
    ...(from !== undefined && { periodEnd: { $gte: from } }),
    ...(to !== undefined && { periodStart: { $lte: to } }),
  };
}

export const getTimecard = query({
  name: 'timecards.get',
  summary: 'One timecard with its days',
  input: z.strictObject({ id: z.uuid() }),
  output: timecardView,
  rest: { method: 'GET', path: '/api/timecards/{id}' },
  permission: MATRIX.timecardRead,
  shows: ({ id, person }, viewer) => (person.id === whoComes(viewer) ? null : `Timecard:${id}`),
  run: async ({ id }, { em, viewer }) => {
    const card = await em.fork().findOne(Timecard, { id }, { populate: ['entries', 'person', 'site'] });
    checkReadable(card, viewer);
    return presentCard(card, viewer);
  },
});
