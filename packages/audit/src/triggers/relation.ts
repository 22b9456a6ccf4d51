import type { Database } from '../schema/database.ts';
import { TRIGGERS } from './triggers.ts';

/** One of our triggers as the catalog shows it. */
export interface FoundTrigger {
  /** Whether it fires whatever a session says. */
  readonly always: boolean;
  /** A hash of everything that makes it do what it does: its event, its condition, its function's text and settings. */
  readonly state: string;
}

export interface FoundColumn {
  readonly name: string;
  readonly virtual: boolean;
  readonly nullable: boolean;
}

/** A table as it is in the database. */
export interface Relation {
  readonly oid: string;
  /** An ordinary table of which everything survives a crash. */
  readonly ordinary: boolean;
  /** A partition, or has one; inherits from a table, or is inherited from. */
  readonly related: boolean;
  /** What a logical replication brings changes its rows, and fires triggers for each row alone. */
  readonly subscribed: boolean;
  readonly columns: readonly FoundColumn[];
  /** The sets of columns of which no two rows have the same values. */
  readonly keys: readonly (readonly string[])[];
  readonly triggers: Readonly<Record<string, FoundTrigger>>;
}

// Nothing in it depends on who asks or where they look for names, and nothing on the table's own name.
const STATE = `encode(sha256(convert_to(concat_ws(E'\\x1f', t.tgtype, t.tgattr::text, t.tgqual::text, t.tgoldtable, t.tgnewtable, t.tgnargs,
  t.tgconstraint, p.proname, p.prosrc, p.prosecdef, p.proconfig::text, l.lanname, p.proowner = c.relowner), 'UTF8')), 'hex')`;

/** The tables of these names; those that aren't there are left out. */
export async function relationsIn(
  db: Database,
  tables: readonly { readonly table: string; readonly quoted: string }[],
): Promise<ReadonlyMap<string, Relation>> {
  const { rows } = await db.query<{ table_name: string } & Relation>(
    `select w.table_name, c.oid::text as oid,
        c.relkind = 'r' and c.relpersistence = 'p' as ordinary,
        c.relkind = 'p' or c.relispartition or exists (select from pg_inherits i where c.oid in (i.inhrelid, i.inhparent)) as related,
        exists (select from pg_subscription_rel s where s.srrelid = c.oid) as subscribed,
        (select coalesce(json_agg(json_build_object('name', a.attname, 'virtual', a.attgenerated = 'v', 'nullable', not a.attnotnull) order by a.attnum), '[]')
          from pg_attribute a where a.attrelid = c.oid and a.attnum > 0 and not a.attisdropped) as columns,
        (select coalesce(json_agg((select json_agg(a.attname) from pg_attribute a
              where a.attrelid = c.oid and a.attnum = any((i.indkey::int2[])[0:i.indnkeyatts - 1]))), '[]')
          from pg_index i where i.indrelid = c.oid and i.indisunique and i.indisvalid and i.indpred is null and i.indexprs is null) as keys,
        (select coalesce(json_object_agg(t.tgname, json_build_object('always', t.tgenabled = 'A', 'state', ${STATE})), '{}')
          from pg_trigger t join pg_proc p on p.oid = t.tgfoid join pg_language l on l.oid = p.prolang
          where t.tgrelid = c.oid and t.tgname = any($3::text[])) as triggers
      from unnest($1::text[], $2::text[]) w(table_name, quoted) join pg_class c on c.oid = to_regclass(w.quoted)`,
    [tables.map(({ table }) => table), tables.map(({ quoted }) => quoted), TRIGGERS],
  );
  return new Map(rows.map(({ table_name, ...relation }) => [table_name, relation]));
}
