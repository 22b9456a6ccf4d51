import { noticeKind, type NoticeKind } from '../messages/notice-kind.ts';

/** Never turned off: somebody who took an account over would turn it off first. */
export const accountChanged = noticeKind({
  name: 'account_changed',
  label: 'Changes of how you sign in',
  about:
    'Your password or second factor was changed, by you, by an admin, or by whoever had a link to do so; or you sign in by a provider from now on, or no longer.',
  canBeTurnedOff: false,
  urgent: true,
});

export const ACCOUNT_NOTICES: readonly NoticeKind[] = [accountChanged];
