import type { Column } from './registry.ts';
import { identifier, literal, nameOf } from './table-name.ts';
import { distinct, type Shape } from './table-shape.ts';

// Row changes as the triggers' queries form them out of the rows before a statement (`o`) and after it (`n`).

/** Whether two rows are of one record: where several entities share a table, of one kind as well. */
export const isSameRecord = ({ key, kind }: Shape) =>
  [
    ...key.map((name) => `o.${identifier(name)} = n.${identifier(name)}`),
    ...kind.map((name) => `o.${identifier(name)} is not distinct from n.${identifier(name)}`),
  ].join(' and ');

/** A row change begins with a line that says how to read it: table, how many columns the key has, the columns of each row. */
const heading = ({ table, key }: Shape, kind: '+' | '-' | '=', ...rows: (readonly string[])[]): string =>
  literal(`${JSON.stringify([nameOf(table), key.length, ...rows])}\n${kind}`);

const namesOf = (columns: readonly Column[]) => columns.map(({ name }) => name);
/** The key, and what goes along with it. */
const withKey = ({ key }: Shape, columns: readonly Column[]): string[] => [...new Set([...key, ...namesOf(columns)])];
const rowOf = (row: string, columns: readonly string[]) => `row(${columns.map((name) => `${row}.${identifier(name)}`).join(', ')})::text`;

/** Whole rows: what was made (`n`), or what is gone (`o`). */
export function rowsOf(shape: Shape, row: 'n' | 'o', from = `from ${row}`): string {
  const columns = withKey(shape, [...shape.carried, ...shape.tracked]);
  return `select ${heading(shape, row === 'n' ? '+' : '-', columns)} || ${rowOf(row, columns)} ${from}`;
}

/**
 * What the policy goes by, then what changed: of each column its old and its new value, both null where they are the
 * same. Of all forms that were tried this one costs least, a few microseconds a row. Rows of which nothing recorded
 * changed are left out; `offset 0` keeps the planner from working out the changes twice.
 */
export function changedRows(shape: Shape, rows = `n join o on ${isSameRecord(shape)}`): string[] {
  const { tracked, composites, carried } = shape;
  if (!tracked.length) return [];
  const columns = withKey(shape, carried);
  // Two references may share a column.
  const together = ({ name }: Column) => distinct(composites.filter((all) => all.some((one) => one.name === name)).flat());
  const only = (row: 'o' | 'n', other: 'o' | 'n') =>
    `row(${tracked.map((column) => ifChanged(column, row, other, together(column))).join(', ')})`;
  return [
    `select ${heading(shape, '=', columns, namesOf(tracked))} || r || b::text || a::text from (
        select ${rowOf('n', columns)} as r, ${only('o', 'n')} as b, ${only('n', 'o')} as a
        from ${rows} offset 0) as changed where not (b is null and a is null)`,
  ];
}

/** A column's value where it changed; of one of several that are one value, also where another one of them did. */
function ifChanged(column: Column, row: 'o' | 'n', other: 'o' | 'n', together: readonly Column[]): string {
  if (!together.length) return `nullif(${comparable(row, column)}, ${comparable(other, column)})`;
  const changed = together.map((one) => `${comparable(row, one)} is distinct from ${comparable(other, one)}`).join(' or ');
  return `case when ${changed} then ${comparable(row, column)} end`;
}

// A changed key is the end of one record and the beginning of another, and so is a changed kind. By their keys the rows
// before a statement and after it can't be paired then: after `id = id + 1` the row with the key 2 is the one that had
// the key 1. Both tables hold the rows in the order in which they were changed, which pairs them whatever happened to
// their keys. It costs more, so that it is done once a transaction has changed a key, which a trigger for each row
// notes. Whoever sets that note makes his own statements slower, and nothing else.

const numbered = (rows: 'n' | 'o') => `(select *, row_number() over () as "audit row" from ${rows}) as ${rows}`;
export const PAIRED = `${numbered('n')} join ${numbered('o')} on n."audit row" = o."audit row"`;

/** Types of which two values are equal exactly where they are recorded as the same. */
const COMPARED =
  /^(smallint|int|integer|bigint|int[248]|(small|big)?serial|bool|boolean|uuid|date|timestamp|time|timestamptz|numeric|decimal|real|float[48]?|double precision|bytea|jsonb|inet|cidr)( ?\(.*\))?(\[\])*$/i;

/** Arrays of which the same holds, by the bytes of their elements: as text they would have to be written first, each time. */
const TEXT_ARRAY = /^(text|varchar|character varying)( ?\(.*\))?(\[\])+$/i;

/**
 * What is compared to find a change. Equality isn't sameness: to `interval` a day is 24 hours, to `citext` and some
 * collations `a` is `A`, to `box` all of one size are one; and `json`, `xml` and `point` know none.
 */
function comparable(row: string, { name, type }: Column): string {
  const column = `${row}.${identifier(name)}`;
  if (COMPARED.test(type)) return column;
  return TEXT_ARRAY.test(type) ? `${column} collate "C"` : `${column}::text collate "C"`;
}
