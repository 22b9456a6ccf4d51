import { Migrator } from '@mikro-orm/migrations';
import { MikroORM } from '@mikro-orm/postgresql';
import { Client } from 'pg';
import { cover } from '@countersign/audit/coverage';
import { compileRegistry } from '@countersign/audit/registry';
import { DECLARED, ENTITIES } from '@countersign/domain/entities';
import { MIGRATIONS } from './migrations.ts';

/** The database was migrated by a version of Countersign that knows more than this one. */
export class SchemaTooNew extends Error {
  override readonly name = 'SchemaTooNew';

  constructor(unknown: readonly string[]) {
    super(
      `The database was made ready by a newer version of Countersign (${unknown.join(', ')}): start that version, or restore the backup from before.`,
    );
  }
}

/** Any number, but always this one: whoever changes the schema or the roles of the database holds it. */
const LOCK = 7_263_001;

/** Runs `work` while no other node changes the schema or the roles of this database; the others wait. */
export async function exclusively<Result>(ownerUrl: string, work: (owner: Client) => Promise<Result>): Promise<Result> {
  const owner = new Client({ connectionString: ownerUrl, application_name: 'countersign owner' });
  // Without a listener a lost connection ends the process; the statement in hand tells of it as well.
  owner.on('error', () => undefined);
  await owner.connect();
  try {
    await owner.query('select pg_advisory_lock($1)', [LOCK]);
    return await work(owner);
  } finally {
    await owner.end(); // and with the session goes its lock
  }
}

/**
 * Runs what the database lacks, and returns its names: migrations, then the triggers of tables whose audit policy has
 * changed. Call it within `exclusively`.
 * @throws SchemaTooNew where the database knows migrations that this version doesn't.
 */
export async function migrate(owner: Client, ownerUrl: string): Promise<string[]> {
  const orm = await MikroORM.init({
    entities: ENTITIES,
    clientUrl: ownerUrl,
    extensions: [Migrator],
    migrations: { migrationsList: MIGRATIONS, snapshot: false, silent: true },
    pool: { max: 2 },
  });
  try {
    const executed = await orm.migrator.getExecuted();
    const known = new Set(MIGRATIONS.map(({ name }) => name));
    const unknown = executed.map(({ name }) => name).filter((name) => !known.has(name));
    if (unknown.length) throw new SchemaTooNew(unknown);
    const migrated = (await orm.migrator.up()).map(({ name }) => name);
    const covered = await cover(owner, compileRegistry(DECLARED, orm.getMetadata(), orm.em.getPlatform()));
    return [...migrated, ...covered.map((table) => `triggers of ${table}`)];
  } finally {
    await orm.close(true);
  }
}
