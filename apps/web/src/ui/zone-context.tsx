import { useQuery } from '@tanstack/react-query';
import { createContext, type ReactNode, useContext, useMemo } from 'react';
import { sitesQuery } from '../api/queries.ts';
import type { EventView } from '../api/views.ts';
import { zonePreference } from './preferences.ts';
import { Settled } from './settled.tsx';
import { useStore } from './store.ts';
import type { ZoneChoice } from './zone.ts';

/** Which zone instants are shown in: the reader chose whose. */
export interface Zones {
  readonly choice: ZoneChoice;
  readonly mine: string;
  /** Of what belongs to a site with this zone. */
  readonly of: (siteZone: string | null | undefined) => string;
  /** Of an event, by the site that its record belongs to. */
  readonly ofEvent: (event: Pick<EventView, 'scopes'>) => string;
}

const Context = createContext<Zones>({ choice: 'utc', mine: 'UTC', of: () => 'UTC', ofEvent: () => 'UTC' });

export const useZones = (): Zones => useContext(Context);

interface Props {
  readonly mine: string;
  /** From the address, where a link says in which zone it is to be read. */
  readonly linked?: ZoneChoice | undefined;
  readonly children: ReactNode;
}

export function ZoneProvider({ mine, linked, children }: Props) {
  const preferred = useStore(zonePreference);
  const { data: sites, isFetched } = useQuery(sitesQuery);
  const choice = linked ?? preferred;
  const zones = useMemo(() => {
    const bySite = new Map(sites?.map(({ id, timeZone }) => [`site:${id}`, timeZone]));
    const of = (siteZone: string | null | undefined) => (choice === 'utc' ? 'UTC' : choice === 'mine' ? mine : (siteZone ?? mine));
    const siteOf = (scopes: readonly string[]) => scopes.map((scope) => bySite.get(scope)).find((zone) => zone !== undefined);
    return { choice, mine, of, ofEvent: ({ scopes }: Pick<EventView, 'scopes'>) => of(siteOf(scopes)) };
  }, [choice, mine, sites]);
  return (
    <Context value={zones}>
      <Settled by={isFetched}>{children}</Settled>
    </Context>
  );
}
