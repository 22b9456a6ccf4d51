import { readFileSync } from 'node:fs';

/** Whether a process with this id runs, of whatever user; one that only waits for its parent to notice its end does not. */
export function isAlive(pid: number): boolean {
  const refusal = attempt(pid, 0);
  return (refusal === undefined || refusal === 'EPERM') && !isZombie(pid);
}

/** Sends a signal; false where that process is gone, or is not ours. */
export function sendSignal(pid: number, signal: NodeJS.Signals): boolean {
  return attempt(pid, signal) === undefined;
}

function attempt(pid: number, signal: NodeJS.Signals | 0): string | undefined {
  try {
    process.kill(pid, signal);
    return undefined;
  } catch (problem) {
    return (problem as NodeJS.ErrnoException).code ?? 'unknown';
  }
}

function isZombie(pid: number): boolean {
  try {
    // proc_pid_stat(5): the state follows the name, which stands in brackets and may hold anything.
    return /^.*\) Z/s.test(readFileSync(`/proc/${pid}/stat`, 'utf8'));
  } catch {
    return false;
  }
}
