import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { chmodSync, copyFileSync, existsSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { delimiter, dirname, join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { expect, it, onTestFinished } from 'vitest';

const FILES = {
  'package.json': JSON.stringify({
    scripts: { 'predo:greet': 'node before.mjs', 'do:greet': 'node greet.mjs hello', 'do:stay': 'node stay.mjs' },
  }),
  'pnpm-lock.yaml': 'one',
  'pnpm-workspace.yaml': '',
  'tools/toolchain/package-lock.json': '{}',
  'before.mjs': 'console.log("before");',
  'greet.mjs': 'console.log(process.argv.slice(2).join(" ")); process.exitCode = 7;',
  'stay.mjs': `
    process.on('SIGTERM', () => setTimeout(() => { console.log('goodbye'); process.exit(0); }, 200));
    setInterval(() => undefined, 1000);
    console.log(process.pid);`,
  'bin/npm': '#!/bin/sh\nmkdir -p node_modules\necho "npm $1" >> "$CALLS"\n',
  'bin/pnpm': '#!/bin/sh\necho "pnpm $1$pnpm_config_registry$npm_config_registry" >> "$CALLS"\n',
};

/** A project with the real boot script, and package managers that only note that they were called. */
function project() {
  const folder = mkdtempSync(join(tmpdir(), 'boot-'));
  onTestFinished(() => rmSync(folder, { recursive: true }));
  const put = (file: string, text: string) => {
    mkdirSync(dirname(join(folder, file)), { recursive: true });
    writeFileSync(join(folder, file), text);
  };
  for (const [file, text] of Object.entries(FILES)) put(file, text);
  for (const program of ['bin/npm', 'bin/pnpm']) chmodSync(join(folder, program), 0o755);
  copyFileSync(join(import.meta.dirname, '..', 'boot.mjs'), join(folder, 'tools', 'boot.mjs'));
  const env = {
    ...process.env,
    PATH: `${join(folder, 'bin')}${delimiter}${process.env['PATH']}`,
    CALLS: join(folder, 'calls'),
    npm_config_registry: '',
  };
  return {
    put,
    env,
    calls: () => (existsSync(env.CALLS) ? readFileSync(env.CALLS, 'utf8').trim().split('\n') : []),
    boot: (...args: string[]) =>
      spawn(process.execPath, [join(folder, 'tools', 'boot.mjs'), ...args], { env, stdio: ['ignore', 'pipe', 'pipe'] }),
  };
}

async function finish(child: ChildProcess): Promise<{ code: number | null; output: string }> {
  let output = '';
  for (const stream of [child.stdout, child.stderr]) stream?.on('data', (chunk: Buffer) => (output += chunk.toString()));
  const [code] = (await once(child, 'close')) as [number | null];
  return { code, output };
}

it('installs once, then only what changed', async () => {
  const { boot, calls, put } = project();
  await finish(boot('greet'));
  expect(calls()).toEqual(['npm ci', 'pnpm install']);
  await finish(boot('greet'));
  expect(calls()).toHaveLength(2);
  put('pnpm-lock.yaml', 'two');
  await finish(boot('greet'));
  expect(calls().slice(2)).toEqual(['pnpm install']);
  put('tools/toolchain/package-lock.json', '{ }');
  await finish(boot('greet'));
  expect(calls().slice(3)).toEqual(['npm ci']);
});

it('hands on to pnpm, by the name that pnpm reads, which registry npm was told to use', async () => {
  const { boot, calls, env } = project();
  env.npm_config_registry = '@mirror';
  await finish(boot('greet'));
  expect(calls()).toEqual(['npm ci', 'pnpm install@mirror']);
});

it('runs what comes before, passes arguments on, and ends with the exit code of the task', async () => {
  const { code, output } = await finish(project().boot('greet', '--loud', 'two words'));
  expect(output).toMatch(/before\nhello --loud two words\n$/);
  expect(code).toBe(7);
});

it('names the tasks where there is none of that name', async () => {
  const { code, output } = await finish(project().boot('dance'));
  expect({ code, output }).toEqual({ code: 2, output: 'There is no task "dance", only: greet, stay.\n' });
});

it('passes SIGTERM on and waits until the task has ended in good order', async () => {
  const child = project().boot('stay');
  let output = '';
  child.stdout.on('data', (chunk: Buffer) => (output += chunk.toString()));
  while (!/^\d+\n/m.test(output)) await sleep(10);
  child.kill('SIGTERM');
  const [code] = (await once(child, 'close')) as [number | null];
  expect(output).toMatch(/goodbye\n$/);
  expect(code).toBe(0);
});
