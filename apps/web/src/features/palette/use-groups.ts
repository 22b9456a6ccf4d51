import { useQuery } from '@tanstack/react-query';
import { useNavigate, useRouteContext } from '@tanstack/react-router';
import { CalendarClock, Radio, UserRound } from 'lucide-react';
import { peopleQuery, vocabularyQuery } from '../../api/queries.ts';
import { roleName } from '../../layouts/role-name.ts';
import { useStore } from '../../ui/store.ts';
import { useZones } from '../../ui/zone-context.tsx';
import { zoneName } from '@countersign/domain/wall-clock.rules';
import type { Entry, Group } from './entry.ts';
import { found } from './match.ts';
import { pagesFor } from './pages.ts';
import type { recentOf } from './recent.ts';
import { type TimeJump, timeJumps } from './time-jumps.ts';
import { useCommands } from './use-commands.ts';
import { useCards, useFoundTimecards } from './use-found-timecards.ts';

/** Of one kind; whoever looks for more types more. */
const SHOWN = 6;
/** Times that are offered before anything is typed. */
const OFFERED = ['today', 'yesterday', 'last week'];

interface Shown {
  readonly groups: readonly Group[];
  readonly seeking: boolean;
}

/** Everything that can be chosen, by kind, as far as what was typed finds it; what was chosen lately comes first. */
export function useGroups(text: string, recent: ReturnType<typeof recentOf>): Shown {
  const latest = useStore(recent.store);
  const pages = usePages();
  const { people, actions } = useRecorded();
  const times = useTimes();
  const commands = useCommands();
  const { seeking, ...timecards } = useFoundTimecards(text);
  const cards = useCards(latest.flatMap((id) => (id.startsWith('card:') ? [id.slice('card:'.length)] : [])));
  const rank = (entries: readonly Entry[]) => entries.toSorted((one, other) => placeIn(latest, one) - placeIn(latest, other));
  const group = (name: string, entries: readonly Entry[], note?: string): Group => ({ name, entries: entries.slice(0, SHOWN), note });
  if (!text.trim()) {
    const again = latest.filter((id) => id.startsWith('time:')).flatMap((id) => times(id.slice('time:'.length)).slice(0, 1));
    const known = new Map(
      [...pages, ...people.entries, ...actions.entries, ...commands, ...cards, ...again].map((entry) => [entry.id, entry]),
    );
    const offered = OFFERED.flatMap((name) => times(name).slice(0, 1));
    const before = new Set(latest);
    const rest = (entries: readonly Entry[]) => entries.filter(({ id }) => !before.has(id));
    return {
      seeking: false,
      groups: [
        group(
          'Recent',
          latest.flatMap((id) => known.get(id) ?? []),
        ),
        group('Pages', rest(pages)),
        group('Times', rest(offered)),
        { name: 'Commands', entries: rest(commands) },
      ],
    };
  }
  const sought = (entries: readonly Entry[]) => found(rank(entries), text);
  return {
    seeking,
    groups: [
      group('Pages', sought(pages)),
      group('Times', times(text)),
      group('People', sought(people.entries), people.note),
      group('Actions', sought(actions.entries), actions.note),
      group('Commands', sought(commands)),
      // Last, since it comes last: what one is about to choose must not move.
      timecards,
    ],
  };
}

function placeIn(latest: readonly string[], { id }: Entry): number {
  const place = latest.indexOf(id);
  return place < 0 ? latest.length : place;
}

function usePages(): Entry[] {
  const { user } = useRouteContext({ from: '/_app' });
  const navigate = useNavigate();
  return pagesFor(user.role).map(({ to, label, icon }) => ({ id: `page:${to}`, label, icon, page: to, run: () => void navigate({ to }) }));
}

/** Who did something, and what was done: as filters of the live page. */
function useRecorded(): { people: Group; actions: Group } {
  const people = useQuery(peopleQuery);
  const vocabulary = useQuery(vocabularyQuery);
  const navigate = useNavigate();
  const areas = new Map(vocabulary.data?.areas.map(({ name, label }) => [name, label]));
  return {
    people: {
      name: 'People',
      note: people.isError ? 'The people could not be read.' : undefined,
      entries: (people.data ?? []).map(({ id, name, role }) => ({
        id: `person:${id}`,
        label: `What ${name} did`,
        // Found by the name first: nobody begins with "what".
        words: name,
        hint: roleName(role),
        icon: UserRound,
        page: '/live',
        run: () => void navigate({ to: '/live', search: { actor: [id] } }),
      })),
    },
    actions: {
      name: 'Actions',
      note: vocabulary.isError ? 'The words of the log could not be read.' : undefined,
      entries: (vocabulary.data?.actions ?? []).map(({ name, label, area }) => ({
        id: `action:${name}`,
        label,
        words: `${name} ${areas.get(area) ?? area}`,
        hint: areas.get(area) ?? area,
        icon: Radio,
        page: '/live',
        run: () => void navigate({ to: '/live', search: { action: [name] } }),
      })),
    },
  };
}

/** Stretches of the log by words, in the zone in which the live page tells its days. */
function useTimes(): (text: string) => Entry[] {
  const { choice, mine } = useZones();
  const navigate = useNavigate();
  const timeZone = choice === 'utc' ? 'UTC' : mine;
  const entryOf = ({ text, label, from, to }: TimeJump): Entry => ({
    id: `time:${text}`,
    label,
    hint: zoneName(timeZone, from),
    icon: CalendarClock,
    page: '/live',
    run: () => void navigate({ to: '/live', search: { from, to } }),
  });
  return (text) => timeJumps(text, { now: Date.now(), timeZone }).map(entryOf);
}
