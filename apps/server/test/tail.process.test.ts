import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { fileURLToPath } from 'node:url';
import { afterAll, beforeAll, describe, expect, onTestFinished, test } from 'vitest';
import { eventually } from '@countersign/testing/eventually';
import { type Proxy, startProxy } from '@countersign/testing/proxy';
import { house, type House } from './house.ts';

const COUNTERSIGN = fileURLToPath(new URL('../src/main.ts', import.meta.url));

let here: House;
let line: Proxy;
let token: string;

beforeAll(async () => {
  here = await house();
  line = await startProxy({ target: { port: Number(new URL(here.url).port) } });
  token = await here.token((await here.person('admin')).email);
});

afterAll(async () => {
  await line.stop();
  await here.close();
});

interface Running {
  readonly child: ChildProcess;
  out: string;
  said: string;
  readonly code: Promise<number | null>;
}

/** `npm run countersign -- tail`, without npm. */
function tail(args: readonly string[], env: Record<string, string> = { COUNTERSIGN_TOKEN: token }): Running {
  const child = spawn(process.execPath, [COUNTERSIGN, 'tail', '--url', line.through(here.url), ...args], {
    env: { PATH: process.env['PATH'], TZ: 'UTC', ...env },
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  onTestFinished(() => void child.kill('SIGKILL'));
  const run: Running = { child, out: '', said: '', code: once(child, 'exit').then(([code]) => code as number | null) };
  child.stdout?.on('data', (data: Buffer) => (run.out += data.toString()));
  child.stderr?.on('data', (data: Buffer) => (run.said += data.toString()));
  return run;
}

const followed = (run: Running) => eventually(() => run.said.includes('Following'), { timeout: 90_000 });

describe('countersign tail', () => {
  test('shows what happens, one line each, through an interruption, until Ctrl-C', async () => {
    const run = tail(['--action', 'site_created']);
    await followed(run);
    await here.site();
    await eventually(() => run.out.includes('site_created'), { timeout: 90_000 });
    line.cut();
    await here.site();
    await eventually(() => run.said.includes('trying again'), { timeout: 90_000 });
    line.restore();
    await eventually(() => run.said.includes('Connected again'), { timeout: 90_000 });
    await here.site();
    await eventually(() => run.out.trim().split('\n').length === 3, { timeout: 90_000 });
    expect(run.out).toMatch(/^#\d+ {2}\d{4}-\d\d-\d\d \d\d:\d\d:\d\d {2}test {2}site_created {2}Hall /);
    expect(run.out).not.toContain('\u001B');
    run.child.kill('SIGINT');
    expect(await run.code).toBe(0);
  });

  test('as JSON it gives each event whole, from a position on, and ends when its reader leaves', async () => {
    const before = (await here.sql('select from audit_event')).length;
    await here.site();
    const run = tail(['--json', '--since', '0', '--area', 'people']);
    // Whole lines only: the last one may have come in part.
    const lines = () => run.out.split('\n').slice(0, -1);
    await eventually(() => lines().length > before, { timeout: 90_000 });
    const events = lines().map((text) => JSON.parse(text) as { position: number; action: string });
    expect(events.map(({ position }) => position)).toEqual(events.map((_, n) => n + 1));
    run.child.stdout?.destroy();
    await here.site();
    await here.site();
    expect(await run.code).toBe(0);
  });

  test.each([
    [{ COUNTERSIGN_TOKEN: 'nobodys' }, 'Nobody is signed in, or no longer'],
    [{}, 'set COUNTERSIGN_TOKEN'],
  ])('ends with advice where it cannot follow: %o', async (env, advice) => {
    const run = tail([], env);
    expect(await run.code).toBe(1);
    expect(run.said).toContain(advice);
    expect(run.out).toBe('');
  });
});
