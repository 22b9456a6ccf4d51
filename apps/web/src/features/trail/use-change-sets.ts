import { useState } from 'react';
import type { EventView } from '../../api/views.ts';
import { type ChangeSet, changeSetsOf } from './change-sets.ts';

const NONE: readonly EventView[] = [];

interface Grouped {
  readonly events: readonly EventView[];
  readonly sets: readonly ChangeSet[];
}

/** The change sets of a list of events; sets that stay the same stay the same objects. */
export function useChangeSets(events: readonly EventView[] = NONE): readonly ChangeSet[] {
  const [grouped, setGrouped] = useState<Grouped>(() => ({ events, sets: changeSetsOf(events) }));
  if (grouped.events === events) return grouped.sets;
  const next = { events, sets: changeSetsOf(events, grouped.sets) };
  // Set while rendering, as React has it for what follows from something that changed.
  setGrouped(next);
  return next.sets;
}
