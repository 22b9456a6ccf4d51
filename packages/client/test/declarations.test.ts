import { spawnSync } from 'node:child_process';
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { expect, onTestFinished, test } from 'vitest';
import { everything } from '@countersign/api/countersign';
import { declarations } from '@countersign/api/declarations';

const root = dirname(import.meta.dirname);

/** Where a procedure is described one way and inferred another, its name is in the message of the compiler. */
const COMPARISON = `
import type { inferRouterInputs, inferRouterOutputs, inferRouterError } from '@trpc/server';
import type { AppRouter as Inferred } from '@countersign/api/countersign';
import type { AppRouter as Written } from './interface.d.ts';

type Of<Router extends Inferred | Written> = { inputs: inferRouterInputs<Router>; outputs: inferRouterOutputs<Router>; error: inferRouterError<Router> };
declare const inferred: Of<Inferred>;
declare const written: Of<Written>;

// What the published types let a program send, the server takes; in parts where several ways of writing are taken, they name fewer.
const inputs: Of<Inferred>['inputs'] = written.inputs;
// What it answers is what they say, no less and no more.
const outputs: Of<Inferred>['outputs'] = written.outputs;
const again: Of<Written>['outputs'] = inferred.outputs;
const error: Of<Inferred>['error'] = written.error;
const errorAgain: Of<Written>['error'] = inferred.error;
const areas: Record<keyof Of<Inferred>['inputs'], unknown> = written.inputs;
const areasAgain: Record<keyof Of<Written>['inputs'], unknown> = inferred.inputs;
export default { inputs, outputs, again, error, errorAgain, areas, areasAgain };
`;

test('the types that are published are those of the definitions', () => {
  // Inside of the package, where imports are found.
  mkdirSync(join(root, 'dist'), { recursive: true });
  const folder = mkdtempSync(join(root, 'dist', 'types-'));
  onTestFinished(() => rmSync(folder, { recursive: true }));
  writeFileSync(join(folder, 'interface.d.ts'), declarations(everything));
  writeFileSync(join(folder, 'comparison.ts'), COMPARISON);
  writeFileSync(join(folder, 'tsconfig.json'), JSON.stringify({ extends: '../../../../tsconfig.base.json', include: ['*.ts'] }));
  const checked = spawnSync(join(root, 'node_modules', '.bin', 'tsc'), ['--project', folder], { encoding: 'utf8' });
  expect(checked.stdout).toBe('');
  expect(checked.status).toBe(0);
}, 120_000);

test('they stand alone: nothing but tRPC is imported', () => {
  const text = declarations(everything);
  expect([...text.matchAll(/from '([^']+)'|import\(/g)].map(([, name]) => name)).toEqual(['@trpc/server']);
  expect(text).toContain('/** Change the times of a timecard. */');
});
