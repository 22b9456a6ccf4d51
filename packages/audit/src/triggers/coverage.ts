import type { Client } from 'pg';
import { auditedTables, type AuditedTable } from './audited-tables.ts';
import type { Database } from '../schema/database.ts';
import { OutdatedPolicies, PolicyError } from '../events/errors.ts';
import { misfits } from './fit.ts';
import { fingerprintOf, policiesInForce } from './policy-set.ts';
import type { Registry } from '../policy/registry.ts';
import { relationsIn, type Relation } from './relation.ts';
import type { Sight } from './sight.ts';
import { TRIGGERS } from './triggers.ts';

/** Since which transaction each table's row changes are recorded, and what tables were called before they were renamed. */
export async function coverageIn(db: Client): Promise<Pick<Sight, 'coverage' | 'formerTables'>> {
  const { rows } = await db.query<{ table_name: string; since: string; former: string[] }>(
    `select table_name, since::text as since, array(select ended.table_name from audit_coverage ended
        where ended.until_at is not null and ended.relation = c.relation and ended.server is not distinct from c.server) as former
      from audit_coverage c where until_at is null`,
  );
  return {
    coverage: new Map(rows.map(({ table_name, since }) => [table_name, BigInt(since)])),
    formerTables: new Map(rows.flatMap(({ table_name, former }) => former.map((name) => [name, table_name] as const))),
  };
}

/** What is known of one table's triggers. */
export interface Coverage {
  /** Of the statements that made them. */
  readonly fingerprint: string;
  /** As the catalog showed them when they were made, by name; empty where nobody looked. */
  readonly made: Readonly<Record<string, string>>;
  /** The table that they were made for. */
  readonly relation: string | null;
  /** Whether it was made on this server: what is copied as a dump has numbers of its own. */
  readonly here: boolean;
}

/** What covers each table; what covered one once is left out. */
export async function coverages(db: Database): Promise<ReadonlyMap<string, Coverage>> {
  const { rows } = await db.query<{ table_name: string } & Coverage>(
    `select table_name, fingerprint, made, relation::text as relation, server is not distinct from ${THIS_SERVER} as here
      from audit_coverage where until_at is null`,
  );
  return new Map(rows.map(({ table_name, ...coverage }) => [table_name, coverage]));
}

/** Stays through restarts and restored base backups; another server, and one after `pg_upgrade`, has another. */
export const THIS_SERVER = '(select system_identifier::text from pg_control_system())';

/** In a few words each, what isn't as it was made. */
export function findings({ made, relation, here }: Coverage, found: Relation): string[] {
  // Made by a version that didn't look: nothing is known to be wrong.
  if (relation === null) return [];
  const elsewhere = here && relation === found.oid ? [] : ['the table was restored or made anew'];
  const broken = TRIGGERS.flatMap((name) => {
    const trigger = found.triggers[name];
    if (!trigger) return [`${name} is missing`];
    if (trigger.state !== made[name]) return [`${name} was altered`];
    return trigger.always ? [] : [`${name} is switched off`];
  });
  return [...elsewhere, ...broken];
}

/**
 * Whether the database records what the policies say.
 * Answers with the tables that nothing covers: there the hooks alone record, which see neither bulk nor raw SQL.
 * @throws OutdatedPolicies where the database records by other policies than these.
 * @throws PolicyError where triggers can't be relied on: the application must not start.
 */
export async function checkCoverage(db: Database, registry: Registry): Promise<string[]> {
  const inForce = await policiesInForce(db);
  const tables = auditedTables(registry);
  const known = await coverages(db);
  if (inForce && inForce.fingerprint !== fingerprintOf(registry)) throw new OutdatedPolicies(inForce, null);
  const relations = await relationsIn(db, tables);
  const covered = tables.filter(({ table }) => known.has(table));
  const problems = covered.flatMap((table) => problemsOf(table, known.get(table.table) as Coverage, relations.get(table.table)));
  if (problems.length) throw new PolicyError(problems, 'The database does not record what the audit policies say');
  return tables.filter(({ table }) => !known.has(table)).map(({ table }) => table);
}

function problemsOf(table: AuditedTable, coverage: Coverage, relation: Relation | undefined): string[] {
  const unfit = misfits(table, relation);
  if (unfit.length || !relation) return unfit;
  if (coverage.fingerprint !== table.fingerprint || coverage.relation === null)
    return [`${table.table}: its triggers were made for another policy, and record other fields: run the migrations, which make them anew`];
  const found = findings(coverage, relation);
  if (!found.length) return [];
  return [
    `${table.table}: ${found.join(', ')}, so that changes may have gone unrecorded: find out who did that, and run the migrations, which mend it and write into the log what they found`,
  ];
}
