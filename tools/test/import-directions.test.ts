import { spawnSync } from 'node:child_process';
import { copyFileSync, mkdirSync, mkdtempSync, readdirSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { DIRECTIONS } from '../import-directions.ts';

const root = join(import.meta.dirname, '..', '..');

/** A file of the workspace, an import in it, and what lint says to that: a part of its message, or nothing. */
const CASES: readonly [file: string, line: string, refusal: string | undefined][] = [
  ['packages/proof/src/a.ts', "import { x } from '@countersign/audit/entry';", 'it depends on nothing here'],
  ['packages/proof/src/b.ts', "import { x } from './canonical.ts';", undefined],

  ['packages/audit/src/a.ts', "import { x } from '@countersign/proof/leaf';", undefined],
  ['packages/audit/src/b.ts', "import { x } from '@countersign/domain/definition';", 'none of the business'],
  ['packages/audit/src/c.ts', "import { x } from '@countersign/testing/random';", 'none of the business'],
  ['packages/audit/test/a.test.ts', "import { x } from '@countersign/testing/random';", undefined],
  ['packages/audit/test/b.test.ts', "import { x } from '@countersign/domain/definition';", 'none of the business'],

  ['packages/domain/src/bookings/a.ts', "import { x } from '@countersign/audit/policy';", undefined],
  ['packages/domain/src/bookings/b.ts', "import { x } from '@countersign/api';", 'no transport and no process'],
  ['packages/domain/src/bookings/c.ts', "import { x } from '../timecards/timecard.ts';", 'Areas of the domain'],
  ['packages/domain/src/bookings/d.ts', "import { x } from '../people/user.ts';", undefined],
  ['packages/domain/src/bookings/e.ts', "import { x } from '../definition.ts';", undefined],
  ['packages/domain/src/bookings/reports/f.ts', "import { x } from '../../timecards/timecard.ts';", 'Areas of the domain'],
  ['packages/domain/src/bookings/reports/g.ts', "import { x } from '../booking.ts';", undefined],
  ['packages/domain/src/bookings/i.ts', "import { x } from '../people/index.ts';", 'No barrels'],
  ['packages/domain/src/people/h.ts', "import { x } from '../bookings/booking.ts';", 'Areas of the domain'],
  ['packages/domain/src/entities.ts', "import { x } from './bookings/booking.ts';", undefined],

  ['packages/api/src/a.ts', "import { x } from '@countersign/domain/definition';", undefined],
  ['packages/api/src/b.ts', "import { x } from '@countersign/postgres/embedded';", 'without a transport'],
  ['packages/api/src/c.ts', "import { x } from '@countersign/client';", 'without a transport'],

  ['apps/server/src/a.ts', "import { x } from '@countersign/api';", undefined],
  ['apps/server/src/b.ts', "import { x } from '@countersign/postgres/embedded';", undefined],
  ['apps/server/src/c.ts', "import { x } from '@countersign/client';", 'the other side of the wire'],
  ['apps/server/src/d.ts', "import { x } from '@countersign/testing/random';", 'the other side of the wire'],
  ['apps/server/test/a.test.ts', "import { x } from '@countersign/client';", undefined],

  ['packages/client/src/a.ts', "import type { X } from '@countersign/api';", undefined],
  ['packages/client/src/b.ts', "import { x } from '@countersign/api';", 'of api it imports types only'],
  ['packages/client/tools/a.ts', "import { x } from '@countersign/api';", undefined],
  ['packages/client/test/a.test.ts', "import { x } from '@countersign/api';", undefined],
  ['packages/client/src/c.ts', "import type { X } from '@countersign/domain/definition';", 'of api it imports types only'],

  ['apps/web/src/a.tsx', "import { x } from '@countersign/client';", undefined],
  ['apps/web/src/b.tsx', "import { x } from '@countersign/domain/timecards/timecard.rules';", undefined],
  ['apps/web/src/c.tsx', "import { x } from '@countersign/proof/leaf';", undefined],
  ['apps/web/src/d.tsx', "import { x } from '@countersign/domain/timecards/timecard';", 'shares only *.rules'],
  ['apps/web/src/e.tsx', "import type { X } from '@countersign/api';", 'speaks to the server through client'],
  ['apps/web/src/f.tsx', "import { x } from '@countersign/audit/entry';", 'speaks to the server through client'],
  ['apps/web/src/g.tsx', "import { x } from '@countersign/server/main';", 'speaks to the server through client'],

  ['packages/postgres/src/a.ts', "import { x } from '@countersign/testing/eventually';", 'stands alone'],
  ['packages/testing/src/a.ts', "import { x } from '@countersign/postgres/embedded';", undefined],
  ['packages/testing/src/b.ts', "import { x } from '@countersign/audit/entry';", 'knows none of them but postgres'],

  ['packages/api/src/d.ts', "import { x } from '../../domain/src/definition.ts';", 'entered by their names'],
  ['packages/api/test/e.test.ts', "import { x } from '../src/api.ts';", undefined],
  ['packages/api/src/f.ts', "import { x } from './live/index.ts';", 'No barrels'],
];

let messages: Map<string, string>;
const workspace = mkdtempSync(join(tmpdir(), 'import-directions-'));
afterAll(() => rmSync(workspace, { recursive: true }));

beforeAll(() => {
  for (const file of ['oxlint.config.ts', 'tools/import-directions.ts']) copy(file);
  symlinkSync(join(root, 'node_modules'), join(workspace, 'node_modules'));
  write('plain.config.ts', "import config from './oxlint.config.ts';\nexport default { ...config, options: {} };\n");
  for (const [file, line] of CASES) write(file, `${line}\n`);
  messages = lint();
});

describe('imports between packages flow one way', () => {
  it.each(CASES)('%s: %s', (file, _line, refusal) => {
    const message = messages.get(file);
    if (refusal === undefined) expect(message).toBeUndefined();
    else expect(message).toContain(refusal);
  });

  it('every package has its line', () => {
    const folders = ['apps', 'packages'].flatMap((parent) => readdirSync(join(root, parent)).map((name) => `${parent}/${name}`));
    expect(new Set(DIRECTIONS.map(({ folder }) => folder))).toEqual(new Set(folders));
  });
});

function lint(): Map<string, string> {
  const binary = join(root, 'node_modules', '.bin', 'oxlint');
  // Without types: what is imported here does not exist.
  const options = { cwd: workspace, encoding: 'utf8', timeout: 30_000 } as const;
  const { stdout } = spawnSync(binary, ['--config=plain.config.ts', '--format=json', 'apps', 'packages'], options);
  const { diagnostics } = JSON.parse(stdout) as { diagnostics: { code: string; filename: string; message: string; help?: string }[] };
  const restricted = diagnostics.filter(({ code }) => code.includes('no-restricted-imports'));
  return new Map(restricted.map(({ filename, message, help }) => [filename, `${message} ${help}`]));
}

function copy(file: string): void {
  mkdirSync(dirname(join(workspace, file)), { recursive: true });
  copyFileSync(join(root, file), join(workspace, file));
}

function write(file: string, text: string): void {
  mkdirSync(dirname(join(workspace, file)), { recursive: true });
  writeFileSync(join(workspace, file), text);
}
