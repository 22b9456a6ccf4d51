import { longForm } from './long-form.ts';

/** Inputs that each procedure, each route and the bytes beneath are tried with, unless `FUZZ_RUNS` says otherwise. */
const RUNS = '80';

/** Every procedure, route and frame with inputs that nobody means; `FUZZ_SEED` repeats a run. */
export const run = (): Promise<void> =>
  longForm({ folder: 'apps/server', file: 'test/access/fuzz.pg.test.ts', env: { FUZZ_RUNS: process.env['FUZZ_RUNS'] ?? RUNS } });
