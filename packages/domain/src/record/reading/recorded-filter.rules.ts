import { z } from 'zod';
import type { Filter } from '@countersign/audit/filter';

/** Values of one list that are kept. */
const VALUES = 5;
const list = z.array(z.string().max(120)).max(VALUES).optional();

/** A filter as the log keeps it, in clear: ids and names of the vocabulary. What somebody typed is counted, never kept. */
export const recordedFilter = z.strictObject({
  area: list,
  without_area: list,
  action: list,
  field: list,
  actor: list,
  without_actor: list,
  subject: list,
  target: list,
  root: list,
  change: list,
  from: z.string().max(40).optional(),
  to: z.string().max(40).optional(),
  /** How many texts were searched for. */
  texts: z.int().positive().optional(),
  /** How many values of lists are not kept: there were too many, or they are no ids and no names of the vocabulary. */
  others: z.int().positive().optional(),
});
export type RecordedFilter = z.output<typeof recordedFilter>;

const UUID = '[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}';
const ID = new RegExp(`^([A-Z]\\w{0,60}:)?${UUID}$`, 'i');
const WORD = /^[a-z][a-z0-9_.]{0,99}$/;
/** Actors that have no id. */
const KINDS = new Set(['user', 'system', 'database', 'anonymous']);

const isId = (value: string) => ID.test(value) || KINDS.has(value);
const isWord = (value: string) => WORD.test(value);

type List = Exclude<keyof Filter, 'text' | 'from' | 'to'>;

const LISTS: readonly (readonly [name: string, of: List, isKept: (value: string) => boolean])[] = [
  ['area', 'area', isWord],
  ['without_area', 'withoutArea', isWord],
  ['action', 'action', isWord],
  ['field', 'field', isWord],
  ['actor', 'actor', isId],
  ['without_actor', 'withoutActor', isId],
  ['subject', 'subject', isId],
  ['target', 'target', isId],
  ['root', 'root', isId],
  ['change', 'change', isId],
];

/**
 * AC-4: the metadata of an event stand in clear and for good, and people search for names: a text is never kept, nor is anything
 * in the place of an id that is none.
 */
export function recordedFilterOf(filter: Filter): RecordedFilter {
  let others = 0;
  const lists = LISTS.flatMap(([name, of, isKept]) => {
    const values = [...new Set(filter[of] ?? [])].toSorted();
    const kept = values.filter(isKept).slice(0, VALUES);
    others += values.length - kept.length;
    return kept.length ? [[name, kept] as const] : [];
  });
  const texts = new Set(filter.text ?? []).size;
  return {
    ...Object.fromEntries(lists),
    ...(filter.from !== undefined && { from: filter.from.slice(0, 40) }),
    ...(filter.to !== undefined && { to: filter.to.slice(0, 40) }),
    ...(texts && { texts }),
    ...(others && { others }),
  };
}

/** Records that a filter names in full, as `Type:id`. */
export const recordsNamed = ({ root = [], target = [] }: Filter): string[] => [
  ...new Set([...root, ...target].filter((record) => record.includes(':') && ID.test(record))),
];
