import type { Pool } from 'pg';
import { Conditions } from './conditions.ts';
import type { Event, Position } from '../events/entry.ts';
import type { Entry } from '../events/log-entry.ts';
import { ENTRY_COLUMNS, entryOfRow, type EntryRow } from './log-rows.ts';
import { mayBeSeen, type Visibility } from './visibility.ts';

/** The most events that one history may have: a fold needs all of them at once. */
export const MAX_HISTORY = 20_000;

/** Whose history, as `Type:id`: records with everything that ever was under them, or records alone. */
export interface HistoryQuery {
  readonly roots?: readonly string[];
  readonly targets?: readonly string[];
  readonly visibility: Visibility;
  /** Areas whose events are no part of it, such as that somebody read it: they are as if there were none. */
  readonly withoutArea?: readonly string[];
  /** Up to this position, or up to what had happened at this instant, both inclusive; all of it where neither is given. */
  readonly position?: Position | undefined;
  readonly at?: string | undefined;
}

/** Every event of some records, oldest first. */
export interface History {
  readonly events: readonly Event[];
  /** The log's head when it was read. */
  readonly head: Position;
  /** Some of these events may not be seen: what can be seen makes no whole, and isn't given. */
  readonly partial: boolean;
  /** There are more than `MAX_HISTORY`: none is given. */
  readonly tooLong: boolean;
}

/** A history before it is shown to somebody. */
export interface FoundHistory {
  readonly entries: readonly Entry[];
  readonly head: Position;
  readonly partial: boolean;
  readonly tooLong: boolean;
}

/**
 * Reads whole histories with one query, however many records they are of. The parts of a record are those that ever
 * stood under it, with what happened to them before and after: one that moved is seen to have moved.
 */
export async function readHistory(db: Pick<Pool, 'query'>, query: HistoryQuery): Promise<FoundHistory> {
  const { rows } = await db.query<EntryRow & { head: string }>(...statementOf(query));
  const found = rows.filter((row) => row.position !== null);
  const head = Number(rows[0]?.head ?? 0);
  if (found.length > MAX_HISTORY) return { entries: [], head, partial: false, tooLong: true };
  const entries = found.map(entryOfRow);
  const seen = entries.filter((entry) => mayBeSeen(query.visibility, entry));
  const partial = seen.length > 0 && seen.length < entries.length;
  return { entries: partial ? [] : seen, head, partial, tooLong: false };
}

function statementOf({ roots = [], targets = [], withoutArea = [], position, at }: HistoryQuery): [string, unknown[]] {
  const where = new Conditions();
  const [rootTypes, rootIds] = [roots.map(typeOf), roots.map(idOf)];
  const [types, ids] = [targets.map(typeOf), targets.map(idOf)];
  const list = (values: readonly string[]) => `${where.param(values)}::text[]`;
  const sources = [
    `select r.type, r.id from unnest(${list(types)}, ${list(ids)}) r(type, id)`,
    `select e.target_type, e.target_id from unnest(${list(rootTypes)}, ${list(rootIds)}) r(type, id)
      join audit_event e on e.root_id = r.id and e.root_type = r.type where e.target_id is not null`,
  ];
  where.and('e.target_id = r.id', 'e.target_type = r.type', 'e.position <= h.position');
  if (withoutArea.length) where.and(`e.area <> all(${list(withoutArea)})`);
  if (position !== undefined) where.and(`e.position <= ${where.param(position)}`);
  if (at !== undefined) where.and(`e.occurred_at <= ${where.param(at)}::timestamptz`);
  const sql = `with records as materialized (${sources.join(' union ')})
    select h.position as head, ${ENTRY_COLUMNS} from audit_head h left join lateral
      (select e.* from records r(type, id) cross join lateral (select * from audit_event e where ${where.sql}) e
        limit ${MAX_HISTORY + 1}) e on true
      order by e.position`;
  return [sql, where.params];
}

const typeOf = (record: string) => record.slice(0, Math.max(0, record.indexOf(':')));
const idOf = (record: string) => record.slice(record.indexOf(':') + 1);
