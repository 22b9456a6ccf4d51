import { useQuery } from '@tanstack/react-query';
import { peopleQuery, sitesQuery } from '../../api/queries.ts';
import type { TimecardSummary } from '../../api/views.ts';
import { FilterMenu } from '../../ui/filter-menu.tsx';
import { DateRangeFilter } from '../../ui/date-range-filter.tsx';
import { choicesOf, useMet } from '../people/met-people.ts';
import { statusLabel } from './status-tag.tsx';
import { isFiltered, STATUSES, type TimecardsSearch } from './timecards-search.ts';

interface Props {
  readonly search: TimecardsSearch;
  readonly onChange: (part: Partial<TimecardsSearch>) => void;
  /** What the list shows: whose cards these are can be chosen, in the list of people or not. */
  readonly cards: readonly TimecardSummary[] | undefined;
}

const peopleOf = ({ person }: TimecardSummary) => [person];

export function TimecardFilters({ search, onChange, cards }: Props) {
  const people = useQuery(peopleQuery);
  const sites = useQuery(sitesQuery);
  const met = useMet(cards, peopleOf);
  const named = (list: readonly { id: string; name: string }[] = []) => list.map(({ id, name }) => ({ value: id, label: name }));
  const unread = 'This list could not be read. Try again in a moment.';
  return (
    <div
      role="group"
      aria-label="Filters"
      className="flex min-w-0 flex-1 items-center gap-1.5 overflow-x-auto px-4 py-2.5 sm:flex-wrap sm:overflow-visible sm:px-5"
    >
      <FilterMenu
        label="Status"
        choices={STATUSES.map((status) => ({ value: status, label: statusLabel(status) }))}
        chosen={search.status ?? []}
        onChange={(chosen) => onChange({ status: STATUSES.filter((status) => chosen.includes(status)) })}
      />
      <FilterMenu
        single
        label="Person"
        choices={choicesOf(people.data, met)}
        chosen={search.person ? [search.person] : []}
        missing={people.isError ? unread : undefined}
        onChange={([person]) => onChange({ person })}
      />
      <FilterMenu
        single
        label="Site"
        choices={named(sites.data)}
        chosen={search.site ? [search.site] : []}
        missing={sites.isError ? unread : undefined}
        onChange={([site]) => onChange({ site })}
      />
      <DateRangeFilter label="Days" from={search.from} to={search.to} onChange={onChange} />
      {isFiltered(search) && (
        <button
          type="button"
          onClick={() => onChange({ status: undefined, person: undefined, site: undefined, from: undefined, to: undefined })}
          className="h-7 shrink-0 rounded-md px-2 text-sm text-ink-2 hover:bg-hover hover:text-ink pointer-coarse:h-11"
        >
          Clear
        </button>
      )}
    </div>
  );
}
