import { textFrom } from '../../ui/address.ts';

/** What the page shows, as it stands in the address. */
export interface MyRecordsSearch {
  /** Who looked, or who exported, instead of what was changed. */
  readonly show?: 'looks' | 'exports' | undefined;
  /** Only what isn't answered yet. */
  readonly unanswered?: 'yes' | undefined;
}

const SHOWN = ['looks', 'exports'] as const;

export const readMyRecordsSearch = (search: Record<string, unknown>): MyRecordsSearch => ({
  show: SHOWN.find((one) => one === textFrom(search['show'])),
  unanswered: textFrom(search['unanswered']) === 'yes' ? 'yes' : undefined,
});
