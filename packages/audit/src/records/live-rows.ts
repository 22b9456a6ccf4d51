import type { Client } from 'pg';
import { escapeIdentifier } from 'pg';
import { canonicalJson } from '@countersign/proof/canonical';
import { columnsFrom, type Columns } from './columns.ts';
import type { Database } from '../schema/database.ts';
import type { Column, EntityPlan, PivotPlan, Table } from '../policy/plan.ts';
import { rowOf, type Raw } from '../capture/row.ts';
import { rawOf, type Texts } from '../merge/seen.ts';
import { planOfRow } from '../triggers/sight.ts';
import { factsOf, type RecordFacts } from '../capture/tell.ts';
import { readRecord } from '../values/record-literal.ts';
import { quotedTable } from '../policy/table-name.ts';

// Rows as the triggers see them, so that what is compared with the log reads as what was written into it: by SQL, past
// the ORM, whose loading a million rows would cost ten times as much.

/** A row of an audited table, as it stands. */
export interface LiveRow {
  readonly columns: Columns;
  /** Which record it is, and under whose page it stands, by what the row itself says. */
  readonly facts: () => RecordFacts;
}

/** The entities of one table; several share it where one of its columns says which one a row is. */
export type Sharing = readonly EntityPlan[];

/** Reads the rows of one entity with these keys, whatever text a key is; a row that isn't there is left out. How long they are nobody looks: `rowsInPieces` does. */
export async function liveRows(
  db: Database,
  plan: EntityPlan,
  sharing: Sharing,
  ids: readonly string[],
): Promise<ReadonlyMap<string, LiveRow>> {
  const columns = readColumns(plan);
  const { rows } = await db.query<{ key: string; row: string }>(
    `select ${keyText('t', plan.key)} as key, ${rowText('t', columns)} as row from ${joined(plan, plan.table, plan.key)}`,
    keyParams(plan, ids),
  );
  const texts = new Map(rows.map(({ key, row }) => [key, textsIn(row, columns)]));
  const own = [...texts].filter(([, row]) => planOfRow(sharing, row) === plan);
  const members = await membersOf(
    db,
    plan,
    own.map(([key]) => key),
  );
  return new Map(own.map(([key, row]) => [key, liveRow(plan, { key, raw: rawOf(plan, row), members })]));
}

interface Read {
  readonly key: string;
  readonly raw: Raw;
  /** By property and key of the owner. */
  readonly members: ReadonlyMap<string, ReadonlyMap<string, readonly string[]>>;
}

function liveRow(plan: EntityPlan, { key, raw, members }: Read): LiveRow {
  const listOf = (property: string) => {
    const collection = members.get(property);
    return collection && membersText(collection.get(key) ?? []);
  };
  const row = () => rowOf(plan, raw);
  return {
    columns: columnsFrom(plan, raw, listOf),
    facts: () => factsOf({ plan, id: key, operation: 'none', before: null, row: row(), differences: new Map(), root: null }),
  };
}

/** A row as the database writes it, which `textsIn` reads: as the triggers do. */
export const rowText = (row: string, columns: readonly Column[]): string =>
  `row(${columns.map(({ name }) => `${row}.${escapeIdentifier(name)}`).join(', ')})::text`;

export function textsIn(text: string, columns: readonly Column[]): Texts {
  const { values } = readRecord(text, 0);
  return Object.fromEntries(columns.map(({ name }, i) => [name, values[i] ?? null]));
}

/** Members as the log lists them; null for none. */
export const membersText = (members: readonly string[]): string | null => (members.length ? canonicalJson([...members].sort()) : null);

async function membersOf(db: Database, plan: EntityPlan, ids: readonly string[]): Promise<Read['members']> {
  const all = new Map<string, Map<string, string[]>>();
  for (const { table, field, owner, member } of plan.pivots) {
    const collection = new Map<string, string[]>();
    const { rows } = await db.query<{ owner: string; member: string }>(
      `select ${keyText('t', owner)} as owner, ${keyText('t', member)} as member from ${joined(plan, table, owner)}`,
      keyParams(plan, ids),
    );
    for (const row of rows) {
      const known = collection.get(row.owner);
      if (known) known.push(row.member);
      else collection.set(row.owner, [row.member]);
    }
    all.set(field.property, collection);
  }
  return all;
}

/** A table's rows by the keys in the parameters; a text that can be no key finds none, instead of failing the statement. */
export function joined(plan: EntityPlan, table: Table, columns: readonly string[]): string {
  const given = columns.map((_, i) => `k${i}`);
  const matches = columns.map((name, i) => {
    const type = keyType(plan, i);
    return `t.${escapeIdentifier(name)} = case when pg_input_is_valid(k${i}, '${type.replaceAll("'", "''")}') then k${i}::${type} end`;
  });
  return `unnest(${given.map((_, i) => `$${i + 1}::text[]`).join(', ')}) k(${given.join(', ')}) join ${quotedTable(table)} t on ${matches.join(' and ')}`;
}

function keyType(plan: EntityPlan, i: number): string {
  const type = [...plan.fields.values()].flatMap(({ columns }) => columns).find(({ name }) => name === plan.key[i])?.type ?? 'text';
  return type.replace(/^(big|small|)serial$/, '$1int');
}

/** Composite keys are written with `~~~` between their parts: one list of texts for each of them. */
export const keyParams = (plan: EntityPlan, ids: readonly string[]): string[][] =>
  plan.key.map((_, i) => ids.map((id) => (plan.key.length > 1 ? (id.split('~~~')[i] ?? '') : id)));

/** A row's key as one text. */
export const keyText = (row: string, columns: readonly string[]): string =>
  columns.map((name) => `${row}.${escapeIdentifier(name)}::text`).join(` || '~~~' || `);

/** What is compared, and what the policy goes by. */
export function readColumns(plan: EntityPlan): Column[] {
  const wanted = [...plan.fields.values()].filter(({ tracked, property }) => tracked || plan.carried.has(property));
  const columns = wanted.flatMap((field) => field.columns);
  const kind = kindColumn(plan);
  if (kind !== null) columns.push({ name: kind, type: 'text' });
  return [...new Map(columns.map((column) => [column.name, column])).values()];
}

const kindColumn = ({ meta }: EntityPlan): string | null =>
  meta.root.discriminatorColumn === undefined ? null : String(meta.root.discriminatorColumn);

/** A row by its key alone. */
export interface LiveKey {
  readonly plan: EntityPlan;
  readonly key: string;
  /** The transaction that wrote the row as it stands, as far as the row itself knows: the lower half of its number. */
  readonly xmin: number;
}

/** Some of a table's rows in the order of their keys, and where the next ones begin: null after the last. */
export interface Page<Row> {
  readonly rows: readonly Row[];
  readonly next: readonly string[] | null;
}

/** The rows of a table after a place. */
export async function liveKeys(db: Client, sharing: Sharing, after: readonly string[], limit: number): Promise<Page<LiveKey>> {
  const [plan] = sharing as [EntityPlan];
  const kind = kindColumn(plan);
  const { rows, next } = await page<{ key: string; kind: string | null; xmin_text: string }>(db, {
    table: plan.table,
    order: plan.key,
    columns: [
      `${keyText('t', plan.key)} as key`,
      `${kind === null ? 'null' : `t.${escapeIdentifier(kind)}::text`} as kind`,
      't.xmin::text as xmin_text',
    ],
    after,
    limit,
  });
  const keys = rows.flatMap(({ key, kind: is, xmin_text }) => {
    const own = planOfRow(sharing, kind === null ? {} : { [kind]: is });
    return own ? [{ plan: own, key, xmin: Number(xmin_text) }] : [];
  });
  return { rows: keys, next };
}

/** One row of the table behind a collection. */
export interface LiveMember {
  readonly owner: string;
  readonly member: string;
}

/** Rows behind a collection whose owner isn't there, among those after a place. */
export async function ownerless(
  db: Client,
  plan: EntityPlan,
  pivot: PivotPlan,
  { after, limit }: Pick<Wanted, 'after' | 'limit'>,
): Promise<Page<LiveMember>> {
  const { rows, next } = await page<LiveMember>(db, {
    table: pivot.table,
    order: [...pivot.owner, ...pivot.member],
    columns: [`${keyText('t', pivot.owner)} as owner`, `${keyText('t', pivot.member)} as member`],
    after,
    limit,
  });
  const owners = [...new Set(rows.map(({ owner }) => owner))];
  const found = await db.query<{ key: string }>(
    `select ${keyText('t', plan.key)} as key from ${joined(plan, plan.table, plan.key)}`,
    keyParams(plan, owners),
  );
  const there = new Set(found.rows.map(({ key }) => key));
  return { rows: rows.filter(({ owner }) => !there.has(owner)), next };
}

interface Wanted {
  readonly table: Table;
  readonly order: readonly string[];
  readonly columns: readonly string[];
  readonly after: readonly string[];
  readonly limit: number;
}

async function page<Row extends object>(db: Client, { table, order, columns, after, limit }: Wanted): Promise<Page<Row>> {
  const sorted = order.map((name) => `t.${escapeIdentifier(name)}`);
  const places = sorted.map((column, i) => `${column}::text as "after ${i}"`);
  // Without a type of their own the parameters take that of the column that each is compared with.
  const further = after.length ? `where (${sorted.join(', ')}) > (${sorted.map((_, i) => `$${i + 1}`).join(', ')})` : '';
  const { rows } = await db.query<Row & Record<string, string>>(
    `select ${[...columns, ...places].join(', ')} from ${quotedTable(table)} t ${further} order by ${sorted.join(', ')} limit ${limit}`,
    [...after],
  );
  const last = rows.at(-1);
  return { rows, next: last && rows.length === limit ? order.map((_, i) => last[`after ${i}`] ?? '') : null };
}
