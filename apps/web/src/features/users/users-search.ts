import type { Role, UsersInput } from '../../api/views.ts';
import { ROLES } from '../../layouts/role-name.ts';
import { listFrom, numberFrom, textFrom } from '../../ui/address.ts';

export const LISTED_STATES = ['active', 'invited', 'disabled'] as const;
type ListedState = (typeof LISTED_STATES)[number];

/** What the list of users shows, as it stands in the address. */
export interface UsersSearch {
  /** Words of names and mail addresses. */
  readonly find?: string | undefined;
  readonly role?: Role[] | undefined;
  readonly state?: ListedState[] | undefined;
  /** 2, 3 …; the first one goes without saying. */
  readonly page?: number | undefined;
}

/** Users on one page. */
const PAGE_SIZE = 50;

const among = <Word extends string>(words: readonly Word[], value: unknown): Word[] | undefined => {
  const chosen = words.filter((word) => listFrom(value)?.includes(word));
  return chosen.length ? chosen : undefined;
};

export function readUsersSearch(search: Record<string, unknown>): UsersSearch {
  const page = numberFrom(search['page']);
  return {
    find: textFrom(search['find'])?.slice(0, 100),
    role: among(ROLES, search['role']),
    state: among(LISTED_STATES, search['state']),
    page: page && page > 1 ? page : undefined,
  };
}

export const inputOf = ({ find, role, state, page = 1 }: UsersSearch): UsersInput => ({
  ...(find !== undefined && { search: find }),
  ...(role && { role }),
  ...(state && { state }),
  limit: PAGE_SIZE,
  offset: (page - 1) * PAGE_SIZE,
});

export const isFiltered = ({ find, role, state }: UsersSearch): boolean => [find, role, state].some((part) => part !== undefined);
