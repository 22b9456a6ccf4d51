import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { chmodSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { setTimeout as sleep } from 'node:timers/promises';
import { Client } from 'pg';
import { onTestFinished } from 'vitest';
import { serverAccount } from '../src/account.ts';
import { isAlive, sendSignal } from '../src/process-id.ts';
import { succeeds } from '../src/program.ts';

export const isRoot = process.getuid?.() === 0;

// Where others may not enter root's temp folder, the server would move its data: one test is about that, the others are not.
const temp = succeeds('test', ['-x', tmpdir()], serverAccount('/nowhere')) ? tmpdir() : '/var/tmp';

/** A temp folder for one test; with mode 0711 unless told, so that root's server can reach what is in it. */
export function folder(mode = 0o711): string {
  const made = mkdtempSync(join(temp, 'embedded-test-'));
  chmodSync(made, mode);
  onTestFinished(() => rmSync(made, { recursive: true, force: true }));
  return made;
}

export async function query<Row>(url: string, sql: string): Promise<Row[]> {
  const client = new Client(url);
  client.on('error', () => undefined);
  await client.connect();
  try {
    return (await client.query(sql)).rows as Row[];
  } finally {
    await client.end().catch(() => undefined);
  }
}

/** Another Node process that starts a server and stays until it is killed. */
export async function launcher(dataDir: string, as: { uid?: number; gid?: number } = {}) {
  const child = spawn(process.execPath, [join(import.meta.dirname, 'fixtures', 'launcher.ts'), dataDir], {
    ...as,
    stdio: ['ignore', 'pipe', 'inherit'],
  });
  const [line] = (await Promise.race([once(createInterface({ input: child.stdout }), 'line'), once(child, 'exit')])) as [string];
  const { url, pid } = JSON.parse(line) as { url: string; pid: number };
  onTestFinished(async () => {
    child.kill('SIGKILL');
    sendSignal(pid, 'SIGINT');
    await until(() => gone(pid));
  });
  return { child, url, pid };
}

/** Polls, within the test's own time limit. */
export async function until(condition: () => boolean | Promise<boolean>): Promise<void> {
  while (!(await condition())) await sleep(10);
}

export const gone = (pid: number) => !isAlive(pid);
