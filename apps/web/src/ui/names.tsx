import { useQuery } from '@tanstack/react-query';
import { createContext, type ReactNode, use, useMemo } from 'react';
import { peopleQuery, sitesQuery } from '../api/queries.ts';
import { Settled } from './settled.tsx';

type Names = ReadonlyMap<string, string>;

const Context = createContext<Names>(new Map());

/** Names by id of the people and sites that the reader may see: for references, which the log keeps as ids. */
export const useNames = (): Names => use(Context);

export function NamesProvider({ children }: { readonly children: ReactNode }) {
  const { data: people, isFetched: peopleFetched } = useQuery(peopleQuery);
  const { data: sites, isFetched: sitesFetched } = useQuery(sitesQuery);
  const names = useMemo(() => new Map([...(people ?? []), ...(sites ?? [])].map(({ id, name }) => [id, name])), [people, sites]);
  return (
    <Context value={names}>
      <Settled by={peopleFetched && sitesFetched}>{children}</Settled>
    </Context>
  );
}
