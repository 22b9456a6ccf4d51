import { useQuery, useQueryClient } from '@tanstack/react-query';
import { lengthOf, LONGEST_PERIOD } from '@countersign/domain/timecards/period.rules';
import { useMemo, useState } from 'react';
import { client } from '../../api/link.ts';
import { problemOf, type Problem } from '../../api/problem.ts';
import { sitesQuery } from '../../api/queries.ts';
import type { CreateInput, SiteView, TimecardView } from '../../api/views.ts';
import { dayFrom } from '../../ui/address.ts';
import { type Beginning, blankCard, firstDays } from './blank-card.ts';
import { cardForm, editedIn, type Typing } from './card-form.ts';
import { previewOf } from './preview.ts';
import { cardsOfDaysQuery, formQuery, newestCardQuery, timecardQuery } from './timecard-queries.ts';
import { type CardTyping, UNREADABLE } from './use-card-edit.ts';

/** Whose card, where, and for which days: chosen before times can be typed. */
export interface Frame {
  readonly person: { readonly id: string; readonly name: string };
  /** Nothing while none is chosen. */
  readonly site: string;
  readonly periodStart: string;
  readonly periodEnd: string;
}

export interface NewCard {
  readonly loading: Problem | 'pending' | null;
  readonly retryLoading: () => void;
  readonly sites: readonly SiteView[];
  readonly frame: Frame;
  readonly choose: (part: Partial<Frame>) => void;
  /** The fields for times; null while what has to come first is missing. */
  readonly times: CardTyping | null;
  readonly dirty: boolean;
  readonly pending: boolean;
  readonly problem: Problem | null;
  /** By the field's name as data: what the server refused, or what can't be. */
  readonly problems: ReadonlyMap<string, string>;
  readonly save: (reason: string) => Promise<TimecardView | null>;
  /** Why it can't be saved yet; null where it can. */
  readonly lacks: string | null;
}

const NONE_LOCKED: ReadonlySet<string> = new Set();

/** These are asked for before the times, in a place of their own. */
const FRAME = new Set(['person', 'site', 'periodStart', 'periodEnd']);

/** A timecard that is to be made: its frame, its times, and what came of saving it. */
export function useNewCard(first: Omit<Frame, 'site'>): NewCard {
  const description = useQuery(formQuery('timecards.create'));
  const { frame, site, sites, choose, known } = useFrame(first);
  const periodProblem = problemOfPeriod(frame);
  const times = useTimes(description.data?.fields, site && !periodProblem ? { ...frame, site } : null);
  const { attempt, pending, problem } = useCreation();
  const failed = description.error ?? sites.error;
  const problems = new Map(problem?.fields.map(({ field, message }) => [field, message]));
  if (periodProblem) problems.set('period_end', periodProblem);
  const unreadable = times?.typing.unreadable ? UNREADABLE : null;
  return {
    loading: description.data && known ? null : failed ? problemOf(failed) : 'pending',
    retryLoading: () => void Promise.all([description.refetch(), sites.refetch()]),
    sites: sites.data ?? [],
    frame,
    choose,
    times: times && { ...times.typing, locked: NONE_LOCKED, refused: problems },
    dirty: times !== null && times.typing.changed.size > 0,
    pending,
    problem,
    problems,
    save: async (reason) => {
      if (!times || unreadable) return null;
      const { person, site: at, periodStart, periodEnd } = frame;
      return attempt({ person: person.id, site: at, periodStart, periodEnd, ...times.patch, ...(reason && { reason }) });
    },
    lacks: periodProblem ?? (site ? unreadable : 'Choose a site first'),
  };
}

/** Whose card, where and when, as chosen; what isn't chosen is as it usually is. */
function useFrame(first: Omit<Frame, 'site'>) {
  const sites = useQuery(sitesQuery);
  const [chosen, setChosen] = useState<Partial<Frame>>({});
  const person = chosen.person ?? first.person;
  const newest = useQuery(newestCardQuery(person.id));
  // What it finds stands above the times: it comes with them, and doesn't push them down.
  const already = useQuery(cardsOfDaysQuery(first.person.id, first.periodStart, first.periodEnd));
  const only = sites.data?.length === 1 ? sites.data[0]?.id : undefined;
  // Most people work where they worked last.
  const usual = newest.data?.data[0]?.site.id ?? only ?? '';
  const frame: Frame = { ...first, ...chosen, person, site: chosen.site ?? usual };
  return {
    frame,
    sites,
    site: sites.data?.find(({ id }) => id === frame.site),
    known: sites.data !== undefined && already.isFetched && (newest.isFetched || chosen.person !== undefined),
    choose: (part: Partial<Frame>) => setChosen((now) => ({ ...now, ...part })),
  };
}

function problemOfPeriod({ periodStart, periodEnd }: Frame): string | null {
  if (!dayFrom(periodStart) || !dayFrom(periodEnd)) return 'Give the first and the last day.';
  const days = lengthOf({ periodStart, periodEnd });
  if (days < 1) return 'The last day is before the first day.';
  return days > LONGEST_PERIOD ? `A timecard covers at most ${LONGEST_PERIOD} days.` : null;
}

/** What is typed stays where it stands when the frame changes: a day that falls out of the period takes its times along. */
function useTimes(fields: Parameters<typeof cardForm>[0] | undefined, beginning: Beginning | null) {
  const [added, setAdded] = useState<readonly string[]>([]);
  const [typed, setTyped] = useState<Typing>({});
  const key = beginning && JSON.stringify(beginning);
  const made = useMemo(() => {
    if (!fields || key === null) return null;
    const frame = JSON.parse(key) as Beginning;
    const card = blankCard(frame);
    const days = [...firstDays(frame), ...added].filter((day) => day >= frame.periodStart && day <= frame.periodEnd);
    const form = cardForm(
      fields.filter(({ name }) => !FRAME.has(name)),
      card,
      days,
    );
    const typing = { ...form.base, ...typed };
    const { patch, changed, problems } = editedIn(form, typing);
    return { card, form, typing, patch, changed, unreadable: problems.size > 0, preview: previewOf(card, form, typing) };
  }, [fields, key, added, typed]);
  if (!made) return null;
  const { patch, ...rest } = made;
  const type = (path: string, text: string) => setTyped((now) => ({ ...now, [path]: text }));
  const addDay = (day: string) => setAdded((now) => [...now, day]);
  return { typing: { ...rest, type, addDay }, patch };
}

function useCreation() {
  const queries = useQueryClient();
  const [outcome, setOutcome] = useState<{ pending: boolean; problem: Problem | null }>({ pending: false, problem: null });
  const attempt = async (input: CreateInput): Promise<TimecardView | null> => {
    setOutcome({ pending: true, problem: null });
    try {
      const card = await client.timecards.create.mutate(input);
      queries.setQueryData(timecardQuery(card.id).queryKey, card);
      void queries.invalidateQueries({ queryKey: ['timecards'] });
      setOutcome({ pending: false, problem: null });
      return card;
    } catch (thrown) {
      setOutcome({ pending: false, problem: problemOf(thrown) });
      return null;
    }
  };
  return { ...outcome, attempt };
}
