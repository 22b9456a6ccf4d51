import { useQuery, useQueryClient } from '@tanstack/react-query';
import { client } from '../../api/link.ts';
import { problemOf, type Problem } from '../../api/problem.ts';
import type { RightSetting, RightsView } from '../../api/views.ts';
import { notify } from '../../ui/notice.tsx';

const KEY = ['rights'];

export interface Rights {
  readonly rights: RightsView | undefined;
  readonly problem: Problem | null;
  readonly isPending: boolean;
  readonly retry: () => void;
  /** Gives a setting its other value. @throws what the server refuses. */
  readonly turn: (setting: RightSetting, reason: string) => Promise<void>;
}

/** Who may see and do what, and the settings that it depends on. */
export function useRights(): Rights {
  const queries = useQueryClient();
  const {
    data: rights,
    error,
    isPending,
    refetch,
  } = useQuery({ queryKey: KEY, queryFn: ({ signal }) => client.rights.get.query({}, { signal }) });
  const turn = async ({ name, value, version }: RightSetting, reason: string) => {
    try {
      queries.setQueryData(KEY, await client.rights.change.mutate({ name, value: !value, version, reason }));
      notify({ text: 'Changed. Every other admin is told.' });
    } catch (thrown) {
      // What it rests on may have changed: the page behind the dialog shows what stands.
      await queries.invalidateQueries({ queryKey: KEY });
      throw thrown;
    }
  };
  return { rights, problem: error && problemOf(error), isPending, retry: () => void refetch(), turn };
}
