import type { FilterQuery } from '@mikro-orm/postgresql';
import { z } from 'zod';
import { query } from '../definition.ts';
import { MATRIX, ROLES, type Viewer } from './rights/permissions.ts';
import { Site } from './site.ts';
import { fullName, User } from './user.ts';
import { seesEverybody, seesSensitive } from './viewer.ts';

const nothing = z.strictObject({});

/** The people whom somebody may see: everybody, or themselves and those they are responsible for. */
function visibleTo(viewer: Viewer): FilterQuery<User> {
  return seesEverybody(viewer) ? {} : { id: { $in: [viewer.id, ...viewer.responsibleFor.people] } };
}

export const listPeople = query({
  name: 'people.list',
  summary: 'The people whom you may see, by name',
  input: z.strictObject({
    limit: z.coerce.number().int().min(1).max(500).default(50),
    offset: z.coerce.number().int().min(0).max(1_000_000).default(0),
  }),
  output: z.object({
    data: z.array(z.object({ id: z.uuid(), name: z.string(), role: z.enum(ROLES), disabled: z.boolean() })),
    pagination: z.object({ total: z.int(), limit: z.int(), offset: z.int(), hasMore: z.boolean() }),
  }),
  rest: { method: 'GET', path: '/api/people' },
  permission: MATRIX.signedIn,
  run: async ({ limit, offset }, { em, viewer }) => {
    const [people, total] = await em.fork().findAndCount(User, visibleTo(viewer), {
      fields: ['firstName', 'lastName', 'role', 'disabledAt'],
      orderBy: { firstName: 'asc', lastName: 'asc', id: 'asc' },
      limit,
      offset,
    });
    return {
      data: people.map((person) => ({ id: person.id, name: fullName(person), role: person.role, disabled: person.disabledAt != null })),
      pagination: { total, limit, offset, hasMore: offset + people.length < total },
    };
  },
});

export const listSites = query({
  name: 'sites.list',
  summary: 'The sites, by name',
  input: nothing,
  output: z.array(z.object({ id: z.uuid(), name: z.string(), timeZone: z.string() })),
  rest: { method: 'GET', path: '/api/sites' },
  permission: MATRIX.signedIn,
  run: async (_, { em }) => {
    const sites = await em.fork().find(Site, {}, { orderBy: { name: 'asc' } });
    return sites.map(({ id, name, timeZone }) => ({ id, name, timeZone }));
  },
});

export const me = query({
  name: 'people.me',
  summary: 'Who you are, and what you may see',
  input: nothing,
  output: z.object({
    id: z.uuid(),
    name: z.string(),
    email: z.string(),
    role: z.enum(ROLES),
    level: z.number().int(),
    timeZone: z.string(),
    responsibleFor: z.object({ people: z.array(z.uuid()), sites: z.array(z.uuid()) }),
    /** Whether everybody's records are shown, or only one's own and those one is responsible for. */
    seesEverybody: z.boolean(),
    /** Whether the values of sensitive fields are shown. */
    seesSensitive: z.boolean(),
  }),
  rest: { method: 'GET', path: '/api/me' },
  permission: MATRIX.signedIn,
  run: async (_, { viewer }) => ({
    ...viewer,
    responsibleFor: { people: [...viewer.responsibleFor.people], sites: [...viewer.responsibleFor.sites] },
    seesEverybody: seesEverybody(viewer),
    seesSensitive: seesSensitive(viewer),
  }),
});
