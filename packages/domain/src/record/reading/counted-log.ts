import type { Event, Target } from '@countersign/audit/entry';
import type { Filter } from '@countersign/audit/filter';
import type { LogReader } from '@countersign/audit/log';
import { recordedFilterOf, recordsNamed } from './recorded-filter.rules.ts';
import type { ReadView, Viewed } from './read-view.rules.ts';
import type { How } from './window.rules.ts';

/** What was read of the log in one go: how much of it, and by which filter. */
export interface Seen {
  readonly view: Viewed;
  readonly rows: number;
  readonly filter: How;
  /** The records that were looked at, as `Type:id`, with how many rows of each. */
  readonly records: ReadonlyMap<string, number>;
  /** Whose records the rows that were asked for are about, with how many rows of each; `''` for nobody's. What is only pushed stands here for nobody. */
  readonly about: ReadonlyMap<string, number>;
}

/** As what a part of the feed is read. */
export function viewOf(filter: Filter, hasRecords: boolean): ReadView {
  if (hasRecords) return 'trail';
  return filter.subject?.length ? 'person' : 'feed';
}

/** How many of some there are of each. */
export const tallied = (names: readonly string[]): ReadonlyMap<string, number> =>
  new Map([...Map.groupBy(names, (name) => name)].map(([name, same]) => [name, same.length]));

const textOf = ({ type, id }: Pick<Target, 'type' | 'id'>) => `${type}:${id}`;

/**
 * A log that counts what is read from it: no definition tells how much it showed, so that none can be wrong about it, or
 * forget.
 */
export class CountedLog {
  readonly reader: LogReader;
  readonly #view: ReadView;
  readonly #records = new Map<string, number>();
  readonly #about = new Map<string, number>();
  #filter: Filter = {};
  #rows = 0;

  constructor(log: LogReader, view: ReadView) {
    this.#view = view;
    this.reader = {
      head: () => log.head(),
      settle: () => log.settle(),
      // Whether there is anything at all, to decide what to answer: nothing of it is shown.
      count: (filter, visibility) => log.count(filter, visibility),
      countSets: (filter, visibility) => {
        this.#filter = filter;
        return log.countSets(filter, visibility);
      },
      page: async (query) => {
        const page = await log.page(query);
        this.#showed(query.filter, page.events);
        return page;
      },
      after: async (position, filter, visibility, limit) => {
        const stretch = await log.after(position, filter, visibility, limit);
        this.#showed(filter, stretch.events);
        return stretch;
      },
      event: async (position, visibility) => {
        const event = await log.event(position, visibility);
        if (event) this.#showed({}, [event], event.root ? [textOf(event.root)] : []);
        return event;
      },
      fieldRows: async (query) => {
        const found = await log.fieldRows(query);
        this.#showed(
          query.filter,
          found.rows.map(({ event }) => event),
        );
        return found;
      },
      changeSets: async (query) => {
        const found = await log.changeSets(query);
        this.#showed(
          query.filter,
          found.sets.flat().map(({ event }) => event),
        );
        return found;
      },
      overview: async (query) => {
        const overview = await log.overview(query);
        this.#filter = query.filter;
        if (overview.total.total) this.#named(recordsNamed(query.filter));
        return overview;
      },
      history: async (query) => {
        const found = await log.history(query);
        // Folded into a record as it stood; elsewhere it only tells of what the page beside it shows.
        const named = [...(query.roots ?? []), ...(query.targets ?? [])];
        if (found.events.length) this.#named(named);
        if (view === 'as_of') this.#count(found.events, recordsAmong({ root: query.roots, target: query.targets }, found.events));
        return found;
      },
    };
  }

  get seen(): Seen {
    // Everything about one record is its trail, by whatever way it was asked for.
    const view = this.#view === 'feed' ? viewOf(this.#filter, this.#records.size > 0) : this.#view;
    return { view, rows: this.#rows, filter: recordedFilterOf(this.#filter), records: this.#records, about: this.#about };
  }

  #showed(filter: Filter, events: readonly Event[], records: readonly string[] = recordsAmong(filter, events)): void {
    this.#filter = filter;
    this.#count(events, records);
  }

  #count(events: readonly Event[], records: readonly string[]): void {
    this.#rows += events.length;
    addAll(this.#records, records);
    addAll(this.#about, aboutWhom(events));
  }

  /** Something is known of them, and none of it was shown. */
  #named(records: readonly string[]): void {
    for (const record of records) this.#records.set(record, this.#records.get(record) ?? 0);
  }
}

function addAll(counts: Map<string, number>, names: readonly string[]): void {
  for (const name of names) counts.set(name, (counts.get(name) ?? 0) + 1);
}

/** Whose records some events are about, one for each of them. */
export const aboutWhom = (events: readonly Pick<Event, 'subject'>[]): string[] => events.map(({ subject }) => subject ?? '');

/** Of the records that a filter names those of which something was found, whatever they were named by: once for each event. */
function recordsAmong({ root = [], target = [] }: Filter, events: readonly Event[]): string[] {
  if (!root.length && !target.length) return [];
  const isNamed = (named: readonly string[], record: Target | null): record is Target =>
    record !== null && (named.includes(record.id) || named.includes(textOf(record)));
  return events.flatMap((event) => [
    ...new Set([
      ...(isNamed(root, event.root) ? [textOf(event.root)] : []),
      ...(isNamed(target, event.target) ? [textOf(event.target)] : []),
    ]),
  ]);
}
