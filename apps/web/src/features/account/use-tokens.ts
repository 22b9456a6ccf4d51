import { useQuery, useQueryClient } from '@tanstack/react-query';
import { client } from '../../api/link.ts';
import { problemOf, type Problem } from '../../api/problem.ts';
import type { TokenInput, TokenList, TokenView } from '../../api/views.ts';
import { notify } from '../../ui/notice.tsx';

export interface Tokens {
  readonly list: TokenList | undefined;
  readonly problem: Problem | null;
  readonly isPending: boolean;
  readonly retry: () => void;
  /** Answers the token itself, which nobody can read again. */
  readonly create: (input: TokenInput) => Promise<string>;
  readonly revoke: (token: TokenView) => Promise<void>;
}

const KEY = ['tokens'];

/** The reader's tokens for programs. */
export function useTokens(): Tokens {
  const queries = useQueryClient();
  const { data, error, isPending, refetch } = useQuery({
    queryKey: KEY,
    queryFn: ({ signal }) => client.tokens.list.query({}, { signal }),
  });
  const readAnew = () => queries.invalidateQueries({ queryKey: KEY });
  return {
    list: data,
    problem: error && problemOf(error),
    isPending,
    retry: () => void refetch(),
    create: async (input) => {
      const { token } = await client.tokens.create.mutate(input);
      await readAnew();
      return token;
    },
    revoke: async ({ id, name }) => {
      try {
        await client.tokens.revoke.mutate({ id });
      } finally {
        await readAnew();
      }
      notify({ text: `Revoked “${name}”` });
    },
  };
}
