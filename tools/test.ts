// `npm test`: checks, builds the pages and runs every test; `npm test -- packages/audit` runs the tests of one package,
// and `npm test -- packages/audit -t 'savepoint'` hands the rest on to Vitest.
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { delimiter, dirname, join } from 'node:path';
import { allSuites, chosenSuites, type Suite } from './suites.ts';
import { type Outcome, outcomeOf, summary } from './test-report.ts';

const root = dirname(import.meta.dirname);
const reports = mkdtempSync(join(tmpdir(), 'countersign-reports-'));

const firstOption = process.argv.findIndex((argument, at) => at > 1 && argument.startsWith('-'));
const named = process.argv.slice(2, firstOption === -1 ? undefined : firstOption);
const options = firstOption === -1 ? [] : process.argv.slice(firstOption);
const suites = chosenSuites(allSuites(root), named);

const outcomes: Outcome[] = [];
if (named.length === 0) outcomes.push(await step('check', process.execPath, [join(root, 'tools', 'check.ts')]));
if (suites.some(({ needsPages }) => needsPages)) {
  outcomes.push(await step('build of the pages', process.execPath, [join(root, 'tools', 'build-pages.ts')]));
  outcomes.push(await step('first load of the pages', process.execPath, [join(root, 'apps', 'web', 'tools', 'size.ts')]));
}
for (const suite of suites) outcomes.push(await test(suite));

rmSync(reports, { recursive: true });
console.log(summary(outcomes));
process.exitCode = outcomes.some(({ failed }) => failed > 0) ? 1 : 0;

/** Something before the tests: nothing passed when it succeeds, one failure when it does not. */
async function step(name: string, program: string, args: readonly string[]): Promise<Outcome> {
  const { exitCode, seconds } = await run(name, program, args, root);
  return { name, passed: 0, failed: exitCode === 0 ? 0 : 1, skipped: 0, seconds };
}

async function test({ folder, script }: Suite): Promise<Outcome> {
  const report = join(reports, `${folder.replace('/', '-')}.json`);
  const reporting = ['--reporter=default', '--reporter=json', `--outputFile=${report}`, ...options];
  // What `pnpm run test` does, without the second that pnpm takes to begin.
  const { exitCode, seconds } = await run(folder, 'sh', ['-c', `${script} "$@"`, 'sh', ...reporting], join(root, folder));
  return outcomeOf(folder, report, exitCode, seconds);
}

async function run(title: string, program: string, args: readonly string[], cwd: string) {
  console.log(`\n── ${title}`);
  const begin = performance.now();
  const PATH = [join(cwd, 'node_modules', '.bin'), join(root, 'node_modules', '.bin'), process.env['PATH']].join(delimiter);
  const child = spawn(program, args, { cwd, env: { ...process.env, PATH }, stdio: ['ignore', 'inherit', 'inherit'] });
  const [exitCode] = (await once(child, 'exit')) as [number | null];
  return { exitCode, seconds: (performance.now() - begin) / 1000 };
}
