import { spawnSync } from 'node:child_process';
import { randomInt } from 'node:crypto';
import { join } from 'node:path';

/** Minutes, unless `TRIAL_MINUTES` says otherwise. */
const MINUTES = 10;
/** How many times the programs of one run of the tests make one round here. */
const TIMES = 3;

const PACKAGE = join(import.meta.dirname, '../../packages/audit');

/**
 * The test of random programs of writes, with another seed each round, for as long as it takes: the folded log is the live
 * rows, nothing rolled back is in it, and the balance finds exactly what nobody recorded. A seed that fails is named.
 */
export function run(): Promise<void> {
  const minutes = Number(process.env['TRIAL_MINUTES'] ?? MINUTES);
  const until = Date.now() + minutes * 60_000;
  const failed: number[] = [];
  let rounds = 0;
  while (Date.now() < until) {
    const seed = randomInt(2 ** 31);
    rounds++;
    const answer = spawnSync('node', ['node_modules/vitest/vitest.mjs', 'run', 'test/write-programs.pg.test.ts'], {
      cwd: PACKAGE,
      encoding: 'utf8',
      env: { ...process.env, WRITE_PROGRAMS_SEED: String(seed), WRITE_PROGRAMS_TIMES: String(TIMES) },
    });
    console.log(`  round ${rounds}, seed ${seed}: ${answer.status === 0 ? 'as it should be' : 'FAILED'}`);
    if (answer.status === 0) continue;
    failed.push(seed);
    console.log(answer.stdout.slice(-6_000), answer.stderr.slice(-2_000));
  }
  console.log(`${rounds} rounds in ${minutes} minutes, ${failed.length} failed${failed.length ? `: ${failed.join(', ')}` : ''}`);
  if (failed.length) process.exitCode = 1;
  return Promise.resolve();
}
