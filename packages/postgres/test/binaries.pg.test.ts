import { cpSync, lstatSync, rmSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { expect, it, onTestFinished } from 'vitest';
import { serverAccount } from '../src/account.ts';
import { findBinaries, runnableBinaries } from '../src/binaries.ts';
import { succeeds } from '../src/program.ts';
import { folder, isRoot } from './scene.ts';

const home = (postgres: string) => dirname(dirname(postgres));

it.runIf(isRoot)('runs a copy of programs that lie below a closed folder, and mends it where a cleaner was at work', async () => {
  const nobody = serverAccount('/nowhere');
  const closed = folder(0o700);
  cpSync(home((await findBinaries({})).postgres), join(closed, 'native'), { recursive: true, verbatimSymlinks: true });
  const installed = { initdb: join(closed, 'native/bin/initdb'), postgres: join(closed, 'native/bin/postgres') };

  const copy = await runnableBinaries(installed, nobody);
  onTestFinished(() => rmSync(home(copy.postgres), { recursive: true, force: true }));
  expect(copy.postgres).not.toContain(closed);
  expect(succeeds(copy.postgres, ['--version'], nobody)).toBe(true);
  expect(await runnableBinaries(installed, nobody)).toEqual(copy);

  const lost = join(home(copy.postgres), 'share/postgresql/postgres.bki');
  rmSync(lost);
  expect(await runnableBinaries(installed, nobody)).toEqual(copy);
  expect(lstatSync(lost).size).toBeGreaterThan(0);
});

it('says what to do where the programs do not run', async () => {
  const broken = { initdb: '/nowhere/initdb', postgres: '/nowhere/postgres' };
  await expect(runnableBinaries(broken, {})).rejects.toThrow(/set DATABASE_URL/);
});
