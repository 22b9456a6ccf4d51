import { randomBytes } from 'node:crypto';
import { Client, escapeIdentifier, escapeLiteral } from 'pg';
import { inject } from 'vitest';
import type { ServerUrl } from './postgres-server.ts';

/** A database of one's own on a real server. */
export interface TestDatabase {
  readonly name: string;
  /** As the superuser, whom no privilege and no row security holds back: for arranging and for looking. */
  readonly url: string;
  /** As the role that owns the database and may make roles, but is no superuser: what an operator would configure. */
  readonly ownerUrl: string;
  /** Drops the database, whoever is still connected to it. */
  drop(): Promise<void>;
}

/** Where to make a database: on the server of the test run unless another superuser's url is given. */
export interface Where {
  readonly server?: ServerUrl;
}

/** One role for all databases of a server, since a clone belongs to whom its template belongs. */
const OWNER = 'test_owner';
/** Serves servers that ask for one, and the judgement of settings; it protects nothing. */
const OWNER_PASSWORD = 'b41c0f7ad96e28350d97c6e1f2ab5438';

/** Makes an empty database, or a copy of a template. */
export async function createDatabase({ template, ...where }: Where & { readonly template?: string } = {}): Promise<TestDatabase> {
  const name = `test_${randomBytes(8).toString('hex')}`;
  await onServer(where, async (client) => {
    await ensureOwner(client);
    await createOwned(client, name, template);
  });
  return describeDatabase(name, where);
}

/**
 * A copy of a database that `prepare` has made ready, once per server and name.
 *
 * The first caller prepares while the others wait, in whatever worker they are; a failed preparation is tried again by
 * the next. A copy takes some 30 ms, whatever the preparation took.
 */
export async function templated(
  name: string,
  prepare: (database: TestDatabase) => Promise<unknown>,
  where: Where = {},
): Promise<TestDatabase> {
  const template = `template_${name}`;
  await onServer(where, (client) =>
    exclusively(client, template, async () => {
      if (await isReady(client, template)) return;
      await ensureOwner(client);
      await client.query(`drop database if exists ${escapeIdentifier(template)} with (force)`);
      await createOwned(client, template);
      await prepare(describeDatabase(template, where));
      await seal(client, template);
    }),
  );
  return createDatabase({ ...where, template });
}

/** Being a template is the mark of a complete one; a database with connections cannot be copied, so it takes no more. */
async function seal(client: Client, template: string): Promise<void> {
  await client.query(`alter database ${escapeIdentifier(template)} with allow_connections false`);
  await client.query('select pg_terminate_backend(pid, 5000) from pg_stat_activity where datname = $1', [template]);
  await client.query(`alter database ${escapeIdentifier(template)} with is_template true`);
}

async function isReady(client: Client, template: string): Promise<boolean> {
  const { rowCount } = await client.query('select from pg_database where datname = $1 and datistemplate', [template]);
  return rowCount === 1;
}

async function createOwned(client: Client, name: string, template?: string): Promise<void> {
  const source = template === undefined ? '' : ` template ${escapeIdentifier(template)}`;
  await client.query(`create database ${escapeIdentifier(name)} owner ${OWNER}${source}`);
}

async function ensureOwner(client: Client): Promise<void> {
  const { rowCount } = await client.query('select from pg_roles where rolname = $1', [OWNER]);
  if (rowCount === 1) return;
  await exclusively(client, OWNER, () =>
    client.query(
      `do $$ begin create role ${OWNER} login createrole password ${escapeLiteral(OWNER_PASSWORD)}; exception when duplicate_object then null; end $$`,
    ),
  );
}

async function exclusively<Result>(client: Client, name: string, act: () => Promise<Result>): Promise<Result> {
  await client.query('select pg_advisory_lock(hashtextextended($1, 0))', [name]);
  try {
    return await act();
  } finally {
    await client.query('select pg_advisory_unlock(hashtextextended($1, 0))', [name]);
  }
}

function describeDatabase(name: string, where: Where): TestDatabase {
  const url = new URL(serverUrl(where));
  url.pathname = name;
  const ownerUrl = Object.assign(new URL(url), { username: OWNER, password: OWNER_PASSWORD });
  const drop = () => onServer(where, (client) => client.query(`drop database if exists ${escapeIdentifier(name)} with (force)`));
  return { name, url: url.href, ownerUrl: ownerUrl.href, drop: () => drop().then(() => undefined) };
}

async function onServer<Result>(where: Where, act: (client: Client) => Promise<Result>): Promise<Result> {
  const client = new Client(serverUrl(where));
  await client.connect();
  try {
    return await act(client);
  } finally {
    await client.end();
  }
}

const serverUrl = ({ server }: Where): ServerUrl => server ?? inject('postgresUrl');
