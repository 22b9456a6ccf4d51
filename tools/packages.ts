// What is installed from elsewhere: what is known against it, what is newer, under which licenses it is shipped. It fails nothing.
import { spawnSync } from 'node:child_process';
import { dirname } from 'node:path';
import { licenses, outdated, type Printed, printedBy, vulnerabilities } from './packages-report.ts';

/** Milliseconds that pnpm may take for each. */
const PATIENCE = 120_000;

function pnpm(...args: string[]): Printed {
  const done = spawnSync('pnpm', args, {
    cwd: dirname(import.meta.dirname),
    encoding: 'utf8',
    timeout: PATIENCE,
    maxBuffer: 256 * 1024 * 1024,
    shell: process.platform === 'win32',
  });
  return done.error ? { silence: `pnpm does not answer: ${done.error.message}` } : printedBy(done.stdout);
}

function say(title: string, lines: readonly string[]): void {
  console.log(`${title}\n${lines.map((line) => `  ${line}`).join('\n')}\n`);
}

/** Who can't be asked has nothing against anything, and nothing for it. */
function tell<Answer>(title: string, printed: Printed, lines: (answer: Answer) => string[]): void {
  say(
    title,
    'silence' in printed ? [`The registry did not answer: ${printed.silence}. Nothing is known of this.`] : lines(printed.answer as Answer),
  );
}

tell('Known vulnerabilities, of everything that is installed', pnpm('audit', '--json'), vulnerabilities);
tell('Newer versions of what is named directly', pnpm('outdated', '--recursive', '--format', 'json'), outdated);
const shipped = pnpm('--recursive', 'licenses', 'list', '--prod', '--json');
say('Licenses of what is shipped', 'silence' in shipped ? [`pnpm could not tell: ${shipped.silence}.`] : licenses(shipped.answer as never));
