import type { Entry, StoredChange } from '../events/log-entry.ts';
import type { ActorKind, Value } from '../events/entry.ts';

/**
 * Which events are wanted. Within one list any match will do, across lists all must; an absent list asks for nothing. Of `withoutArea`, `withoutActor` and `withoutChangeOf` none may match.
 * `actor` is an id, or the kind of an actor that has none: what somebody did in another's name is found by either's; `withoutActor` leaves out what somebody really did, in whoever's name. `target` and `root` are `Type:id`, or an id alone. `text` looks, without regard to case, into labels, reason and the
 * values that are kept in clear: what is sensitive can be found by nobody.
 */
export interface Filter {
  readonly area?: readonly string[] | undefined;
  /** Areas that are left out. */
  readonly withoutArea?: readonly string[] | undefined;
  readonly action?: readonly string[] | undefined;
  readonly actor?: readonly string[] | undefined;
  /** Actors who are left out. */
  readonly withoutActor?: readonly string[] | undefined;
  /** Whose records they are about, by id. */
  readonly subject?: readonly string[] | undefined;
  readonly target?: readonly string[] | undefined;
  readonly root?: readonly string[] | undefined;
  readonly field?: readonly string[] | undefined;
  readonly text?: readonly string[] | undefined;
  /** Change sets, by id. */
  readonly change?: readonly string[] | undefined;
  /** What of one record, by its root, is left out of one change set: each `changeSetOf`. */
  readonly withoutChangeOf?: readonly string[] | undefined;
  /** Instants, both inclusive. */
  readonly from?: string | undefined;
  readonly to?: string | undefined;
}

/** One change set as far as it is about one record, `Type:id`. */
export const changeSetOf = (changeId: string, record: string): string => `${changeId} ${record}`;

/** The in-memory form of the filter. */
export function matches(filter: Filter, entry: Entry): boolean {
  return (
    among(filter.area, entry.area) &&
    !filter.withoutArea?.includes(entry.area) &&
    among(filter.action, entry.action) &&
    isBy(filter, entry) &&
    among(filter.subject, entry.subject) &&
    anyOf(filter.target, (wanted) => isRecord(wanted, entry.target)) &&
    anyOf(filter.root, (wanted) => isRecord(wanted, entry.root)) &&
    anyOf(filter.field, (wanted) => entry.changes.some((change) => change.field === wanted)) &&
    anyOf(filter.text, (wanted) => hasText(entry, wanted)) &&
    anyOf(filter.change, (wanted) => wanted.toLowerCase() === entry.changeId) &&
    !filter.withoutChangeOf?.includes(changeSetOf(entry.changeId, entry.root ? `${entry.root.type}:${entry.root.id}` : '')) &&
    (filter.from === undefined || Date.parse(entry.occurredAt) >= Date.parse(filter.from)) &&
    (filter.to === undefined || Date.parse(entry.occurredAt) <= Date.parse(filter.to))
  );
}

function isBy({ actor, withoutActor }: Filter, { actor: { id, kind }, impersonator }: Entry): boolean {
  return (among(actor, id ?? kind) || among(actor, impersonator)) && !withoutActor?.includes(impersonator ?? id ?? kind);
}

const anyOf = (list: readonly string[] | undefined, test: (wanted: string) => boolean) => !list?.length || list.some(test);
const among = (list: readonly string[] | undefined, value: string | null) => anyOf(list, (wanted) => wanted === value);

function isRecord(wanted: string, record: Entry['target']): boolean {
  if (!record) return false;
  return wanted === record.id || wanted === `${record.type}:${record.id}`;
}

function hasText(entry: Entry, wanted: string): boolean {
  const needle = wanted.toLowerCase();
  return haystack(entry).some((text) => text.toLowerCase().includes(needle));
}

function haystack(entry: Entry): string[] {
  const texts = [entry.target?.label, entry.root?.label, entry.reason, ...entry.changes.flatMap(clearTexts)];
  return texts.filter((text): text is string => typeof text === 'string');
}

const clearTexts = (change: StoredChange) => ('sealed' in change ? [] : [plain(change.old), plain(change.new)]);
const plain = (value: Value) => (typeof value === 'string' ? value : value?.beginning);

/** The SQL form of the same filter, as conditions on `audit_event`; `param` adds a parameter and returns its placeholder. */
export function filterSql(filter: Filter, param: (value: unknown) => string): string[] {
  const conditions: string[] = [];
  const list = (values: readonly string[] | undefined, condition: (placeholder: string) => string) => {
    if (values?.length) conditions.push(condition(`${param(values)}::text[]`));
  };
  list(filter.area, (p) => `area = any(${p})`);
  list(filter.withoutArea, (p) => `area <> all(${p})`);
  list(filter.action, (p) => `action = any(${p})`);
  list(filter.actor, (p) => `(actor_id = any(${p}) or impersonator_id = any(${p})${withoutId(filter.actor, p)})`);
  list(filter.withoutActor, (p) => `coalesce(impersonator_id, actor_id, actor_kind) <> all(${p})`);
  list(filter.subject, (p) => `subject_id = any(${p})`);
  records(filter.target, 'target');
  records(filter.root, 'root');
  list(filter.field, (p) => `exists (select from jsonb_array_elements(changes) c where c->>'field' = any(${p}))`);
  list(filter.text?.map(likePattern), textCondition);
  list(filter.change, (p) => `change_id = any(${p}::uuid[])`);
  list(filter.withoutChangeOf, (p) => `change_id || ' ' || coalesce(root_type || ':' || root_id, '') <> all(${p})`);
  if (filter.from !== undefined) conditions.push(`occurred_at >= ${param(filter.from)}::timestamptz`);
  if (filter.to !== undefined) conditions.push(`occurred_at <= ${param(filter.to)}::timestamptz`);
  return conditions;

  /** By id first, so that the index on ids serves it; the type, where one is named, is checked beside it. */
  function records(wanted: readonly string[] | undefined, column: 'target' | 'root') {
    if (!wanted?.length) return;
    const ids = wanted.flatMap((text) => [text, text.slice(text.indexOf(':') + 1)]);
    conditions.push(`${column}_id = any(${param(ids)}::text[])`);
    const full = param(wanted);
    conditions.push(`(${column}_id = any(${full}::text[]) or ${column}_type || ':' || ${column}_id = any(${full}::text[]))`);
  }
}

const KINDS: readonly string[] = ['user', 'system', 'database', 'anonymous'] satisfies ActorKind[];

/** Asked for only where a kind is wanted: there may be many actors without an id, and no index tells them apart. */
const withoutId = (wanted: Filter['actor'], p: string) =>
  wanted?.some((actor) => KINDS.includes(actor)) ? ` or (actor_id is null and actor_kind = any(${p}))` : '';

const likePattern = (text: string) => `%${text.replace(/[\\%_]/g, (special) => `\\${special}`)}%`;

const textCondition = (p: string) => `(target_label ilike any(${p}) or root_label ilike any(${p}) or reason ilike any(${p})
  or exists (select from jsonb_array_elements(changes) c, lateral (values (c->'old'), (c->'new')) v(value)
    where coalesce(v.value->>'beginning', v.value#>>'{}') ilike any(${p})))`;
