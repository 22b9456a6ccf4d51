import type { EventView } from '../../api/views.ts';
import { TimeText } from '../../ui/time-text.tsx';
import { useZones } from '../../ui/zone-context.tsx';
import { readingOf, readingText } from '../trail/reading.ts';
import { useWords } from '../trail/vocabulary.ts';
import { Fact } from './fact.tsx';

/** AUD-29: everything that is recorded of somebody's reading. */
export function ReadingFacts({ event }: { readonly event: EventView }) {
  const words = useWords();
  const zones = useZones();
  const reading = readingOf(event, words);
  if (!reading) return null;
  const { first, last, filters, more } = reading;
  const zone = zones.ofEvent(event);
  return (
    <>
      <Fact term="Read">{readingText(reading)}</Fact>
      {first && (
        <Fact term="From">
          <TimeText instant={first} timeZone={zone} as="full" />
        </Fact>
      )}
      {last && last !== first && (
        <Fact term="Until">
          <TimeText instant={last} timeZone={zone} as="full" />
        </Fact>
      )}
      {filters.length > 0 && (
        <Fact term="By">
          <ul>
            {filters.map((filter) => (
              <li key={filter}>{filter}</li>
            ))}
            {more > 0 && <li className="text-ink-3">and {more.toLocaleString('en')} more filters</li>}
          </ul>
        </Fact>
      )}
    </>
  );
}
