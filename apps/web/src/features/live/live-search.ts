import type { EventFilter } from '../../api/views.ts';
import { withoutReading } from '../trail/without-reading.ts';
import { instantFrom, listFrom, numberFrom } from '../../ui/address.ts';

/** Everything that decides what the live page shows: it stands in the address, so that it can be sent to somebody. */
export interface LiveSearch {
  readonly area?: string[] | undefined;
  readonly action?: string[] | undefined;
  readonly actor?: string[] | undefined;
  readonly field?: string[] | undefined;
  /** `Timecard:…`: everything under one record. */
  readonly root?: string[] | undefined;
  readonly target?: string[] | undefined;
  readonly text?: string[] | undefined;
  /** Change sets, by id: everything that was done in one go. */
  readonly set?: string[] | undefined;
  /** Instants, both inclusive: a stretch of time. Without an end it goes on live. */
  readonly from?: string | undefined;
  readonly to?: string | undefined;
  /** A look back: only events below this position. */
  readonly before?: number | undefined;
}

const LISTS = ['area', 'action', 'actor', 'field', 'root', 'target', 'text', 'set'] as const;
const PARTS = [...LISTS, 'from', 'to'] as const;
export type FilterName = (typeof PARTS)[number];

const UUID = /^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$/i;

export function readLiveSearch(search: Record<string, unknown>): LiveSearch {
  const lists = Object.fromEntries(LISTS.map((name) => [name, listFrom(search[name])]));
  const set = listFrom(search['set'])?.filter((id) => UUID.test(id));
  return {
    ...lists,
    set: set?.length ? set : undefined,
    from: instantFrom(search['from']),
    to: instantFrom(search['to']),
    before: numberFrom(search['before']) || undefined,
  };
}

/** The part of it that the server filters by. */
export function filterOf(search: LiveSearch): EventFilter {
  const chosen = Object.fromEntries(PARTS.flatMap((name) => (search[name] ? [[name === 'set' ? 'change' : name, search[name]]] : [])));
  return { ...chosen, ...withoutReading(search) };
}

/** Takes off every part of the filter. */
export const UNFILTERED: Partial<LiveSearch> = Object.fromEntries(PARTS.map((name) => [name, undefined]));

export const isFiltered = (search: LiveSearch): boolean => PARTS.some((name) => search[name] !== undefined);
