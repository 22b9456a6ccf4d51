import { Migration } from '@mikro-orm/migrations';

/** A recorded value as text: of one that was too large to keep, its beginning. */
const text = (value: string) => `case jsonb_typeof(${value}) when 'object' then ${value}->>'beginning' || '…' else ${value}#>>'{}' end`;

/** An id as the UUID that it is; null for one that is none, which must not break the other rows. */
const uuid = (value: string) => `case when pg_input_is_valid(${value}, 'uuid') then ${value}::uuid end`;

/**
 * AUD-13: the published table `timecard_audit_log`, over the log. One row for each changed field, with an id that
 * derives from event and field; a value that is kept as ciphertext reads `[protected]`.
 */
const view = `create view timecard_audit_log as
  select
    md5(e.id::text || ':' || (c.change->>'field'))::uuid as id,
    ${uuid('e.root_id')} as timecard_id,
    e.change_id,
    c.change->>'field' as field_name,
    case when c.change ? 'sealed' then '[protected]' else ${text("(c.change->'old')")} end as old_value,
    case when c.change ? 'sealed' then '[protected]' else ${text("(c.change->'new')")} end as new_value,
    case when e.actor_kind = 'user' then ${uuid('e.actor_id')} end as changed_by,
    e.occurred_at as changed_at,
    e.action as action_type,
    e.work_date
  from audit_event e, jsonb_array_elements(e.changes) c(change)
  where e.root_type = 'Timecard'`;

/** The view that the domain adds to the log: runs after the log's own tables were made. */
export class TimecardAuditLog extends Migration {
  override up(): void {
    this.addSql(view);
  }
}
