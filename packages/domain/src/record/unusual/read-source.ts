import type { Event } from '@countersign/audit/entry';
import { siteIn } from '../../people/site.ts';
import { z } from 'zod';
import { type LogAccess, logAccessed } from '../reading/log-accessed.ts';
import { RECORD_VIEWED } from '../reading/read-view.rules.ts';
import type { NotedRead } from './noted-read.rules.ts';

/** How events of one action tell of reading. Declared beside the action; `read-sources.ts` gathers them. */
export interface ReadSource {
  readonly action: string;
  /** Null for an event that tells of nothing that could be unusual. */
  readonly read: (event: Event) => NotedRead | null;
}

/** Who reads: an administrator who looks as somebody else is judged as themselves. */
export const readerOf = ({ actor, impersonator }: Event): string | null => impersonator ?? (actor.kind === 'user' ? actor.id : null);

/** Where a record that was read belongs: its sites; of what has none, its kind. */
function areasOf({ scopes, target }: Pick<Event, 'scopes' | 'target'>): string[] {
  const sites = scopes.filter((scope) => siteIn(scope) !== null);
  return sites.length || !target ? sites : [target.type];
}

/** AUD-29: reads of the log, as their windows tell of them. */
export const LOG_READS: ReadSource = {
  action: logAccessed.name,
  read: (event) => {
    const access = accessIn(event);
    if (!access) return null;
    const { view, times, rows, of_others: ofOthers = 0, people = 0, first, last, filters } = access;
    return noted(event, {
      view,
      times,
      rows,
      ofOthers,
      people,
      first,
      last,
      records: recordsIn(event, access),
      filter: filters[0] ?? null,
    });
  },
};

const span = z.object({ times: z.int(), first: z.iso.datetime(), last: z.iso.datetime() });

/** AUD-29: records that were opened without their trail. */
export const RECORDS_OPENED: ReadSource = {
  action: RECORD_VIEWED,
  read: (event) => {
    const { data } = span.safeParse(event.metadata);
    const { target } = event;
    return data && target
      ? noted(event, { view: 'record', rows: 1, ofOthers: 1, people: 0, filter: null, records: [`${target.type}:${target.id}`], ...data })
      : null;
  },
};

type Told = Pick<NotedRead, 'view' | 'times' | 'rows' | 'ofOthers' | 'people' | 'records' | 'filter'> & {
  readonly first: string;
  readonly last: string;
};

/** One's own records are nobody's business but one's own. */
function noted(event: Event, { first, last, records, ...told }: Told): NotedRead | null {
  const reader = readerOf(event);
  if (reader === null) return null;
  const isOwn = event.subject === reader;
  return {
    ...told,
    position: event.position,
    reader,
    firstAt: new Date(first),
    lastAt: new Date(last),
    records: isOwn ? [] : records.filter((record) => record !== `User:${reader}`),
    ofOthers: isOwn ? 0 : told.ofOthers,
    label: event.target?.label ?? null,
    exported: 0,
    areas: isOwn ? [] : areasOf(event),
  };
}

function recordsIn({ target }: Event, { filters }: LogAccess): string[] {
  if (target) return [`${target.type}:${target.id}`];
  return [...new Set(filters.flatMap(({ subject = [] }) => subject.map((id) => `User:${id}`)))];
}

/** What somebody wrote past the application may be anything. */
function accessIn({ metadata: { token: _token, deferred_since: _since, undoes: _undoes, ...metadata } }: Event): LogAccess | null {
  const result = logAccessed.metadata['~standard'].validate(metadata);
  return 'value' in result ? (result.value as LogAccess) : null;
}
