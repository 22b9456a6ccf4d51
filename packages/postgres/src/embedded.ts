import { resolve } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { type Account, serverAccount } from './account.ts';
import { type Binaries, findBinaries } from './binaries.ts';
import { createCluster, holdsCluster, reachableDataDir, readPassword, refuseFiles } from './cluster.ts';
import { freePort } from './free-port.ts';
import { LAUNCHER_SETTING, untilReleased } from './lock-file.ts';
import { type Running, startServer, StartFailed } from './server.ts';

/** How an embedded server is to be started. */
export interface EmbeddedOptions {
  /** The data directory, made where it is missing. A password file and a log lie beside it, named after it. */
  readonly dataDir: string;
  /** A free port where none is given. */
  readonly port?: number;
  /** For tests only: no password, and no data safety whatsoever. Default false. */
  readonly fast?: boolean;
  /** PostgreSQL's own settings, for this start. */
  readonly settings?: Readonly<Record<string, string | number>>;
}

/** A PostgreSQL server that lives as long as the process that started it, at the longest. */
export interface Embedded {
  /** Of the superuser `postgres`, with its password. */
  readonly url: string;
  readonly port: number;
  /** Where the data really lies: not the wanted folder where that is closed to the account that the server runs as. */
  readonly dataDir: string;
  readonly logFile: string;
  readonly pid: number;
  /** Ends connections, writes everything out and resolves when the server is gone; may be called again. */
  stop(): Promise<void>;
}

const SETTINGS = {
  listen_addresses: '127.0.0.1',
  unix_socket_directories: '',
  timezone: 'UTC',
  log_timezone: 'UTC',
  jit: 'off',
  // Who it was, in every line about a session.
  log_line_prefix: '%m [%p] %q"%u" "%d" %h ',
};
const FAST = {
  fsync: 'off',
  synchronous_commit: 'off',
  full_page_writes: 'off',
  wal_level: 'minimal',
  max_wal_senders: 0,
  max_connections: 300,
  autovacuum_naptime: '5min',
};

/** How long a server that is shutting down may take before a new one on its data is refused. */
const RELEASE_PATIENCE = 60_000;

/**
 * Starts a PostgreSQL 18 server from npm's binaries and resolves once it accepts connections.
 *
 * The server dies with this process, even by SIGKILL; the next start finds the data as it was committed.
 * @throws AlreadyRunning when a server runs on the data; Error with advice where it cannot be started.
 */
export async function startEmbedded(options: EmbeddedOptions): Promise<Embedded> {
  refuseFiles(options.dataDir);
  const dataDir = reachableDataDir(options.dataDir, serverAccount(resolve(options.dataDir)));
  const account = serverAccount(dataDir);
  const binaries = await findBinaries(account);
  if (!holdsCluster(dataDir)) await createCluster(dataDir, binaries, account, { fast: options.fast ?? false });
  const password = readPassword(dataDir);
  const { running, port } = await startPatiently(options, { dataDir, account, binaries });
  const credentials = password === undefined ? 'postgres' : `postgres:${password}`;
  return { url: `postgresql://${credentials}@127.0.0.1:${port}/postgres`, port, dataDir, logFile: logFileOf(dataDir), ...running };
}

interface Prepared {
  readonly dataDir: string;
  readonly account: Account;
  readonly binaries: Binaries;
}

/** Starts again for what passes by itself: a port that was taken a moment ago, memory that a killed server still holds. */
async function startPatiently(
  options: EmbeddedOptions,
  { dataDir, account, binaries }: Prepared,
): Promise<{ running: Running; port: number }> {
  const deadline = Date.now() + RELEASE_PATIENCE;
  for (;;) {
    await untilReleased(dataDir, deadline - Date.now());
    const port = options.port ?? (await freePort());
    try {
      const args = ['-p', String(port), ...settingArguments(options)];
      return { port, running: await startServer({ postgres: binaries.postgres, account, dataDir, logFile: logFileOf(dataDir), args }) };
    } catch (problem) {
      if (!(problem instanceof StartFailed)) throw problem;
      const taken = /could not bind .*: Address already in use/.test(problem.log);
      if (taken && options.port !== undefined)
        throw new Error(`port ${port} is in use: choose another port for the database`, { cause: problem });
      const held = /shared memory block .* is still in use/.test(problem.log);
      if ((!taken && !held) || Date.now() > deadline) throw problem;
      await sleep(100);
    }
  }
}

function settingArguments({ fast = false, settings = {} }: EmbeddedOptions): string[] {
  const all = { ...SETTINGS, ...(fast ? FAST : {}), ...settings, [LAUNCHER_SETTING]: process.pid };
  return Object.entries(all).flatMap(([name, value]) => ['-c', `${name}=${value}`]);
}

const logFileOf = (dataDir: string) => `${dataDir}.log`;
