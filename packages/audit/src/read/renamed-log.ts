import type { Filter } from './filter.ts';
import { presentName, underPresentTypes, type FormerName, type FormerNames } from '../policy/former-names.ts';
import type { LogReader } from './log.ts';
import type { Overview, ValueCount } from './overview.ts';

/**
 * A log in which what was renamed is found by its present name: filters ask for the former ones too, counts of an action
 * add up, and the history of a record is that under all names of its type. Events themselves say what they said.
 */
export function renamedLog(log: LogReader, names: FormerNames): LogReader {
  return {
    head: () => log.head(),
    settle: () => log.settle(),
    event: (position, visibility) => log.event(position, visibility),
    page: (query) => log.page({ ...query, filter: widened(query.filter, names) }),
    after: (position, filter, visibility, limit) => log.after(position, widened(filter, names), visibility, limit),
    count: (filter, visibility) => log.count(widened(filter, names), visibility),
    countSets: (filter, visibility) => log.countSets(widened(filter, names), visibility),
    fieldRows: (query) => log.fieldRows({ ...query, filter: widened(query.filter, names) }),
    changeSets: (query) => log.changeSets({ ...query, filter: widened(query.filter, names) }),
    overview: async (query) => underPresentActions(await log.overview({ ...query, filter: widened(query.filter, names) }), names),
    history: async ({ roots = [], targets = [], ...query }) => {
      const found = await log.history({ ...query, roots: recordsWithFormer(roots, names), targets: recordsWithFormer(targets, names) });
      return { ...found, events: found.events.map((event) => underPresentTypes(event, names)) };
    },
  };
}

/** A filter that also finds what was recorded under former names. */
function widened(filter: Filter, names: FormerNames): Filter {
  return {
    ...filter,
    ...(filter.action && { action: withFormer(filter.action, names.actions) }),
    ...(filter.field && { field: withFormer(filter.field, names.fields) }),
    ...(filter.target && { target: recordsWithFormer(filter.target, names) }),
    ...(filter.root && { root: recordsWithFormer(filter.root, names) }),
  };
}

const withFormer = (wanted: readonly string[], former: readonly FormerName[]): string[] => [
  ...new Set([...wanted, ...former.flatMap(({ name, is }) => (wanted.includes(is) ? [name] : []))]),
];

/** Records by `Type:id`, under the former names of their types as well. */
const recordsWithFormer = (records: readonly string[], { entities }: FormerNames): string[] => [
  ...new Set(
    records.flatMap((record) => [
      record,
      ...entities.flatMap(({ name, is }) => (record.startsWith(`${is}:`) ? [name + record.slice(is.length)] : [])),
    ]),
  ),
];

function underPresentActions(overview: Overview, { actions }: FormerNames): Overview {
  if (!actions.length) return overview;
  const { action } = overview.facets;
  const counts = new Map<string, number>();
  for (const { value, count } of action.values) {
    const name = presentName(value, actions);
    counts.set(name, (counts.get(name) ?? 0) + count);
  }
  const values = Array.from(counts, ([value, count]): ValueCount => ({ value, count })).sort((one, other) => other.count - one.count);
  return { ...overview, facets: { ...overview.facets, action: { ...action, values } } };
}
