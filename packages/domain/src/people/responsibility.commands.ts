import type { EntityManager } from '@mikro-orm/postgresql';
import { withContext } from '@countersign/audit/context';
import { command } from '../definition.ts';
import { Refusal } from '../errors.ts';
import { changedMeanwhile, holdRights, noSuchUser, theUser } from './users/acting-admin.ts';
import { MATRIX } from './rights/permissions.ts';
import { Responsibility, type ResponsibilityKind } from './responsibility.ts';
import { Site } from './site.ts';
import { ROLE_LABELS, User } from './user.ts';
import { presentUser } from './users/users.queries.ts';
import { assignInput, endResponsibilityInput, userView } from './users/users.views.ts';
import { COUNTS } from './viewer.ts';

export const assignResponsibility = command({
  name: 'users.assign',
  summary: 'Make a supervisor or coordinator responsible for a person or a site',
  input: assignInput,
  output: userView,
  rest: { method: 'POST', path: '/api/users/{holder}/responsibilities' },
  permission: MATRIX.users,
  run: async ({ holder, kind, person, site, reason }, call) => {
    await withContext({ reason }, () =>
      call.em.transactional(async (em) => {
        await holdRights({ em, viewer: call.viewer });
        refuseUnfit(await theUser(em, holder), { kind, person });
        const forWhat = person === undefined ? { site: await theSite(em, site) } : { person: await thePerson(em, person) };
        if (await em.count(Responsibility, { holder, kind, ...forWhat }))
          throw new Refusal('CONFLICT', 'This responsibility is held already.', 'Read the page again: somebody assigned it just now.');
        em.create(Responsibility, { holder, kind, ...forWhat });
      }),
    );
    return presentUser(call.em, holder);
  },
});

export const endResponsibility = command({
  name: 'users.endResponsibility',
  summary: 'Take a responsibility away',
  input: endResponsibilityInput,
  output: userView,
  rest: { method: 'POST', path: '/api/responsibilities/{id}/end' },
  permission: MATRIX.users,
  run: async ({ id, reason }, call) => {
    const holder = await withContext({ reason }, () =>
      call.em.transactional(async (em) => {
        await holdRights({ em, viewer: call.viewer });
        const held = await em.findOne(Responsibility, { id }, { populate: ['holder'] });
        if (!held) throw new Refusal('NOT_FOUND', 'This responsibility has ended already', 'Read the page again.');
        em.remove(held);
        return held.holder.id;
      }),
    );
    return presentUser(call.em, holder);
  },
});

/** What a role can't hold would give its holder nothing: it isn't assigned at all. */
function refuseUnfit(holder: User, { kind, person }: { readonly kind: ResponsibilityKind; readonly person: string | undefined }): void {
  const fits = COUNTS[holder.role];
  if (!fits)
    throw new Refusal(
      'CONFLICT',
      `A ${ROLE_LABELS[holder.role].toLowerCase()} can’t be responsible for others.`,
      'Supervisors are, for people and sites, and coordinators for people: change the role first.',
    );
  if (fits !== kind) throw changedMeanwhile();
  if (kind === 'coordinates' && person === undefined) throw wrong('site', 'Coordinators are responsible for people, not for sites.');
  if (person === holder.id) throw wrong('person', 'Nobody is responsible for themselves.');
}

const wrong = (field: string, message: string) =>
  new Refusal('VALIDATION_ERROR', 'This can’t be assigned.', message, { fields: [{ field, message }] });

async function thePerson(em: EntityManager, id: string): Promise<User> {
  const person = await em.findOne(User, { id });
  if (!person) throw noSuchUser();
  if (person.disabledAt) throw wrong('person', 'This account is disabled: enable it first.');
  return person;
}

async function theSite(em: EntityManager, id: string | undefined): Promise<Site> {
  const site = id === undefined ? null : await em.findOne(Site, { id });
  if (!site) throw wrong('site', 'There is no such site.');
  return site;
}
