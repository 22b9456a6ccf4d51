import { dayText } from '@countersign/domain/wall-clock.rules';
import { CARD_FIELDS, dayFields, type TimeFields } from '@countersign/domain/timecards/times.rules';
import type { TimecardView } from '../../api/views.ts';
import { FieldProblemText } from '../../ui/field.tsx';

interface Props {
  readonly card: TimecardView;
  /** By the names of refusals. */
  readonly chosen: ReadonlySet<string>;
  readonly onChange: (chosen: ReadonlySet<string>) => void;
  readonly problem?: string | undefined;
}

/** What is chosen together: a break is mended whole. */
const PARTS = [
  { label: 'Check-in', of: ({ checkIn }: TimeFields) => [checkIn] },
  { label: 'Break', of: ({ breakStart, breakEnd }: TimeFields) => [breakStart, breakEnd] },
  { label: 'Check-out', of: ({ checkOut }: TimeFields) => [checkOut] },
] as const;

/** Up to two weeks every day is listed, so that a missing one can be asked for; of longer periods those that are recorded. */
const ALL_DAYS_UP_TO = 14;

/** TC-11: which fields a rejection is about. The owner can change these; where none is chosen, all. */
export function FieldsToMend({ card, chosen, onChange, problem }: Props) {
  const rows = rowsOf(card);
  const toggle = (fields: readonly string[]) => {
    const all = fields.every((field) => chosen.has(field));
    onChange(new Set(all ? [...chosen].filter((field) => !fields.includes(field)) : [...chosen, ...fields]));
  };
  return (
    <fieldset>
      <legend className="text-sm font-medium">
        Which times? <span className="text-xs font-normal text-ink-3">optional</span>
      </legend>
      <p className="mb-1.5 text-xs text-ink-3">
        {chosen.size ? 'The owner can change these; the others are locked.' : 'Choose none, and the owner can change all of them.'}
      </p>
      <div className="max-h-56 overflow-y-auto">
        {rows.map(({ day, fields }) => (
          <div
            key={day ?? 'card'}
            role="group"
            aria-label={day ? dayText(day, 'weekday') : card.label}
            className="flex flex-wrap items-center gap-1.5 py-1"
          >
            {day && <span className="num w-24 text-sm text-ink-2">{dayText(day, 'weekday')}</span>}
            {PARTS.map(({ label, of }) => (
              <Part
                key={label}
                label={label}
                name={day ? `${label}, ${dayText(day, 'weekday')}` : label}
                checked={of(fields).every((field) => chosen.has(field))}
                onChange={() => toggle(of(fields))}
              />
            ))}
          </div>
        ))}
      </div>
      {problem && <FieldProblemText>{problem}</FieldProblemText>}
    </fieldset>
  );
}

interface PartProps {
  readonly label: string;
  readonly name: string;
  readonly checked: boolean;
  readonly onChange: () => void;
}

const Part = ({ label, name, checked, onChange }: PartProps) => (
  <label className="inline-flex h-7 items-center gap-1.5 rounded-md border border-line-strong px-2 text-sm text-ink-2 has-checked:border-refuse/50 has-checked:bg-refuse/6 has-checked:text-ink pointer-coarse:h-11">
    <input type="checkbox" aria-label={name} checked={checked} onChange={onChange} className="size-3.5 accent-(--accent)" />
    {label}
  </label>
);

const DAY = 86_400_000;

function rowsOf(card: TimecardView): { readonly day: string | null; readonly fields: TimeFields }[] {
  if (card.periodStart === card.periodEnd) return [{ day: null, fields: CARD_FIELDS }];
  const length = Math.round((Date.parse(card.periodEnd) - Date.parse(card.periodStart)) / DAY) + 1;
  const days =
    length <= ALL_DAYS_UP_TO
      ? Array.from({ length }, (_, index) => new Date(Date.parse(card.periodStart) + index * DAY).toISOString().slice(0, 10))
      : card.entries.map(({ workDate }) => workDate);
  return days.map((day) => ({ day, fields: dayFields(day) }));
}
