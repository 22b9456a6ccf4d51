import { createHash, randomBytes } from 'node:crypto';
import {
  chmodSync,
  chownSync,
  existsSync,
  lstatSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  renameSync,
  rmSync,
  statSync,
  writeFileSync,
} from 'node:fs';
import { dirname, join, resolve } from 'node:path';
import type { Account } from './account.ts';
import type { Binaries } from './binaries.ts';
import { run, succeeds } from './program.ts';

const MAJOR_VERSION = '18';

/**
 * Where the data can lie: the wanted folder, or one that the server's account reaches.
 *
 * Data of root below a folder that is closed to others goes to `/var/lib`, not to a temp folder, which many systems
 * empty after some weeks.
 */
export function reachableDataDir(wanted: string, account: Account): string {
  const dataDir = resolve(wanted);
  if (account.uid === undefined || canEnter(dirname(dataDir), account)) return dataDir;
  const home = `/var/lib/countersign-${createHash('sha256').update(dataDir).digest('hex').slice(0, 12)}`;
  mkdirSync(home, { recursive: true });
  chmodSync(home, 0o711);
  return join(home, 'postgres');
}

/** The nearest folder that exists decides: what is missing below it will be made to be entered. */
function canEnter(folder: string, account: Account): boolean {
  return existsSync(folder) ? succeeds('test', ['-x', folder], account) : canEnter(dirname(folder), account);
}

/** @throws Error where a file stands in the place of the data directory or of one above it. */
export function refuseFiles(dataDir: string): void {
  const nearest = nearestOf(resolve(dataDir));
  if (!statSync(nearest).isDirectory()) throw new Error(`${nearest} is no folder: choose another data directory`);
}

/** The path itself, or the lowest one above it at which there is anything. */
const nearestOf = (path: string): string => (existsSync(path) || path === dirname(path) ? path : nearestOf(dirname(path)));

/** Whether this folder holds a database cluster that these binaries can run. @throws Error with advice for anything else in it. */
export function holdsCluster(dataDir: string): boolean {
  if (isAbsentOrEmpty(dataDir)) return false;
  const version = join(dataDir, 'PG_VERSION');
  if (!existsSync(version)) throw new Error(`${dataDir} is neither empty nor a PostgreSQL data directory: choose another one`);
  const found = readFileSync(version, 'utf8').trim();
  if (found === MAJOR_VERSION) return true;
  throw new Error(
    `${dataDir} was made by PostgreSQL ${found}, this is ${MAJOR_VERSION}: move its contents by pg_dump, or choose another data directory`,
  );
}

function isAbsentOrEmpty(folder: string): boolean {
  try {
    return !existsSync(folder) || readdirSync(folder).length === 0;
  } catch (cause) {
    throw new Error(`${folder} belongs to another user: start as that user or as root, or choose another data directory`, { cause });
  }
}

/** Makes an empty database cluster; a killed attempt leaves nothing that would be taken for one. */
export async function createCluster(dataDir: string, binaries: Binaries, account: Account, { fast }: { fast: boolean }): Promise<void> {
  const draft = `${dataDir}.draft`;
  const handover = `${dataDir}.draft-password`;
  rmSync(draft, { recursive: true, force: true });
  makeParents(dirname(dataDir));
  mkdirSync(draft, { mode: 0o700 });
  give(draft, account);
  try {
    const access = fast ? ['-A', 'trust', '--no-sync'] : ['-A', 'scram-sha-256', `--pwfile=${handover}`];
    // The account cannot read the password file of whoever starts, so it gets one for the moment.
    if (!fast) writePrivate(handover, newPassword(dataDir), account);
    const { code, output } = await run(binaries.initdb, ['-D', draft, '-U', 'postgres', ...access, ...ENCODING], account);
    if (code !== 0) throw new Error(`initdb could not make ${dataDir}: ${output}`);
    renameSync(draft, dataDir);
  } finally {
    rmSync(draft, { recursive: true, force: true });
    rmSync(handover, { force: true });
  }
}

// The builtin provider knows Unicode (lower('Ä')) without depending on the locales that a machine happens to have.
const ENCODING = ['--encoding=UTF8', '--locale=C', '--locale-provider=builtin', '--builtin-locale=C.UTF-8'];

/** The superuser's password, or undefined for a cluster that trusts everybody on this machine. */
export function readPassword(dataDir: string): string | undefined {
  const file = passwordFile(dataDir);
  if (existsSync(file)) return readFileSync(file, 'utf8').trim();
  if (/^\s*host\s.*\strust\s*$/m.test(readFileSync(join(dataDir, 'pg_hba.conf'), 'utf8'))) return undefined;
  throw new Error(`${file} is missing, and with it the password for the data in ${dataDir}: put it back, or choose another data directory`);
}

const passwordFile = (dataDir: string) => `${dataDir}.password`;

function newPassword(dataDir: string): string {
  const password = randomBytes(24).toString('base64url');
  writePrivate(passwordFile(dataDir), password, {});
  return password;
}

function writePrivate(file: string, text: string, account: Account): void {
  rmSync(file, { force: true });
  writeFileSync(file, `${text}\n`, { mode: 0o600, flag: 'wx' });
  give(file, account);
}

function give(path: string, { uid, gid }: Account): void {
  if (uid !== undefined && gid !== undefined) chownSync(path, uid, gid);
}

/** Like `mkdir -p`, but what is made can be entered whatever the umask says: root lends the server to another account. */
function makeParents(folder: string): void {
  const missing: string[] = [];
  for (let at = folder; !existsSync(at); at = dirname(at)) missing.unshift(at);
  for (const path of missing) {
    mkdirSync(path);
    if (process.getuid?.() === 0) chmodSync(path, 0o711);
  }
  if (!lstatSync(folder).isDirectory()) throw new Error(`${folder} is no folder, data cannot be kept in it`);
}
