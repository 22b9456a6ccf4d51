import { z } from 'zod';
import { instant } from '../../day.views.ts';
import { query } from '../../definition.ts';
import { names } from '../../people/directory.ts';
import { MATRIX } from '../../people/rights/permissions.ts';
import { ExportedPerson } from './exported-person.ts';

/** What stands for somebody whose name is no longer known. */
const UNKNOWN = 'Unknown person';

const someone = z.object({ id: z.uuid(), name: z.string() });

export const listOwnExports = query({
  name: 'exports.ofMine',
  summary: 'Exports by others that held timecards of yours, the newest first',
  input: z.strictObject({
    limit: z.coerce.number().int().min(1).max(100).default(20),
    offset: z.coerce.number().int().min(0).max(1_000_000).default(0),
  }),
  output: z.object({
    data: z.array(
      z.object({
        /** The change set of the event. */
        change: z.uuid(),
        by: someone,
        /** Through whose eyes, where an admin looked as somebody else. */
        through: someone.nullable(),
        at: instant,
        /** How many of yours. */
        timecards: z.int(),
      }),
    ),
    pagination: z.object({ total: z.int(), limit: z.int(), offset: z.int(), hasMore: z.boolean() }),
  }),
  rest: { method: 'GET', path: '/api/exports/of-mine' },
  permission: MATRIX.logAnswer,
  run: async ({ limit, offset }, { em, viewer }) => {
    const where = { person: viewer.id, by: { $ne: viewer.id } };
    const [found, total] = await em
      .fork()
      .findAndCount(ExportedPerson, where, { orderBy: { exportedAt: 'desc', changeId: 'asc' }, limit, offset });
    const known = await names(
      em,
      found.flatMap(({ by, through }) => [by, ...(through == null ? [] : [through])]),
    );
    const named = (id: string) => ({ id, name: known.get(id) ?? UNKNOWN });
    const data = found.map(({ changeId, by, through, exportedAt, timecards }) => ({
      change: changeId,
      by: named(by),
      through: through == null ? null : named(through),
      at: exportedAt.toISOString(),
      timecards,
    }));
    return { data, pagination: { total, limit, offset, hasMore: offset + found.length < total } };
  },
});
