import { Link } from '@tanstack/react-router';
import type { EventView } from '../../api/views.ts';
import { dayText } from '@countersign/domain/wall-clock.rules';
import { ActionTag } from './action-tag.tsx';
import { ChangeChip } from './change-chip.tsx';
import { fieldChangesIn } from './change-sets.ts';
import { useWords } from './vocabulary.ts';

interface Props {
  readonly event: EventView;
  /** Whether its action differs from what the card above it says already. */
  readonly withAction: boolean;
}

/** One event of an unfolded change set: what it was done to, and every field. */
export function AuditLogEntry({ event, withAction }: Props) {
  const words = useWords();
  const changes = fieldChangesIn({ changeId: event.changeId, events: [event], position: event.position });
  const label =
    event.target && event.target.id !== event.root?.id
      ? event.workDate
        ? dayText(event.workDate, 'weekday')
        : (event.target.label ?? words.entity(event.target.type))
      : event.target && words.entity(event.target.type);
  return (
    <div className="flex gap-3 py-1.5 text-sm">
      <div className="min-w-0 flex-1">
        <div className="flex flex-wrap items-center gap-x-2 gap-y-1">
          <span className="num font-medium">{label ?? words.action(event.action)}</span>
          {withAction && <ActionTag event={event} />}
        </div>
        {changes.length > 0 && (
          <div className="mt-0.5 flex flex-wrap gap-x-3.5 gap-y-1">
            {changes.map(({ change }) => (
              <ChangeChip key={change.field} event={event} change={change} withDay={false} />
            ))}
          </div>
        )}
      </div>
      <EventLink event={event} />
    </div>
  );
}

/** An event's number is its address. */
export const EventLink = ({ event, className = '' }: { readonly event: EventView; readonly className?: string }) => (
  <Link
    to="/live/e/$position"
    params={{ position: String(event.position) }}
    search={(before) => before}
    className={`num relative z-1 shrink-0 rounded-sm font-mono text-xs text-ink-3 hover:text-accent ${className}`}
  >
    <span className="sr-only">Event </span>#{event.position}
  </Link>
);
