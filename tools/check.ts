// Everything that can be said about the code without running it.
import { spawnSync } from 'node:child_process';
import { dirname, join } from 'node:path';
import { findings, GUARDS } from './guards.ts';
import { sourceFiles } from './source-files.ts';

const root = dirname(import.meta.dirname);

/** One thing to check: its complaint, or undefined where all is well. */
interface Step {
  readonly name: string;
  readonly mend: string;
  complaint(): string | undefined;
}

const STEPS: readonly Step[] = [
  { name: 'format', mend: 'run `npm run format`', complaint: () => tool('oxfmt', '--check', '.') },
  { name: 'lint', mend: 'see the messages; `npx oxlint --fix` mends some', complaint: () => tool('oxlint', '--deny-warnings') },
  {
    name: 'dead code',
    mend: 'delete what nobody uses, or use it',
    complaint: () => tool('knip', '--no-progress', '--no-config-hints'),
  },
  {
    name: 'types of the packages',
    mend: 'see the messages',
    complaint: () => tool('turbo', 'run', 'typecheck', '--continue', '--output-logs=errors-only', '--ui=stream', '--no-update-notifier'),
  },
  { name: 'types of the tools', mend: 'see the messages', complaint: () => tool('tsc', '--noEmit', '--project', root) },
  ...guardSteps(),
];

let failed = 0;
for (const step of STEPS) {
  const begin = performance.now();
  const complaint = step.complaint();
  const took = `${((performance.now() - begin) / 1000).toFixed(1)} s`;
  if (complaint === undefined) {
    console.log(`  ok      ${step.name} (${took})`);
    continue;
  }
  failed++;
  console.log(`  FAILED  ${step.name} (${took})\n${complaint.trimEnd()}\n          To mend it: ${step.mend}.\n`);
}
if (failed > 0) console.log(`check: ${failed} of ${STEPS.length} steps failed`);
process.exitCode = failed === 0 ? 0 : 1;

function guardSteps(): Step[] {
  const files = sourceFiles(root);
  return GUARDS.map((guard) => ({ name: guard.name, mend: guard.mend, complaint: () => findings(guard, files).join('\n') || undefined }));
}

function tool(name: string, ...args: string[]): string | undefined {
  const done = spawnSync(join(root, 'node_modules', '.bin', name), args, {
    cwd: root,
    encoding: 'utf8',
    shell: process.platform === 'win32',
  });
  if (done.error) return `${name} does not start: ${done.error.message}`;
  return done.status === 0 ? undefined : `${done.stdout}${done.stderr}`;
}
