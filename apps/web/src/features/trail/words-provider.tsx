import { useQuery } from '@tanstack/react-query';
import { type ReactNode, useMemo } from 'react';
import { vocabularyQuery } from '../../api/queries.ts';
import { wordsOf, WordsContext } from './vocabulary.ts';

export function WordsProvider({ children }: { readonly children: ReactNode }) {
  const { data } = useQuery(vocabularyQuery);
  return <WordsContext value={useMemo(() => wordsOf(data), [data])}>{children}</WordsContext>;
}
