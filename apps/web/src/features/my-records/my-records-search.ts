import { textFrom } from '../../ui/address.ts';

/** What the page shows, as it stands in the address. */
export interface MyRecordsSearch {
  /** Who looked, instead of what was changed. */
  readonly show?: 'looks' | undefined;
  /** Only what isn't answered yet. */
  readonly unanswered?: 'yes' | undefined;
}

export const readMyRecordsSearch = (search: Record<string, unknown>): MyRecordsSearch => ({
  show: textFrom(search['show']) === 'looks' ? 'looks' : undefined,
  unanswered: textFrom(search['unanswered']) === 'yes' ? 'yes' : undefined,
});
