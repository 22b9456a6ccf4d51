import { afterAll, beforeAll, expect, test } from 'vitest';
import { runJob } from '../src/job-run.ts';
import { world, type World } from './world.ts';

let w: World;
beforeAll(async () => {
  w = await world();
});
afterAll(() => w.close());

test('AUD-9: a job that ran is an event with its name, its outcome and how many records it was about', async () => {
  await runJob(w.orm.em, 'tidying', async () => 7);
  const broken = runJob(w.orm.em, 'tidying', async () => {
    throw new Error('the broom broke');
  });
  await expect(broken).rejects.toThrow('the broom broke');
  const [ran, failed] = (await w.events()).slice(-2);
  const told = { area: 'system', action: 'cron_job_executed', actor: { kind: 'system', id: 'tidying' }, channel: 'job', target: null };
  expect(ran).toMatchObject({
    ...told,
    metadata: { job_name: 'tidying', status: 'succeeded', records_processed: 7, error: null },
  });
  expect(failed).toMatchObject({
    ...told,
    metadata: { job_name: 'tidying', status: 'failed', records_processed: 0, error: 'the broom broke' },
  });
  expect(ran?.changeId).not.toBe(failed?.changeId);
});
