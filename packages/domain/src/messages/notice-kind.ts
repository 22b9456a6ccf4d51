import type { Role } from '../people/rights/permissions.ts';

/** A kind of notice, declared beside the act that it tells of. */
export interface NoticeKind {
  /** Stands in rows and preferences for years: never changed, never given to another kind. */
  readonly name: string;
  readonly label: string;
  /** When somebody is told, in one sentence for the page of preferences. */
  readonly about: string;
  readonly canBeTurnedOff: boolean;
  /** Its messages don't wait for the end of quiet hours. */
  readonly urgent: boolean;
  /** Whose it can be; everybody's unless given. */
  readonly roles?: readonly Role[];
}

/** Declares a kind of notice; `notice-kinds.ts` gathers them. */
export const noticeKind = (kind: NoticeKind): NoticeKind => kind;
