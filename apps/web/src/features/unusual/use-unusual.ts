import { keepPreviousData, useQuery, useQueryClient } from '@tanstack/react-query';
import { client } from '../../api/link.ts';
import { lookAgain } from '../../api/look-again.ts';
import { problemOf, type Problem } from '../../api/problem.ts';
import type { UnusualList, UnusualView } from '../../api/views.ts';
import { notify } from '../../ui/notice.tsx';
import { inputOf, type UnusualSearch } from './unusual-search.ts';

/** What somebody says of an alert. */
export interface Explained {
  readonly verdict: 'right' | 'wrong';
  readonly note: string;
}

export interface UnusualAtHand {
  readonly list: UnusualList | undefined;
  readonly problem: Problem | null;
  readonly isPending: boolean;
  readonly retry: () => void;
  /** @throws what the server refuses; the list is read again then. */
  readonly explain: (alert: Pick<UnusualView, 'id' | 'version'>, said: Explained) => Promise<void>;
}

/** One alert as it stands; null asks for none. */
export function useAlert(id: string | null): UnusualView | undefined {
  const input = inputOf({ alert: id ?? '' });
  const { data } = useQuery({
    queryKey: ['unusual', input],
    queryFn: ({ signal }) => client.unusualAccess.list.query(input, { signal }),
    enabled: id !== null,
  });
  return data?.data[0];
}

/** Alerts as they stand, looked at again now and then: they grow while somebody goes on reading. */
export function useUnusual(search: UnusualSearch): UnusualAtHand {
  const queries = useQueryClient();
  const input = inputOf(search);
  const { data, error, isPending, refetch } = useQuery({
    queryKey: ['unusual', input],
    queryFn: ({ signal }) => client.unusualAccess.list.query(input, { signal }),
    placeholderData: keepPreviousData,
    refetchInterval: ({ state }) => lookAgain(state, 15_000),
  });
  const explain = async ({ id, version }: Pick<UnusualView, 'id' | 'version'>, said: Explained) => {
    try {
      await client.unusualAccess.explain.mutate({ id, version, ...said });
      notify({ text: 'Explained. It stands in the log, with your name.' });
      void queries.invalidateQueries({ queryKey: ['unusual'] });
    } catch (thrown) {
      // It may have grown since: the page behind the dialog shows what stands, and another try goes by that.
      await queries.invalidateQueries({ queryKey: ['unusual'] });
      throw thrown;
    }
  };
  return { list: data, problem: error && problemOf(error), isPending, retry: () => void refetch(), explain };
}
