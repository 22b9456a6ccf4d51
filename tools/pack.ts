// `npm run pack -- FOLDER`: writes what an application of one's own installs, as files that npm takes.
import { spawnSync } from 'node:child_process';
import { mkdirSync } from 'node:fs';
import { join, resolve } from 'node:path';

const [, , given] = process.argv;
if (given === undefined) {
  console.error('Say into which folder: npm run pack -- ../notes');
  process.exit(2);
}
const folder = resolve(given);
mkdirSync(folder, { recursive: true });
for (const name of ['proof', 'audit']) {
  const cwd = join(import.meta.dirname, '..', 'packages', name);
  const packed = spawnSync('pnpm', ['pack', '--pack-destination', folder], { cwd, stdio: 'inherit', shell: process.platform === 'win32' });
  if (packed.status !== 0) process.exit(packed.status ?? 1);
}
