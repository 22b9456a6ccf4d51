import { keepPreviousData, queryOptions, useMutation, useQuery, useQueryClient } from '@tanstack/react-query';
import type { Verdict } from '@countersign/domain/record/answers/answer.rules';
import { client } from '../../api/link.ts';
import type { AnswerView } from '../../api/views.ts';
import { type ChangeSet, newestOf } from '../trail/change-sets.ts';

const WAITING = ['answers waiting'] as const;

/** What the reader said to what others did. */
const answersQuery = queryOptions({
  queryKey: ['answers'],
  queryFn: async ({ signal }) => (await client.answers.list.query({}, { signal })).answers,
  staleTime: 60_000,
});

/**
 * To how many changes nothing is said yet, however far back they lie. Asked anew with each `newest` change that the page has.
 */
const waitingQuery = (newest: number | undefined) =>
  queryOptions({
    queryKey: [...WAITING, newest],
    queryFn: ({ signal }) => client.answers.waiting.query({}, { signal }),
    placeholderData: keepPreviousData,
  });

/** The records of a change set, each once: an import may touch several of one person's. */
const recordsOf = (set: ChangeSet): string[] => [...new Set(set.events.flatMap(({ root }) => (root ? [`${root.type}:${root.id}`] : [])))];

/** The answer to a change set: the latest one, once each of its records has one. */
export function answerTo(set: ChangeSet, answers: readonly AnswerView[] = []): AnswerView | null {
  const { changeId } = newestOf(set.events);
  const given = recordsOf(set).map((record) => answers.find((answer) => answer.change === changeId && answer.record === record));
  return given.some((answer) => !answer)
    ? null
    : (given.toSorted((one, other) => ((one?.at ?? '') < (other?.at ?? '') ? 1 : -1))[0] ?? null);
}

export const useAnswers = () => useQuery(answersQuery);

export const useWaiting = (newest: number | undefined) => useQuery(waitingQuery(newest));

/** Says something to a change set: the same to each of its records. */
export function useAnswering(set: ChangeSet) {
  const queries = useQueryClient();
  return useMutation({
    mutationFn: async (said: { readonly verdict: Verdict; readonly reason?: string }) => {
      const given: AnswerView[] = [];
      for (const record of recordsOf(set)) given.push(await client.answers.give.mutate({ change: set.changeId, record, ...said }));
      return given;
    },
    onSuccess: (given) => {
      queries.setQueryData(answersQuery.queryKey, (before: AnswerView[] = []) => [
        ...given,
        ...before.filter(({ change, record }) => !given.some((one) => one.change === change && one.record === record)),
      ]);
      void queries.invalidateQueries({ queryKey: WAITING });
    },
  });
}
