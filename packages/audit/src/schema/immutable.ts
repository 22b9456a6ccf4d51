import { randomBytes } from 'node:crypto';
import { escapeIdentifier, escapeLiteral, type Client, type Pool } from 'pg';
import type { LogRoles } from './log-roles.ts';

// Nobody alters the log: not whoever has the right to, either. What is refused is recorded first, over a second connection
// of the database to itself, so that the record survives the rollback.

/** The last of what refuses; names what it refuses on which table. */
const REFUSE = `raise exception 'the audit log is append-only: % on % is refused', tg_op, tg_table_name
        using errcode = 'insufficient_privilege', hint = 'Correct the record itself; the log keeps both the mistake and the correction.';`;

const refusing = (name: string, unless: string): string => `create or replace function ${name}() returns trigger language plpgsql
    security definer set search_path = pg_catalog, public, pg_temp as $$
    begin
      ${unless}
      perform audit_attempted(tg_op, tg_table_name);
      ${REFUSE}
    end $$`;

/** What may change all the same, and how: the head and the counts forwards, by the sequencer; a key when its person is erased. */
const GUARDED = [
  {
    table: 'audit_head',
    fn: 'audit_guard_head',
    unless: `if tg_op = 'UPDATE' and audit_is_sequencer() and new.position >= old.position and new.epoch >= old.epoch and new.month >= old.month then return new; end if;`,
  },
  {
    table: 'audit_rollup',
    fn: 'audit_guard_rollup',
    unless: `if tg_op = 'UPDATE' and audit_is_sequencer() and new.events > old.events
        and (new.quarter, new.area, new.action, new.actor, new.impersonator, new.target_type)
          = (old.quarter, old.area, old.action, old.actor, old.impersonator, old.target_type) then return new; end if;`,
  },
  {
    table: 'audit_subject_key',
    fn: 'audit_guard_key',
    unless: `if tg_op = 'UPDATE' and old.key is not null and new.key is null and new.erased_at is not null
        and (new.subject_id, new.created_at) = (old.subject_id, old.created_at) then return new; end if;`,
  },
] as const;

/** What refuses to alter the counts: made anew where they count by something more. */
export const guardOfRollup: readonly string[] = GUARDED.filter(({ table }) => table === 'audit_rollup').map(({ fn, unless }) =>
  refusing(fn, unless),
);

/** The third step of the log's tables. */
export const immutableSchema: readonly string[] = [
  // 'a' is an attempt to alter the log; only what refuses it can tell.
  `alter table audit_inbox drop constraint audit_inbox_kind_check`,
  `alter table audit_inbox add constraint audit_inbox_kind_check check (kind in ('f', 's', 'a'))`,
  // Who the sequencer is, and as whom the database connects to itself. Only the owner reads it, and what runs as the owner.
  `create table audit_role (purpose text primary key check (purpose in ('sequencer', 'witness')), role text not null, password text)`,
  `revoke all on audit_role from public`,
  // Whether an attempt would be recorded; tried at each start.
  `create table audit_witness (only_row boolean primary key default true check (only_row), problem text, tried_at timestamptz not null default clock_timestamp())`,
  `create function audit_is_sequencer() returns boolean language sql stable security definer set search_path = pg_catalog, public, pg_temp as $$
    select coalesce((select role = session_user from audit_role where purpose = 'sequencer'), true) $$`,
  `create function audit_told_attempt(who text, attempt text) returns void language sql volatile security definer set search_path = pg_catalog, public, pg_temp as $$
    insert into audit_inbox (kind, context, document) values ('a', who, attempt) $$`,
  `revoke all on function audit_told_attempt(text, text) from public`,
  // The connection to itself gives up soon: whoever holds locks on the way must not make the refusal wait.
  `create function audit_by_witness(statement text) returns void language plpgsql volatile security definer set search_path = pg_catalog, public, pg_temp as $$
    declare
      as_witness audit_role;
      place name;
    begin
      select n.nspname into place from pg_extension e join pg_namespace n on n.oid = e.extnamespace where e.extname = 'dblink';
      if place is null then raise exception 'the extension dblink is not installed'; end if;
      select * into as_witness from audit_role where purpose = 'witness';
      if as_witness is null then raise exception 'there is no role for the second connection'; end if;
      execute format('select * from %I.dblink(%L, %L) as answer(done text)', place,
        format('host=127.0.0.1 port=%s dbname=%L user=%L password=%L connect_timeout=3 application_name=%L options=%L',
          current_setting('port'), current_database(), as_witness.role, as_witness.password, 'countersign witness', '-c lock_timeout=2s -c statement_timeout=5s'),
        statement);
    end $$`,
  `revoke all on function audit_by_witness(text) from public`,
  `create function audit_attempted(operation text, on_table text) returns void language plpgsql volatile security definer set search_path = pg_catalog, public, pg_temp as $$
    begin
      perform audit_by_witness(format('select public.audit_told_attempt(%L, %L)::text', audit_who(), json_build_object('op', operation, 'table', on_table)));
    exception when others then
      raise warning 'an attempt to alter the audit log could not be recorded: %', sqlerrm;
    end $$`,
  `revoke all on function audit_attempted(text, text) from public`,
  refusing('audit_refuse', ''),
  ...GUARDED.flatMap(({ table, fn, unless }) => [
    refusing(fn, unless),
    `create trigger audit_append_only before update or delete on ${table} for each row execute function ${fn}()`,
    `create trigger audit_no_truncate before truncate on ${table} for each statement execute function audit_refuse()`,
    `alter table ${table} enable always trigger audit_append_only`,
    `alter table ${table} enable always trigger audit_no_truncate`,
  ]),
];

/** What `grants` doesn't say: what is remembered of the roles, and what the application may know of the protection. */
export const immutableGrants = (roles: LogRoles): string[] => [
  `insert into audit_role (purpose, role) values ('sequencer', ${escapeLiteral(roles.sequencer)}) on conflict (purpose) do update set role = excluded.role`,
  `grant select on audit_witness to ${escapeIdentifier(roles.app)}`,
];

/**
 * Makes the role as which the database connects to itself, where it can, and tries whether it does. Call it as the owner,
 * outside of a transaction, once the grants are made. Answers with what is missing; null where attempts will be recorded.
 */
export async function prepareWitness(owner: Client): Promise<string | null> {
  const problem = await witnessed(owner).then(
    () => null,
    (cause: unknown) => (cause instanceof Error ? cause.message : String(cause)),
  );
  await owner.query(
    `insert into audit_witness (problem) values ($1) on conflict (only_row) do update set problem = excluded.problem, tried_at = clock_timestamp()`,
    [problem],
  );
  return problem;
}

async function witnessed(owner: Client): Promise<void> {
  await owner.query('create extension if not exists dblink');
  const { role, password } = await witness(owner);
  const { rowCount } = await owner.query('select from pg_roles where rolname = $1', [role]);
  // A database that was restored on another server brings what it remembers along, but no roles.
  if (!rowCount) await owner.query(`create role ${escapeIdentifier(role)} login noinherit password ${escapeLiteral(password)}`);
  await owner.query(`grant execute on function audit_told_attempt(text, text) to ${escapeIdentifier(role)}`);
  await owner.query(`select audit_by_witness('select 1::text')`);
}

interface Witness {
  readonly role: string;
  readonly password: string;
}

/** Roles belong to the whole server, where another database may have taken the name. */
async function witness(owner: Client): Promise<Witness> {
  const known = await owner.query<Witness>(`select role, password from audit_role where purpose = 'witness'`);
  const [before] = known.rows;
  if (before) return before;
  const made: Witness = { role: `audit_witness_${randomBytes(4).toString('hex')}`, password: randomBytes(24).toString('base64url') };
  await owner.query(`insert into audit_role (purpose, role, password) values ('witness', $1, $2)`, [made.role, made.password]);
  return made;
}

/** Whether a table of the log refuses what it should. */
export interface Immutability {
  readonly table: string;
  /** The triggers that are missing, switched off or altered. */
  readonly missing: readonly string[];
}

const REFUSING = ['audit_append_only', 'audit_no_truncate'] as const;

/** Each table of the log, its parts among them, with what doesn't refuse. */
export async function immutability(db: Client | Pool): Promise<Immutability[]> {
  const { rows } = await db.query<{ table: string; name: string | null; body: string | null }>(
    `select c.relname as table, t.tgname as name, p.prosrc as body
      from pg_class c
      left join pg_trigger t on t.tgrelid = c.oid and t.tgname = any($2) and t.tgenabled = 'A' and t.tgqual is null
      left join pg_proc p on p.oid = t.tgfoid
      where c.oid = any(select x::regclass from unnest($1::text[]) x)
        or c.oid in (select inhrelid from pg_inherits where inhparent = 'audit_event'::regclass)
      order by c.relname`,
    [['audit_event', ...GUARDED.map(({ table }) => table)], REFUSING],
  );
  const tables = new Map<string, Set<string>>();
  for (const { table, name, body } of rows) {
    const there = tables.get(table) ?? new Set();
    if (name !== null && immutableSchema.some((statement) => statement.includes(`$$${body}$$`))) there.add(name);
    tables.set(table, there);
  }
  return Array.from(tables, ([table, there]) => ({ table, missing: REFUSING.filter((name) => !there.has(name)) }));
}
