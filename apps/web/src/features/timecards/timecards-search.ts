import type { TimecardsInput, TimecardStatus } from '../../api/views.ts';
import { dayFrom, listFrom, numberFrom, textFrom } from '../../ui/address.ts';

export const STATUSES = ['draft', 'submitted', 'approved', 'rejected'] as const satisfies readonly TimecardStatus[];

/** What the list shows, as it stands in the address. */
export interface TimecardsSearch {
  readonly status?: TimecardStatus[] | undefined;
  readonly person?: string | undefined;
  readonly site?: string | undefined;
  /** Cards whose period touches these days. */
  readonly from?: string | undefined;
  readonly to?: string | undefined;
  /** 2, 3 …; the first one goes without saying. */
  readonly page?: number | undefined;
  /** That the list could not be exported, and why: the server leads here then. */
  readonly notExported?: (typeof NOT_EXPORTED)[number] | undefined;
}

const NOT_EXPORTED = ['busy', 'failed'] as const;

/** Cards on one page. */
export const PAGE_SIZE = 50;

const isStatus = (text: string): text is TimecardStatus => STATUSES.some((status) => status === text);
const idFrom = (value: unknown) => textFrom(value)?.match(/^[0-9a-f-]{36}$/i)?.[0];

export function readTimecardsSearch(search: Record<string, unknown>): TimecardsSearch {
  const status = listFrom(search['status'])?.filter(isStatus);
  const page = numberFrom(search['page']);
  return {
    status: status?.length ? status : undefined,
    person: idFrom(search['person']),
    site: idFrom(search['site']),
    from: dayFrom(search['from']),
    to: dayFrom(search['to']),
    page: page && page > 1 ? page : undefined,
    notExported: NOT_EXPORTED.find((why) => why === textFrom(search['notExported'])),
  };
}

export function inputOf({ page = 1, notExported: _notExported, ...filter }: TimecardsSearch): TimecardsInput {
  return { ...filter, limit: PAGE_SIZE, offset: (page - 1) * PAGE_SIZE };
}

export const isFiltered = ({ page: _page, notExported: _notExported, ...filter }: TimecardsSearch): boolean =>
  Object.values(filter).some((value) => value !== undefined);

/** What of a card's trail is shown. */
export interface TrailSearch {
  readonly action?: string[] | undefined;
  readonly field?: string[] | undefined;
  readonly from?: string | undefined;
  readonly to?: string | undefined;
  /** The change set that a link is about. */
  readonly change?: string | undefined;
  /** At which moment the card is looked at, and with which other one that is compared: a position of the log, or now. */
  readonly asOf?: number | 'now' | undefined;
  readonly vs?: number | 'now' | undefined;
}

const momentFrom = (value: unknown): number | 'now' | undefined => (value === 'now' ? 'now' : numberFrom(value) || undefined);

export const readTrailSearch = (search: Record<string, unknown>): TrailSearch => ({
  action: listFrom(search['action']),
  field: listFrom(search['field']),
  from: dayFrom(search['from']),
  to: dayFrom(search['to']),
  change: idFrom(search['change']),
  asOf: momentFrom(search['asOf']),
  vs: momentFrom(search['vs']),
});
