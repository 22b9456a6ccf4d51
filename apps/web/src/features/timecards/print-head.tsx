import { useQuery } from '@tanstack/react-query';
import { useRouteContext } from '@tanstack/react-router';
import { formatValue } from '@countersign/domain/record/value-format.rules';
import { dayText } from '@countersign/domain/wall-clock.rules';
import { vocabularyQuery } from '../../api/queries.ts';
import type { TimecardView, VocabularyView } from '../../api/views.ts';
import { Mark } from '../../layouts/mark.tsx';
import { usePrinting } from '../../ui/use-printing.ts';
import { useZones } from '../../ui/zone-context.tsx';
import type { ZoneChoice } from '../../ui/zone.ts';
import type { TrailFilter } from '../trail/audit-trail-section.tsx';
import { fieldChoices, wordsOf } from '../trail/vocabulary.ts';
import { namesOfClock } from './shown-time.ts';

interface Props {
  readonly card: TimecardView;
  readonly filter: TrailFilter;
}

const WHOSE: Readonly<Record<ZoneChoice, string>> = { site: 'the site’s', mine: 'the reader’s', utc: 'universal time' };

/** What has to stand on paper and stands on the screen elsewhere: what this is, by which filter and clock, of when, and for whom. */
export default function PrintHead({ card, filter }: Props) {
  const { user } = useRouteContext({ from: '/_app' });
  const { data: vocabulary } = useQuery(vocabularyQuery);
  const zones = useZones();
  const printing = usePrinting();
  if (!printing) return null;
  const timeZone = zones.of(card.timeZone);
  const now = printing.toISOString();
  const facts = [
    ['Times', `in ${timeZone} (${namesOfClock(card, timeZone)}), ${WHOSE[zones.choice]}`],
    ['Audit trail', filterText(filter, vocabulary)],
    ['Printed', `${formatValue(now, { kind: 'time', timeZone })}, by ${user.name}`],
  ];
  return (
    <header className="mb-4 border-b border-line-strong pb-3">
      <p className="flex items-center gap-1.5 text-xs font-[620]">
        <Mark /> Countersign
      </p>
      <h1 className="mt-2 text-xl">
        {card.person.name} · {card.label}
      </h1>
      <dl className="mt-2 grid grid-cols-[6rem_1fr] gap-x-3 gap-y-0.5 text-xs">
        {facts.map(([term, text]) => (
          <div key={term} className="contents">
            <dt className="text-ink-3">{term}</dt>
            <dd>{text}</dd>
          </div>
        ))}
      </dl>
    </header>
  );
}

function filterText({ action = [], field = [], from, to }: TrailFilter, vocabulary: VocabularyView | undefined): string {
  const words = wordsOf(vocabulary);
  const fields = new Map(fieldChoices(vocabulary, ['Timecard', 'TimecardEntry']).map(({ value, label }) => [value, label]));
  const parts = [
    action.length ? `kind: ${action.map(words.action).join(', ')}` : '',
    field.length ? `field: ${field.map((name) => fields.get(name) ?? name).join(', ')}` : '',
    from ? `from ${dayText(from, 'medium')}` : '',
    to ? `to ${dayText(to, 'medium')}` : '',
  ].filter(Boolean);
  return parts.length ? `only ${parts.join('; ')}` : 'everything that may be seen, without a filter';
}
