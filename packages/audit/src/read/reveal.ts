import type { KeyObject } from 'node:crypto';
import type { Change, Event } from '../events/entry.ts';
import type { Entry, StoredChange } from '../events/log-entry.ts';
import type { Clear, Formed } from '../sequencer/formed.ts';
import { originSubject, unseal, valuesSubject, type Origin, type SealedValues, type SubjectKeys } from '../values/protect.ts';

/** An event of the log with the means to show it to anybody. */
export interface OpenedEntry {
  readonly entry: Entry;
  /** The event for those who may see sensitive data, or for those who may not. */
  reveal(sensitive: boolean): Event;
}

/** The persons under whose keys these events keep something. */
export function sealSubjects(entries: readonly Entry[]): Set<string> {
  const subjects = new Set<string>();
  for (const entry of entries) {
    if (entry.sealedValues) subjects.add(valuesSubject(entry));
    if (entry.sealedOrigin) subjects.add(originSubject(entry));
  }
  return subjects;
}

/** Opens an event whose keys are loaded; each seal is opened at most once, and only when somebody may see it. */
export function opened(entry: Entry, keys: SubjectKeys): OpenedEntry {
  let clear: Clear | undefined;
  const open = () =>
    (clear ??= {
      values: unsealed(entry.id, entry.sealedValues, keys.get(valuesSubject(entry))) as SealedValues | null,
      origin: unsealed(entry.changeId, entry.sealedOrigin, keys.get(originSubject(entry))) as Origin | null,
    });
  return { entry, reveal: (sensitive) => eventOf(entry, sensitive ? open() : null) };
}

/** An event that was formed a moment ago: its seals' contents are still at hand. */
export const eventOfFormed = ({ entry, clear }: Formed): OpenedEntry => ({
  entry,
  reveal: (sensitive) => eventOf(entry, sensitive ? clear : null),
});

const unsealed = (owner: string, sealed: Uint8Array | null, key: KeyObject | undefined): unknown =>
  sealed && key ? unseal(key, owner, sealed) : null;

function eventOf(entry: Entry, clear: Clear | null): Event {
  const { sealedValues: _values, sealedOrigin: _origin, changes, ...open } = entry;
  return {
    ...open,
    changes: changes.map((change) => shownOrHidden(change, clear?.values ?? null)),
    ipAddress: clear?.origin?.ipAddress ?? null,
    forwardedFor: clear?.origin?.forwardedFor ?? null,
    userAgent: clear?.origin?.userAgent ?? null,
  };
}

function shownOrHidden(change: StoredChange, values: SealedValues | null): Change {
  if (!('sealed' in change)) return change;
  const value = values?.[change.field];
  return value ? { field: change.field, old: value.old, new: value.new } : { field: change.field, hidden: true };
}
