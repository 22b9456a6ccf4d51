import type { Entry } from '../events/log-entry.ts';

/**
 * What somebody may see of the log. `keys` name what is theirs: `actor:ID` for what ID did, `subject:ID` for what was
 * done to ID's records, and organisational units such as `site:4`; one key in common with an event is enough.
 */
export interface Visibility {
  readonly everything: boolean;
  readonly keys: readonly string[];
  /** Whether sensitive values, addresses and user agents are shown. */
  readonly sensitive: boolean;
}

/** The key of what somebody did. */
export const actorKey = (id: string): string => `actor:${id}`;
/** The key of what was done to somebody's records. */
export const subjectKey = (id: string): string => `subject:${id}`;

/** The keys of an event: the same that the index `audit_event_seen_by` holds. */
export function keysOf(entry: Pick<Entry, 'actor' | 'subject' | 'scopes'>): string[] {
  const keys = [...entry.scopes];
  if (entry.actor.id !== null) keys.push(actorKey(entry.actor.id));
  if (entry.subject !== null) keys.push(subjectKey(entry.subject));
  return keys;
}

/** The in-memory form of the check. */
export function mayBeSeen(visibility: Visibility, entry: Pick<Entry, 'actor' | 'subject' | 'scopes'>): boolean {
  if (visibility.everything) return true;
  const mine = new Set(visibility.keys);
  return keysOf(entry).some((key) => mine.has(key));
}

/** The SQL form of the same check, as a condition on `audit_event`; `param` adds a parameter and returns its placeholder. */
export function visibilitySql(visibility: Visibility, param: (value: unknown) => string): string {
  return visibility.everything ? 'true' : `audit_seen_by(actor_id, subject_id, scopes) && ${param(visibility.keys)}::text[]`;
}
