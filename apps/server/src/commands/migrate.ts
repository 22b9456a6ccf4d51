import { openDatabase } from '../database/database.ts';
import { readSettings } from '../settings.ts';

/** Makes the database ready and says what that took. */
export async function migrateOnly({ goBack = false }: { readonly goBack?: boolean }): Promise<void> {
  const database = await openDatabase(readSettings(process.env), goBack);
  try {
    console.log(database.migrated.length ? `Ran ${database.migrated.join(', ')}.` : 'Nothing to do: the database is up to date.');
    for (const gap of database.gaps) console.log(gap);
    for (const problem of database.unprotected) console.log(problem);
  } finally {
    await database.close();
  }
}
