/**
 * The life of the triggers: the fourth step of the log's tables. By which policies the database records, what each
 * table's triggers were when they were made, and since when they have been at work.
 */
export const coverageSchema: readonly string[] = [
  // Every set of policies that was ever in force here: one that comes back is an older one, unless its release says otherwise.
  `create table audit_policies (
    fingerprint text primary key,
    release text,
    since timestamptz not null default clock_timestamp(),
    in_force boolean not null
  )`,
  // Moving the head is refused to a sequencer that goes by others. There is none as long as no triggers were ever made.
  `create unique index audit_policies_in_force on audit_policies (in_force) where in_force`,
  // What was made, trigger by trigger, as the catalog shows it; of which table of which server; and since when, as a
  // position of the log and as a time. A restored dump is another table on another server: its numbers mean nothing there.
  `alter table audit_coverage
    add column made jsonb not null default '{}',
    add column relation oid,
    add column server text,
    add column since_position bigint,
    add column since_at timestamptz,
    add column until_at timestamptz`,
];

/** What stands in a document of the inbox at this place; null where it is no JSON. */
const at = (path: string) => `case when pg_input_is_valid(document, 'jsonb') then document::jsonb #> '${path}' end`;

/**
 * The ninth step. What the owner said of the log stood in the inbox as what a flush tells, which nobody but a flush may any
 * more: what waits of it becomes the owner's own word. Once, for what was written before this step.
 */
export const ownWordSchema: readonly string[] = [
  `update audit_inbox set kind = 'a', document = jsonb_build_object('v', 1, 'manual', jsonb_strip_nulls(jsonb_build_object(
      'area', told->'area', 'action', told->'action', 'meta', told->'meta',
      'target', jsonb_build_object('type', told->'type', 'id', told->'id', 'label', told->'label'))))::text
    from (select xid as of_xid, id as of_id, ${at('{events,0}')} as told from audit_inbox where kind = 'f') waiting
    where xid = of_xid and id = of_id and told->>'type' = 'AuditedTable' and told->>'op' = 'none'
      and told->>'action' in ('audit_coverage_repaired', 'audit_coverage_ended')`,
];
