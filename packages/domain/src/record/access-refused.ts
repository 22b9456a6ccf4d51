import type { EntityManager } from '@mikro-orm/postgresql';
import { z } from 'zod';
import { job, withContext } from '@countersign/audit/context';
import { manualAction, type MetadataOf } from '@countersign/audit/manual-action';
import { record } from '@countersign/audit/record';

/** AUD-12: a database role asked for something about the log that it has no right to, and didn't get it. */
export const accessRefused = manualAction({
  name: 'audit_access_refused',
  area: 'audit',
  label: 'Access refused',
  description: 'A database role tried to read or change a table of the log without the right to; nothing was read or changed.',
  metadata: z.strictObject({
    database_user: z.string(),
    table: z.string(),
    times: z.int().positive(),
  }),
});

/** What a database's own log says of one role and one table. */
export type RefusedAccess = MetadataOf<typeof accessRefused>;

/** Records refusals that a database's own log tells of. */
export const recordRefusals = (em: EntityManager, refusals: readonly RefusedAccess[]): Promise<void> =>
  withContext({ actor: job('database log'), channel: 'job' }, async () => {
    for (const metadata of refusals) await record(em.fork(), accessRefused, { metadata });
  });
