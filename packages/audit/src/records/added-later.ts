import { escapeIdentifier, type Client } from 'pg';
import type { EntityPlan } from '../policy/plan.ts';
import { rawOf } from '../merge/seen.ts';
import { columnsFrom } from './columns.ts';
import { rowText, textsIn } from './live-rows.ts';
import { nameOf, quotedTable } from '../policy/table-name.ts';

/**
 * What a column gives to rows that were there before it was added, by the field's name, in the log's own texts. Adding a
 * column with a constant default changes every row of the table and fires no trigger: nobody recorded it, and nobody
 * altered anything. Only columns that can't be null are meant: of these every creation tells the value.
 */
export async function addedLater(db: Client, plan: EntityPlan): Promise<ReadonlyMap<string, string>> {
  const { rows } = await db.query<{ name: string; value: string }>(
    `select a.attname as name, pg_get_expr(d.adbin, d.adrelid) as value from pg_attribute a
      join pg_attrdef d on d.adrelid = a.attrelid and d.adnum = a.attnum
      where a.attrelid = $1::regclass and a.attnotnull and a.attgenerated = '' and not a.attisdropped`,
    [quotedTable(plan.table)],
  );
  // What calls a function gave each row a value of its own, by writing it.
  const constants = new Map(rows.filter(({ value }) => !value.includes('(')).map(({ name, value }) => [name, value]));
  const fields = [...plan.fields.values()].filter(({ tracked, columns }) => tracked && constants.has(columns[0]?.name ?? ''));
  const columns = fields.flatMap((field) => field.columns);
  if (!columns.length) return new Map();
  const defaults = columns.map(({ name, type }) => `(${constants.get(name)})::${type} as ${escapeIdentifier(name)}`);
  const read = await db.query<{ row: string }>(`select ${rowText('t', columns)} as row from (select ${defaults.join(', ')}) t`);
  const raw = rawOf(plan, textsIn(read.rows[0]?.row ?? '()', columns));
  const { leaves } = columnsFrom(plan, raw, () => undefined);
  const names = new Set(fields.map(({ name }) => name));
  return new Map([...leaves].flatMap(([path, text]) => (names.has(path) && text !== null ? [[path, text]] : [])));
}

/** `addedLater` of each entity, asked once. */
export class AddedLater {
  readonly #known = new Map<string, ReadonlyMap<string, string>>();

  async of(db: Client, plan: EntityPlan): Promise<ReadonlyMap<string, string>> {
    const key = `${nameOf(plan.table)} ${plan.type}`;
    const known = this.#known.get(key) ?? (await addedLater(db, plan));
    this.#known.set(key, known);
    return known;
  }
}
