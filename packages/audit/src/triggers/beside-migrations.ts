import { auditedTables, type AuditedTable } from './audited-tables.ts';
import { makeTriggers, tell, type Covering } from './cover-table.ts';
import type { CoverOptions } from './cover.ts';
import { coverages, findings, type Coverage } from './coverage.ts';
import type { Database } from '../schema/database.ts';
import { COVERAGE_ENDED, COVERAGE_REPAIRED } from '../events/entry.ts';
import { PolicyError } from '../events/errors.ts';
import { misfits } from './fit.ts';
import { fingerprintOf, putInForce } from './policy-set.ts';
import type { Registry } from '../policy/registry.ts';
import { relationsIn, type Relation } from './relation.ts';
import { TRIGGERS } from './triggers.ts';

/** One migration: what it is called, what it will say to the database, and how to run it in the present transaction. */
export interface Step {
  readonly name: string;
  readonly statements: readonly string[];
  readonly run: () => Promise<unknown>;
}

/** A table whose triggers are off while migrations alter it; it is locked. */
interface Off {
  readonly oid: string;
  /** Rows that this session had written to it when its triggers went; null where the server doesn't count. */
  readonly written: number | null;
  /** What was wrong with the triggers before; null where nobody knows. */
  readonly found: readonly string[] | null;
  readonly steps: string[];
}

interface Beside {
  readonly db: Database;
  readonly registry: Registry;
  readonly options: Pick<CoverOptions, 'release' | 'goBack'>;
  readonly tables: readonly AuditedTable[];
  /** By the table's name in `audit_coverage`. */
  readonly off: Map<string, Off>;
  readonly done: Covering[];
}

/**
 * Runs migrations where triggers are at work, in one transaction that the caller has begun: a table that a migration alters
 * loses its triggers before and gets those of the policies after, as soon as its columns are what they name. It is locked
 * meanwhile, so that nobody writes unseen but the migrations themselves; where they do, the log says so, and the table counts
 * as covered from then on only. Put what changes rows into a migration of its own, and each row is recorded.
 * @throws OutdatedPolicies, PolicyError as `cover` does: roll back then.
 */
export async function migrateBeside(
  db: Database,
  registry: Registry,
  steps: readonly Step[],
  options: Beside['options'] = {},
): Promise<Covering[]> {
  const beside: Beside = { db, registry, options, tables: auditedTables(registry), off: new Map(), done: [] };
  for (const step of steps) {
    if (await isReady(db)) await takeOff(beside, step);
    for (const one of beside.off.values()) one.steps.push(step.name);
    await step.run();
    if (beside.off.size) await putOn(beside);
  }
  await endOff(beside);
  return beside.done;
}

/** Whether the log's own tables are what this program works with: they come with migrations too. */
async function isReady(db: Database): Promise<boolean> {
  const { rows } = await db.query(`select from pg_attribute where attrelid = to_regclass('audit_coverage') and attname = 'until_at'`);
  return rows.length > 0;
}

/** Words that stand in a statement that alters a table. One too many costs a table its triggers for a moment. */
const ALTERS = /\b(alter|drop|rename|execute|call)\b/i;

function mentions(statement: string, relation: string): boolean {
  const name = relation.split('.').at(-1)?.replaceAll('"', '') ?? '';
  const literally = name.replaceAll(/[^\p{L}\p{N}_]/gu, String.raw`\$&`);
  return new RegExp(String.raw`(?<![\p{L}\p{N}_$])${literally}(?![\p{L}\p{N}_$])`, 'iu').test(statement);
}

async function takeOff({ db, off }: Beside, { statements }: Step): Promise<void> {
  const altering = statements.filter((statement) => ALTERS.test(statement));
  // A version that didn't note which table it was knew its name.
  const { rows } = await db.query<{ table_name: string; relation: string; oid: string; known: boolean }>(
    `select table_name, c.oid::regclass::text as relation, c.oid::text as oid, relation is not null as known
      from audit_coverage join pg_class c on c.oid = coalesce(relation, to_regclass(quote_ident(table_name)), to_regclass(table_name))
      where until_at is null order by table_name`,
  );
  for (const { table_name, relation, oid, known } of rows) {
    if (off.has(table_name) || !altering.some((statement) => mentions(statement, relation))) continue;
    await db.query(`lock table ${relation} in access exclusive mode`);
    const found = known ? await foundOn(db, table_name, relation) : null;
    for (const name of TRIGGERS) await db.query(`drop trigger if exists ${name} on ${relation}`);
    off.set(table_name, { oid, written: await writtenTo(db, oid), found, steps: [] });
  }
}

async function foundOn(db: Database, table: string, quoted: string): Promise<string[]> {
  const [known, relations] = [await coverages(db), await relationsIn(db, [{ table, quoted }])];
  return findings(known.get(table) as Coverage, relations.get(table) as Relation);
}

/** Rows that this session has made, changed and removed in a table; only the difference between two answers means something. */
async function writtenTo(db: Database, oid: string): Promise<number | null> {
  const { rows } = await db.query<{ n: string | null }>(
    `select case when current_setting('track_counts')::bool then coalesce(sum(n_tup_ins + n_tup_upd + n_tup_del), 0) end as n
      from pg_stat_xact_all_tables where relid = $1`,
    [oid],
  );
  const n = rows[0]?.n ?? null;
  return n === null ? null : Number(n);
}

/** The triggers of each table that is off and has what they name: one that was renamed is known by what it is. */
async function putOn(beside: Beside): Promise<void> {
  const { db, tables, off } = beside;
  const relations = await relationsIn(db, tables);
  for (const [name, one] of off) {
    const table = tables.find((wanted) => wanted.table === name || relations.get(wanted.table)?.oid === one.oid);
    const relation = table && relations.get(table.table);
    if (!table || !relation || misfits(table, relation).length) continue;
    await putOnTable(beside, { name, one, table, anew: relation.oid !== one.oid });
    off.delete(name);
  }
}

interface Fitting {
  /** What it was called. */
  readonly name: string;
  readonly one: Off;
  readonly table: AuditedTable;
  /** Whether it is another one under the same name. */
  readonly anew: boolean;
}

async function putOnTable({ db, registry, options, done }: Beside, { name, one, table, anew }: Fitting): Promise<void> {
  await putInForce(db, { fingerprint: fingerprintOf(registry), release: options.release ?? null, goBack: options.goBack ?? false });
  const found = [...(one.found ?? []), ...(anew ? [`made anew by ${one.steps.join(', ')}`] : await unseen(db, one))];
  const goesOn = table.table === name && one.found !== null && !found.length;
  await makeTriggers(db, table, goesOn);
  if (found.length) await tell(db, COVERAGE_REPAIRED, { table: table.table, found });
  if (table.table !== name) await endTable(db, name);
  done.push({ table: table.table, what: found.length ? 'repaired' : 'renewed', found });
}

async function unseen(db: Database, { oid, written, steps }: Off): Promise<string[]> {
  const [before, now] = [written, await writtenTo(db, oid)];
  if (before !== null && before === now) return [];
  const rows = before === null || now === null ? 'rows may have been written' : `${now - before} rows were written`;
  return [`${rows} by ${steps.join(', ')} while the triggers were off`];
}

/** Tables that no policy asks for any more, or that are gone; one that is wanted must have got its triggers by now. */
async function endOff({ db, tables, off, done }: Beside): Promise<void> {
  const relations = off.size ? await relationsIn(db, tables) : new Map<string, Relation>();
  const problems = tables.filter(({ table }) => off.has(table)).flatMap((table) => misfits(table, relations.get(table.table)));
  if (problems.length) throw new PolicyError(problems, 'The migrations leave tables that the audit policies do not fit');
  for (const table of off.keys()) {
    await endTable(db, table);
    done.push({ table, what: 'ended', found: [] });
  }
}

async function endTable(db: Database, table: string): Promise<void> {
  await db.query('update audit_coverage set until_at = clock_timestamp() where table_name = $1', [table]);
  await tell(db, COVERAGE_ENDED, { table, found: [] });
}
