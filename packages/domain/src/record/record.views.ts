import { z } from 'zod';
import { isTimeZone } from '../day.rules.ts';
import { day, instant } from '../day.views.ts';

/** A recorded value: exact text, null for none, or what stands for one that was too large to keep. */
export const valueView = z.union([z.string(), z.null(), z.object({ beginning: z.string(), bytes: z.number().int(), sha256: z.string() })]);

export const changeView = z.union([
  z.object({ field: z.string(), old: valueView, new: valueView }),
  z.object({ field: z.string(), hidden: z.literal(true) }),
]);

export const someoneView = z.object({
  kind: z.enum(['user', 'system', 'database', 'anonymous']),
  id: z.string().nullable(),
  /** The person's name, or the job's, or the kind in words: what to show. */
  name: z.string(),
});
export const recordView = z.object({ type: z.string(), id: z.string(), label: z.string().nullable() });

/** What a change brought about: fields by their names as data, each with its old and new value, and `after_approval`. */
const effect = z.record(z.string(), z.json());

/** One event of the log, as the caller may see it. */
export const eventView = z.object({
  position: z.number().int(),
  id: z.string(),
  changeId: z.string(),
  area: z.string(),
  action: z.string(),
  operation: z.enum(['create', 'update', 'delete', 'none']),
  actor: someoneView,
  impersonator: z.object({ id: z.string(), name: z.string() }).nullable(),
  target: recordView.nullable(),
  root: recordView.nullable(),
  /** The person whose record it is, with the name that the log itself doesn't hold. */
  subject: z.object({ id: z.string(), name: z.string() }).nullable(),
  scopes: z.array(z.string()),
  workDate: z.string().nullable(),
  changes: z.array(changeView),
  metadata: z.record(z.string(), z.json()),
  reason: z.string().nullable(),
  effect: effect.nullable(),
  channel: z.enum(['web', 'api', 'cli', 'job', 'import', 'database']),
  requestId: z.string().nullable(),
  ipAddress: z.string().nullable(),
  /** What the request said of its way in `X-Forwarded-For`, believed or not, where it said anything else than the address. */
  forwardedFor: z.string().nullable(),
  userAgent: z.string().nullable(),
  occurredAt: z.string(),
});
export type EventView = z.infer<typeof eventView>;

const oneOrMore = z.union([z.string().max(200), z.array(z.string().max(200)).max(50)]).optional();

/** One value or a list each; empty is all that one may see. `target` and `root` are `Type:id`, or an id alone. */
export const filterInput = {
  area: oneOrMore,
  /** Areas that are left out. */
  withoutArea: oneOrMore,
  action: oneOrMore,
  actor: oneOrMore,
  /** Actors who are left out. */
  withoutActor: oneOrMore,
  /** Whose records they are about, by id. */
  subject: oneOrMore,
  target: oneOrMore,
  root: oneOrMore,
  field: oneOrMore,
  text: oneOrMore,
  /** Change sets, by id. */
  change: z.union([z.uuid(), z.array(z.uuid()).max(50)]).optional(),
};

const instantOrDay = z.union([instant, day]);

export const pageInput = z.strictObject({
  ...filterInput,
  from: instantOrDay.optional(),
  to: instantOrDay.optional(),
  /** AUD-35: without what the caller has confirmed or contested. */
  unanswered: z.boolean().optional(),
  /** The cursor: only events below this position. */
  before: z.coerce.number().int().min(1).optional(),
  limit: z.coerce.number().int().min(1).max(500).default(50),
});

export const overviewInput = z.strictObject({
  ...filterInput,
  from: instantOrDay.optional(),
  to: instantOrDay.optional(),
  /** Whose days the bars are, and those of the range; by default the caller's. */
  timeZone: z.string().max(100).refine(isTimeZone, 'is no time zone: take a name such as Europe/Berlin').optional(),
  bars: z.coerce.number().int().min(1).max(200).default(60),
});

/** A facet's values, each counted as if the facet had no filter; `more`: the count goes back a while only. */
const facetView = z.object({
  values: z.array(z.object({ value: z.string(), label: z.string(), count: z.number().int() })),
  more: z.boolean(),
});

/** How many events a filter finds: in all, by time, and by value. A bar counts from `from` up to, without, `to`. */
export const overviewView = z.object({
  total: z.object({ count: z.number().int(), more: z.boolean() }),
  bars: z.array(z.object({ from: z.string(), to: z.string(), count: z.number().int() })),
  facets: z.object({ area: facetView, action: facetView, actor: facetView }),
});

export const pageView = z.object({
  events: z.array(eventView),
  /** The position up to which this page speaks: pass it to the live subscription as `lastEventId`. */
  position: z.number().int(),
  next: z.number().int().nullable(),
  /** How many events the filter finds in all, and whether there are more than were counted. */
  total: z.object({ count: z.number().int(), more: z.boolean() }),
  /** Flushes that were committed and are not numbered yet: 0 nearly always. */
  waiting: z.number().int(),
});

export const liveInput = z.strictObject({ ...filterInput, lastEventId: z.string().max(20).nullish() });

const formerName = z.object({ name: z.string(), label: z.string(), is: z.string() });

/** What the vocabulary holds: every area, action, entity and field, with its label and how to read its values. */
export const vocabularyView = z.object({
  areas: z.array(z.object({ name: z.string(), label: z.string() })),
  actions: z.array(z.object({ name: z.string(), label: z.string(), area: z.string(), description: z.string().nullable() })),
  entities: z.array(z.object({ name: z.string(), label: z.string(), area: z.string() })),
  fields: z.array(
    z.object({
      entity: z.string(),
      name: z.string(),
      label: z.string(),
      kind: z.string(),
      sensitive: z.boolean(),
      values: z.record(z.string(), z.string()).nullable(),
    }),
  ),
  /** AUD-36: what older entries call otherwise, with the label to show; `is` is its name now. */
  former: z.object({
    actions: z.array(formerName),
    entities: z.array(formerName),
    fields: z.array(formerName.extend({ entity: z.string() })),
  }),
});

/** One changed field: the row of the source's `timecard_audit_log`. Values are raw text, null for none; a hidden one has `hidden` and neither. */
export const auditLogRow = z.object({
  id: z.string(),
  timecardId: z.string().nullable().optional(),
  rootType: z.string().nullable().optional(),
  rootId: z.string().nullable().optional(),
  changeId: z.string(),
  fieldName: z.string(),
  oldValue: z.string().nullable(),
  newValue: z.string().nullable(),
  hidden: z.boolean().optional(),
  changedBy: z.string().nullable(),
  changedAt: z.string(),
  actionType: z.string(),
  workDate: z.string().nullable(),
  reason: z.string().nullable(),
  /** What the change brought about, computed when it was made; of a row, that of the event in which it stands. */
  effect: effect.nullable(),
  position: z.number().int(),
  changedByProfile: z.object({ fullName: z.string() }).nullable(),
});

export const auditLogGroup = z.object({
  changeId: z.string(),
  changedAt: z.string(),
  changedBy: z.string().nullable(),
  actionType: z.string(),
  changes: z.array(auditLogRow),
  changedByProfile: z.object({ fullName: z.string() }).nullable(),
});

export const auditLogsFilter = {
  actionType: oneOrMore,
  fieldName: oneOrMore,
  dateFrom: instantOrDay.optional(),
  dateTo: instantOrDay.optional(),
  limit: z.coerce.number().int().min(1).max(500).default(50),
  offset: z.coerce.number().int().min(0).max(1_000_000).default(0),
  grouped: z.stringbool().or(z.boolean()).default(false),
};

/** As the source has it; `more` says that there are more than `total`, which is counted up to a limit. */
export const logPagination = z.object({
  total: z.number().int(),
  more: z.boolean(),
  limit: z.number().int(),
  offset: z.number().int(),
  hasMore: z.boolean(),
});

/** Rows, or change sets where `grouped` was asked for: then limit, offset and total count those. */
export const auditLogsView = z.object({ data: z.union([z.array(auditLogRow), z.array(auditLogGroup)]), pagination: logPagination });
export type AuditLogRow = z.input<typeof auditLogRow>;
export type AuditLogGroup = z.input<typeof auditLogGroup>;

export const timecardAuditLogsInput = z.strictObject({ id: z.uuid(), ...auditLogsFilter });

/** The whole log, or what stands under one root; a type alone names no root. */
export const auditLogsInput = z
  .strictObject({ ...auditLogsFilter, rootType: z.string().max(100).optional(), rootId: z.string().max(200).optional() })
  .refine(({ rootType, rootId }) => rootType === undefined || rootId !== undefined, {
    path: ['rootId'],
    message: 'is required where a root type is given',
  });
