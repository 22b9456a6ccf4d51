import type { AuditedTable } from './audited-tables.ts';
import { DATABASE, job } from '../capture/context.ts';
import { coverages, findings, THIS_SERVER, type Coverage } from './coverage.ts';
import type { Database } from '../schema/database.ts';
import { AUDIT_AREA, COVERAGE_REPAIRED } from '../events/entry.ts';
import { PolicyError } from '../events/errors.ts';
import { misfits } from './fit.ts';
import { encodeContext, encodeManual, INSERT_OWN_WORD } from '../capture/inbox.ts';
import { relationsIn, type Relation } from './relation.ts';
import { TRIGGERS } from './triggers.ts';

/** What was done about one table's triggers. */
export interface Covering {
  readonly table: string;
  /** Made for the first time; made for another policy; made anew because they could not be relied on; taken away. */
  readonly what: 'covered' | 'renewed' | 'repaired' | 'ended';
  /** In a few words each, what was wrong: changes may have gone unrecorded until now. */
  readonly found: readonly string[];
}

/** What was done, a few words each. */
export const coveringsInWords = (coverings: readonly Covering[]): string[] =>
  coverings.map(({ what, table }) => `${what === 'ended' ? 'no more triggers' : 'triggers'} of ${table}`);

/** Where the record may have gaps, a sentence each. */
export const gapsInWords = (coverings: readonly Covering[]): string[] =>
  coverings.flatMap(({ table, found }) =>
    found.length
      ? [`Changes of ${table} may have gone unrecorded until now: ${found.join(', ')}. Its triggers were made anew, and the log says so.`]
      : [],
  );

/** What is to be done about one table; null where its triggers are as they should be. */
export function workOn(table: AuditedTable, coverage: Coverage | undefined, relation: Relation): Covering | null {
  if (!coverage) return { table: table.table, what: 'covered', found: [] };
  const found = findings(coverage, relation);
  if (found.length) return { table: table.table, what: 'repaired', found };
  const asMade = coverage.fingerprint === table.fingerprint && coverage.relation !== null;
  return asMade ? null : { table: table.table, what: 'renewed', found };
}

/**
 * Makes the triggers of one table, unless they are as they should be. Call it in a transaction: the table is locked until
 * its end, so that no write is made between the old ones and the new. What was found wrong goes into the log.
 * @throws PolicyError where the table can't be recorded.
 */
export async function coverTable(db: Database, table: AuditedTable): Promise<Covering | null> {
  // As strong as what follows needs: a lock that is raised later is how deadlocks come about. Making triggers keeps out those
  // who write; taking some away that aren't as they were made keeps out all.
  const doubtful = isDoubtful(await look(db, table));
  await db.query(`lock table ${table.quoted} in ${doubtful ? 'access exclusive' : 'share row exclusive'} mode`);
  const found = await look(db, table);
  const { work, coverage } = found;
  if (!work) return null;
  if (isDoubtful(found)) for (const name of TRIGGERS) await db.query(`drop trigger if exists ${name} on ${table.quoted}`);
  await makeTriggers(db, table, work.what === 'renewed' && coverage?.relation !== null);
  if (work.found.length) await tell(db, COVERAGE_REPAIRED, work);
  return work;
}

interface Look {
  readonly relation: Relation;
  readonly coverage: Coverage | undefined;
  readonly work: Covering | null;
}

async function look(db: Database, table: AuditedTable): Promise<Look> {
  const [relation, coverage] = [await relationOf(db, table), (await coverages(db)).get(table.table)];
  return { relation, coverage, work: workOn(table, coverage, relation) };
}

/** Whether triggers of our names are there that may be anything. */
const isDoubtful = ({ relation, work }: Look) => work?.what !== 'renewed' && Object.keys(relation.triggers).length > 0;

/** @throws PolicyError where the table isn't there or can't be recorded. */
async function relationOf(db: Database, table: AuditedTable): Promise<Relation> {
  const relation = (await relationsIn(db, [table])).get(table.table);
  const problems = misfits(table, relation);
  if (!relation || problems.length) throw new PolicyError(problems, 'The database can not record what the audit policies say');
  return relation;
}

/** `goesOn`: nobody could write unseen since the last ones were made, so that the table is covered as long as it was. */
export async function makeTriggers(db: Database, table: AuditedTable, goesOn: boolean): Promise<void> {
  for (const statement of table.statements) await db.query(statement);
  const { oid, triggers } = await relationOf(db, table);
  const made = Object.fromEntries(Object.entries(triggers).map(([name, { state }]) => [name, state]));
  await db.query(
    `insert into audit_coverage as c (table_name, fingerprint, made, relation, server, since_position, since_at)
      values ($1, $2, $3, $4, ${THIS_SERVER}, (select position from audit_head), clock_timestamp())
      on conflict (table_name) do update set fingerprint = excluded.fingerprint, made = excluded.made, relation = excluded.relation,
        server = excluded.server, until_at = null, since = case when $5 then c.since else excluded.since end,
        since_position = case when $5 then c.since_position else excluded.since_position end,
        since_at = case when $5 then c.since_at else excluded.since_at end`,
    [table.table, table.fingerprint, JSON.stringify(made), oid, goesOn],
  );
}

/** That a table's record has a gap, or an end, stands in the log like whatever else happens: nobody can take it back. */
export async function tell(db: Database, action: string, { table, found }: Pick<Covering, 'table' | 'found'>): Promise<void> {
  const manual = {
    area: AUDIT_AREA,
    action,
    target: { type: 'AuditedTable', id: table, label: table },
    ...(found.length && { meta: { found } }),
  };
  await db.query(INSERT_OWN_WORD, [encodeContext({ ...DATABASE, actor: job('migrate'), channel: 'job' }), encodeManual({ v: 1, manual })]);
}
