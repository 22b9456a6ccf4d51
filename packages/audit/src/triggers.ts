import { createHash } from 'node:crypto';
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
export const TRIGGERS = ['zz_audit_insert', 'zz_audit_update', 'zz_audit_delete', 'zz_audit_truncate'] as const;

export const nameOf = ({ schema, name }: Table): string => (schema === null ? name : `${schema}.${name}`);
const identifier = (name: string) => `"${name.replaceAll('"', '""')}"`;
const literal = (text: string) => `'${text.replaceAll("'", "''")}'`;
const quotedTable = ({ schema, name }: Table) => (schema === null ? identifier(name) : `${identifier(schema)}.${identifier(name)}`);

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
  readonly tracked: readonly Column[];
  /** Carried whether changed or not, beside the tracked ones. */
  readonly carried: readonly Column[];
}

const union = (one: Shape, other: Shape): Pick<Shape, 'tracked' | 'carried'> => ({
  tracked: distinct([...one.tracked, ...other.tracked]),
  carried: distinct([...one.carried, ...other.carried]),
});

const distinct = (columns: readonly Column[]): Column[] => [...new Map(columns.map((column) => [column.name, column])).values()];

function entityShape(plan: EntityPlan): Shape {
  const fields = [...plan.fields.values()];
  const tracked = distinct(fields.filter((field) => field.tracked).flatMap((field) => field.columns));
  const named = new Set(tracked.map(({ name }) => name));
  const { discriminatorColumn } = plan.meta.root;
  const kind = discriminatorColumn === undefined ? [] : [{ name: String(discriminatorColumn), type: 'text' }];
  const carried = fields.filter((field) => plan.carried.has(field.property)).flatMap((field) => field.columns);
  return { table: plan.table, key: plan.key, tracked, carried: distinct([...carried, ...kind]).filter(({ name }) => !named.has(name)) };
}

const pivotShape = ({ table, owner, member }: PivotPlan): Shape => ({
  table,
  key: [...owner, ...member],
  tracked: [...owner, ...member].map((name) => ({ name, type: 'text' })),
  carried: [],
});

function tableTriggers(shape: Shape): TableTriggers {
  const table = nameOf(shape.table);
  const statements = [
    ...(['insert', 'update', 'delete'] as const).flatMap((event) => changeTrigger(shape, event)),
    ...refuseTruncate(shape),
  ];
  return { table, statements, fingerprint: createHash('sha256').update(statements.join('\n')).digest('hex') };
}

const REFERENCING = {
  insert: 'referencing new table as n',
  update: 'referencing old table as o new table as n',
  delete: 'referencing old table as o',
} as const;

/**
 * One row of the inbox for each row that changed: the key, the row as it is now, and what changed columns held before.
 * The join of an update is full, so that a changed key shows as a removal and a creation.
 */
function changeTrigger(shape: Shape, event: keyof typeof REFERENCING): string[] {
  const { table, key, tracked, carried } = shape;
  const all = [...tracked, ...carried];
  const keyIs = (row: string) => key.map((name) => `${row}.${identifier(name)}::text`).join(` || '~~~' || `);
  const missing = (row: string) => `${row}.${identifier(key[0] as string)} is null`;
  const same = key.map((name) => `o.${identifier(name)} = n.${identifier(name)}`).join(' and ');
  const name = literal(nameOf(table));
  const selects = {
    insert: `select jsonb_build_object('t', ${name}, 'k', ${keyIs('n')}, 'r', ${rowObject('n', all)}) from n`,
    delete: `select jsonb_build_object('t', ${name}, 'k', ${keyIs('o')}, 'o', ${rowObject('o', all)}) from o`,
    update: `select jsonb_build_object('t', ${name}, 'k', coalesce(${keyIs('n')}, ${keyIs('o')})) ||
      case when ${missing('o')} then jsonb_build_object('r', ${rowObject('n', all)})
        when ${missing('n')} then jsonb_build_object('o', ${rowObject('o', all)})
        else jsonb_build_object('r', ${rowObject('n', all)}, 'o', ${changedObject(all)}) end
      from n full join o on ${same}
      where ${tracked.length ? `row(${tracked.map((c) => comparable('n', c)).join(', ')}) is distinct from row(${tracked.map((c) => comparable('o', c)).join(', ')})` : 'false'}`,
  };
  const fn = functionName(table, event);
  const trigger = `zz_audit_${event}`;
  return [
    `create or replace function ${fn}() returns trigger language plpgsql security definer set search_path = public, pg_catalog, pg_temp as $audit$
    declare who text := audit_who();
    begin
      insert into audit_inbox (kind, context, document) select 's', who, d::text from (${selects[event]}) as seen(d);
      return null;
    end $audit$`,
    `revoke all on function ${fn}() from public`,
    `drop trigger if exists ${trigger} on ${quotedTable(table)}`,
    `create trigger ${trigger} after ${event} on ${quotedTable(table)} ${REFERENCING[event]} for each statement execute function ${fn}()`,
    `alter table ${quotedTable(table)} enable always trigger ${trigger}`,
  ];
}

/** A truncation tells no rows, so that it could only be recorded as "everything": a deletion of the rows tells them. */
const refuseTruncate = ({ table }: Shape): string[] => [
  `drop trigger if exists zz_audit_truncate on ${quotedTable(table)}`,
  `create trigger zz_audit_truncate before truncate on ${quotedTable(table)} for each statement execute function audit_refuse_truncate()`,
  `alter table ${quotedTable(table)} enable always trigger zz_audit_truncate`,
];

/** Names have 63 bytes: a long table's is its beginning and a hash. */
function functionName(table: Table, event: string): string {
  const whole = `audit_saw_${event}_${nameOf(table).replaceAll('.', '_')}`;
  if (Buffer.byteLength(whole) <= 63) return identifier(whole);
  return identifier(`${whole.slice(0, 40)}_${createHash('sha256').update(whole).digest('hex').slice(0, 16)}`);
}

/** Functions take a hundred arguments. */
const PAIRS = 45;

function rowObject(row: string, columns: readonly Column[]): string {
  const objects: string[] = [];
  for (let i = 0; i < columns.length; i += PAIRS) {
    const pairs = columns.slice(i, i + PAIRS).map((column) => `${literal(column.name)}, ${textOf(row, column)}`);
    objects.push(`jsonb_build_object(${pairs.join(', ')})`);
  }
  return objects.length ? objects.join(' || ') : `'{}'::jsonb`;
}

/** Which columns changed, with what they held; null stands for null. */
const changedObject = (columns: readonly Column[]): string =>
  columns.length
    ? columns
        .map(
          (column) =>
            `case when ${comparable('o', column)} is distinct from ${comparable('n', column)} then jsonb_build_object(${literal(column.name)}, ${textOf('o', column)}) else '{}' end`,
        )
        .join(' || ')
    : `'{}'::jsonb`;

/** `json` and `xml` know no equality. */
const comparable = (row: string, { name, type }: Column): string =>
  /^(json|xml)$/i.test(type) ? `${row}.${identifier(name)}::text` : `${row}.${identifier(name)}`;

/**
 * A column's value as text that no setting of a session changes: instants in UTC, dates and times in ISO form, bytes in
 * Base64. Numbers are text, or JSON would lose digits.
 */
function textOf(row: string, { name, type }: Column): string {
  const column = `${row}.${identifier(name)}`;
  if (/^(timestamptz|timestamp\b.*with time zone)/i.test(type)) return `${column} at time zone 'UTC'`;
  if (/^(timestamp|date|time)/i.test(type) && !type.endsWith(']')) return column;
  if (/^bytea$/i.test(type)) return `translate(encode(${column}, 'base64'), E'\\n', '')`;
  return `${column}::text`;
}
