// Builds the web application unless nothing that goes into it has changed; says nothing unless it fails.
import { spawnSync } from 'node:child_process';
import { existsSync } from 'node:fs';
import { dirname, join } from 'node:path';

const root = dirname(import.meta.dirname);

if (!existsSync(join(root, 'apps', 'web', 'dist'))) console.log('Building the pages …');
const args = ['run', 'build', '--filter=@countersign/web', '--output-logs=errors-only', '--ui=stream', '--log-prefix=none'];
const env = { ...process.env, TURBO_TELEMETRY_DISABLED: '1', DO_NOT_TRACK: '1' };
const turbo = join(root, 'node_modules', '.bin', 'turbo');
const done = spawnSync(turbo, args, { cwd: root, env, encoding: 'utf8', shell: process.platform === 'win32' });
if (done.status !== 0) console.error(`The pages cannot be built.\n${done.error?.message ?? ''}${done.stdout}${done.stderr}`);
process.exitCode = done.status ?? 1;
