import { useQuery } from '@tanstack/react-query';
import { useNavigate } from '@tanstack/react-router';
import { Clock3 } from 'lucide-react';
import { client } from '../../api/link.ts';
import { problemOf } from '../../api/problem.ts';
import { peopleQuery, sitesQuery } from '../../api/queries.ts';
import type { TimecardSummary } from '../../api/views.ts';
import { usePaused } from '../../ui/use-paused.ts';
import { statusLabel } from '../timecards/status-tag.tsx';
import type { Entry, Group } from './entry.ts';
import { timecardsSought } from './timecards-sought.ts';

/** Cards that are shown, of all ways to understand what was typed. */
const SHOWN = 5;

type Named = Pick<TimecardSummary, 'id' | 'label' | 'person' | 'site' | 'status'>;

/** Timecards by person, site and status, sought on the server once somebody pauses in typing. */
export function useFoundTimecards(text: string): Group & { readonly seeking: boolean } {
  const people = useQuery(peopleQuery);
  const sites = useQuery(sitesQuery);
  const entryOf = useCardEntry();
  const settled = usePaused(text);
  const sought = timecardsSought(settled, { people: people.data ?? [], sites: sites.data ?? [] });
  const { data, error, isFetching } = useQuery({
    queryKey: ['timecards', 'sought', sought],
    queryFn: async ({ signal }) => {
      const answers = await Promise.all(sought.map((one) => client.timecards.list.query({ ...one, limit: SHOWN }, { signal })));
      return [...new Map(answers.flatMap((answer) => answer.data).map((card) => [card.id, card])).values()].slice(0, SHOWN);
    },
    enabled: sought.length > 0,
    // Somebody waits for an answer: that there is none is told at once.
    retry: false,
  });
  const failed = people.error ?? sites.error ?? error;
  return {
    name: 'Timecards',
    entries: sought.length && data ? data.map(entryOf) : [],
    note: text.trim() && failed ? `Timecards can’t be sought now: ${problemOf(failed).message}.` : undefined,
    seeking: isFetching || settled !== text,
  };
}

/** Cards that were chosen before, read anew: what the palette remembers of them is no more than their ids. */
export function useCards(ids: readonly string[]): Entry[] {
  const entryOf = useCardEntry();
  const { data = [] } = useQuery({
    queryKey: ['timecards', 'chosen', ids],
    queryFn: async ({ signal }) => {
      const answers = await Promise.allSettled(ids.map((id) => client.timecards.get.query({ id }, { signal })));
      // One that was deleted, or may no longer be seen, is left out.
      return answers.flatMap((answer) => (answer.status === 'fulfilled' ? [answer.value] : []));
    },
    enabled: ids.length > 0,
    retry: false,
  });
  return data.map(entryOf);
}

function useCardEntry(): (card: Named) => Entry {
  const navigate = useNavigate();
  return ({ id, label, person, site, status }) => ({
    id: `card:${id}`,
    label: `${person.name}, ${label}`,
    hint: `${site.name} · ${statusLabel(status)}`,
    icon: Clock3,
    page: `/timecards/${id}`,
    run: () => void navigate({ to: '/timecards/$id', params: { id } }),
  });
}
