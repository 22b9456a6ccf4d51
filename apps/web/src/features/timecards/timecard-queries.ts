import { keepPreviousData, queryOptions } from '@tanstack/react-query';
import { client } from '../../api/link.ts';
import { inputOf, type TimecardsSearch } from './timecards-search.ts';

export const timecardsQuery = (search: TimecardsSearch) =>
  queryOptions({
    queryKey: ['timecards', search],
    queryFn: ({ signal }) => client.timecards.list.query(inputOf(search), { signal }),
    // The page before stays until the next one is there: nothing jumps.
    placeholderData: keepPreviousData,
  });

/** The newest card of a person: where they work, most likely. */
export const newestCardQuery = (person: string) =>
  queryOptions({
    queryKey: ['timecards', 'newest', person],
    queryFn: ({ signal }) => client.timecards.list.query({ person, limit: 1 }, { signal }),
  });

/** The cards of a person that touch some days. */
export const cardsOfDaysQuery = (person: string, from: string, to: string) =>
  queryOptions({
    queryKey: ['timecards', 'of', person, from, to],
    queryFn: ({ signal }) => client.timecards.list.query({ person, from, to, limit: 20 }, { signal }),
  });

export const timecardQuery = (id: string) =>
  queryOptions({ queryKey: ['timecard', id], queryFn: ({ signal }) => client.timecards.get.query({ id }, { signal }) });

/** The form of a command, as its input's schema describes it: it changes only with the server. */
export const formQuery = (command: string) =>
  queryOptions({
    queryKey: ['form', command],
    queryFn: ({ signal }) => client.forms.describe.query({ command }, { signal }),
    staleTime: Infinity,
  });

const STEPS = ['timecard_created', 'timecard_submitted', 'timecard_approved', 'timecard_rejected'];

/** When a card took which step, newest first. */
export const stepsQuery = (id: string) =>
  queryOptions({
    queryKey: ['timecard', id, 'steps'],
    queryFn: ({ signal }) => client.audit.page.query({ root: `Timecard:${id}`, action: STEPS, limit: 50 }, { signal }),
  });
