import { Migration, Migrator } from '@mikro-orm/migrations';
import { MikroORM } from '@mikro-orm/postgresql';
import { Client } from 'pg';
import type { z } from 'zod';
import { Audit, type OpenLog } from '@countersign/audit/audit';
import { logSchema } from '@countersign/audit/log-steps';
import { user, withContext } from '@countersign/audit/context';
import type { Context, Event } from '@countersign/audit/entry';
import { cover } from '@countersign/audit/cover';
import { AuditDisagreement } from '@countersign/audit/errors';
import { compileRegistry } from '@countersign/audit/registry';
import { grants } from '@countersign/audit/schema';
import type { Visibility } from '@countersign/audit/visibility';
import { templated, type TestDatabase } from '@countersign/testing/database';
import { eventually } from '@countersign/testing/eventually';
import type { Command, LogCall, Query } from '../src/definition.ts';
import { DECLARED, ENTITIES, MANUAL_ACTIONS } from '../src/entities.ts';
import { LOG_MIGRATIONS, TABLE_MIGRATIONS } from '../src/migrations/list.ts';
import type { Role, Viewer } from '../src/people/rights/permissions.ts';
import { StillStands } from '../src/people/session/still-stands.ts';
import { Responsibility, type ResponsibilityKind } from '../src/people/responsibility.ts';
import { Site } from '../src/people/site.ts';
import { User } from '../src/people/user.ts';
import { loadViewer } from '../src/people/viewer.ts';
import { Readings } from '../src/record/reading/readings.ts';

/** Sees everything, sensitive values too. */
export const EVERYTHING: Visibility = { everything: true, keys: [], sensitive: true };

const LOGINS = { app: 'domain_app', sequencer: 'domain_sequencer' };

class LogTables extends Migration {
  override up(): void {
    for (const statement of logSchema) this.addSql(statement);
  }
}

/** All migrations in the order in which an application runs them. */
export const MIGRATIONS = [...TABLE_MIGRATIONS, { name: 'log_tables', class: LogTables }, ...LOG_MIGRATIONS];

/** An ORM for the owner: no audit, and no transaction of the domain's. */
export const ownerOrm = (database: TestDatabase) =>
  MikroORM.init({
    entities: ENTITIES,
    clientUrl: database.url,
    extensions: [Migrator],
    migrations: { migrationsList: MIGRATIONS, snapshot: false, silent: true },
    schemaGenerator: {
      ignoreTriggers: true,
      ignoreRoutines: true,
      skipTables: [/^audit_/, 'mikro_orm_migrations'],
      skipViews: [/audit_log$/],
    },
  });

async function prepare(database: TestDatabase): Promise<void> {
  const orm = await ownerOrm(database);
  await orm.migrator.up();
  for (const role of Object.values(LOGINS)) {
    await orm.em.execute(
      `do $$ begin create role ${role} login password '${role}'; exception when duplicate_object or unique_violation then null; end $$`,
    );
  }
  const tables = ENTITIES.map((entity) => entity.tableName).join(', ');
  for (const statement of [...grants(LOGINS), `grant select, insert, update, delete on ${tables} to ${LOGINS.app}`])
    await orm.em.execute(statement);
  const client = new Client(database.url);
  await client.connect();
  await cover(client, compileRegistry(DECLARED, orm.getMetadata(), { actions: MANUAL_ACTIONS }));
  await client.end();
  await orm.close(true);
}

function urlAs(database: TestDatabase, role: string): string {
  return Object.assign(new URL(database.url), { username: role, password: role }).href;
}

interface Runnable<Input extends z.ZodType, Output extends z.ZodType> extends Omit<Command | Query, 'input' | 'output' | 'run' | 'shows'> {
  readonly input: Input;
  readonly output: Output;
  readonly run: (input: z.output<Input>, call: LogCall) => Promise<z.input<Output>>;
}

export interface World {
  readonly orm: MikroORM;
  readonly open: OpenLog;
  readonly site: Site;
  readonly alarms: unknown[];
  /** AUD-29: who reads; windows are closed by `sweep` alone. */
  readonly readings: Readings;
  /** Makes a person; `responsibleFor` names people or sites by id. */
  person(
    role: Role,
    more?: Partial<{
      firstName: string;
      lastName: string;
      responsibleFor: readonly { readonly person?: string; readonly site?: string }[];
    }>,
  ): Promise<Viewer>;
  newSite(name: string, timeZone: string): Promise<Site>;
  /** Runs a command or query as the interface does: input parsed, context set, output checked. */
  run<Input extends z.ZodType, Output extends z.ZodType>(
    definition: Runnable<Input, Output>,
    viewer: Viewer,
    input: z.input<Input>,
    context?: Partial<Context>,
  ): Promise<z.output<Output>>;
  /** Every event so far, in order; or those under one root. */
  events(root?: string): Promise<Event[]>;
  sql<Row extends object>(text: string, params?: unknown[]): Promise<Row[]>;
  close(): Promise<void>;
}

/** A small organisation on a database of its own, with the log at work. */
export async function world(): Promise<World> {
  const database = await templated('domain', prepare);
  const owner = await ownerOrm(database);
  const alarms: unknown[] = [];
  const audit = new Audit({ policies: DECLARED, actions: MANUAL_ACTIONS });
  const orm = await MikroORM.init({
    entities: ENTITIES,
    clientUrl: urlAs(database, LOGINS.app),
    subscribers: [audit.subscriber, new StillStands()],
    driverOptions: audit.driverOptions,
    pool: { max: 20 },
  });
  audit.bind(orm);
  const open = await audit.openLog({
    app: urlAs(database, LOGINS.app),
    sequencer: urlAs(database, LOGINS.sequencer),
    alarm: (error) => alarms.push(error),
  });
  const readings = new Readings({ em: orm.em, log: open.log, report: (problem) => alarms.push(problem), every: 0 });
  let people = 0;

  const asJob = <Result>(work: () => Promise<Result>) => withContext({ actor: { kind: 'system', id: 'test' } }, work);
  const newSite = (name: string, timeZone: string) =>
    asJob(async () => {
      const em = orm.em.fork();
      const site = em.create(Site, { name, timeZone });
      await em.flush();
      return site;
    });
  const person: World['person'] = (role, { firstName = role, lastName = `Number${(people += 1)}`, responsibleFor = [] } = {}) =>
    asJob(async () => {
      const em = orm.em.fork();
      const made = em.create(User, { firstName, lastName, email: `${crypto.randomUUID()}@example.com`, role, timeZone: 'Europe/Berlin' });
      const kind: ResponsibilityKind = role === 'coordinator' ? 'coordinates' : 'supervises';
      for (const { person, site } of responsibleFor)
        em.create(Responsibility, { holder: made, kind, ...(person && { person }), ...(site && { site }) });
      await em.flush();
      return (await loadViewer(em, made.id)) as Viewer;
    });

  return {
    orm,
    open,
    alarms,
    readings,
    site: await newSite('North Hall', 'Europe/Berlin'),
    newSite,
    person,
    run: async (definition, viewer, input, context = {}) => {
      const run = () =>
        readings.during(definition.reads, (log) => definition.run(definition.input.parse(input), { em: orm.em.fork(), viewer, log }));
      const result = await withContext(
        { actor: user(viewer.id), channel: 'web', command: null, changeId: null, reason: null, ...context },
        run,
      );
      return definition.output.parse(result);
    },
    events: async (root) => {
      await eventually(async () => (await open.log.settle()).waiting === 0);
      return [...(await open.log.after(0, root === undefined ? {} : { root: [root] }, EVERYTHING, 100_000)).events];
    },
    sql: (text, params = []) => owner.em.execute(text, params),
    close: async () => {
      await open.close();
      const disagreement = alarms.find((alarm) => alarm instanceof AuditDisagreement);
      if (disagreement) throw disagreement;
      await orm.close(true);
      await owner.close(true);
      await database.drop();
    },
  };
}
