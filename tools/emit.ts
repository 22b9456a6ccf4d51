// What is published of a package: JavaScript with declarations. Run in the package's folder, by its `prepack`.
import { spawnSync } from 'node:child_process';
import { globSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';

const packages = join(import.meta.dirname, '..', 'packages');

emit(process.cwd());

/** Compiles a package, after those of ours that it needs: it is compiled against what is published of them. */
function emit(folder: string): void {
  const { dependencies = {} } = JSON.parse(readFileSync(join(folder, 'package.json'), 'utf8')) as {
    dependencies?: Record<string, string>;
  };
  for (const [name, range] of Object.entries(dependencies))
    if (range.startsWith('workspace:')) emit(join(packages, name.replace('@countersign/', '')));
  const dist = join(folder, 'dist');
  rmSync(dist, { recursive: true, force: true });
  const compiled = spawnSync(join(folder, 'node_modules', '.bin', 'tsc'), ['--project', join(folder, 'tsconfig.build.json')], {
    stdio: 'inherit',
    shell: process.platform === 'win32',
  });
  if (compiled.status !== 0) process.exit(compiled.status ?? 1);
  // The compiler changes the extensions of imports in JavaScript, and leaves those in declarations as they are.
  for (const file of globSync('**/*.d.ts', { cwd: dist })) {
    const text = readFileSync(join(dist, file), 'utf8');
    writeFileSync(join(dist, file), text.replace(/((?:from |import\()['"]\.[^'"]*)\.ts(['"])/g, '$1.js$2'));
  }
}
