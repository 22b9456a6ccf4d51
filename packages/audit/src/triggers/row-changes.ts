import type { Column } from '../policy/plan.ts';
import { identifier, literal, nameOf, quotedTable } from '../policy/table-name.ts';
import { distinct, type Shape } from './table-shape.ts';

// Row changes as the triggers' queries form them out of the rows before a statement (`o`) and after it (`n`).

/** Whether two rows are of one record: where several entities share a table, of one kind as well. */
export const isSameRecord = ({ key, kind }: Shape) =>
  [
    ...key.map((column) => `${identical('o', column)} = ${identical('n', column)}`),
    ...kind.map((name) => `o.${identifier(name)} is not distinct from n.${identifier(name)}`),
  ].join(' and ');

/** A row change begins with a line that says how to read it: table, how many columns the key has, the columns of each row. */
const heading = ({ table, key }: Shape, kind: '+' | '-' | '=', ...rows: (readonly string[])[]): string =>
  literal(`${JSON.stringify([nameOf(table), key.length, ...rows])}\n${kind}`);

const namesOf = (columns: readonly Column[]) => columns.map(({ name }) => name);
/** The key, and what goes along with it. */
const withKey = ({ key }: Shape, columns: readonly Column[]): string[] => [...new Set(namesOf([...key, ...columns]))];
const rowOf = (row: string, columns: readonly string[]) => `row(${columns.map((name) => `${row}.${identifier(name)}`).join(', ')})::text`;

/** A whole row: what was made (`n`), or what is gone (`o`). */
function wholeRow(shape: Shape, row: 'n' | 'o', looks = false): string {
  const columns = withKey(shape, [...shape.carried, ...shape.tracked]);
  return `${heading(shape, row === 'n' ? '+' : '-', columns)} || ${rowOf(row, columns)}${looks ? ` || ${standing(shape, row)}` : ''}`;
}

/** All rows that were made, or all that are gone. */
export const rowsOf = (shape: Shape, row: 'n' | 'o', looks = false) => `select ${wholeRow(shape, row, looks)} from ${row}`;

/**
 * What stands behind a row change where somebody has to look: `!` where the row is now as the change left it (`n`), or isn't
 * there (`o`), and `?` where it isn't so.
 */
function standing(shape: Shape, row: 'n' | 'o'): string {
  const { key, kind, table, tracked } = shape;
  const same = [
    ...key.map(({ name }) => `t.${identifier(name)} = ${row}.${identifier(name)}`),
    ...kind.map((name) => `t.${identifier(name)} is not distinct from ${row}.${identifier(name)}`),
  ].join(' and ');
  const columns = withKey(shape, tracked);
  const is = row === 'n' ? `${rowOf('t', columns)} = ${rowOf('n', columns)}` : 'false';
  return `case when coalesce((select ${is} from ${quotedTable(table)} as t where ${same} limit 1), ${row === 'o'}) then '!' else '?' end`;
}

/**
 * What the policy goes by, then what changed: of each column its old and its new value, both null where they are the
 * same. Of all forms that were tried this one costs least, a few microseconds a row. Rows of which nothing recorded
 * changed are left out; `offset 0` keeps the planner from working out the changes twice.
 */
export const changedRows = (shape: Shape): string[] => changedIn(shape, `n join o on ${isSameRecord(shape)}`);

const changedIn = (shape: Shape, rows: string, looks = false): string[] =>
  shape.tracked.length
    ? [
        `select ${writtenChange(shape, looks)} from (
        select ${changeOf(shape, looks)}
        from ${rows} offset 0) as changed where not (b is null and a is null)`,
      ]
    : [];

/** What `changeOf` works out, as it is written. */
const writtenChange = (shape: Shape, looks: boolean) =>
  `${heading(shape, '=', withKey(shape, shape.carried), namesOf(shape.tracked))} || r || b::text || a::text${looks ? ' || s' : ''}`;

function changeOf(shape: Shape, looks: boolean): string {
  const { tracked, composites, carried } = shape;
  // Two references may share a column.
  const together = ({ name }: Column) => distinct(composites.filter((all) => all.some((one) => one.name === name)).flat());
  const only = (row: 'o' | 'n', other: 'o' | 'n') =>
    `row(${tracked.map((column) => ifChanged(column, row, other, together(column))).join(', ')})`;
  return `${rowOf('n', withKey(shape, carried))} as r, ${only('o', 'n')} as b, ${only('n', 'o')} as a${looks ? `, ${standing(shape, 'n')} as s` : ''}`;
}

/** A column's value where it changed; of one of several that are one value, also where another one of them did. */
function ifChanged(column: Column, row: 'o' | 'n', other: 'o' | 'n', together: readonly Column[]): string {
  if (!together.length) return `nullif(${comparable(row, column)}, ${comparable(other, column)})`;
  const changed = together.map((one) => `${comparable(row, one)} is distinct from ${comparable(other, one)}`).join(' or ');
  return `case when ${changed} then ${comparable(row, column)} end`;
}

// The rows before a statement and after it can't always be paired by their keys. A changed key is the end of one record and
// the beginning of another, and so is a changed kind: after `id = id + 1` the row with the key 2 is the one that had the
// key 1. And what foreign keys do belongs to the statement that set them off, so that its rows may stand there more than
// once. Both tables hold the rows in the order in which they were changed, which pairs them whatever happened to them. It
// costs more, so that it is done once a transaction has changed a key, or a trigger has changed a row.

const numbered = (rows: 'n' | 'o') => `select *, row_number() over () as "audit row" from ${rows}`;
const PAIRED = `(${numbered('n')}) as n join (${numbered('o')}) as o on n."audit row" = o."audit row"`;

/** Changes of rows that kept their keys, each as often as it was changed. */
export const changedInTurn = (shape: Shape, looks: boolean): string[] => changedIn(shape, `${PAIRED} order by n."audit row"`, looks);

/**
 * What was removed and then what was made, since one row may have taken another one's key; and what else changed, in turn.
 * A key that a row took and gave up again by the same statement, and that nobody has now, was its own in between; a member
 * that came and went in between was none.
 */
export function movedRows(shape: Shape, looks: boolean): string[] {
  const same = isSameRecord(shape);
  const [gone, made] = [wholeRow(shape, 'o', looks), wholeRow(shape, 'n', looks)];
  const [leaving, coming] = [inPassing(shape, 'o'), inPassing(shape, 'n')];
  const removed = `select ${gone} from ${PAIRED} ${leaving.join} where not (${same}) and not (${leaving.is})`;
  if (shape.isMembers) return [removed, `select ${made} from ${PAIRED} ${coming.join} where not (${same}) and not (${coming.is})`];
  const nothing = ['r', 'b', 'a', ...(looks ? ['s'] : [])].map((name) => `null::text as ${name}`).join(', ');
  const change = shape.tracked.length ? changeOf(shape, looks) : nothing;
  return [
    removed,
    `select unnest(case when not same then made when not (b is null and a is null) then array[${writtenChange(shape, looks)}] end) from (
        select ${change}, ${same} as same, case when not (${same}) then case when ${leaving.is} then array[${gone}, ${made}] else array[${made}] end end as made
        from ${PAIRED} ${leaving.join} order by n."audit row" offset 0) as changed`,
  ];
}

/** Whether a row had the key before its change (`o`) or after it (`n`) for a part of the statement only. */
function inPassing({ key, table }: Shape, row: 'o' | 'n'): { readonly join: string; readonly is: string } {
  const names = key.map(({ name }) => identifier(name));
  const isKeyOf = (one: string) => names.map((name) => `${one}.${name} = ${row}.${name}`).join(' and ');
  const [other, turn, isBeyond] = row === 'o' ? (['n', 'min', '<'] as const) : (['o', 'max', '>'] as const);
  return {
    join: `left join (select ${names.join(', ')}, ${turn}("audit row") as turn from (${numbered(other)}) as others group by ${names.join(', ')}) as other on ${isKeyOf('other')}`,
    is: `case when other.turn ${isBeyond} ${row}."audit row" then (select false from ${quotedTable(table)} as t where ${isKeyOf('t')} limit 1) is null else false end`,
  };
}

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

/** Types of which two values that are equal have the same text. */
const IDENTICAL =
  /^(smallint|int|integer|bigint|int[248]|(small|big)?serial|bool|boolean|uuid|date|timestamp|timestamptz|bytea)( ?\(.*\))?$/i;

/** What says whose key it is: a record is known by its key's text, though `a` may equal `A` to the database, and `1.5` does `1.50`. */
export const identical = (row: string, { name, type }: Column): string =>
  IDENTICAL.test(type) ? `${row}.${identifier(name)}` : `${row}.${identifier(name)}::text collate "C"`;
