import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { chmodSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';
import { freePort } from '@countersign/postgres/free-port';

const ACCOUNT = { email: 'admin@example.com', password: 'countersign-demo' };

export interface DemoServer {
  readonly url: string;
  stop(): Promise<void>;
}

/** The real server with its demonstration, written to the end. `database`: one that stands already; else a database of its own. */
export async function startDemo(database = ''): Promise<DemoServer> {
  const folder = mkdtempSync(join(tmpdir(), 'countersign-bench-'));
  chmodSync(folder, 0o711);
  const port = await freePort();
  const main = fileURLToPath(new URL('../../apps/server/src/main.ts', import.meta.url));
  const child = spawn(process.execPath, [main, 'start'], {
    env: { ...process.env, DATABASE_URL: database, DATA_DIR: join(folder, 'data'), DEMO: 'true', PORT: String(port), LOG_LEVEL: 'warn' },
    stdio: ['ignore', 'ignore', 'inherit'],
  });
  const url = `http://127.0.0.1:${port}`;
  const stop = async () => {
    const ended = once(child, 'exit');
    child.kill('SIGTERM');
    await ended;
    rmSync(folder, { recursive: true, force: true });
  };
  // The demonstration is written in the background: it must be over before anything is measured.
  for (let tries = 0; tries < 600; tries++) {
    const answer = await fetch(`${url}/api/session`).catch(() => null);
    const session = answer?.ok ? ((await answer.json()) as { demo: { progress: unknown } | null }) : null;
    if (session?.demo && session.demo.progress === null) return { url, stop };
    await sleep(200);
  }
  await stop();
  throw new Error('the server was not ready within two minutes');
}

/** Signs the administrator in. @returns the cookie. */
export async function signIn(url: string): Promise<string> {
  const answer = await fetch(`${url}/api/auth/sign-in/email`, {
    method: 'POST',
    headers: { 'content-type': 'application/json', origin: url },
    body: JSON.stringify(ACCOUNT),
  });
  if (!answer.ok) throw new Error(`signing in answered ${answer.status}: ${await answer.text()}`);
  return (answer.headers.get('set-cookie') ?? '').split(';')[0] ?? '';
}
