import { chmodSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { startEmbedded } from '@countersign/postgres/embedded';
import type { TestProject } from 'vitest/node';

/** The superuser's url of the server that a run's databases live on. */
export type ServerUrl = string;

declare module 'vitest' {
  interface ProvidedContext {
    postgresUrl: ServerUrl;
  }
}

/**
 * A `globalSetup` of Vitest: one PostgreSQL server for the whole run, in a temp folder.
 *
 * With `TEST_DATABASE_URL`, the url of a superuser, that server is used and only its databases are made and dropped.
 */
export default async function postgresServer({ provide }: TestProject): Promise<() => Promise<void>> {
  const given = process.env['TEST_DATABASE_URL'];
  if (given) {
    provide('postgresUrl', given);
    return () => Promise.resolve();
  }
  const folder = mkdtempSync(join(tmpdir(), 'countersign-test-'));
  // Root's server runs as another account, which must get at its data.
  chmodSync(folder, 0o711);
  const server = await startEmbedded({ dataDir: join(folder, 'postgres'), fast: true });
  provide('postgresUrl', server.url);
  return async () => {
    await server.stop();
    // Where others may not enter the temp folder, the data went elsewhere.
    for (const used of [folder, dirname(server.dataDir)]) rmSync(used, { recursive: true, force: true });
  };
}
