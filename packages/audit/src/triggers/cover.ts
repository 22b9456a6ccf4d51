import type { Client } from 'pg';
import { auditedTables, type AuditedTable } from './audited-tables.ts';
import { briefly, PATIENCE, type Patience } from './briefly.ts';
import { coverTable, tell, workOn, type Covering } from './cover-table.ts';
import { coverages } from './coverage.ts';
import { COVERAGE_ENDED } from '../events/entry.ts';
import { PolicyError } from '../events/errors.ts';
import { misfits } from './fit.ts';
import { fingerprintOf, policiesInForce, putInForce } from './policy-set.ts';
import type { Registry } from '../policy/registry.ts';
import { relationsIn } from './relation.ts';
import { FUNCTIONS, TRIGGERS } from './triggers.ts';

/** What is covered, for which version, and how long others are waited for. */
export interface CoverOptions {
  /** What the program calls itself to people: its version. */
  readonly release?: string;
  /** Whether these policies may take the place of newer ones. */
  readonly goBack?: boolean;
  /** The tables to cover, by their names; the others stay as they are. All, and no others, where it is left out. */
  readonly only?: readonly string[];
  readonly patience?: Patience;
}

/**
 * Makes the triggers of every audited table what the policies say, as the owner of the tables: where a policy has changed,
 * and where they were dropped, altered or switched off; what no policy asks for any more is taken away. Call it with the
 * migrations.
 *
 * Table by table, each in a short transaction that waits for nobody for long. Whoever is interrupted leaves tables that
 * are covered and tables that the next one finds; until then the start is refused. Answers with what was done.
 * @throws OutdatedPolicies where the database records by newer policies; nothing is done then.
 * @throws PolicyError where a table can't be recorded as its policy says; nothing is done then.
 */
export async function cover(owner: Client, registry: Registry, options: CoverOptions = {}): Promise<Covering[]> {
  const { only, patience = PATIENCE } = options;
  const tables = auditedTables(registry).filter(({ table }) => only?.includes(table) ?? true);
  const waiting = await tablesToCover(owner, tables);
  await announce(owner, registry, options);
  const done: (Covering | null)[] = [];
  for (const table of waiting) done.push(await briefly(owner, table.table, () => coverTable(owner, table), patience));
  if (!only) done.push(...(await endOthers(owner, tables, patience)));
  return done.filter((one) => one !== null);
}

/** From here on nobody numbers who goes by other policies: what the first new trigger writes he wouldn't understand. */
async function announce(owner: Client, registry: Registry, { release, goBack, patience }: CoverOptions): Promise<void> {
  const proposed = { fingerprint: fingerprintOf(registry), release: release ?? null, goBack: goBack ?? false };
  const inForce = await policiesInForce(owner);
  if (inForce?.fingerprint === proposed.fingerprint && inForce.release === proposed.release) return;
  await briefly(owner, 'the log', () => putInForce(owner, proposed), patience);
}

/** @throws PolicyError with everything that is wrong with any of them. */
async function tablesToCover(owner: Client, tables: readonly AuditedTable[]): Promise<AuditedTable[]> {
  const [relations, known] = [await relationsIn(owner, tables), await coverages(owner)];
  const problems = tables.flatMap((table) => misfits(table, relations.get(table.table)));
  if (problems.length) throw new PolicyError(problems, 'The database can not record what the audit policies say');
  return tables.filter((table) => {
    const relation = relations.get(table.table);
    return relation && workOn(table, known.get(table.table), relation);
  });
}

/** Takes every trigger of ours away, and with them what they say: from here on the hooks record alone. The log stays. */
export async function uncover(owner: Client, patience: Patience = PATIENCE): Promise<Covering[]> {
  const ended = await endOthers(owner, [], patience);
  await briefly(owner, 'the log', () => owner.query('update audit_policies set in_force = false where in_force'), patience);
  return ended;
}

/** Of entities that are audited no more, of tables that have another name now, and of tables that are gone. */
async function endOthers(owner: Client, wanted: readonly AuditedTable[], patience: Patience): Promise<Covering[]> {
  const names = wanted.map(({ table }) => table);
  const relations = await relationsIn(owner, wanted);
  const ended: Covering[] = [];
  for (const { relation, oid, triggers } of await strayTriggers(
    owner,
    [...relations.values()].map((one) => one.oid),
  )) {
    const work = async () => {
      await owner.query(`lock table ${relation} in access exclusive mode`);
      for (const name of triggers) await owner.query(`drop trigger if exists ${name} on ${relation}`);
      return end(owner, names, oid);
    };
    ended.push(...(await briefly(owner, relation, work, patience)));
  }
  ended.push(...(await briefly(owner, 'audit_coverage', () => end(owner, names, null), patience)));
  await dropFunctions(owner, patience);
  return ended;
}

interface Stray {
  /** Quoted where it has to be. */
  readonly relation: string;
  readonly oid: string;
  readonly triggers: readonly string[];
}

async function strayTriggers(owner: Client, wanted: readonly string[]): Promise<Stray[]> {
  const { rows } = await owner.query<{ relation: string; oid: string; triggers: string[] }>(
    `select t.tgrelid::regclass::text as relation, t.tgrelid::text as oid, array_agg(t.tgname::text) as triggers
      from pg_trigger t join pg_proc p on p.oid = t.tgfoid
      where not t.tgisinternal and t.tgname = any($1::text[]) and t.tgrelid <> all($2::oid[])
        and (starts_with(p.proname, $3) or p.proname = 'audit_refuse_truncate')
      group by t.tgrelid`,
    [TRIGGERS, wanted, FUNCTIONS],
  );
  return rows;
}

/** Coverage of no wanted table ends: that of this relation, or of whatever is left. */
async function end(owner: Client, wanted: readonly string[], oid: string | null): Promise<Covering[]> {
  const { rows } = await owner.query<{ table_name: string }>(
    `update audit_coverage set until_at = clock_timestamp()
      where until_at is null and table_name <> all($1::text[]) and ($2::oid is null or relation = $2::oid) returning table_name`,
    [wanted, oid],
  );
  const ended = rows.map(({ table_name }) => ({ table: table_name, what: 'ended', found: [] }) as const);
  for (const one of ended) await tell(owner, COVERAGE_ENDED, one);
  return ended;
}

/** No trigger calls them any more. */
async function dropFunctions(owner: Client, patience: Patience): Promise<void> {
  const { rows } = await owner.query<{ name: string }>(
    `select p.oid::regprocedure::text as name from pg_proc p
      where starts_with(p.proname, $1) and p.prorettype = 'trigger'::regtype
        and not exists (select from pg_trigger t where t.tgfoid = p.oid)`,
    [FUNCTIONS],
  );
  for (const { name } of rows) await briefly(owner, name, () => owner.query(`drop function if exists ${name}`), patience);
}
