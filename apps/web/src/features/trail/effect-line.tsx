import { effectOf } from '@countersign/domain/record/effect.rules';
import { formatChange, formatChip } from '@countersign/domain/record/value-format.rules';
import { use } from 'react';
import type { EventView } from '../../api/views.ts';
import { InFull } from './in-full.ts';
import { useWords, type Words } from './vocabulary.ts';

interface Props {
  readonly events: readonly EventView[];
  readonly className?: string;
}

/** Effects that a card shows; a change set of a thousand records has as many. */
const SHOWN = 3;

/** What a change brought about, as it was computed when the change was made: `Effect: total hours 8:30 → 8:00`. */
export function EffectLine({ events, className = 'mt-1 text-sm text-ink-2' }: Props) {
  const words = useWords();
  const inFull = use(InFull);
  const told = events.toReversed().flatMap((event) => stepsOf(event, words));
  if (!told.length) return null;
  const records = new Set(told.map(({ record }) => record));
  const more = told.length - SHOWN;
  return (
    <p className={className}>
      Effect:{' '}
      {told.slice(0, SHOWN).map(({ key, record, label, short, full }, index) => (
        <span key={key} title={`${label} ${full}`}>
          {index > 0 && ', '}
          {records.size > 1 && record && told[index - 1]?.record !== record && `${record}: `}
          {label} <span className="num whitespace-nowrap">{inFull ? full : short}</span>
        </span>
      ))}
      {more > 0 && ` and ${more.toLocaleString('en')} more`}
    </p>
  );
}

function stepsOf(event: EventView, words: Words) {
  return effectOf(event.effect).steps.map(({ field, ...step }) => {
    const { label, kind, values } = words.field(event.target?.type, field);
    const reading = { kind, values, timeZone: 'UTC', workDate: event.workDate };
    return {
      key: `${event.position} ${field}`,
      record: event.root?.label ?? null,
      label: label.toLowerCase(),
      short: `${formatChip(step.old, reading)} → ${formatChip(step.new, reading)}`,
      full: formatChange(step, reading),
    };
  });
}
