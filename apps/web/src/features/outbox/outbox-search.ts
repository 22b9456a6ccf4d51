import type { MessagesInput, MessageSummary } from '../../api/views.ts';
import { listFrom, numberFrom, textFrom } from '../../ui/address.ts';

type Status = MessageSummary['status'];
type Channel = MessageSummary['channel'];

export const STATUSES = ['waiting', 'sent', 'kept', 'failed', 'gathered'] as const satisfies readonly Status[];
export const CHANNELS = ['mail', 'sms', 'push'] as const satisfies readonly Channel[];

/** What the outbox shows, as it stands in the address. */
export interface OutboxSearch {
  readonly status?: Status[] | undefined;
  readonly channel?: Channel[] | undefined;
  /** 2, 3 …; the first one goes without saying. */
  readonly page?: number | undefined;
  /** The message that is open. */
  readonly message?: string | undefined;
}

/** Messages on one page. */
const PAGE_SIZE = 50;

const among = <Word extends string>(words: readonly Word[], value: unknown): Word[] | undefined => {
  const chosen = words.filter((word) => listFrom(value)?.includes(word));
  return chosen.length ? chosen : undefined;
};

export function readOutboxSearch(search: Record<string, unknown>): OutboxSearch {
  const page = numberFrom(search['page']);
  return {
    status: among(STATUSES, search['status']),
    channel: among(CHANNELS, search['channel']),
    page: page && page > 1 ? page : undefined,
    message: textFrom(search['message'])?.match(/^[0-9a-f-]{36}$/i)?.[0],
  };
}

export const inputOf = ({ status, channel, page = 1 }: OutboxSearch): MessagesInput => ({
  ...(status && { status }),
  ...(channel && { channel }),
  limit: PAGE_SIZE,
  offset: (page - 1) * PAGE_SIZE,
});

export const isFiltered = ({ status, channel }: OutboxSearch): boolean => status !== undefined || channel !== undefined;
