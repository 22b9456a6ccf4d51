import type { EntityManager } from '@mikro-orm/postgresql';
import { z } from 'zod';
import { changeSet, job, withContext } from '@countersign/audit/context';
import { manualAction } from '@countersign/audit/manual-action';
import { record } from '@countersign/audit/record';

/** AUD-9: a job ran, well or badly. */
export const jobExecuted = manualAction({
  name: 'cron_job_executed',
  area: 'system',
  label: 'Job executed',
  description: 'A job of the schedule ran.',
  metadata: z.strictObject({
    job_name: z.string(),
    status: z.enum(['succeeded', 'failed']),
    records_processed: z.int().nonnegative(),
    error: z.string().nullable(),
  }),
});

/** Characters of a failure that are kept. */
const LONGEST_ERROR = 300;

/**
 * Runs a job as one change set of its own, and records that it ran and on how many records; that it failed as well.
 * @throws what the job threw.
 */
export function runJob(em: EntityManager, name: string, work: () => Promise<number>): Promise<void> {
  const ran = { job_name: name, records_processed: 0, error: null };
  return changeSet(`jobs.${name}`, () =>
    withContext({ actor: job(name), channel: 'job' }, async () => {
      let processed: number;
      try {
        processed = await work();
      } catch (problem) {
        const error = (problem instanceof Error ? problem.message : String(problem)).slice(0, LONGEST_ERROR).toWellFormed();
        await record(em.fork(), jobExecuted, { metadata: { ...ran, status: 'failed', error } });
        throw problem;
      }
      await record(em.fork(), jobExecuted, { metadata: { ...ran, status: 'succeeded', records_processed: processed } });
    }),
  );
}
