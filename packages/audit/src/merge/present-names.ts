import type { Event } from '../events/entry.ts';
import { underPresentTypes, type FormerNames } from '../policy/former-names.ts';
import { fieldOf } from '../values/field-paths.ts';
import type { ToldEvent } from '../capture/inbox.ts';
import type { EntityPlan, FieldPlan } from '../policy/plan.ts';
import type { Seen, Texts } from './seen.ts';
import { contentsOf, type Plans, type Sight } from '../triggers/sight.ts';
import { nameOf } from '../policy/table-name.ts';
import { renamed } from '../policy/vocabulary.ts';

// What was told and seen before a release renamed things, and is read by that release.

interface Names {
  readonly former: FormerNames;
  readonly types: ReadonlyMap<string, string>;
  readonly actions: ReadonlyMap<string, string>;
  /** By the present type and the former name. */
  readonly fields: ReadonlyMap<string, string>;
  /** By table, the columns that it has now by what they were called. */
  readonly columns: ReadonlyMap<string, ReadonlyMap<string, string>>;
  readonly any: boolean;
}

const known = new WeakMap<Plans, Names>();

function namesOf(plans: Plans): Names {
  const before = known.get(plans);
  if (before) return before;
  const former = renamed([...plans.values()], []);
  const [types, actions] = [former.entities, former.actions].map((names) => new Map(names.map(({ name, is }) => [name, is])));
  const names: Names = {
    former,
    types: types ?? new Map(),
    actions: actions ?? new Map(),
    fields: new Map(former.fields.map(({ entity, name, is }) => [`${entity} ${name}`, is])),
    columns: columnsOf(plans),
    any: former.entities.length + former.actions.length + former.fields.length > 0,
  };
  known.set(plans, names);
  return names;
}

/** A field is named after its column unless it has a name of its own: that may be what the column was called. */
function columnsOf(plans: Plans): Names['columns'] {
  const tables = new Map<string, Map<string, string>>();
  for (const plan of plans.values()) {
    const present = new Set([...plan.fields.values()].flatMap(({ columns }) => columns.map(({ name }) => name)));
    const former = [...plan.fields.values()].flatMap((field) => formerColumns(plan, field)).filter(([name]) => !present.has(name));
    if (former.length) tables.set(nameOf(plan.table), new Map([...(tables.get(nameOf(plan.table)) ?? []), ...former]));
  }
  return tables;
}

function formerColumns(
  { type, policy }: EntityPlan,
  { property, name, tracked, columns: [column, ...others] }: FieldPlan,
): [string, string][] {
  // Of a part of an embeddable the policy says nothing itself.
  if (!tracked || !column || others.length || policy.fields[property] !== tracked) return [];
  const former = renamed([{ type, policy, fields: new Map([[property, { name, tracked }]]) }], []).fields.map((one) => one.name);
  return [...former, name].map((one) => [one, column.name]);
}

/** What a flush told, by the names that its record, root, action and fields have now. */
export function toldByPresentNames(event: ToldEvent, plans: Plans): ToldEvent {
  const { any, types, actions, fields } = namesOf(plans);
  if (!any) return event;
  const type = types.get(event.type) ?? event.type;
  const changes = event.changes.map((change) => {
    const field = fieldOf(change.f);
    const present = fields.get(`${type} ${field}`);
    return present === undefined ? change : { ...change, f: present + change.f.slice(field.length) };
  });
  const root = event.root && { ...event.root, type: types.get(event.root.type) ?? event.root.type };
  return { ...event, type, action: actions.get(event.action) ?? event.action, changes, ...(root && { root }) };
}

/** What triggers saw, by the names that the table and its columns have now. */
export function seenByPresentNames(seen: Seen, { plans, formerTables }: Sight): Seen {
  const table = formerTables.get(seen.table) ?? seen.table;
  const former = namesOf(plans).columns.get(table) ?? formerMembers(seen, contentsOf(plans).get(table));
  if (!former) return table === seen.table ? seen : { ...seen, table };
  const { before, after } = seen;
  return { ...seen, table, before: before && underColumns(before, former), after: after && underColumns(after, former) };
}

function underColumns(texts: Texts, former: ReadonlyMap<string, string>): Texts {
  const isRenamed = (column: string) => former.has(column) && !Object.hasOwn(texts, former.get(column) as string);
  if (!Object.keys(texts).some(isRenamed)) return texts;
  return Object.fromEntries(
    Object.entries(texts).map(([column, text]) => [isRenamed(column) ? (former.get(column) as string) : column, text]),
  );
}

/** The columns of a table of members are its owner's key and its member's, in this order: nobody declares their names. */
function formerMembers({ before, after }: Seen, there: ReturnType<ReturnType<typeof contentsOf>['get']>): Map<string, string> | undefined {
  if (there?.kind !== 'members') return undefined;
  const present = [...there.pivot.owner, ...there.pivot.member];
  const columns = Object.keys(after ?? before ?? {});
  if (columns.length !== present.length || columns.some((column, i) => present.includes(column) && column !== present[i])) return undefined;
  const renames = columns.flatMap((column, i) => (column === present[i] ? [] : [[column, present[i] as string] as const]));
  return renames.length ? new Map(renames) : undefined;
}

/** The names that a type of record has, and had. */
export const namesOfType = (type: string, plans: Plans): string[] => [
  type,
  ...namesOf(plans).former.entities.flatMap(({ name, is }) => (is === type ? [name] : [])),
];

/** What a type of record is called now. */
export const presentType = (type: string, plans: Plans): string => namesOf(plans).types.get(type) ?? type;

/** An event of the log with its records under the types that they have now. */
export const recordedByPresentTypes = (event: Event, plans: Plans): Event => underPresentTypes(event, namesOf(plans).former);
