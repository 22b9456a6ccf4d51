import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';

/** A folder with tests. */
export interface Suite {
  /** From the root, as people type it: `packages/audit`. */
  readonly folder: string;
  /** Its `test` script. */
  readonly script: string;
  /** Runs the pages that were built. */
  readonly needsPages: boolean;
}

// Quick and basic ones first, so that a broken foundation shows before what stands on it; browsers last.
const ORDER = ['tools', 'packages/proof', 'packages/postgres', 'packages/testing', 'packages/audit', 'packages/domain', 'packages/api'];
const LAST = ['packages/client', 'apps/server', 'apps/web'];

/** All suites, in the order to run them in. */
export function allSuites(root: string): Suite[] {
  const packages = ['packages', 'apps'].flatMap((parent) => readdirSync(join(root, parent)).map((name) => `${parent}/${name}`));
  const suites = packages.flatMap((folder) => {
    const script = testScript(join(root, folder));
    return script === undefined ? [] : [{ folder, script, needsPages: folder.startsWith('apps/') }];
  });
  const all = [{ folder: 'tools', script: 'vitest run', needsPages: false }, ...suites];
  return all.sort((one, other) => place(one.folder) - place(other.folder));
}

function place(folder: string): number {
  if (LAST.includes(folder)) return ORDER.length + 1 + LAST.indexOf(folder);
  return ORDER.includes(folder) ? ORDER.indexOf(folder) : ORDER.length;
}

/** Those that the arguments name, as a folder or by the last part of it; all without any. @throws Error for what is no suite. */
export function chosenSuites(all: readonly Suite[], names: readonly string[]): readonly Suite[] {
  if (names.length === 0) return all;
  return names.map((name) => {
    const wanted = name.replace(/^\.\//, '').replace(/\/$/, '');
    const suite = all.find(({ folder }) => folder === wanted || folder.endsWith(`/${wanted}`));
    if (!suite) throw new Error(`no tests in "${name}": one of ${all.map(({ folder }) => folder).join(', ')}`);
    return suite;
  });
}

function testScript(folder: string): string | undefined {
  const manifest = join(folder, 'package.json');
  if (!existsSync(manifest)) return undefined;
  return (JSON.parse(readFileSync(manifest, 'utf8')) as { scripts?: Record<string, string> }).scripts?.['test'];
}
