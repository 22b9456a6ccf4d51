import type { TimecardView } from '../../api/views.ts';
import { useNames } from '../../ui/names.tsx';
import { formatChip } from '@countersign/domain/record/value-format.rules';
import { useZones } from '../../ui/zone-context.tsx';
import { dayText } from '@countersign/domain/wall-clock.rules';
import { useWords } from '../trail/vocabulary.ts';

interface ConflictWords {
  /** `Mon, 3 Nov · Daily Check Out`. */
  readonly label: (field: string) => string;
  readonly value: (field: string, text: string | null) => string;
}

/** The fields of a refusal in the words of the page; they come as `entries.2026-11-03.daily_check_out`. */
export function useConflictWords(card: TimecardView): ConflictWords {
  const words = useWords();
  const zones = useZones();
  const names = useNames();
  const read = (field: string) => {
    const [, day, name] = /^[a-z_]+\.(\d{4}-\d{2}-\d{2})\.(\w+)$/.exec(field) ?? [null, null, field];
    return { day: day ?? null, ...words.field(day ? 'TimecardEntry' : 'Timecard', name ?? field) };
  };
  return {
    label: (field) => {
      const { day, label } = read(field);
      return day ? `${dayText(day, 'weekday')} · ${label}` : label;
    },
    value: (field, text) => {
      const { day, kind, values } = read(field);
      return formatChip(text, {
        kind,
        values,
        names,
        timeZone: zones.of(card.timeZone),
        workDate: day ?? (card.periodStart === card.periodEnd ? card.periodStart : null),
      });
    },
  };
}
