import { spawnSync } from 'node:child_process';
import { existsSync, readFileSync, readlinkSync, realpathSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { isAlive, sendSignal } from './process-id.ts';

/** What `postmaster.pid` and `postmaster.opts` tell about the server that holds a data directory. */
export interface Holder {
  /** The server's process. */
  readonly pid: number;
  /** The process that started it by `startEmbedded`, if it was that. */
  readonly launcher: number | undefined;
  readonly status: 'starting' | 'ready' | 'stopping' | 'unknown';
}

/** The setting by which a server carries its launcher's process id; PostgreSQL keeps its arguments in `postmaster.opts`. */
export const LAUNCHER_SETTING = 'countersign.launcher';

/** A server runs on this data directory already. */
export class AlreadyRunning extends Error {
  override readonly name = 'AlreadyRunning';
  readonly dataDir: string;
  readonly pid: number;
  readonly launcher: number | undefined;

  constructor(dataDir: string, holder: Holder) {
    const who = holder.launcher === undefined ? `pid ${holder.pid}` : `pid ${holder.pid}, started by process ${holder.launcher}`;
    super(
      `a PostgreSQL server (${who}) is running on ${dataDir} already: stop process ${holder.launcher ?? holder.pid} first, or choose another data directory`,
    );
    this.dataDir = dataDir;
    this.pid = holder.pid;
    this.launcher = holder.launcher;
  }
}

// Of postmaster.pid: the first line is the process, the eighth its state (see PostgreSQL's miscadmin.h).
const PID_LINE = 0;
const STATUS_LINE = 7;

/** The process that `postmaster.pid` names, alive or not, or undefined without such a file. */
export function readHolder(dataDir: string): Holder | undefined {
  const lines = textOf(join(dataDir, 'postmaster.pid'))?.split('\n');
  const pid = Math.abs(Number(lines?.[PID_LINE]));
  if (!lines || !pid) return undefined;
  const launcher = new RegExp(`${LAUNCHER_SETTING}=(\\d+)`).exec(textOf(join(dataDir, 'postmaster.opts')) ?? '')?.[1];
  return { pid, launcher: launcher === undefined ? undefined : Number(launcher), status: statusOf(lines[STATUS_LINE]) };
}

/** Longer than a killed launcher can take to be gone, short for somebody who waits for a refusal. */
const DYING = 1_000;

/** After this a server whose launcher is gone is not on its way out: its guard must have been killed too. */
const ORPHANED = 2_000;

/**
 * Waits until nobody holds the data directory, and removes what a killed server left.
 *
 * A server whose launcher died stops by itself within milliseconds, longer where a checkpoint has much to write; one
 * that lost its guard too never would, and is told to.
 * @throws AlreadyRunning when its launcher lives, or when it is not gone after `patience` milliseconds.
 */
export async function untilReleased(dataDir: string, patience: number): Promise<void> {
  const begin = Date.now();
  let told = false;
  for (;;) {
    const holder = readHolder(dataDir);
    if (!holder) return;
    if (!isServerOn(holder.pid, dataDir)) return rmSync(join(dataDir, 'postmaster.pid'), { force: true });
    const waited = Date.now() - begin;
    const orphan = holder.launcher !== undefined && !isAlive(holder.launcher);
    const leaving = orphan || holder.status === 'stopping';
    if (waited > (leaving ? patience : DYING)) throw new AlreadyRunning(dataDir, holder);
    if (orphan && !told && waited > ORPHANED) told = sendSignal(holder.pid, 'SIGINT');
    await sleep(25);
  }
}

/**
 * Whether that process is a server on this very directory. Process ids are used again, in containers after every start.
 *
 * A server's working directory is its data directory. A process whose working directory is hidden from us belongs to
 * another user, and so cannot hold data that we may start a server on.
 */
function isServerOn(pid: number, dataDir: string): boolean {
  if (!isAlive(pid)) return false;
  if (existsSync('/proc/self/cwd')) return linkTarget(`/proc/${pid}/cwd`) === realpathSync(dataDir);
  const { status, stdout } = spawnSync('ps', ['-ww', '-o', 'command=', '-p', String(pid)], { encoding: 'utf8' });
  // Where it cannot be known, the process counts as a server: two on one directory would destroy it.
  return status !== 0 || (stdout.includes('postgres') && stdout.includes(dataDir));
}

function statusOf(line: string | undefined): Holder['status'] {
  const word = line?.trim();
  return word === 'starting' || word === 'ready' || word === 'stopping' ? word : 'unknown';
}

function linkTarget(link: string): string | undefined {
  try {
    return readlinkSync(link);
  } catch {
    return undefined;
  }
}

function textOf(file: string): string | undefined {
  try {
    return readFileSync(file, 'utf8');
  } catch {
    return undefined;
  }
}
