import type { Client, Pool } from 'pg';
import { PolicyError } from './errors.ts';
import type { Registry } from './registry.ts';
import { rowChangeSchema } from './schema.ts';
import { TRIGGERS, triggersOf, type TableTriggers } from './triggers.ts';

/** Since which transaction each table's row changes are recorded. */
export async function coverageIn(db: Client): Promise<ReadonlyMap<string, bigint>> {
  const { rows } = await db.query<{ table_name: string; since: string }>('select table_name, since::text as since from audit_coverage');
  return new Map(rows.map(({ table_name, since }) => [table_name, BigInt(since)]));
}

/**
 * Makes the triggers of every audited table whose policy has changed since they were made, as the owner of the tables.
 * All or nothing; call it with the migrations. Answers with the tables that it covered anew.
 */
export async function cover(owner: Client, registry: Registry): Promise<string[]> {
  const known = await fingerprintsIn(owner);
  const changed = triggersOf(registry).filter(({ table, fingerprint }) => known.get(table) !== fingerprint);
  if (!changed.length) return [];
  await owner.query('begin');
  try {
    for (const { statements } of changed) for (const statement of statements) await owner.query(statement);
    for (const { table, fingerprint } of changed) await owner.query(REMEMBER, [table, fingerprint]);
    await owner.query('commit');
  } catch (problem) {
    await owner.query('rollback').catch(() => undefined); // of a lost connection nothing stays anyway
    throw problem;
  }
  return changed.map(({ table }) => table);
}

/** A table that was covered stays so while its triggers are replaced: nobody writes to it meanwhile. */
const REMEMBER = `insert into audit_coverage (table_name, fingerprint) values ($1, $2)
  on conflict (table_name) do update set fingerprint = excluded.fingerprint`;

async function fingerprintsIn(db: Client | Pool): Promise<ReadonlyMap<string, string>> {
  const { rows } = await db.query<{ table_name: string; fingerprint: string }>('select table_name, fingerprint from audit_coverage');
  return new Map(rows.map(({ table_name, fingerprint }) => [table_name, fingerprint]));
}

/**
 * Whether the database records what the policies say.
 * Answers with the tables that nothing covers: there the hooks alone record, which see neither bulk nor raw SQL.
 * @throws PolicyError where triggers were made for another policy, or somebody switched them off: the application must not start.
 */
export async function checkCoverage(db: Client | Pool, registry: Registry): Promise<string[]> {
  const [known, active] = [await fingerprintsIn(db), await activeTriggers(db)];
  const wanted = triggersOf(registry);
  const problems = wanted.flatMap((triggers) => problemOf(triggers, known.get(triggers.table), active.get(triggers.table)));
  if (problems.length) throw new PolicyError(problems);
  return wanted.filter(({ table }) => !known.has(table)).map(({ table }) => table);
}

function problemOf(
  { table, fingerprint, statements }: TableTriggers,
  known: string | undefined,
  active: ReadonlyMap<string, string> = new Map(),
): string[] {
  if (known === undefined) return [];
  if (known !== fingerprint)
    return [`${table}: its triggers were made for another policy, and record other fields: run the migrations, which make them anew`];
  const missing = TRIGGERS.filter(
    (name) => active.get(name) === undefined || !isAsMade([...statements, ...rowChangeSchema], active.get(name) ?? ''),
  );
  if (!missing.length) return [];
  return [
    `${table}: ${missing.join(', ')} is missing, switched off or altered, so that changes go unrecorded: find out who did that, then delete its row from audit_coverage and run the migrations, which make it anew`,
  ];
}

/** What a trigger's function does is what we have made it do; the one that refuses truncation is the log's own, for all tables. */
const isAsMade = (statements: readonly string[], body: string): boolean =>
  statements.some((statement) => ['$audit$', '$$'].some((quote) => statement.includes(`${quote}${body}${quote}`)));

/** The triggers of ours that fire whatever a session says, by table, with the bodies of their functions. */
async function activeTriggers(db: Client | Pool): Promise<ReadonlyMap<string, ReadonlyMap<string, string>>> {
  const { rows } = await db.query<{ table_name: string; names: string[]; bodies: string[] }>(
    `select case when n.nspname = current_schema() then c.relname else n.nspname || '.' || c.relname end as table_name,
        array_agg(t.tgname::text) as names, array_agg(p.prosrc) as bodies
      from pg_trigger t join pg_class c on c.oid = t.tgrelid join pg_namespace n on n.oid = c.relnamespace join pg_proc p on p.oid = t.tgfoid
      -- A condition of ours compares keys, and nothing else.
      where t.tgname = any($1) and t.tgenabled = 'A' and (t.tgqual is null or t.tgname = 'zz_audit_key') group by 1`,
    [TRIGGERS],
  );
  return new Map(rows.map(({ table_name, names, bodies }) => [table_name, new Map(names.map((name, i) => [name, bodies[i] ?? '']))]));
}
