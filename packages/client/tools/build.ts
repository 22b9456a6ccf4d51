// What is published: JavaScript with declarations, which need none of our other packages.
import { spawnSync } from 'node:child_process';
import { globSync, mkdirSync, readFileSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { everything } from '@countersign/api/countersign';
import { declarations } from '@countersign/api/declarations';

const root = dirname(import.meta.dirname);
const dist = join(root, 'dist');
const written = join(dist, 'interface.d.ts');

rmSync(dist, { recursive: true, force: true });
mkdirSync(dist);
writeFileSync(written, declarations(everything));
const compiled = spawnSync(join(root, 'node_modules', '.bin', 'tsc'), ['--project', join(root, 'tsconfig.build.json')], {
  stdio: 'inherit',
  shell: process.platform === 'win32',
});
// In the place of the file that names the interface by the package that it is inferred from.
renameSync(written, join(dist, 'router.d.ts'));
// The compiler changes the extensions of imports in JavaScript, and leaves those in declarations as they are.
for (const file of globSync('**/*.d.ts', { cwd: dist }))
  writeFileSync(join(dist, file), readFileSync(join(dist, file), 'utf8').replace(/(from '\.[^']*)\.ts'/g, "$1.js'"));
process.exitCode = compiled.status ?? 1;
