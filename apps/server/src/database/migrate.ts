import { type Migration, Migrator } from '@mikro-orm/migrations';
import { MikroORM } from '@mikro-orm/postgresql';
import { Client } from 'pg';
import { migrateBeside, type Step } from '@countersign/audit/beside-migrations';
import { isContention } from '@countersign/audit/briefly';
import { cover, type CoverOptions } from '@countersign/audit/cover';
import type { Covering } from '@countersign/audit/cover-table';
import { databaseOf } from '@countersign/audit/database';
import { compileRegistry, type Registry } from '@countersign/audit/registry';
import { DECLARED, ENTITIES, MANUAL_ACTIONS } from '@countersign/domain/entities';
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

/** What making the database ready took. */
export interface Migrated {
  readonly migrations: readonly string[];
  /** What was done about the triggers of which table. */
  readonly coverings: readonly Covering[];
}

/**
 * Runs what the database lacks: migrations, and the triggers of audited tables. Call it within `exclusively`.
 * @throws SchemaTooNew where the database knows migrations that this version doesn't.
 * @throws OutdatedPolicies where it records by newer audit policies.
 */
export async function migrate(owner: Client, ownerUrl: string, options: CoverOptions = {}): Promise<Migrated> {
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
    const registry = compileRegistry(DECLARED, orm.getMetadata(), { actions: MANUAL_ACTIONS });
    const migrations = (await orm.migrator.getPending()).map(({ name }) => name);
    const beside = migrations.length ? await runPending(orm, registry, migrations, options) : [];
    return { migrations, coverings: [...beside, ...(await cover(owner, registry, options))] };
  } finally {
    await orm.close(true);
  }
}

/** Milliseconds that the migrations wait for a lock: whoever comes later waits behind them. */
const LOCK_MS = 2_000;
const ATTEMPTS = 15;

/** All of them or none, with the triggers of the tables that they alter; where somebody is in the way, again. */
async function runPending(orm: MikroORM, registry: Registry, names: readonly string[], options: CoverOptions): Promise<Covering[]> {
  for (let attempt = 1; ; attempt++) {
    try {
      return await orm.em.fork().transactional(async (em) => {
        const transaction: unknown = em.getTransactionContext();
        const database = databaseOf(transaction);
        await database.query(`set local lock_timeout = ${LOCK_MS}`);
        const steps = names.map((name): Step => ({
          name,
          statements: statementsOf(orm, name),
          run: () => orm.migrator.up({ migrations: [name], transaction: transaction as object }),
        }));
        return await migrateBeside(database, registry, steps, options);
      });
    } catch (problem) {
      if (!isContention(problem) || attempt >= ATTEMPTS) throw problem;
    }
  }
}

/** What a migration will say to the database. */
function statementsOf(orm: MikroORM, name: string): string[] {
  const listed = MIGRATIONS.find((one) => one.name === name);
  if (!listed) return [];
  const migration: Migration = new listed.class(orm.em.getDriver(), orm.config);
  void migration.up();
  return migration.getQueries().map(String);
}
