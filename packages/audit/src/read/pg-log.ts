import { createHash } from 'node:crypto';
import type { Pool } from 'pg';
import type { Event, Position } from '../events/entry.ts';
import { conditionsOf, type Conditions } from './conditions.ts';
import { COUNT_LIMIT } from './count-limit.ts';
import type { Filter } from './filter.ts';
import { readHistory, type History, type HistoryQuery } from './history.ts';
import type { Count } from './count.ts';
import type { ChangeSets, FieldRow, FieldRows, LogReader, OffsetQuery, Page, PageQuery, Settled, Stretch } from './log.ts';
import type { Entry } from '../events/log-entry.ts';
import { ENTRY_COLUMNS, entryOfRow, type EntryRow } from './log-rows.ts';
import { readOverview, type Overview, type OverviewQuery } from './overview.ts';
import { SubjectKeys } from '../values/protect.ts';
import { opened, sealSubjects, type OpenedEntry } from './reveal.ts';
import { rollupConditions } from './rollup.ts';
import type { Visibility } from './visibility.ts';

/** How long a read waits for what was just committed. Milliseconds. */
const SETTLE_MS = 1_000;

/** The log, read from PostgreSQL with the application's role. */
export class PgLog implements LogReader {
  readonly #db: Pool;
  readonly #keys: SubjectKeys;
  readonly #settle: (withinMs: number) => Promise<number>;

  /** `settle` waits until the sequencer has passed what is committed, and answers how many flushes still wait. */
  constructor(db: Pool, settle: (withinMs: number) => Promise<number>) {
    this.#db = db;
    this.#keys = new SubjectKeys(db);
    this.#settle = settle;
  }

  async head(): Promise<Position> {
    const { rows } = await this.#db.query<{ position: string }>('select position from audit_head');
    return Number(rows[0]?.position ?? 0);
  }

  async settle(): Promise<Settled> {
    return { waiting: await this.#settle(SETTLE_MS) };
  }

  async page({ filter, visibility, before, limit }: PageQuery): Promise<Page> {
    const where = conditionsOf(filter, visibility);
    if (before !== undefined) where.and(`e.position < ${where.param(before)}`);
    // Head and rows from one statement: the page speaks up to exactly this position.
    const { rows } = await this.#db.query<EntryRow & { head: string }>(
      `select h.position as head, ${ENTRY_COLUMNS} from audit_head h left join lateral
        (select * from audit_event e where e.position <= h.position and ${where.sql} order by e.position desc limit ${where.param(limit + 1)}) e on true
        order by e.position desc`,
      where.params,
    );
    const found = rows.filter((row) => row.position !== null);
    const events = await this.#reveal(found.slice(0, limit), visibility);
    return { events, position: Number(rows[0]?.head ?? 0), next: found.length > limit ? (events.at(-1)?.position ?? null) : null };
  }

  async after(position: Position, filter: Filter, visibility: Visibility, limit: number): Promise<Stretch> {
    const where = conditionsOf(filter, visibility);
    where.and(`e.position > ${where.param(position)}`);
    const { rows } = await this.#db.query<EntryRow & { head: string }>(
      `select h.position as head, ${ENTRY_COLUMNS} from audit_head h left join lateral
        (select * from audit_event e where e.position <= h.position and ${where.sql} order by e.position limit ${where.param(limit)}) e on true
        order by e.position`,
      where.params,
    );
    const events = await this.#reveal(
      rows.filter((row) => row.position !== null),
      visibility,
    );
    // A full page speaks up to its last event, a shorter one up to the head that it saw.
    const to = events.length === limit ? (events.at(-1)?.position ?? position) : Math.max(position, Number(rows[0]?.head ?? 0));
    return { to, events };
  }

  async event(position: Position, visibility: Visibility): Promise<Event | null> {
    const where = conditionsOf({}, visibility);
    where.and(`e.position = ${where.param(position)}`);
    const { rows } = await this.#db.query<EntryRow>(`select ${ENTRY_COLUMNS} from audit_event e where ${where.sql}`, where.params);
    return (await this.#reveal(rows, visibility))[0] ?? null;
  }

  async count(filter: Filter, visibility: Visibility): Promise<Count> {
    const rollup = rollupConditions(filter, visibility);
    if (rollup) return this.#rollupCount(rollup);
    const where = conditionsOf(filter, visibility);
    return this.#limitedCount(`select from audit_event e where ${where.sql}`, where.params);
  }

  countSets(filter: Filter, visibility: Visibility): Promise<Count> {
    return this.#countSets(conditionsOf(filter, visibility));
  }

  async fieldRows({ filter, visibility, limit, offset }: OffsetQuery): Promise<FieldRows> {
    const where = conditionsOf(filter, visibility);
    const from = `audit_event e, jsonb_array_elements(e.changes) with ordinality c(change, n) where ${where.sql} and ${fieldCondition(filter, where)}`;
    const counted = [...where.params];
    const { rows } = await this.#db.query<EntryRow & { field: string }>(
      `select ${ENTRY_COLUMNS}, c.change->>'field' as field from ${from} order by e.position desc, c.n limit ${where.param(limit)} offset ${where.param(offset)}`,
      where.params,
    );
    return { rows: await this.#fieldRows(rows, visibility), count: await this.#limitedCount(`select from ${from}`, counted) };
  }

  async changeSets(query: OffsetQuery): Promise<ChangeSets> {
    const { filter, visibility } = query;
    const ids = await this.#changeIds(query);
    const where = conditionsOf(filter, visibility);
    where.and(`e.change_id = any(${where.param(ids)}::uuid[])`);
    const { rows } = await this.#db.query<EntryRow & { field: string }>(
      `select ${ENTRY_COLUMNS}, c.change->>'field' as field from audit_event e, jsonb_array_elements(e.changes) with ordinality c(change, n)
        where ${where.sql} and ${fieldCondition(filter, where)} order by e.position desc, c.n`,
      where.params,
    );
    const byId = Map.groupBy(await this.#fieldRows(rows, visibility), (row) => row.event.changeId);
    return {
      sets: ids.map((id) => byId.get(id) ?? []).filter((set) => set.length > 0),
      count: await this.#countSets(conditionsOf(filter, visibility).and(CHANGED)),
    };
  }

  async history(query: HistoryQuery): Promise<History> {
    const { entries, ...found } = await readHistory(this.#db, query);
    return { ...found, events: await this.#revealed(entries, query.visibility) };
  }

  overview(query: OverviewQuery): Promise<Overview> {
    return readOverview(this.#db, query);
  }

  /** Everything after a position, for the node's feed: unfiltered, with the means to show it to anybody. */
  async entriesAfter(position: Position, limit: number): Promise<readonly OpenedEntry[]> {
    const { rows } = await this.#db.query<EntryRow>(
      `select ${ENTRY_COLUMNS} from audit_event e where e.position > $1 order by e.position limit $2`,
      [position, limit],
    );
    const entries = rows.map(entryOfRow);
    await this.#keys.load(sealSubjects(entries));
    return entries.map((entry) => opened(entry, this.#keys));
  }

  /** The newest change sets by walking the events from the newest: no index could give their order, and pages are small. */
  async #changeIds({ filter, visibility, limit, offset }: OffsetQuery): Promise<string[]> {
    const ids = new Set<string>();
    let before: Position | null = null;
    while (ids.size < offset + limit) {
      const where = conditionsOf(filter, visibility).and(CHANGED);
      if (before !== null) where.and(`e.position < ${where.param(before)}`);
      const { rows }: { rows: { change_id: string; position: string }[] } = await this.#db.query(
        `select e.change_id, e.position from audit_event e where ${where.sql} order by e.position desc limit 1000`,
        where.params,
      );
      for (const row of rows) ids.add(row.change_id);
      if (rows.length < 1000) break;
      before = Number(rows.at(-1)?.position);
    }
    return [...ids].slice(offset, offset + limit);
  }

  #reveal(rows: readonly EntryRow[], visibility: Visibility): Promise<Event[]> {
    return this.#revealed(rows.map(entryOfRow), visibility);
  }

  async #revealed(entries: readonly Entry[], visibility: Visibility): Promise<Event[]> {
    if (visibility.sensitive) await this.#keys.load(sealSubjects(entries));
    return entries.map((entry) => opened(entry, this.#keys).reveal(visibility.sensitive));
  }

  async #fieldRows(rows: readonly (EntryRow & { field: string })[], visibility: Visibility): Promise<FieldRow[]> {
    const events = await this.#reveal(rows, visibility);
    return events.flatMap((event, i) => {
      const change = event.changes.find((one) => one.field === rows[i]?.field);
      return change ? [{ id: fieldRowId(event.id, change.field), event, change }] : [];
    });
  }

  async #limitedCount(sql: string, params: readonly unknown[]): Promise<Count> {
    const { rows } = await this.#db.query<{ n: string }>(`select count(*) as n from (${sql} limit ${COUNT_LIMIT + 1}) found`, [...params]);
    const n = Number(rows[0]?.n ?? 0);
    return { total: Math.min(n, COUNT_LIMIT), more: n > COUNT_LIMIT };
  }

  /** Exact while the limit reaches; counting distinct sets of the whole log would read all of it. */
  async #countSets(where: Conditions): Promise<Count> {
    const events = 5 * COUNT_LIMIT;
    const { rows } = await this.#db.query<{ sets: string; events: string }>(
      `select count(distinct change_id) as sets, count(*) as events from (select e.change_id from audit_event e where ${where.sql} order by e.position desc limit ${events}) newest`,
      where.params,
    );
    const total = Number(rows[0]?.sets ?? 0);
    return { total: Math.min(total, COUNT_LIMIT), more: total > COUNT_LIMIT || Number(rows[0]?.events) === events };
  }

  async #rollupCount(where: Conditions): Promise<Count> {
    const { rows } = await this.#db.query<{ n: string }>(
      `select coalesce(sum(events), 0) as n from audit_rollup where ${where.sql}`,
      where.params,
    );
    return { total: Number(rows[0]?.n ?? 0), more: false };
  }
}

/** What isn't only told. */
const CHANGED = `e.changes <> '[]'`;

const fieldCondition = (filter: Filter, where: Conditions) =>
  filter.field?.length ? `c.change->>'field' = any(${where.param(filter.field)}::text[])` : 'true';

/** The same as the views' `md5(id || ':' || field)::uuid`. */
export function fieldRowId(eventId: string, field: string): string {
  return createHash('md5')
    .update(`${eventId}:${field}`)
    .digest('hex')
    .replace(/^(.{8})(.{4})(.{4})(.{4})(.{12})$/, '$1-$2-$3-$4-$5');
}
