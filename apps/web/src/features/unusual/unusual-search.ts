import type { UnusualInput } from '../../api/views.ts';
import { numberFrom, textFrom } from '../../ui/address.ts';

/** Which alerts are shown, as it stands in the address. */
export interface UnusualSearch {
  /** Explained ones too. */
  readonly show?: 'all' | undefined;
  /** One alert alone: where a notification leads. */
  readonly alert?: string | undefined;
  /** Of one person. */
  readonly reader?: string | undefined;
  /** 2, 3 …; the first one goes without saying. */
  readonly page?: number | undefined;
}

const PAGE_SIZE = 20;

const idIn = (value: unknown) => textFrom(value)?.match(/^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$/i)?.[0];

export function readUnusualSearch(search: Record<string, unknown>): UnusualSearch {
  const page = numberFrom(search['page']);
  return {
    show: textFrom(search['show']) === 'all' ? 'all' : undefined,
    alert: idIn(search['alert']),
    reader: idIn(search['reader']),
    page: page && page > 1 ? page : undefined,
  };
}

export const inputOf = ({ show, alert, reader, page = 1 }: UnusualSearch): UnusualInput => ({
  ...(show !== 'all' && !alert && { state: 'open' as const }),
  ...(alert && { alert }),
  ...(reader && { reader }),
  limit: PAGE_SIZE,
  offset: (page - 1) * PAGE_SIZE,
});
