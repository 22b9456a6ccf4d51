import { type QueryClient, useQuery } from '@tanstack/react-query';
import { peopleQuery, sitesQuery, vocabularyQuery } from '../../api/queries.ts';
import { useSettled } from '../../ui/settled.tsx';
import { typefacesQuery } from '../../ui/typefaces.ts';

/** Asks for what rows are told by while the code of the page is still on its way. */
export function fetchWhatRowsNeed(queryClient: QueryClient): void {
  void queryClient.prefetchQuery(vocabularyQuery);
  void queryClient.prefetchQuery(peopleQuery);
  void queryClient.prefetchQuery(sitesQuery);
}

/**
 * Whether rows can be told as they will stay: by words, names, the zones of sites, and letters. Before, a value would turn into
 * a time and a line break elsewhere under the reader's eyes. What could not be read is no reason to wait: rows say then what
 * they can.
 */
export function useLegible(): boolean {
  const told = useSettled();
  const letters = useQuery(typefacesQuery).isFetched;
  return told && letters;
}
