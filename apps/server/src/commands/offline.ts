import { type Database, openDatabase } from '../database/database.ts';
import { Lifetime } from '../lifetime.ts';
import { openLogger } from '../log.ts';
import { readSettings, type Settings } from '../settings.ts';
import { openSystem, type System } from '../system.ts';

/** What a command works with that serves nobody. */
export interface Workplace {
  readonly database: Database;
  readonly system: System;
}

/** Runs `work` on the migrated database and ends everything again, whatever comes of it. */
export async function atWork<Result>(work: (workplace: Workplace, settings: Settings) => Promise<Result>): Promise<Result> {
  const settings = readSettings(process.env);
  const log = openLogger(settings.logLevel === 'info' ? 'warn' : settings.logLevel); // the answer is what matters
  const lifetime = new Lifetime();
  try {
    const database = await openDatabase(settings);
    lifetime.began('the database', database.close);
    for (const gap of database.gaps) log.error(gap);
    const system = await openSystem({ logins: database.logins, settings, log });
    lifetime.began('the log and the connections', system.close);
    return await work({ database, system }, settings);
  } finally {
    await lifetime.end(log);
  }
}
