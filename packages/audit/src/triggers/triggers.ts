import { createHash } from 'node:crypto';
import type { Table } from '../policy/plan.ts';
import type { Registry } from '../policy/registry.ts';
import { changedInTurn, changedRows, identical, movedRows, rowsOf } from './row-changes.ts';
import { identifier, nameOf, quotedTable } from '../policy/table-name.ts';
import { shapesOf, type Shape } from './table-shape.ts';

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

/** The triggers of every audited table and of the tables behind their collections, in the order of their names. */
export const triggersOf = (registry: Registry): TableTriggers[] =>
  shapesOf(registry)
    .map(tableTriggers)
    .sort((one, other) => (one.table < other.table ? -1 : 1));

function tableTriggers(shape: Shape): TableTriggers {
  const table = nameOf(shape.table);
  const statements = [
    ...trigger(shape, 'insert', { when: 'after insert', how: `referencing new table as n ${EACH}` }, writeRows(shape, 'n')),
    ...trigger(shape, 'update', { when: 'after update', how: `referencing old table as o new table as n ${EACH}` }, writeChanges(shape)),
    ...keyTrigger(shape),
    ...trigger(shape, 'delete', { when: 'after delete', how: `referencing old table as o ${EACH}` }, writeRows(shape, 'o')),
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
    declare
      who text := ${AT_WORK};
      looks boolean := pg_trigger_depth() > 1 or current_setting('audit.deep', true) <> '';
    begin
      if looks then
        ${LOOK}
      end if;
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
 * believes the first by the second. Then how deep in triggers, and since when a message is at work: what was set off by what. A row as the database writes it costs half as much as the JSON of `audit_who()`.
 */
const AT_WORK = `row(current_setting('audit.context', true), session_user, current_setting('application_name'), host(inet_client_addr()), pg_trigger_depth(), date_part('epoch', statement_timestamp()))::text`;

/**
 * What another trigger's statements do may be written before what set them off. Each of them notes how deep it ran, and in
 * which message; of a statement less deep in that message the row itself says whether it had the last word (`looks`).
 * Whoever sets that note makes his own statements slower, and nothing else.
 */
const LOOK = `declare
          message text := date_part('epoch', statement_timestamp());
          noted text[] := string_to_array(current_setting('audit.deep', true), ' ');
          deepest int := case when noted[2] = message and noted[1] ~ '^[0-9]{1,6}$' then noted[1]::int else 0 end;
        begin
          looks := deepest > pg_trigger_depth();
          if pg_trigger_depth() > greatest(deepest, 1) then
            perform set_config('audit.deep', pg_trigger_depth() || ' ' || message, true);
          end if;
        end;`;

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
  const unknown = key.some(({ name }) => ![...tracked, ...carried].some((column) => column.name === name));
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

/**
 * One statement that removes a row and makes it anew (`with … as (delete …) insert …`) tells the second first. So whoever removes
 * rows in a message in which some were made looks whether they are there.
 */
const IN_THIS_MESSAGE = `date_part('epoch', statement_timestamp())::text`;
const NOTED: Readonly<Record<'n' | 'o', string>> = {
  n: `perform set_config('audit.made', ${IN_THIS_MESSAGE}, true);`,
  o: `looks := looks or current_setting('audit.made', true) is not distinct from ${IN_THIS_MESSAGE};`,
};

const writeRows = (shape: Shape, row: 'n' | 'o'): string =>
  `${NOTED[row]}
      if looks then
        ${write(rowsOf(shape, row, true))}
      else
        ${write(rowsOf(shape, row))}
      end if;`;

/** How the rows before a statement and after it are paired: by their keys, unless something is noted. */
const writeChanges = (shape: Shape): string =>
  `case current_setting('audit.moved', true)
        when 'on' then
        if looks then
        ${write(...movedRows(shape, true))}
        else
        ${write(...movedRows(shape, false))}
        end if;
        when 'twice' then
        if looks then
        ${write(...changedInTurn(shape, true))}
        else
        ${write(...changedInTurn(shape, false))}
        end if;
        else
        if looks then
        ${write(...changedInTurn(shape, true))}
        else
        ${write(...changedRows(shape))}
        end if;
      end case;`;

/**
 * Notes that a key changed (`on`), or that a trigger changed rows, as those of foreign keys do (`twice`), until the
 * transaction ends or goes back to before it. Whoever sets that note makes his own statements slower, and nothing else.
 */
function keyTrigger({ table, key, kind }: Shape): string[] {
  const fn = functionName(table, 'key');
  const changed = [
    ...key.map((column) => `${identical('old', column)} is distinct from ${identical('new', column)}`),
    ...kind.map((name) => `old.${identifier(name)} is distinct from new.${identifier(name)}`),
  ].join(' or ');
  return [
    `create or replace function ${fn}() returns trigger language plpgsql set search_path = pg_catalog, pg_temp as ${dollarQuoted(`
    begin
      if current_setting('audit.moved', true) is distinct from 'on' then
        perform set_config('audit.moved', case when ${changed} then 'on' else 'twice' end, true);
      end if;
      return null;
    end `)}`,
    `revoke all on function ${fn}() from public`,
    ...fire(table, 'key', { when: 'after update', how: `for each row when (${changed} or pg_trigger_depth() > 0)` }),
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
