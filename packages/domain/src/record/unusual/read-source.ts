import type { Event } from '@countersign/audit/entry';
import { siteIn } from '../../people/site.ts';
import { type LogAccess, logAccessed } from '../reading/log-accessed.ts';
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
export function areasOf({ scopes, target }: Pick<Event, 'scopes' | 'target'>): string[] {
  const sites = scopes.filter((scope) => siteIn(scope) !== null);
  return sites.length || !target ? sites : [target.type];
}

/** AUD-29: reads of the log, and of records, as their windows tell of them. */
export const windowSource = (action: string): ReadSource => ({
  action,
  read: (event) => {
    const reader = readerOf(event);
    const access = accessIn(event);
    if (reader === null || !access) return null;
    const { view, times, rows, first, last, filters } = access;
    // One's own records are nobody's business but one's own.
    const isOwn = event.subject === reader;
    const records = isOwn ? [] : recordsIn(event, access).filter((record) => record !== `User:${reader}`);
    return {
      position: event.position,
      reader,
      view,
      firstAt: new Date(first),
      lastAt: new Date(last),
      times,
      rows,
      records,
      label: event.target?.label ?? null,
      exported: 0,
      areas: isOwn ? [] : areasOf(event),
      filter: filters[0] ?? null,
    };
  },
});

export const LOG_READS = windowSource(logAccessed.name);

function recordsIn({ target }: Event, { filters }: LogAccess): string[] {
  if (target) return [`${target.type}:${target.id}`];
  return [...new Set(filters.flatMap(({ subject = [] }) => subject.map((id) => `User:${id}`)))];
}

/** What somebody wrote past the application may be anything. */
function accessIn({ metadata: { token: _token, deferred_since: _since, undoes: _undoes, ...metadata } }: Event): LogAccess | null {
  const result = logAccessed.metadata['~standard'].validate(metadata);
  return 'value' in result ? (result.value as LogAccess) : null;
}
