import { backlogGrants } from './backlog.ts';
import { deferredGrants } from './deferred-rows.ts';
import { immutableGrants } from './immutable.ts';
import type { LogRoles } from './log-roles.ts';

/**
 * The log's tables, functions and views, as statements for a migration of the owner's.
 *
 * Not described as entities on purpose: nobody may load an event, change it and flush.
 */
export const auditSchema: readonly string[] = [
  // What transactions insert. Taken by snapshot difference over (xid, id), so dead rows and open transactions cost the
  // sequencer nothing; emptied continuously, so autovacuum goes by a number of rows and never truncates.
  `create function audit_now() returns timestamptz language sql volatile set search_path = pg_catalog as 'select clock_timestamp()'`,
  `create table audit_inbox (
    xid xid8 not null default pg_current_xact_id(),
    id bigint generated always as identity,
    at timestamptz not null default audit_now(),
    kind "char" not null check (kind in ('f')),
    context text not null,
    document text not null,
    primary key (xid, id)
  )`,
  `alter table audit_inbox set (autovacuum_vacuum_scale_factor = 0, autovacuum_vacuum_threshold = 10000, autovacuum_vacuum_insert_threshold = -1, vacuum_truncate = off)`,
  // A document lives for milliseconds: compressing a large one would cost more than writing it.
  `alter table audit_inbox alter column document set storage external`,

  // One row: where the log ends. A sequencer that moves it from a position where it no longer stands has lost the race.
  `create table audit_head (
    only_row boolean primary key default true check (only_row),
    position bigint not null default 0 check (position >= 0),
    epoch int not null default 1,
    month date not null default '-infinity'
  )`,
  `insert into audit_head default values`,

  `create table audit_event (
    position bigint not null check (position > 0),
    id uuid not null,
    change_id uuid not null,
    area text not null,
    action text not null,
    operation text not null check (operation in ('create', 'update', 'delete', 'none')),
    actor_kind text not null check (actor_kind in ('user', 'system', 'database', 'anonymous')),
    actor_id text,
    impersonator_id text,
    target_type text, target_id text, target_label text,
    root_type text, root_id text, root_label text,
    subject_id text,
    scopes text[] not null,
    work_date date,
    changes jsonb not null,
    metadata jsonb not null,
    reason text,
    effect jsonb,
    channel text not null,
    request_id text,
    occurred_at timestamptz not null,
    sealed_values bytea,
    sealed_origin bytea,
    leaf_version smallint not null,
    leaf_hash bytea not null check (octet_length(leaf_hash) = 32),
    primary key (position)
  ) partition by range (position)`,

  // What an event is visible by, for the index and for the readers' condition alike.
  `create function audit_seen_by(actor_id text, subject_id text, scopes text[]) returns text[] language sql immutable parallel safe
    as $$ select array['actor:' || actor_id, 'subject:' || subject_id] || scopes $$`,
  `create index audit_event_root on audit_event (root_id, position)`,
  `create index audit_event_target on audit_event (target_id, position)`,
  `create index audit_event_actor on audit_event (actor_id, position)`,
  `create index audit_event_change on audit_event (change_id)`,
  `create index audit_event_time on audit_event using brin (occurred_at) with (pages_per_range = 16)`,
  `create index audit_event_seen_by on audit_event using gin (audit_seen_by(actor_id, subject_id, scopes)) with (fastupdate = on, gin_pending_list_limit = 4096)`,

  `create table audit_rollup (
    quarter timestamptz not null,
    area text not null,
    action text not null,
    actor text not null,
    target_type text not null,
    events bigint not null check (events > 0),
    primary key (quarter, area, action, actor, target_type)
  )`,

  // One data key for each person; deleting it erases the person from the log and breaks no proof.
  `create table audit_subject_key (
    subject_id text primary key,
    key bytea check (octet_length(key) = 32),
    created_at timestamptz not null default clock_timestamp(),
    erased_at timestamptz,
    check ((key is null) = (erased_at is not null))
  )`,

  // Nothing in the log changes, whoever asks.
  `create function audit_refuse() returns trigger language plpgsql set search_path = pg_catalog as $$
    begin
      raise exception 'the audit log is append-only: % on % is refused', tg_op, tg_table_name
        using errcode = 'insufficient_privilege', hint = 'Correct the record itself; the log keeps both the mistake and the correction.';
    end $$`,
  `create trigger audit_append_only before update or delete on audit_event for each row execute function audit_refuse()`,
  `create trigger audit_no_truncate before truncate on audit_event for each statement execute function audit_refuse()`,
  `alter table audit_event enable always trigger audit_append_only`,
  `alter table audit_event enable always trigger audit_no_truncate`,

  // A partition is a range of positions, cut at the first event of a new month. Runs as the owner inside the
  // sequencer's transaction, which holds the head's row: nobody writes meanwhile. The check constraint spares
  // PostgreSQL a second look at the rows when the finished month is attached with its upper bound.
  `create function audit_cut_month(first bigint, month date) returns void language plpgsql security definer set search_path = public, pg_catalog, pg_temp as $$
    declare
      fresh text := 'audit_event_' || to_char(month, 'YYYYMM') || '_' || first;
      latest text;
      since bigint;
    begin
      select c.relname, coalesce(substring(c.relname from '_(\\d+)$')::bigint, 1) into latest, since
        from pg_inherits i join pg_class c on c.oid = i.inhrelid
        where i.inhparent = 'public.audit_event'::regclass
        order by 2 desc limit 1;
      if latest is not null then
        if since >= first then raise exception 'a partition already begins at position % or later', first; end if;
        execute format('alter table %I add constraint audit_range check (position >= %s and position < %s)', latest, since, first);
        execute format('alter table audit_event detach partition %I', latest);
        execute format('alter table audit_event attach partition %I for values from (%s) to (%s)', latest, since, first);
        execute format('alter table %I drop constraint audit_range', latest);
      end if;
      execute format('create table %I partition of audit_event for values from (%s) to (maxvalue)', fresh, first);
      execute format('create trigger audit_no_truncate before truncate on %I for each statement execute function audit_refuse()', fresh);
      execute format('alter table %I enable always trigger audit_no_truncate', fresh);
      update audit_head set month = audit_cut_month.month;
    end $$`,
  `revoke all on function audit_cut_month(bigint, date) from public`,

  `create function audit_shown(changes jsonb) returns jsonb language sql immutable parallel safe as $$
    select coalesce(jsonb_agg(case when c ? 'sealed' then jsonb_build_object('field', c->'field', 'old', '[protected]', 'new', '[protected]') else c end order by n), '[]')
    from jsonb_array_elements(changes) with ordinality e(c, n) $$`,

  // The published shape: one row an event, without what is protected. Field values stand in the per-field views.
  `create view audit_log as select
      id,
      case when actor_kind = 'user' then actor_id end as user_id,
      action as action_type,
      target_type as target_entity,
      target_id,
      metadata || jsonb_build_object('change_id', change_id, 'changes', audit_shown(changes), 'reason', coalesce(metadata->>'reason', reason)) as metadata,
      occurred_at as timestamp,
      case when sealed_origin is not null then '[protected]' end as ip_address,
      case when sealed_origin is not null then '[protected]' end as user_agent
    from audit_event`,
];

/**
 * What the database itself sees: the second step of the log's tables. 'f' is what a flush tells; 's' is a row change
 * that the triggers of an audited table saw, which write as the owner, and nobody else can.
 */
export const rowChangeSchema: readonly string[] = [
  `alter table audit_inbox alter kind set default 'f'`,
  `alter table audit_inbox drop constraint audit_inbox_kind_check`,
  `alter table audit_inbox add constraint audit_inbox_kind_check check (kind in ('f', 's'))`,
  // Who is at work: what the application told with its transaction, and who the database knows it to be. Whoever reads
  // it believes the first by the second.
  `create function audit_who() returns text language sql stable set search_path = pg_catalog as $$
    select json_build_object('c', nullif(current_setting('audit.context', true), ''), 'u', session_user,
      'a', current_setting('application_name'), 'i', host(inet_client_addr()))::text $$`,
  `create function audit_refuse_truncate() returns trigger language plpgsql set search_path = pg_catalog as $$
    begin
      raise exception 'truncating % is refused: its changes are recorded row by row', tg_table_name
        using errcode = 'insufficient_privilege', hint = 'Delete the rows instead; each deletion is recorded.';
    end $$`,
  // Which tables' row changes are recorded, by which text of their triggers, and since which transaction.
  `create table audit_coverage (
    table_name text primary key,
    fingerprint text not null,
    since xid8 not null default pg_current_xact_id()
  )`,
];

/**
 * The third step: who and when are worked out where they are written. A function of its own with settings is called for
 * each row; one without is part of the statement. Its body is parsed here and now, so that no search path changes it.
 */
export const inlineSchema: readonly string[] = [
  `create or replace function audit_now() returns timestamptz language sql volatile return clock_timestamp()`,
  `create or replace function audit_who() returns text language sql stable return
    json_build_object('c', nullif(current_setting('audit.context', true), ''), 'u', session_user,
      'a', current_setting('application_name'), 'i', host(inet_client_addr()))::text`,
];

/** The eighth step. A check is read anew with each statement, and nobody but the owner's functions can name another kind than 'f'. */
export const lighterSchema: readonly string[] = [`alter table audit_inbox drop constraint audit_inbox_kind_check`];

const quoted = (role: string) => `"${role.replaceAll('"', '""')}"`;

/**
 * What each role may do with the log, and nothing else: the application tells the inbox and reads; the sequencer
 * empties the inbox and appends. Idempotent, so that the start can state it each time.
 */
export function grants(roles: LogRoles): string[] {
  const app = quoted(roles.app);
  const sequencer = quoted(roles.sequencer);
  return [
    `revoke all on audit_inbox, audit_head, audit_event, audit_rollup, audit_subject_key, audit_coverage, audit_policies, audit_log from public, ${app}, ${sequencer}`,
    // By column: transaction, number and time of a document are the database's, no statement can set them.
    // Nor its kind: what the database saw, nobody else can tell.
    `grant insert (context, document) on audit_inbox to ${app}`,
    `grant select on audit_head, audit_event, audit_rollup, audit_subject_key, audit_coverage, audit_policies, audit_log to ${app}`,
    `grant select, delete on audit_inbox to ${sequencer}`,
    `grant select on audit_coverage, audit_policies to ${sequencer}`,
    `grant select, update (position) on audit_head to ${sequencer}`,
    `grant select, insert on audit_event to ${sequencer}`,
    `grant select, insert, update (events) on audit_rollup to ${sequencer}`,
    `grant select, insert on audit_subject_key to ${sequencer}`,
    `grant execute on function audit_cut_month(bigint, date) to ${sequencer}`,
    ...immutableGrants(roles),
    ...deferredGrants(roles),
    ...backlogGrants(roles),
  ];
}
