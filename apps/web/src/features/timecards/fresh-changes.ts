import { useEffect, useState } from 'react';
import { useStandingChange } from '../../api/use-standing-change.ts';
import type { EventView, Value } from '../../api/views.ts';

/** A field that somebody just changed. */
export interface FreshChange {
  readonly old: Value;
  readonly by: string;
  readonly position: number;
}

/** By the field's name as data, with the day where it has one: `entries.2026-11-03.daily_check_out`. */
export type FreshChanges = ReadonlyMap<string, FreshChange>;

/** How long a change shows: long enough to look up from something else, short enough to tell it from the next. */
const FRESH = 20_000;

/** Remembers what came in during the last seconds, field by field. */
export function useFreshChanges(): { fresh: FreshChanges; add: (events: readonly EventView[]) => void } {
  const [fresh, setFresh] = useState<FreshChanges>(new Map());
  const newest = Math.max(0, ...[...fresh.values()].map(({ position }) => position));
  useStandingChange(() => setFresh(new Map()));
  useEffect(() => {
    if (!newest) return;
    const timer = setTimeout(() => setFresh(new Map()), FRESH);
    return () => clearTimeout(timer);
  }, [newest]);
  return { fresh, add: (events) => setFresh((before) => new Map([...before, ...freshIn(events)])) };
}

export function freshIn(events: readonly EventView[]): FreshChanges {
  const fresh = new Map<string, FreshChange>();
  for (const { changes, operation, target, workDate, actor, position } of events) {
    if (operation !== 'update') continue;
    for (const change of changes) {
      if ('hidden' in change) continue;
      const field = target?.type === 'TimecardEntry' ? `entries.${workDate}.${change.field}` : change.field;
      // Of several changes at once the first one says what stood there before.
      fresh.set(field, { old: fresh.get(field)?.old ?? change.old, by: actor.name, position });
    }
  }
  return fresh;
}
