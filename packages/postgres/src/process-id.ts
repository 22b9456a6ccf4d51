/** Whether a process with this id exists, of whatever user. */
export const isAlive = (pid: number) => sendSignal(pid, 0) || existsForOthers(pid);

/** Sends a signal; false where that process is gone, or is not ours. */
export function sendSignal(pid: number, signal: NodeJS.Signals | 0): boolean {
  return attempt(pid, signal) === undefined;
}

const existsForOthers = (pid: number) => attempt(pid, 0) === 'EPERM';

function attempt(pid: number, signal: NodeJS.Signals | 0): string | undefined {
  try {
    process.kill(pid, signal);
    return undefined;
  } catch (problem) {
    return (problem as NodeJS.ErrnoException).code ?? 'unknown';
  }
}
