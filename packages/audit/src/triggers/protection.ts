import type { EntityManager } from '@mikro-orm/postgresql';
import type { Pool } from 'pg';
import { boundTo } from '../capture/bound.ts';
import { auditedTables } from './audited-tables.ts';
import { checkCoverage } from './coverage.ts';
import { AUDIT_AREA, TAMPERING, UNREADABLE } from '../events/entry.ts';
import { OutdatedPolicies, PolicyError } from '../events/errors.ts';
import { immutability, type Immutability } from '../schema/immutable.ts';

/** What protects the log, as the database and this node are at this moment. */
export interface Protection {
  readonly coverage: Coverage;
  /** Each table of the log, with the triggers that don't refuse. */
  readonly immutable: readonly Immutability[];
  /** Why attempts to alter the log would not be recorded, as it was at the last start; null where they would be. */
  readonly witnessProblem: string | null;
  readonly roles: readonly Role[];
  /** Rows that wait to be numbered, and since when. */
  readonly inbox: { readonly waiting: number; readonly since: string | null; readonly seconds: number };
  /** Events on this node's disk; null where nothing may be deferred. */
  readonly spooled: number | null;
  /** Since this node started: how often the application told something else than the database saw. */
  readonly disagreements: number;
  readonly since: string;
  /** In the whole log. */
  readonly unreadable: number;
  readonly tampering: number;
}

/** Whether the triggers of the audited tables record what the policies say. */
export interface Coverage {
  readonly tables: number;
  readonly uncovered: readonly string[];
  /** In sentences, which triggers are missing, off, altered or made for another policy. */
  readonly problems: readonly string[];
}

/** Whether a login may do what it shouldn't. */
export interface Role {
  readonly purpose: 'application' | 'sequencer';
  readonly name: string;
  readonly superuser: boolean;
  readonly ownsLog: boolean;
}

/** What protects the log that is open for this ORM. @throws Error where none is. */
export async function protectionOf(em: EntityManager): Promise<Protection> {
  const { registry, atWork } = boundTo(em);
  const open = atWork();
  if (!open) throw new Error('The log is not open: call audit.openLog() first');
  const { pool, deferral, disagreements, since } = open;
  const inbox = await backlog(pool);
  const [{ rows: witness }, counts] = [
    await pool.query<{ problem: string | null }>('select problem from audit_witness'),
    await countsOf(pool),
  ];
  return {
    coverage: { tables: auditedTables(registry).length, ...(await coverageOf(() => checkCoverage(pool, registry))) },
    immutable: await immutability(pool),
    witnessProblem: witness[0] ? witness[0].problem : 'it was never tried',
    roles: await rolesOf(pool, inbox.sequencer),
    inbox: { waiting: inbox.waiting, since: inbox.since, seconds: inbox.seconds },
    spooled: deferral?.waiting ?? null,
    disagreements: disagreements(),
    since,
    ...counts,
  };
}

async function coverageOf(check: () => Promise<string[]>): Promise<Omit<Coverage, 'tables'>> {
  try {
    return { uncovered: await check(), problems: [] };
  } catch (problem) {
    if (problem instanceof OutdatedPolicies) return { uncovered: [], problems: [problem.message] };
    if (!(problem instanceof PolicyError)) throw problem;
    return { uncovered: [], problems: problem.problems };
  }
}

interface Backlog {
  readonly waiting: number;
  readonly since: string | null;
  readonly seconds: number;
  readonly sequencer: string | null;
}

async function backlog(pool: Pool): Promise<Backlog> {
  const { rows } = await pool.query<{ waiting: string; since: Date | null; seconds: string | null; sequencer: string | null }>(
    `select waiting, since, extract(epoch from clock_timestamp() - since) as seconds, sequencer from audit_backlog()`,
  );
  const [row] = rows;
  return {
    waiting: Number(row?.waiting ?? 0),
    since: row?.since?.toISOString() ?? null,
    seconds: Number(row?.seconds ?? 0),
    sequencer: row?.sequencer ?? null,
  };
}

async function rolesOf(pool: Pool, sequencer: string | null): Promise<Role[]> {
  const { rows } = await pool.query<Role>(
    `select r.purpose, r.name, coalesce(p.rolsuper, false) as superuser,
        coalesce(pg_has_role(p.oid, c.relowner, 'member'), false) as "ownsLog"
      from (values ('application', current_user::text), ('sequencer', coalesce($1, current_user::text))) r(purpose, name)
      join pg_class c on c.oid = 'audit_event'::regclass
      left join pg_roles p on p.rolname = r.name`,
    [sequencer],
  );
  return rows;
}

async function countsOf(pool: Pool): Promise<Pick<Protection, 'unreadable' | 'tampering'>> {
  const { rows } = await pool.query<{ action: string; events: string }>(
    'select action, sum(events) as events from audit_rollup where area = $1 and action = any($2) group by action',
    [AUDIT_AREA, [UNREADABLE, TAMPERING]],
  );
  const of = (action: string) => Number(rows.find((row) => row.action === action)?.events ?? 0);
  return { unreadable: of(UNREADABLE), tampering: of(TAMPERING) };
}
