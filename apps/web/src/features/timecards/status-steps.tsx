import { useQuery } from '@tanstack/react-query';
import { Check, CircleDot, Pencil, X } from 'lucide-react';
import type { EventView, TimecardView } from '../../api/views.ts';
import { Icon } from '../../ui/icon.tsx';
import { TimeText } from '../../ui/time-text.tsx';
import { useZones } from '../../ui/zone-context.tsx';
import { stepsQuery } from './timecard-queries.ts';

interface Step {
  readonly label: string;
  readonly look: 'done' | 'now' | 'refused' | 'ahead';
  /** What tells when it was taken, and by whom. */
  readonly event?: EventView | undefined;
}

const LOOKS = {
  done: { icon: Check, colour: 'text-good' },
  now: { icon: CircleDot, colour: 'text-accent font-semibold' },
  refused: { icon: X, colour: 'text-refuse font-semibold' },
  ahead: { icon: null, colour: 'text-ink-3' },
} as const;

/** Where a card is on its way from draft to approved, and when it got there. */
export function StatusSteps({ card }: { readonly card: TimecardView }) {
  const { data } = useQuery(stepsQuery(card.id));
  const zones = useZones();
  const steps = stepsOf(card, data?.events ?? []);
  return (
    <div className="overflow-hidden text-sm">
      {/* Each step but the first in its line has a stroke before it: those of the others lie outside and are cut off. */}
      <ol aria-label="Status" className="-ml-6 flex flex-wrap items-center gap-y-1.5">
        {steps.map(({ label, look, event }) => {
          const { icon, colour } = LOOKS[look];
          return (
            <li
              key={label}
              aria-current={look === 'now' || look === 'refused' ? 'step' : undefined}
              className={`relative flex items-center gap-1.5 pl-6 pr-1 before:absolute before:left-0.5 before:top-1/2 before:h-px before:w-4 before:bg-line-strong ${colour}`}
            >
              {icon && <Icon of={label.startsWith('Edited') ? Pencil : icon} size={14} />}
              <span>
                {label}
                {event && (
                  <span className="font-normal text-ink-3">
                    {' '}
                    <TimeText instant={event.occurredAt} timeZone={zones.of(card.timeZone)} as="day" />
                  </span>
                )}
              </span>
            </li>
          );
        })}
      </ol>
    </div>
  );
}

function stepsOf({ status, editedAfterApproval }: TimecardView, events: readonly EventView[]): Step[] {
  const last = (action: string) => events.find((event) => event.action === action);
  const submitted = last('timecard_submitted');
  if (status === 'draft')
    return [
      { label: 'Draft', look: 'now' },
      { label: 'Submitted', look: 'ahead' },
      { label: 'Approved', look: 'ahead' },
    ];
  const begun: Step[] = [{ label: 'Draft', look: 'done' }];
  if (status === 'submitted')
    return [...begun, { label: 'Submitted', look: 'now', event: submitted }, { label: 'Approved', look: 'ahead' }];
  const sent: Step[] = [...begun, { label: 'Submitted', look: 'done', event: submitted }];
  if (status === 'rejected')
    return [
      ...sent,
      { label: by('Rejected', last('timecard_rejected')), look: 'refused', event: last('timecard_rejected') },
      { label: 'Submitted again', look: 'ahead' },
    ];
  const approved: Step = { label: by('Approved', last('timecard_approved')), look: 'done', event: last('timecard_approved') };
  return editedAfterApproval ? [...sent, approved, { label: 'Edited since, to be approved anew', look: 'now' }] : [...sent, approved];
}

const by = (label: string, event: EventView | undefined) => (event ? `${label} by ${event.actor.name}` : label);
