import { once } from 'node:events';
import { closeSync, openSync, readFileSync, renameSync, statSync } from 'node:fs';
import { createInterface } from 'node:readline';
import type { Readable } from 'node:stream';
import { setTimeout as sleep } from 'node:timers/promises';
import type { Account } from './account.ts';
import { AlreadyRunning, readHolder } from './lock-file.ts';
import { sendSignal } from './process-id.ts';
import { type Companion, launch } from './program.ts';

/** What one start of the server needs. */
export interface Launch {
  readonly postgres: string;
  readonly account: Account;
  readonly dataDir: string;
  readonly logFile: string;
  readonly args: readonly string[];
}

/** A server that accepts connections. */
export interface Running {
  readonly pid: number;
  stop(): Promise<void>;
}

/** The server ended before it accepted connections; `log` is what it said. */
export class StartFailed extends Error {
  override readonly name = 'StartFailed';
  readonly log: string;

  constructor(launched: Launch, log: string) {
    super(`PostgreSQL did not start on ${launched.dataDir} (its log: ${launched.logFile}):\n${log}`);
    this.log = log;
  }
}

/**
 * Between this process and the server stands a shell that holds the reading end of a pipe from us.
 *
 * The pipe closes when we die, even by SIGKILL, and then the watcher asks the server for a fast shutdown. The other way
 * round, the shell ends with the server. A trap that fires interrupts `wait`, hence the loop. It prints the server's
 * process id first of all.
 */
const GUARD = `
exec 3<&0
"$@" 3<&- </dev/null >&2 &
server=$!
echo "$server"
(read -r _; kill -INT "$server") <&3 >/dev/null 2>&1 &
watcher=$!
exec 3<&- >/dev/null
trap 'kill -INT "$server"' HUP INT TERM
wait "$server"; code=$?
while kill -0 "$server" 2>/dev/null; do wait "$server"; code=$?; done
kill "$watcher" 2>/dev/null
exit "$code"
`;

const LOG_TAIL = 4_000;
const LOG_LIMIT = 10_000_000;
const STOP_PATIENCE = 30_000;

/**
 * Starts the server and resolves once it accepts connections.
 *
 * Only its end counts as a failed start, no line of its log does: during recovery it refuses every impatient client with
 * a FATAL, and whoever took that for a failure would kill each recovery anew.
 * @throws StartFailed, or AlreadyRunning when another server won the directory in the meantime.
 */
export async function startServer(launched: Launch): Promise<Running> {
  const log = openLog(launched.logFile);
  const guard = launch(
    'sh',
    ['-c', GUARD, 'sh', launched.postgres, '-D', launched.dataDir, ...launched.args],
    launched.account,
    log.descriptor,
  );
  closeSync(log.descriptor);
  // EPIPE when the guard is gone: its exit tells all.
  guard.input.on('error', () => undefined);
  const ended = once(guard.process, 'exit');
  const pid = Number(await Promise.race([firstLine(guard.output), ended]));
  while (!hasEnded(guard)) {
    const holder = readHolder(launched.dataDir);
    if (holder?.pid === pid && holder.status === 'ready') return running(guard, pid);
    await Promise.race([sleep(10), ended]);
  }
  throw failure(launched, pid, logSince(launched.logFile, log.from));
}

function failure(launched: Launch, pid: number, log: string): Error {
  const winner = readHolder(launched.dataDir);
  const beaten = winner !== undefined && winner.pid !== pid && /lock file .* already exists/.test(log);
  return beaten ? new AlreadyRunning(launched.dataDir, winner) : new StartFailed(launched, log);
}

function running(guard: Companion, pid: number): Running {
  // The server must not keep a process alive that has nothing else to do.
  for (const handle of [guard.process, guard.input, guard.output]) handle.unref();
  let stopping: Promise<void> | undefined;
  return { pid, stop: () => (stopping ??= stop(guard, pid)) };
}

async function stop(guard: Companion, pid: number): Promise<void> {
  if (hasEnded(guard)) return;
  guard.process.ref();
  const ended = once(guard.process, 'exit');
  guard.input.end();
  // A fast shutdown waits for its checkpoint only; should it hang all the same, recovery at the next start replaces it.
  const impatient = setTimeout(() => sendSignal(pid, 'SIGQUIT'), STOP_PATIENCE);
  await ended;
  clearTimeout(impatient);
}

const hasEnded = ({ process: child }: Companion) => child.exitCode !== null || child.signalCode !== null;

async function firstLine(output: Readable): Promise<string> {
  for await (const line of createInterface({ input: output })) return line;
  return '';
}

/** Opens the log to append, after moving one that has grown too large out of the way. */
function openLog(file: string): { descriptor: number; from: number } {
  const size = statSync(file, { throwIfNoEntry: false })?.size ?? 0;
  if (size > LOG_LIMIT) renameSync(file, `${file}.1`);
  return { descriptor: openSync(file, 'a', 0o600), from: size > LOG_LIMIT ? 0 : size };
}

const logSince = (file: string, from: number) => readFileSync(file).subarray(from).toString().slice(-LOG_TAIL);
