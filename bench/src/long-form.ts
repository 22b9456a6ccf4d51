import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { join } from 'node:path';

export interface LongForm {
  /** The package, from the root. */
  readonly folder: string;
  readonly file: string;
  /** What makes it long. */
  readonly env: Readonly<Record<string, string>>;
}

/** Runs a test of the suite in its long form; ends with 1 where it fails. */
export async function longForm({ folder, file, env }: LongForm): Promise<void> {
  const cwd = join(import.meta.dirname, '../..', folder);
  const arguments_ = ['node_modules/vitest/vitest.mjs', 'run', file, '--testTimeout=3600000', '--hookTimeout=600000'];
  const child = spawn(process.execPath, arguments_, { cwd, stdio: 'inherit', env: { ...process.env, ...env } });
  const [code] = (await once(child, 'exit')) as [number | null];
  if (code !== 0) process.exitCode = 1;
}
