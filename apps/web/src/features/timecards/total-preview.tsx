import { useQueries, useQuery } from '@tanstack/react-query';
import type { TimecardView } from '../../api/views.ts';
import { hoursText } from '@countersign/domain/record/value-format.rules';
import { overtimePreview, weeksTouched } from './overtime-preview.ts';
import type { Preview } from './preview.ts';
import { cardsOfDaysQuery, timecardQuery } from './timecard-queries.ts';
import type { CardTyping } from './use-card-edit.ts';

/** What the card adds up to with what is typed: by the rules by which the server will count. */
export function TotalPreview({ edit: { card, changed }, preview }: { readonly edit: CardTyping; readonly preview: Preview }) {
  const overtime = useOvertime(card, preview);
  const typed = changed.size > 0;
  return (
    <p role="status" className="num flex flex-wrap items-baseline gap-x-4 gap-y-1 text-sm text-ink-2">
      <Sum label="Total" before={card.totalHours} after={typed ? preview.totalHours : card.totalHours} />
      {overtime === null ? (
        <span className="text-xs text-ink-3">Overtime is counted with the whole week when you save.</span>
      ) : (
        <Sum label="Overtime" before={card.overtimeHours} after={typed ? overtime : card.overtimeHours} />
      )}
    </p>
  );
}

interface SumProps {
  readonly label: string;
  readonly before: string | null;
  readonly after: string | null;
}

const Sum = ({ label, before, after }: SumProps) => (
  <span>
    {label}{' '}
    {before === after || before === null ? (
      <strong className="font-semibold text-ink">{hoursText(after)}</strong>
    ) : (
      <>
        <del className="rounded bg-old px-1">{hoursText(before)}</del> →{' '}
        <ins className="rounded bg-new px-1 font-semibold text-ink no-underline">{hoursText(after)}</ins>
      </>
    )}
  </span>
);

/** Whoever has more cards in a week than these is told only when saving. */
const MOST = 8;

/** The overtime with what is typed, once the person's other cards of these weeks are known; null where it can't be foretold. */
function useOvertime(card: TimecardView, preview: Preview): string | null {
  const { from, to } = weeksTouched(card);
  const { data } = useQuery(cardsOfDaysQuery(card.person.id, from, to));
  const others = data?.data.filter(({ id }) => id !== card.id) ?? [];
  const few = data !== undefined && !data.pagination.hasMore && others.length <= MOST;
  const read = useQueries({ queries: (few ? others : []).map(({ id }) => timecardQuery(id)) });
  const cards = read.flatMap(({ data: one }) => (one ? [one] : []));
  if (!few || cards.length < others.length) return null;
  return overtimePreview(card, preview.sheets, cards);
}
