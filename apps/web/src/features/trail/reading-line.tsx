import type { EventView } from '../../api/views.ts';
import { readingOf, readingText } from './reading.ts';
import { useWords } from './vocabulary.ts';

interface Props {
  readonly events: readonly EventView[];
  readonly className?: string;
}

/** AUD-29: which view of the log somebody read, how often, and how much of it. */
export function ReadingLine({ events, className = '' }: Props) {
  const words = useWords();
  const told = events.flatMap((event) => {
    const reading = readingOf(event, words);
    // Of what is no reading of the log the queries stand with the event: their names are for programs.
    return reading ? [{ key: event.position, text: readingText(reading), by: reading.rows === null ? undefined : reading.filters[0] }] : [];
  });
  return told.map(({ key, text, by }) => (
    <p key={key} className={className}>
      <span className="num">{text}</span>
      {by && <span className="text-ink-3"> · {by}</span>}
    </p>
  ));
}
