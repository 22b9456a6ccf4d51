import { LOG_ACCESSED, READ_AS_ANOTHER, READ_VIEWS, RECORD_VIEWED } from '@countersign/domain/record/reading/read-view.rules';
import type { EventView } from '../../api/views.ts';
import type { Words } from './vocabulary.ts';

/** What an event tells of somebody's reading: of the log, of a record, or of what somebody else sees. */
export interface Reading {
  /** What it is called: `Live`. */
  readonly view: string;
  readonly times: number;
  /** Null of what is no reading of the log. */
  readonly rows: number | null;
  readonly first: string | null;
  readonly last: string | null;
  /** One line for each filter or query by which it was read. */
  readonly filters: readonly string[];
  /** Filters that weren't kept. */
  readonly more: number;
}

/** Null for an event of another kind. */
export function readingOf({ action, metadata }: Pick<EventView, 'action' | 'metadata'>, words: Words): Reading | null {
  const span = { times: Number(metadata['times']), first: textOf(metadata['first']), last: textOf(metadata['last']) };
  if (action === RECORD_VIEWED) return { ...span, view: 'Record', rows: null, filters: [], more: 0 };
  if (action === READ_AS_ANOTHER) {
    const queries = Array.isArray(metadata['queries']) ? metadata['queries'].map(String) : [];
    return { ...span, view: 'As this person', rows: null, filters: queries, more: 0 };
  }
  if (action !== LOG_ACCESSED) return null;
  const view = textOf(metadata['view']) ?? 'log';
  const filters = Array.isArray(metadata['filters']) ? metadata['filters'] : [];
  return {
    view: Object.hasOwn(READ_VIEWS, view) ? READ_VIEWS[view as keyof typeof READ_VIEWS] : view,
    ...span,
    rows: Number(metadata['rows']),
    filters: filters.map((filter) => filterText(filter, words)).filter(Boolean),
    more: Number(metadata['more_filters']) || 0,
  };
}

/** `Live, 3 times, 120 rows`; `Record, 3 times`. */
export const readingText = ({ view, times, rows }: Reading): string =>
  [view, ...(times > 1 ? [`${times.toLocaleString('en')} times`] : []), ...(rows === null ? [] : [count(rows, 'row', 'rows')])].join(', ');

const textOf = (value: unknown) => (typeof value === 'string' ? value : null);
const count = (n: number, one: string, many: string) => `${n.toLocaleString('en')} ${n === 1 ? one : many}`;

/** Ids say nothing to whoever reads a line of a list: how many there were does. */
function filterText(filter: unknown, words: Words): string {
  if (typeof filter !== 'object' || filter === null || Array.isArray(filter)) return '';
  const given = filter as Readonly<Record<string, unknown>>;
  const list = (name: string) => (Array.isArray(given[name]) ? given[name].map(String) : []);
  const named = (name: string, wordOf: (value: string) => string) => list(name).map(wordOf);
  const counted = (name: string, one: string, many: string) => (list(name).length ? [count(list(name).length, one, many)] : []);
  return [
    ...named('area', words.area),
    ...named('action', words.action),
    ...named('field', (field) => words.field(undefined, field).label),
    ...counted('actor', 'person', 'people'),
    ...counted('subject', 'person’s records', 'people’s records'),
    ...counted('root', 'record', 'records'),
    ...counted('target', 'part', 'parts'),
    ...counted('change', 'change set', 'change sets'),
    ...(given['from'] !== undefined || given['to'] !== undefined ? ['a stretch of time'] : []),
    ...(typeof given['texts'] === 'number' ? [count(given['texts'], 'text searched for', 'texts searched for')] : []),
  ].join(' · ');
}
