import type { EntityManager } from '@mikro-orm/postgresql';
import { z } from 'zod';
import { changeSetOf, type Filter } from '@countersign/audit/filter';
import { subjectKey } from '@countersign/audit/visibility';
import { query } from '../../definition.ts';
import { MATRIX, type Viewer } from '../../people/rights/permissions.ts';
import { NO_CHANGES } from './answer.rules.ts';
import { ChangeAnswer } from './change-answer.ts';

export const countWaiting = query({
  name: 'answers.waiting',
  summary: 'To how many changes of your records by others you have said nothing yet',
  input: z.strictObject({}),
  /** Change sets; `more`: there are more than were counted. */
  output: z.object({ count: z.int(), more: z.boolean() }),
  rest: { method: 'GET', path: '/api/answers/waiting' },
  permission: MATRIX.logAnswer,
  reads: 'person',
  run: async (_, { em, viewer, log }) => {
    await log.settle();
    const filter = { subject: [viewer.id], withoutActor: [viewer.id], withoutArea: NO_CHANGES, ...(await withoutAnswered(em, viewer)) };
    const { total, more } = await log.countSets(filter, { everything: false, keys: [subjectKey(viewer.id)], sensitive: false });
    return { count: total, more };
  },
});

/** The part of a filter that leaves out what somebody has confirmed or contested. */
export async function withoutAnswered(em: EntityManager, { id }: Pick<Viewer, 'id'>): Promise<Pick<Filter, 'withoutChangeOf'>> {
  const answers = await em.fork().find(ChangeAnswer, { person: id }, { fields: ['changeId', 'record'] });
  return { withoutChangeOf: answers.map(({ changeId, record }) => changeSetOf(changeId, record)) };
}
