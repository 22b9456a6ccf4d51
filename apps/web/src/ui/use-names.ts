import { useQuery } from '@tanstack/react-query';
import { useMemo } from 'react';
import { peopleQuery, sitesQuery } from '../api/queries.ts';

/** Names by id of the people and sites that the reader may see: for references, which the log keeps as ids. */
export function useNames(): ReadonlyMap<string, string> {
  const { data: people } = useQuery(peopleQuery);
  const { data: sites } = useQuery(sitesQuery);
  return useMemo(() => new Map([...(people ?? []), ...(sites ?? [])].map(({ id, name }) => [id, name])), [people, sites]);
}
