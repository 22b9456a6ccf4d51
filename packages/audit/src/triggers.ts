import { createHash } from 'node:crypto';
import type { EntityMetadata } from '@mikro-orm/core';
import type { Column, EntityPlan, PivotPlan, Registry, Table } from './registry.ts';

// The triggers that record every row change of an audited table, generated from the policies. They fire always, for
// every role and path; there is no setting that silences them. Statement level with transition tables: in bulk three
// times cheaper than a trigger for each row, and a row costs microseconds.

/** The triggers of one table, with what they are known by: the same text is the same coverage. */
export interface TableTriggers {
  /** As it stands in `audit_coverage` and in what the triggers write: `rabbit`, `zoo.rabbit`. */
  readonly table: string;
  readonly statements: readonly string[];
  /** SHA-256 of the statements, hex. */
  readonly fingerprint: string;
}

/** The names of a table's triggers; they fire after others of the same table, whose changes they see anyway. */
export const TRIGGERS = ['zz_audit_insert', 'zz_audit_update', 'zz_audit_key', 'zz_audit_delete', 'zz_audit_truncate'] as const;

export const nameOf = ({ schema, name }: Table): string => (schema === null ? name : `${schema}.${name}`);
const identifier = (name: string) => `"${name.replaceAll('"', '""')}"`;
const literal = (text: string) => `'${text.replaceAll("'", "''")}'`;
export const quotedTable = ({ schema, name }: Table) => (schema === null ? identifier(name) : `${identifier(schema)}.${identifier(name)}`);

/** The triggers of every audited table and of the tables behind their collections, in the order of their names. */
export function triggersOf(registry: Registry): TableTriggers[] {
  const tables = new Map<string, Shape>();
  for (const plan of registry.plans.values()) {
    const shape = entityShape(plan);
    const known = tables.get(nameOf(plan.table));
    // Several entities in one table: all of their columns.
    tables.set(nameOf(plan.table), known ? { ...shape, ...union(known, shape) } : shape);
    for (const pivot of plan.pivots) tables.set(nameOf(pivot.table), pivotShape(pivot));
  }
  return [...tables.values()].map(tableTriggers).sort((one, other) => (one.table < other.table ? -1 : 1));
}

/** What a table's triggers compare and carry along. */
interface Shape {
  readonly table: Table;
  readonly key: readonly string[];
  /** The column that says which entity a row is, where several share the table. */
  readonly kind: readonly string[];
  readonly tracked: readonly Column[];
  /** Columns that are one value together, as a reference to a record whose key has several. */
  readonly composites: readonly (readonly Column[])[];
  /** Carried along whether changed or not. */
  readonly carried: readonly Column[];
}

const union = (one: Shape, other: Shape): Pick<Shape, 'tracked' | 'composites' | 'carried'> => ({
  tracked: distinct([...one.tracked, ...other.tracked]),
  composites: [...one.composites, ...other.composites],
  carried: distinct([...one.carried, ...other.carried]),
});

const distinct = (columns: readonly Column[]): Column[] => [...new Map(columns.map((column) => [column.name, column])).values()];

function entityShape(plan: EntityPlan): Shape {
  const fields = [...plan.fields.values()];
  const values = fields.filter((field) => field.tracked).map((field) => field.columns);
  const kind = [kindColumn(plan.meta) ?? []].flat();
  const carried = fields.filter((field) => plan.carried.has(field.property)).flatMap((field) => field.columns);
  return {
    table: plan.table,
    key: plan.key,
    kind,
    tracked: distinct(values.flat()),
    composites: values.filter((columns) => columns.length > 1),
    carried: distinct([...carried, ...kind.map((name) => ({ name, type: 'text' }))]),
  };
}

/** The column that says which entity a row is, where several share the table. */
export function kindColumn({ root }: EntityMetadata): string | undefined {
  const property = root.props.find(({ name }) => name === root.discriminatorColumn);
  return property && (property.fieldNames[0] ?? property.name);
}

export const kindOf = ({ meta }: EntityPlan): Column[] => [kindColumn(meta) ?? []].flat().map((name) => ({ name, type: 'text' }));

const pivotShape = ({ table, owner, member }: PivotPlan): Shape => ({
  table,
  key: [...owner, ...member],
  kind: [],
  tracked: [...owner, ...member].map((name) => ({ name, type: 'text' })),
  composites: [],
  carried: [],
});

function tableTriggers(shape: Shape): TableTriggers {
  const table = nameOf(shape.table);
  const statements = [
    ...trigger(shape, 'insert', { when: 'after insert', how: `referencing new table as n ${EACH}` }, write(rowsOf(shape, 'n'))),
    ...trigger(shape, 'update', { when: 'after update', how: `referencing old table as o new table as n ${EACH}` }, writeChanges(shape)),
    ...keyTrigger(shape),
    ...trigger(shape, 'delete', { when: 'after delete', how: `referencing old table as o ${EACH}` }, write(rowsOf(shape, 'o'))),
    ...refuseTruncate(shape),
  ];
  return { table, statements, fingerprint: createHash('sha256').update(statements.join('\n')).digest('hex') };
}

const EACH = 'for each statement';

interface Firing {
  /** `after update` */
  readonly when: string;
  /** For what: each statement or row, with which names of what was there. */
  readonly how: string;
}

/** Writes what each of the queries finds, one row of the inbox for each of theirs. */
const write = (...queries: readonly string[]): string =>
  queries
    .map((query) => `insert into audit_inbox (kind, context, document) select 's', who, seen.d from (${query}) as seen(d);`)
    .join('\n      ');

/**
 * A trigger whose function does this. Its plans are made once for a session, often for one row: nested loops would then
 * compare a thousand rows with a thousand.
 */
function trigger(shape: Shape, name: string, firing: Firing, body: string): string[] {
  const fn = functionName(shape.table, name);
  return [
    `create or replace function ${fn}() returns trigger language plpgsql security definer ${settingsOf(shape)} as ${dollarQuoted(`
    declare who text := ${AT_WORK};
    begin
      ${body}
      return null;
    end `)}`,
    `revoke all on function ${fn}() from public`,
    ...fire(shape.table, name, firing),
  ];
}

/** A function's body between quotes that don't occur in it: a column may be called anything. */
function dollarQuoted(body: string): string {
  let quote = '$audit$';
  for (let n = 1; body.includes(quote); n++) quote = `$audit${n}$`;
  return `${quote}${body}${quote}`;
}

/**
 * Who is at work: what the application told with its transaction, and who the database knows it to be. Whoever reads it
 * believes the first by the second. A row as the database writes it costs half as much as the JSON of `audit_who()`.
 */
const AT_WORK = `row(current_setting('audit.context', true), session_user, current_setting('application_name'), host(inet_client_addr()))::text`;

const fire = (table: Table, name: string, { when, how }: Firing): string[] => [
  `create or replace trigger zz_audit_${name} ${when} on ${quotedTable(table)} ${how} execute function ${functionName(table, name)}()`,
  `alter table ${quotedTable(table)} enable always trigger zz_audit_${name}`,
];

/**
 * Values are written as the database writes them to a client, whose settings must not show in them: instants in UTC,
 * dates in ISO form, bytes in hex, doubles with every digit. Each setting costs a little, with each statement.
 */
function settingsOf({ key, tracked, carried }: Shape): string {
  const types = [...tracked, ...carried].map(({ type }) => type);
  // The key's type isn't looked at on its own: a key that isn't tracked is carried.
  const unknown = key.some((name) => ![...tracked, ...carried].some((column) => column.name === name));
  const need = (pattern: RegExp) => unknown || types.some((type) => pattern.test(type) || !PLAIN.test(type));
  return [
    // What the statement costs to plan is three times what it costs to run, and a plan for few rows serves many as well.
    'set search_path = pg_catalog, public, pg_temp set enable_nestloop = off set plan_cache_mode = force_generic_plan',
    ...(need(/^(date|time)/i) ? [`set datestyle = 'ISO, YMD' set timezone = 'UTC'`] : []),
    ...(need(/^interval/i) ? ['set intervalstyle = postgres'] : []),
    ...(need(/^(float|real|double)/i) ? ['set extra_float_digits = 1'] : []),
    ...(types.some((type) => /^money/i.test(type)) ? [`set lc_monetary = 'C'`] : []),
    ...(need(/^bytea/i) ? ['set bytea_output = hex'] : []),
  ].join(' ');
}

/** Types whose text depends on no other setting than those named above; of any other type nobody knows. */
const PLAIN =
  /^((small|big)?(int|serial)\w*|numeric|decimal|(var)?char|character|text|citext|uuid|bool(ean)?|jsonb?|date|time(stamp)?(tz)?|interval|float|real|double|bytea)\b/i;

/** Whether two rows are of one record: where several entities share a table, of one kind as well. */
const isSameRecord = ({ key, kind }: Shape) =>
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
function rowsOf(shape: Shape, row: 'n' | 'o', from = `from ${row}`): string {
  const columns = withKey(shape, [...shape.carried, ...shape.tracked]);
  return `select ${heading(shape, row === 'n' ? '+' : '-', columns)} || ${rowOf(row, columns)} ${from}`;
}

/**
 * What the policy goes by, then what changed: of each column its old and its new value, both null where they are the
 * same. Of all forms that were tried this one costs least, a few microseconds a row. Rows of which nothing recorded
 * changed are left out; `offset 0` keeps the planner from working out the changes twice.
 */
function changedRows(shape: Shape, rows = `n join o on ${isSameRecord(shape)}`): string[] {
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
const PAIRED = `${numbered('n')} join ${numbered('o')} on n."audit row" = o."audit row"`;

/** What was removed and then what was made, since one row may have taken another one's key; then the others. */
function writeChanges(shape: Shape): string {
  const same = isSameRecord(shape);
  const moved = (['o', 'n'] as const).map((row) => rowsOf(shape, row, `from ${PAIRED} where not (${same})`));
  return `if current_setting('audit.moved', true) = 'on' then
        ${write(...moved, ...changedRows(shape, `${PAIRED} where ${same}`))}
      else
        ${write(...changedRows(shape))}
      end if;`;
}

/** Notes that a key changed, until the transaction ends or goes back to before it. */
function keyTrigger({ table, key, kind }: Shape): string[] {
  const fn = functionName(table, 'key');
  const changed = [...key, ...kind].map((name) => `old.${identifier(name)} is distinct from new.${identifier(name)}`).join(' or ');
  return [
    `create or replace function ${fn}() returns trigger language plpgsql as $audit$
    begin
      perform pg_catalog.set_config('audit.moved', 'on', true);
      return null;
    end $audit$`,
    `revoke all on function ${fn}() from public`,
    ...fire(table, 'key', { when: 'after update', how: `for each row when (${changed})` }),
  ];
}

/** A truncation tells no rows, so that it could only be recorded as "everything": a deletion of the rows tells them. */
const refuseTruncate = ({ table }: Shape): string[] => [
  `create or replace trigger zz_audit_truncate before truncate on ${quotedTable(table)} for each statement execute function audit_refuse_truncate()`,
  `alter table ${quotedTable(table)} enable always trigger zz_audit_truncate`,
];

/** What the functions of ours are called, of whatever table. */
export const FUNCTIONS = 'audit_saw_';

/**
 * Names have 63 bytes: a long table's is its beginning and a hash. So is that of a table of another schema, or `a_b.c` and
 * `a.b_c` would share one function.
 */
function functionName(table: Table, event: string): string {
  const whole = `${FUNCTIONS}${event}_${nameOf(table)}`;
  if (table.schema === null && Buffer.byteLength(whole) <= 63) return identifier(whole);
  return identifier(`${beginningOf(whole, 46)}_${createHash('sha256').update(whole).digest('hex').slice(0, 16)}`);
}

/** Whole characters, of so many bytes at most. */
function beginningOf(text: string, bytes: number): string {
  let beginning = '';
  for (const character of text) {
    if (Buffer.byteLength(beginning + character) > bytes) break;
    beginning += character;
  }
  return beginning;
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
