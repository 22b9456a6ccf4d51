import { EyeOff } from 'lucide-react';
import { use } from 'react';
import type { EventView, ShownChange } from '../../api/views.ts';
import { Icon } from '../../ui/icon.tsx';
import { formatChip, formatValue, NOT_SET, type Reading } from '@countersign/domain/record/value-format.rules';
import { useNames } from '../../ui/names.tsx';
import { useZones } from '../../ui/zone-context.tsx';
import { dayText } from '@countersign/domain/wall-clock.rules';
import type { FieldChange } from './change-sets.ts';
import { InFull } from './in-full.ts';
import { type FieldWords, useWords } from './vocabulary.ts';

/** How a changed field is called here, and how its values are read. */
export function useReading(event: EventView, field: string): { words: FieldWords; reading: Reading } {
  const words = useWords().field(event.target?.type, field);
  const zones = useZones();
  const all = useNames();
  // Whom an event is about and by whom it was, it says itself: the reader may see it without seeing that person in a list.
  const names = words.kind === 'reference' ? new Map([...all, ...peopleOf(event)]) : all;
  return { words, reading: { kind: words.kind, values: words.values, timeZone: zones.ofEvent(event), workDate: event.workDate, names } };
}

const peopleOf = ({ actor, subject }: EventView) => [actor, subject].flatMap((one) => (one?.id ? [[one.id, one.name] as const] : []));

interface Props extends FieldChange {
  /** Whether the day of the change has to be said: not where a heading has said it. */
  readonly withDay: boolean;
}

/** One changed field in a row: `Check Out Time 17:00 → 16:30`. */
export function ChangeChip({ event, change, withDay }: Props) {
  const { words, reading } = useReading(event, change.field);
  const inFull = use(InFull);
  return (
    <span className="inline-flex flex-wrap items-baseline gap-x-1.5">
      <span className="text-ink-2">
        {withDay && event.workDate && <span className="num text-ink-3">{dayText(event.workDate, 'weekday')} </span>}
        {words.label}
      </span>
      {'hidden' in change ? (
        <HiddenValue />
      ) : (
        <OldAndNew
          change={change}
          operation={event.operation}
          format={(value) => (inFull ? formatValue : formatChip)(value, reading)}
          title={(value) => formatValue(value, reading)}
        />
      )}
    </span>
  );
}

export const HiddenValue = () => (
  <span title="You may not see the values of this field" className="inline-flex items-center gap-1 rounded bg-well px-1.5 text-ink-2">
    <Icon of={EyeOff} size={12} /> changed, hidden
  </span>
);

interface OldAndNewProps {
  readonly change: ShownChange;
  readonly operation: EventView['operation'];
  readonly format: (value: ShownChange['old']) => string;
  readonly title: (value: ShownChange['old']) => string;
}

function OldAndNew({ change, operation, format, title }: OldAndNewProps) {
  // What was made had nothing before, except for a default that was in force.
  const hasBefore = operation !== 'create' || change.old !== null;
  return (
    <span className="inline-flex flex-wrap items-baseline gap-x-1">
      {hasBefore && <OldValue title={title(change.old)}>{format(change.old)}</OldValue>}
      {hasBefore && operation !== 'delete' && (
        <span className="text-ink-3">
          <span aria-hidden>→</span>
          <span className="sr-only">became</span>
        </span>
      )}
      {operation !== 'delete' && <NewValue title={title(change.new)}>{format(change.new)}</NewValue>}
    </span>
  );
}

interface ValueProps {
  readonly title?: string;
  readonly children: string;
}

export const OldValue = ({ title, children }: ValueProps) => (
  <del title={title} className={`num max-w-80 truncate text-ink-3 ${children === NOT_SET ? 'no-underline' : 'decoration-refuse/70'}`}>
    {children}
  </del>
);

export const NewValue = ({ title, children }: ValueProps) => (
  <ins title={title} className="num max-w-80 truncate rounded bg-new px-1 font-[560] text-ink no-underline">
    {children}
  </ins>
);
