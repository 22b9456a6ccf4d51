import { useQuery } from '@tanstack/react-query';
import { peopleQuery, vocabularyQuery } from '../../api/queries.ts';
import type { EventView } from '../../api/views.ts';
import type { Choice } from '../../ui/choices.ts';
import { FilterMenu, RemoveButton } from '../../ui/filter-menu.tsx';
import { useZones } from '../../ui/zone-context.tsx';
import { choicesOf, useMet } from '../people/met-people.ts';
import { fieldChoices, useWords } from '../trail/vocabulary.ts';
import { facetChoices, facetNote, type Facets } from './facets.ts';
import { isFiltered, type LiveSearch, UNFILTERED } from './live-search.ts';
import { stretchText } from './stretch-text.ts';

interface Props {
  readonly search: LiveSearch;
  readonly onChange: (part: Partial<LiveSearch>) => void;
  /** What the list shows: whoever did something in it can be chosen, in the list of people or not. */
  readonly shown: readonly EventView[] | undefined;
  /** How many events there are of each value, once known. */
  readonly facets: Facets | undefined;
}

/** What is to be seen, as chips: each list lets through any of its values, all lists together must agree. */
export function LiveFilters({ search, onChange, shown, facets }: Props) {
  const { data: vocabulary, isError } = useQuery(vocabularyQuery);
  const { data: people, isError: nobody } = useQuery(peopleQuery);
  const missing = isError ? 'The words of the log could not be read. Try again in a moment.' : undefined;
  const areas = vocabulary?.areas.map(({ name, label }) => ({ value: name, label }));
  const actions = vocabulary?.actions.map(({ name, label, area }) => ({
    value: name,
    label,
    hint: vocabulary.areas.length > 1 ? area : undefined,
  }));
  const actors = choicesOf(people, useMet(shown, whoDid));
  return (
    <div
      role="group"
      aria-label="Filters"
      className="flex min-w-0 items-center gap-1.5 overflow-x-auto p-0.5 @max-3xl:order-3 @max-3xl:-mx-4 @max-3xl:w-[calc(100%+2rem)] @max-3xl:px-4 @3xl:flex-wrap @3xl:overflow-visible short:mx-0! short:w-auto! short:shrink-0 short:px-0!"
    >
      <FilterMenu
        label="Area"
        {...counted(areas, facets?.area)}
        chosen={search.area ?? []}
        missing={missing}
        onChange={(area) => onChange({ area })}
      />
      <FilterMenu
        label="Action"
        {...counted(actions, facets?.action)}
        chosen={search.action ?? []}
        missing={missing}
        onChange={(action) => onChange({ action })}
      />
      <FilterMenu
        label="Who"
        {...counted(actors, facets?.actor)}
        chosen={search.actor ?? []}
        missing={nobody ? 'The people could not be read. Try again in a moment.' : undefined}
        onChange={(actor) => onChange({ actor })}
      />
      <FilterMenu
        label="Field"
        choices={fieldChoices(vocabulary)}
        chosen={search.field ?? []}
        missing={missing}
        onChange={(field) => onChange({ field })}
      />
      <Chips search={search} onChange={onChange} />
      {isFiltered(search) && (
        <button
          type="button"
          onClick={() => onChange(UNFILTERED)}
          className="h-7 shrink-0 rounded-md px-2 text-sm text-ink-2 hover:bg-hover hover:text-ink pointer-coarse:h-11"
        >
          Clear
        </button>
      )}
    </div>
  );
}

const counted = (choices: readonly Choice[] | undefined, facet: Facets[keyof Facets] | undefined) => ({
  choices: facetChoices(choices, facet),
  note: facetNote(facet),
});

/** What is chosen elsewhere: here it is named, and can be taken off. */
const Chips = ({ search, onChange }: Pick<Props, 'search' | 'onChange'>) => (
  <>
    <RecordChips label="Record" records={search.root} onChange={(root) => onChange({ root })} />
    <RecordChips label="Part" records={search.target} onChange={(target) => onChange({ target })} />
    <RecordChips label="Change set" records={search.set} onChange={(set) => onChange({ set })} />
    <TimeChip search={search} onChange={onChange} />
  </>
);

/** A stretch of time is chosen in the chart above; here it is named, and can be taken off. */
function TimeChip({ search, onChange }: Pick<Props, 'search' | 'onChange'>) {
  const { choice, mine } = useZones();
  if (search.from === undefined && search.to === undefined) return null;
  return (
    <span className="num inline-flex h-7 shrink-0 items-center rounded-md bg-accent-soft pl-2.5 text-sm font-[540] text-accent pointer-coarse:h-11">
      <span className="font-normal">Time:&nbsp;</span>
      {stretchText(search, choice === 'utc' ? 'UTC' : mine)}
      <RemoveButton label="Remove the filter Time" onClick={() => onChange({ from: undefined, to: undefined })} />
    </span>
  );
}

/** Jobs and the database itself have no id to filter by. What an admin did as somebody else is found by either's name. */
const whoDid = ({ actor: { kind, id, name }, impersonator }: EventView) => [
  ...(kind === 'user' && id !== null ? [{ id, name }] : []),
  ...(impersonator ? [impersonator] : []),
];

interface RecordChipsProps {
  readonly label: string;
  /** `Timecard:…`. */
  readonly records: readonly string[] | undefined;
  readonly onChange: (records: string[]) => void;
}

/** Records are chosen where they are shown: "only this record". Here they can be taken off again. */
function RecordChips({ label, records, onChange }: RecordChipsProps) {
  const words = useWords();
  return records?.map((record) => {
    const [type = '', id = ''] = record.includes(':') ? record.split(':') : ['', record];
    return (
      <span
        key={record}
        title={record}
        className="inline-flex h-7 shrink-0 items-center rounded-md bg-accent-soft pl-2.5 text-sm font-[540] text-accent pointer-coarse:h-11"
      >
        <span className="font-normal">{label}:&nbsp;</span>
        {type ? `${words.entity(type)} ` : ''}
        {id.slice(0, 8)}
        <RemoveButton label={`Remove the filter ${label}`} onClick={() => onChange(records.filter((one) => one !== record))} />
      </span>
    );
  });
}
