import type { EntityManager } from '@mikro-orm/postgresql';
import type { z } from 'zod';
import { Refusal, type FieldProblem } from '../errors.ts';
import type { Relation, Viewer } from '../people/rights/permissions.ts';
import { Site } from '../people/site.ts';
import { User } from '../people/user.ts';
import { relationTo } from '../people/viewer.ts';
import { checkCreation } from './card-decision.ts';
import { lockPerson } from './open-card.ts';
import { lengthOf, LONGEST_PERIOD } from './period.rules.ts';
import { Timecard } from './timecard.ts';
import type { createTimecardInput } from './timecard.views.ts';

export type NewCard = Pick<z.output<typeof createTimecardInput>, 'person' | 'site' | 'periodStart' | 'periodEnd'>;

/**
 * A draft without times, not yet saved, for a person at a site in the site's zone.
 * @throws Refusal FORBIDDEN, or VALIDATION_ERROR naming every field that can't be.
 */
export async function makeCard(
  em: EntityManager,
  viewer: Viewer,
  wanted: NewCard,
): Promise<{ readonly card: Timecard; readonly relation: Relation }> {
  checkCreation(viewer, wanted);
  const relation = relationTo(viewer, wanted);
  const person = await em.findOne(User, { id: wanted.person });
  const site = await em.findOne(Site, { id: wanted.site });
  const fields = [
    ...personProblems(person),
    ...(site ? [] : [{ field: 'site', message: 'There is no such site.' }]),
    ...periodProblems(wanted),
  ];
  if (!person || !site || fields.length)
    throw new Refusal('VALIDATION_ERROR', "This timecard can't be made.", fields.map(({ message }) => message).join(' '), { fields });
  await lockPerson(em, person.id);
  const card = em.create(Timecard, {
    person,
    site,
    timeZone: site.timeZone,
    periodStart: wanted.periodStart,
    periodEnd: wanted.periodEnd,
    status: 'draft',
    manuallyEdited: false,
    editedAfterApproval: false,
  });
  return { card, relation };
}

function personProblems(person: User | null): FieldProblem[] {
  if (!person) return [{ field: 'person', message: 'There is no such person.' }];
  return person.disabledAt ? [{ field: 'person', message: 'This person is disabled and records no hours any more.' }] : [];
}

function periodProblems(wanted: NewCard): FieldProblem[] {
  const days = lengthOf(wanted);
  if (days < 1) return [{ field: 'period_end', message: 'The last day is before the first day.' }];
  return days > LONGEST_PERIOD ? [{ field: 'period_end', message: `A timecard covers at most ${LONGEST_PERIOD} days.` }] : [];
}
