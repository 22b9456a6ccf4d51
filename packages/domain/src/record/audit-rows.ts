import type { z } from 'zod';
import { isShown, type Change, type Event, type Value } from '@countersign/audit/entry';
import type { Filter } from '@countersign/audit/filter';
import type { FieldRow } from '@countersign/audit/log';
import type { LogCall } from '../definition.ts';
import { names, type Names } from '../people/directory.ts';
import { settingsOf } from '../people/rights/settings.ts';
import { visibilityOf } from '../people/viewer.ts';
import { listOf, rangeEnd, rangeStart } from './log-filter.ts';
import { peopleOf, presentEffect, UNKNOWN_PERSON } from './present-event.ts';
import type { AuditLogGroup, AuditLogRow, auditLogsView, timecardAuditLogsInput } from './record.views.ts';

/** How the record of a root is named in a row: by its type and id, or as the timecard that it is. */
export type RootForm = (event: Event) => Pick<AuditLogRow, 'timecardId' | 'rootType' | 'rootId'>;

export const byRoot: RootForm = ({ root }) => ({ rootType: root?.type ?? null, rootId: root?.id ?? null });
export const byTimecard: RootForm = ({ root }) => ({ timecardId: root?.id ?? null });

type Asked = Omit<z.output<typeof timecardAuditLogsInput>, 'id'>;

export interface AuditLogs {
  readonly asked: Asked;
  /** `Type:id`, or an id alone; null for the whole log. */
  readonly root: string | null;
  /** In which days of the range are days. */
  readonly timeZone: string;
  readonly form: RootForm;
}

/** AUD-26: the changed fields, row by row or by change set, that the caller may see. What was just committed is among them. */
export async function readAuditLogs(call: LogCall, logs: AuditLogs): Promise<z.input<typeof auditLogsView>> {
  const { limit, offset } = logs.asked;
  await call.log.settle();
  const visibility = visibilityOf(call.viewer, await settingsOf(call.em));
  // One more than is shown: beyond what is counted, nothing else says whether there are more.
  const query = { filter: filterOf(logs), visibility, limit: limit + 1, offset };
  if (!logs.asked.grouped) {
    const { rows, count } = await call.log.fieldRows(query);
    const shown = rows.slice(0, limit);
    const known = await namesIn(call, shown);
    return {
      data: shown.map((row) => presentRow(row, logs.form, known)),
      pagination: { ...count, limit, offset, hasMore: rows.length > limit },
    };
  }
  const { sets, count } = await call.log.changeSets(query);
  const shown = sets.slice(0, limit);
  const known = await namesIn(call, shown.flat());
  return {
    data: shown.map((set) => presentGroup(set, logs.form, known)),
    pagination: { ...count, limit, offset, hasMore: sets.length > limit },
  };
}

function filterOf({ asked, root, timeZone }: AuditLogs): Filter {
  return {
    action: listOf(asked.actionType),
    field: listOf(asked.fieldName),
    root: root === null ? undefined : [root],
    from: rangeStart(asked.dateFrom, timeZone),
    to: rangeEnd(asked.dateTo, timeZone),
  };
}

const namesIn = (call: LogCall, rows: readonly FieldRow[]) =>
  names(
    call.em,
    rows.flatMap(({ event }) => peopleOf(event)),
  );

/** `changedBy` is null for jobs and for what came around the application: then nobody's profile can be shown. */
function authorOf({ actor }: Event, known: Names): Pick<AuditLogRow, 'changedBy' | 'changedByProfile'> {
  if (actor.kind !== 'user' || actor.id === null) return { changedBy: null, changedByProfile: null };
  return { changedBy: actor.id, changedByProfile: { fullName: known.get(actor.id) ?? UNKNOWN_PERSON } };
}

function presentRow({ id, event, change }: FieldRow, form: RootForm, known: Names): AuditLogRow {
  return {
    id,
    ...form(event),
    changeId: event.changeId,
    fieldName: change.field,
    ...valuesOf(change),
    changedAt: event.occurredAt,
    actionType: event.action,
    workDate: event.workDate,
    reason: event.reason,
    effect: presentEffect(event.effect),
    position: event.position,
    ...authorOf(event, known),
  };
}

const valuesOf = (change: Change) =>
  isShown(change) ? { oldValue: rawText(change.old), newValue: rawText(change.new) } : { oldValue: null, newValue: null, hidden: true };

const rawText = (value: Value): string | null =>
  value === null || typeof value === 'string' ? value : `${value.beginning}… (${value.bytes} bytes, SHA-256 ${value.sha256})`;

/** Newest first, as the rows are; a set has the name of the step that its root took, if it took one: the rest was part of that. */
function presentGroup(rows: readonly FieldRow[], form: RootForm, known: Names): AuditLogGroup {
  const first = rows[0] as FieldRow;
  const ofRoot = rows.filter(({ event }) => event.target?.id === event.root?.id);
  const { event } = ofRoot.find((row) => 'previous_value' in row.event.metadata) ?? ofRoot.at(-1) ?? first;
  return {
    changeId: event.changeId,
    changedAt: event.occurredAt,
    actionType: event.action,
    changes: rows.map((row) => presentRow(row, form, known)),
    ...authorOf(event, known),
  };
}
