import type { MikroORM } from '@mikro-orm/core';
import { Client, escapeIdentifier, escapeLiteral } from 'pg';
import { briefly } from './briefly.ts';
import { cover, type CoverOptions } from './cover.ts';
import { coveringsInWords, gapsInWords } from './cover-table.ts';
import { PolicyError } from '../events/errors.ts';
import { prepareWitness } from '../schema/immutable.ts';
import { LOG_STEPS } from '../schema/log-steps.ts';
import type { Table } from '../policy/plan.ts';
import type { Registry } from '../policy/registry.ts';
import { grants } from '../schema/schema.ts';
import { nameOf } from '../policy/table-name.ts';

/** Whom the database knows. Each is an address, `postgres://role:password@host/database`. */
export interface Installation extends Pick<CoverOptions, 'release' | 'goBack'> {
  /** Owns the application's tables, as the role that runs its migrations does. */
  readonly owner: string;
  /**
   * The logins of the application and of the sequencer, both or neither: made where the server lacks them, with the
   * passwords that stand here. Without them everything runs as the owner, who may alter the log.
   */
  readonly logins?: { readonly app: string; readonly sequencer: string };
}

/** What an installation came to. */
export interface Installed {
  /** What it did, in words; empty where everything was there. */
  readonly done: readonly string[];
  /** In sentences, what isn't protected. */
  readonly unprotected: readonly string[];
  /** In sentences, where the record may have gaps: triggers that were missing, altered or switched off, and are made anew. */
  readonly gaps: readonly string[];
}

/** Any number, but always this one. */
const LOCK = 7_263_002;

const ONE_LOGIN = 'The application connects as the owner of the log, and may alter it: give install two logins.';
const unwitnessed = (problem: string) =>
  `Attempts to alter the log are refused, but not recorded (${problem}): let a superuser create the extension dblink.`;

interface Parts {
  readonly registry: Registry;
  readonly orm: MikroORM;
}

/**
 * Makes a database ready for the log: its tables, the triggers of every audited table, the two logins with their rights.
 * Does only what is missing, so that every start may call it; several nodes wait for one another.
 * The application's own tables must be there. Answers with what it did, and what it
 * could not protect.
 * @throws PolicyError where a table is missing, or can't be recorded as its policy says.
 * @throws OutdatedPolicies where the database records by newer policies.
 */
export async function install({ registry, orm }: Parts, { owner, logins, ...options }: Installation): Promise<Installed> {
  const client = new Client({ connectionString: owner, application_name: 'countersign install' });
  // Without a listener a lost connection ends the process; the statement in hand tells of it as well.
  client.on('error', () => undefined);
  await client.connect();
  try {
    await client.query('select pg_advisory_lock($1)', [LOCK]);
    await refuseMissing(client, registry);
    const steps = await runSteps(client);
    const covered = await cover(client, registry, options);
    const made = logins ? await makeLogins(client, logins) : [];
    if (logins) await grantAll(client, rolesOf(logins), tablesOf(orm));
    const witness = await prepareWitness(client);
    return {
      done: [...steps, ...coveringsInWords(covered), ...made],
      gaps: gapsInWords(covered),
      unprotected: [...(logins ? [] : [ONE_LOGIN]), ...(witness === null ? [] : [unwitnessed(witness)])],
    };
  } finally {
    await client.end(); // and with the session goes its lock
  }
}

/** @throws PolicyError that names the tables that are not there. */
async function refuseMissing(client: Client, registry: Registry): Promise<void> {
  const tables = [...registry.plans.values()].map(({ type, table }) => ({ type, name: nameOf(table), quoted: quotedTable(table) }));
  const { rows } = await client.query<{ at: string }>(
    'select n::text as at from unnest($1::text[]) with ordinality t(name, n) where to_regclass(name) is null',
    [tables.map(({ quoted }) => quoted)],
  );
  const missing = rows.flatMap(({ at }) => tables[Number(at) - 1] ?? []);
  if (missing.length)
    throw new PolicyError(
      missing.map(
        ({ type, name }) => `${type}: its table ${name} is not in the database: run the application's own migrations before install`,
      ),
    );
}

async function runSteps(client: Client): Promise<string[]> {
  await client.query('create table if not exists audit_installed (step text primary key, at timestamptz not null default now())');
  const { rows } = await client.query<{ step: string }>('select step from audit_installed');
  const done = new Set(rows.map(({ step }) => step));
  const missing = Object.entries<readonly string[]>(LOG_STEPS).filter(([name]) => !done.has(name));
  for (const [name, statements] of missing)
    // Whoever writes meanwhile waits behind a lock that is waited for.
    await briefly(client, 'the log', async () => {
      for (const statement of statements) await client.query(statement);
      await client.query('insert into audit_installed (step) values ($1)', [name]);
    });
  return missing.map(([name]) => name);
}

async function atOnce(client: Client, work: () => Promise<void>): Promise<void> {
  await client.query('begin');
  try {
    await work();
    await client.query('commit');
  } catch (problem) {
    await client.query('rollback').catch(() => undefined); // of a lost connection nothing stays anyway
    throw problem;
  }
}

type Logins = NonNullable<Installation['logins']>;

/** Where the address doesn't say it, the surroundings do. */
const roleIn = (url: string): string => new Client({ connectionString: url }).user ?? '';
const rolesOf = ({ app, sequencer }: Logins) => ({ app: roleIn(app), sequencer: roleIn(sequencer) });

/** @throws Error where a role would be the owner: its rights can't be less. */
async function makeLogins(client: Client, logins: Logins): Promise<string[]> {
  const made: string[] = [];
  const { rows } = await client.query<{ me: string }>('select current_user as me');
  for (const url of [logins.app, logins.sequencer]) {
    const role = roleIn(url);
    if (role === rows[0]?.me) throw new Error(`The role ${role} owns the tables, and could alter the log: give the login another role`);
    const { rowCount } = await client.query('select from pg_roles where rolname = $1', [role]);
    if (rowCount) continue;
    await client.query(
      `create role ${escapeIdentifier(role)} login noinherit password ${escapeLiteral(decodeURIComponent(new URL(url).password))}`,
    );
    made.push(`login ${role}`);
  }
  return made;
}

/** The application writes its own tables as before; of the log each role may do what it must. */
async function grantAll(
  client: Client,
  roles: { readonly app: string; readonly sequencer: string },
  tables: readonly string[],
): Promise<void> {
  const app = escapeIdentifier(roles.app);
  await atOnce(client, async () => {
    for (const statement of grants(roles)) await client.query(statement);
    for (const table of tables) await client.query(`grant select, insert, update, delete on ${table} to ${app}`);
    const sequences = `select distinct s.oid::regclass::text as name from pg_depend d join pg_class s on s.oid = d.objid and s.relkind = 'S'
      where d.refobjid = any($1::regclass[]) and d.deptype in ('a', 'i')`;
    const { rows } = await client.query<{ name: string }>(sequences, [tables]);
    for (const { name } of rows) await client.query(`grant usage on sequence ${name} to ${app}`);
  });
}

const quotedTable = ({ schema, name }: Table): string =>
  [...(schema === null ? [] : [schema]), name].map((part) => escapeIdentifier(part)).join('.');

/** Every table of the application's entities, and those behind their collections. */
function tablesOf(orm: MikroORM): string[] {
  const tables = [...orm.getMetadata().getAll().values()].flatMap(({ tableName, schema, embeddable, abstract, virtual, view }) =>
    embeddable || abstract || virtual || view || !tableName
      ? []
      : [quotedTable({ schema: schema && schema !== '*' ? schema : null, name: tableName })],
  );
  return [...new Set(tables)];
}
