import { type ChildProcess, spawn, spawnSync } from 'node:child_process';
import type { Socket } from 'node:net';
import type { Account } from './account.ts';

/** What a finished program left: its exit code (null after a signal) and both outputs. */
export interface Finished {
  readonly code: number | null;
  readonly output: string;
}

// Messages in one language, because some are read; `/` because the account may not enter the present directory.
const surroundings = (account: Account) => ({ ...account, cwd: '/', env: { PATH: process.env['PATH'] ?? '', LC_ALL: 'C' } });

/** Runs a program to its end without blocking the event loop; rejects where it cannot even be started. */
export function run(program: string, args: readonly string[], account: Account): Promise<Finished> {
  return new Promise((resolve, reject) => {
    const child = spawn(program, args, { ...surroundings(account), stdio: ['ignore', 'pipe', 'pipe'] });
    let output = '';
    child.stdout.on('data', (chunk: Buffer) => (output += chunk.toString()));
    child.stderr.on('data', (chunk: Buffer) => (output += chunk.toString()));
    child.once('error', reject);
    child.once('close', (code) => resolve({ code, output }));
  });
}

/** Whether a short program succeeds for that account. */
export function succeeds(program: string, args: readonly string[], account: Account): boolean {
  return spawnSync(program, args, { ...surroundings(account), stdio: 'ignore' }).status === 0;
}

/** A program with our ends of its two pipes; its errors go to a file. */
export interface Companion {
  readonly process: ChildProcess;
  readonly input: Socket;
  readonly output: Socket;
}

/** Starts a program that stays, in a session of its own so that Ctrl-C at a terminal does not reach it. */
export function launch(program: string, args: readonly string[], account: Account, log: number): Companion {
  const child = spawn(program, args, { ...surroundings(account), detached: true, stdio: ['pipe', 'pipe', log] });
  // Node connects a child by sockets; its types only promise streams, which cannot be unreferenced.
  return { process: child, input: child.stdin as unknown as Socket, output: child.stdout as unknown as Socket };
}
