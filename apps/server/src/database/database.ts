import { join } from 'node:path';
import { coveringsInWords, gapsInWords } from '@countersign/audit/cover-table';
import { startEmbedded } from '@countersign/postgres/embedded';
import type { Logins, Settings } from '../settings.ts';
import { migrateJobs } from '../messages/jobs.ts';
import { makeLogins } from './logins.ts';
import { RELEASE } from '../release.ts';
import { exclusively, migrate, type Migrated } from './migrate.ts';

/** A database that is ready: migrated, with its roles. */
export interface Database {
  readonly logins: Logins;
  /** For what only the owner may do; no connection is kept. */
  readonly owner: string;
  /** For looking into the embedded one; null where the operator has brought their own. */
  readonly address: string | null;
  /** The folder in which the embedded one's data lie; null likewise. */
  readonly dataDir: string | null;
  /** The embedded one's own log; null likewise. */
  readonly logFile: string | null;
  /** Migrations that this start ran, and what it did about the triggers of audited tables. */
  readonly migrated: readonly string[];
  /** In sentences, where the record may have gaps: triggers that this start found missing, altered or switched off, and mended. */
  readonly gaps: readonly string[];
  /** In sentences, what isn't protected. */
  readonly unprotected: readonly string[];
  /** Stops the embedded server. */
  readonly close: () => Promise<void>;
}

/**
 * Starts the embedded database unless there is one, and makes it ready; two nodes may do so at the same time. `goBack` puts
 * the audit policies of this version in the place of newer ones.
 */
export async function openDatabase({ database, dataDir }: Pick<Settings, 'database' | 'dataDir'>, goBack = false): Promise<Database> {
  const server = database
    ? { owner: database.owner, address: null, dataDir: null, logFile: null, close: () => Promise.resolve() }
    : await ownServer(dataDir);
  const { owner, close } = server;
  try {
    const made = await exclusively(owner, async (client) => {
      const migrated = await migrate(client, owner, { release: RELEASE, goBack });
      await migrateJobs(owner);
      return { ...inWords(migrated), ...(await makeLogins(client, owner, database?.logins ?? null)) };
    });
    return { ...made, ...server };
  } catch (problem) {
    await close();
    throw problem;
  }
}

const inWords = ({ migrations, coverings }: Migrated): Pick<Database, 'migrated' | 'gaps'> => ({
  migrated: [...migrations, ...coveringsInWords(coverings)],
  gaps: gapsInWords(coverings),
});

async function ownServer(dataDir: string): Promise<Pick<Database, 'owner' | 'address' | 'dataDir' | 'logFile' | 'close'>> {
  const server = await startEmbedded({ dataDir: join(dataDir, 'postgres') });
  return { owner: server.url, address: server.url, dataDir: server.dataDir, logFile: server.logFile, close: () => server.stop() };
}
