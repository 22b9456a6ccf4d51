import { randomBytes } from 'node:crypto';
import { Client, escapeIdentifier, escapeLiteral } from 'pg';
import { prepareWitness } from '@countersign/audit/immutable';
import { grants } from '@countersign/audit/schema';
import { ENTITIES } from '@countersign/domain/entities';
import { jobGrants } from '../messages/jobs.ts';
import type { Logins } from '../settings.ts';

/** The logins, and in sentences what they leave unprotected. */
export interface MadeLogins {
  readonly logins: Logins;
  readonly unprotected: readonly string[];
}

const PURPOSES = ['app', 'sequencer'] as const;
type Purpose = (typeof PURPOSES)[number];

/**
 * The two login roles, made where they are missing, with exactly the rights that each needs. Their passwords are random
 * and stand in a table that only the owner may read. Call it within `exclusively`, after the migrations.
 */
export async function makeLogins(owner: Client, ownerUrl: string, given: Logins | null): Promise<MadeLogins> {
  const logins = given ?? (await ownLogins(owner, ownerUrl));
  if (!logins) return { logins: { app: ownerUrl, sequencer: ownerUrl }, unprotected: [NO_ROLES, ...(await unwitnessed(owner))] };
  const [app, sequencer] = await Promise.all([roleOf(logins.app), roleOf(logins.sequencer)]);
  const names = { app: app.name, sequencer: sequencer.name };
  await atOnce(owner, [...grants(names), ...businessGrants(app.name), ...jobGrants(app.name)]);
  const { rows } = await owner.query<{ current_user: string }>('select current_user');
  const sameAsOwner = [app, sequencer].filter(({ name }) => name === rows[0]?.current_user);
  const unprotected = sameAsOwner.map(({ name }) => `The role ${name} owns the log, and may alter it: name another role.`);
  return { logins, unprotected: [...unprotected, ...(await unwitnessed(owner))] };
}

/** Attempts to alter the log are refused whatever is missing; that they are recorded needs a connection of the database to itself. */
async function unwitnessed(owner: Client): Promise<string[]> {
  const problem = await prepareWitness(owner);
  if (problem === null) return [];
  return [
    `Attempts to alter the log are refused, but not recorded (${problem}): let a superuser create the extension dblink, the role of DATABASE_URL create roles, and logins from 127.0.0.1 by password.`,
  ];
}

const NO_ROLES =
  'The application connects as the owner of the log, and may alter it: let the role of DATABASE_URL create roles (alter role … createrole), or make two login roles and name them by DATABASE_APP_URL and DATABASE_SEQUENCER_URL.';

/** In one transaction: other nodes are at work, and must not be without their rights for a moment. */
async function atOnce(owner: Client, statements: readonly string[]): Promise<void> {
  await owner.query('begin');
  try {
    for (const statement of statements) await owner.query(statement);
    await owner.query('commit');
  } catch (problem) {
    await owner.query('rollback').catch(() => undefined); // of a lost connection nothing stays anyway
    throw problem;
  }
}

/** Everything that the business keeps; the log's own rights are the log's affair. */
function businessGrants(app: string): string[] {
  const tables = ENTITIES.map(({ tableName }) => escapeIdentifier(tableName)).join(', ');
  const role = escapeIdentifier(app);
  return [
    `grant select, insert, update, delete on ${tables} to ${role}`,
    `grant select on timecard_audit_log, mikro_orm_migrations to ${role}`,
  ];
}

async function ownLogins(owner: Client, ownerUrl: string): Promise<Logins | null> {
  await owner.query('create table if not exists countersign_login (purpose text primary key, role text not null, password text not null)');
  await owner.query('revoke all on countersign_login from public');
  try {
    const [app, sequencer] = [await ownLogin(owner, 'app'), await ownLogin(owner, 'sequencer')];
    const urlOf = ({ role, password }: Login) => Object.assign(new URL(ownerUrl), { username: role, password }).href;
    return { app: urlOf(app), sequencer: urlOf(sequencer) };
  } catch (problem) {
    if ((problem as { code?: string }).code === INSUFFICIENT_PRIVILEGE) return null;
    throw problem;
  }
}

const INSUFFICIENT_PRIVILEGE = '42501';
/** Taken already, or just being taken by somebody else. */
const TAKEN: ReadonlySet<unknown> = new Set(['42710', '23505']);

interface Login {
  readonly role: string;
  readonly password: string;
}

async function ownLogin(owner: Client, purpose: Purpose): Promise<Login> {
  const { rows } = await owner.query<Login>('select role, password from countersign_login where purpose = $1', [purpose]);
  const [known] = rows;
  if (known) {
    const { rowCount } = await owner.query('select from pg_roles where rolname = $1', [known.role]);
    // A database that was restored on another server brings its table along, but no roles.
    if (!rowCount) await createRole(owner, known);
    return known;
  }
  const made = await createFreeRole(owner, purpose);
  await owner.query('insert into countersign_login (purpose, role, password) values ($1, $2, $3)', [purpose, made.role, made.password]);
  return made;
}

/** Roles belong to the whole server: where another database of it has taken the name, ours has a suffix. */
async function createFreeRole(owner: Client, purpose: Purpose): Promise<Login> {
  const password = randomBytes(24).toString('base64url');
  for (const suffix of ['', `_${randomBytes(4).toString('hex')}`]) {
    const login = { role: `countersign_${purpose}${suffix}`, password };
    try {
      await createRole(owner, login);
      return login;
    } catch (problem) {
      if (!TAKEN.has((problem as { code?: unknown }).code)) throw problem;
    }
  }
  throw new Error(`no free name for the role countersign_${purpose}`);
}

const createRole = (owner: Client, { role, password }: Login) =>
  owner.query(`create role ${escapeIdentifier(role)} login noinherit password ${escapeLiteral(password)}`);

/** @throws Error where the connection is a superuser's: no right and no row security would hold for it. */
async function roleOf(url: string): Promise<{ name: string }> {
  const client = new Client({ connectionString: url, application_name: 'countersign start' });
  client.on('error', () => undefined);
  await client.connect();
  try {
    const { rows } = await client.query<{ name: string; rolsuper: boolean }>(
      'select rolname as name, rolsuper from pg_roles where rolname = current_user',
    );
    const [role] = rows;
    if (!role || role.rolsuper)
      throw new Error(
        `${role?.name ?? 'The role'} is a superuser, for whom no protection of the log holds: name an ordinary role by DATABASE_APP_URL and DATABASE_SEQUENCER_URL.`,
      );
    return role;
  } finally {
    await client.end();
  }
}
