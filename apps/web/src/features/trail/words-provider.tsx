import { useQuery } from '@tanstack/react-query';
import { type ReactNode, useMemo } from 'react';
import { vocabularyQuery } from '../../api/queries.ts';
import { Settled } from '../../ui/settled.tsx';
import { wordsOf, WordsContext } from './vocabulary.ts';

export function WordsProvider({ children }: { readonly children: ReactNode }) {
  const { data, isFetched } = useQuery(vocabularyQuery);
  return (
    <WordsContext value={useMemo(() => wordsOf(data), [data])}>
      <Settled by={isFetched}>{children}</Settled>
    </WordsContext>
  );
}
