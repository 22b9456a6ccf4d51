import type { Actor, Channel, Operation } from '../events/entry.ts';
import type { Entry, StoredChange } from '../events/log-entry.ts';

/** The columns that make an `Entry`; instants as the leaf has them. */
export const ENTRY_COLUMNS = `e.position, e.id, e.change_id, e.area, e.action, e.operation, e.actor_kind, e.actor_id, e.impersonator_id,
  e.target_type, e.target_id, e.target_label, e.root_type, e.root_id, e.root_label, e.subject_id, e.scopes,
  e.work_date::text as work_day, e.changes, e.metadata, e.reason, e.effect, e.channel, e.request_id,
  to_char(e.occurred_at at time zone 'UTC', 'YYYY-MM-DD"T"HH24:MI:SS.US"Z"') as occurred_text, e.sealed_values, e.sealed_origin`;

export interface EntryRow {
  position: string;
  id: string;
  change_id: string;
  area: string;
  action: string;
  operation: Operation;
  actor_kind: Actor['kind'];
  actor_id: string | null;
  impersonator_id: string | null;
  target_type: string | null;
  target_id: string | null;
  target_label: string | null;
  root_type: string | null;
  root_id: string | null;
  root_label: string | null;
  subject_id: string | null;
  scopes: string[];
  work_day: string | null;
  changes: StoredChange[];
  metadata: Entry['metadata'];
  reason: string | null;
  effect: Entry['effect'];
  channel: Channel;
  request_id: string | null;
  occurred_text: string;
  sealed_values: Buffer | null;
  sealed_origin: Buffer | null;
}

/** A row of the log as the entry that its leaf was made from. */
export function entryOfRow(row: EntryRow): Entry {
  return {
    position: Number(row.position),
    id: row.id,
    changeId: row.change_id,
    area: row.area,
    action: row.action,
    operation: row.operation,
    actor: { kind: row.actor_kind, id: row.actor_id },
    impersonator: row.impersonator_id,
    target: recordOf(row.target_type, row.target_id, row.target_label),
    root: recordOf(row.root_type, row.root_id, row.root_label),
    subject: row.subject_id,
    scopes: row.scopes,
    workDate: row.work_day,
    changes: row.changes,
    metadata: row.metadata,
    reason: row.reason,
    effect: row.effect,
    channel: row.channel,
    requestId: row.request_id,
    occurredAt: row.occurred_text,
    sealedValues: row.sealed_values,
    sealedOrigin: row.sealed_origin,
  };
}

const recordOf = (type: string | null, id: string | null, label: string | null): Entry['target'] =>
  type === null || id === null ? null : { type, id, label };
