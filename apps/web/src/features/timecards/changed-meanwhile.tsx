import { useId } from 'react';
import { UsersRound } from 'lucide-react';
import type { Conflict } from '../../api/problem.ts';
import type { TimecardView } from '../../api/views.ts';
import { Icon } from '../../ui/icon.tsx';
import { TimeText } from '../../ui/time-text.tsx';
import { useZones } from '../../ui/zone-context.tsx';
import { NewValue, OldValue } from '../trail/change-chip.tsx';
import { useConflictWords } from './conflict-words.ts';

interface Props {
  readonly card: TimecardView;
  readonly conflicts: readonly Conflict[];
  readonly heading?: string;
  readonly advice?: string;
}

/** What changed between somebody's look at the card and their decision: nothing was done, they look again. */
export function ChangedMeanwhile({
  card,
  conflicts,
  heading: title = 'This timecard changed while you were looking',
  advice = 'Nothing was done. Look at what changed, and decide again.',
}: Props) {
  const words = useConflictWords(card);
  const zones = useZones();
  const heading = useId();
  return (
    <section role="alert" aria-labelledby={heading} className="mb-4 rounded-md bg-other/8 px-3.5 py-3 text-sm">
      <h3 id={heading} className="flex items-center gap-2 text-other">
        <Icon of={UsersRound} /> {title}
      </h3>
      <p className="mt-0.5 text-ink-2">{advice}</p>
      <ul className="mt-2 grid gap-1.5">
        {conflicts.map((conflict) => (
          <li key={conflict.field} className="flex flex-wrap items-baseline gap-x-1.5">
            <span className="text-ink-2">{words.label(conflict.field)}</span>
            <OldValue>{words.value(conflict.field, conflict.base)}</OldValue>
            <span className="text-ink-3">→</span>
            <NewValue>{words.value(conflict.field, conflict.present)}</NewValue>
            <span className="text-xs text-ink-3">
              {conflict.changedBy?.name ?? 'in the database'},{' '}
              <TimeText instant={conflict.changedAt} timeZone={zones.of(card.timeZone)} as="minute" />
            </span>
          </li>
        ))}
      </ul>
    </section>
  );
}
