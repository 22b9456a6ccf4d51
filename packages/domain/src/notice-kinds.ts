import { ALERT_NOTICES } from './messages/alerts.ts';
import type { NoticeKind } from './messages/notice-kind.ts';
import { ACCOUNT_NOTICES } from './people/account-notices.ts';
import { RIGHTS_NOTICES } from './people/rights/rights-notices.ts';
import { ANSWER_NOTICES } from './record/answers/answer-notices.ts';
import { UNUSUAL_NOTICES } from './record/unusual/unusual-notices.ts';
import { TIMECARD_NOTICES } from './timecards/timecard-notices.ts';

/** Every kind of notice, as the page of preferences lists them. */
export const NOTICE_KINDS: readonly NoticeKind[] = [
  ...TIMECARD_NOTICES,
  ...ACCOUNT_NOTICES,
  ...RIGHTS_NOTICES,
  ...ANSWER_NOTICES,
  ...UNUSUAL_NOTICES,
  ...ALERT_NOTICES,
];
