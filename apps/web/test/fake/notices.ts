import type { MessageView, NotificationView, PreferencesView } from '../../src/api/views.ts';
import { PEOPLE } from './people.ts';

type Part = Partial<NotificationView>;

const id = (number: number) => `00000000-0000-4000-9000-${String(number).padStart(12, '0')}`;

/** A notice as the server tells it: a rejection, unless told otherwise. */
export function makeNotice(number: number, part: Part = {}): NotificationView {
  const card = '00000000-0000-4000-a000-000000000001';
  return {
    id: id(number),
    number,
    kind: 'timecard_rejected',
    title: 'Your timecard was rejected: Week of 2 Nov 2026',
    details: [
      { label: 'Reason', text: 'Break below the legal minimum, please confirm' },
      { label: 'To mend', text: '3 Nov 2026 Daily Break End' },
    ],
    actor: { id: PEOPLE[1]?.id ?? '', name: PEOPLE[1]?.name ?? null },
    root: { type: 'Timecard', id: card },
    changeId: id(900_000 + number),
    path: `/timecards/${card}`,
    createdAt: new Date(Date.UTC(2026, 10, 6, 12, number)).toISOString(),
    readAt: null,
    ...part,
  };
}

/** One of each kind, newest first. */
export const NOTICES: readonly NotificationView[] = [
  makeNotice(6, {
    kind: 'system_alert',
    title: 'The log can’t be written',
    details: [{ label: 'What is known', text: 'connection refused' }],
    actor: null,
    root: null,
    changeId: null,
    path: null,
  }),
  makeNotice(5),
  makeNotice(4, { kind: 'hours_changed', title: 'Your hours were changed: 4 Nov 2026', details: [{ label: 'Reason', text: 'Gate log' }] }),
  makeNotice(3, {
    kind: 'edited_after_approval',
    title: 'Your hours were changed after approval: 3 Nov 2026',
    readAt: '2026-11-06T13:00:00Z',
  }),
  makeNotice(2, {
    kind: 'timecard_approved',
    title: 'Your timecard was approved: 3 Nov 2026',
    details: [],
    readAt: '2026-11-06T13:00:00Z',
  }),
  makeNotice(1, {
    kind: 'something_new',
    title: 'A kind that this page does not know',
    path: '/timecards',
    readAt: '2026-11-06T13:00:00Z',
  }),
];

const kind = (name: string, label: string, about: string, more: Partial<PreferencesView['kinds'][number]> = {}) => ({
  name,
  label,
  about,
  canBeTurnedOff: true,
  on: true,
  urgent: false,
  ...more,
});

export const PREFERENCES: PreferencesView = {
  quiet: true,
  quietFrom: '22:00',
  quietUntil: '07:00',
  sms: false,
  timeZone: 'Europe/Berlin',
  kinds: [
    kind('hours_changed', 'Changes of your hours', 'Somebody else changes hours of yours.', { canBeTurnedOff: false }),
    kind('timecard_rejected', 'Rejections', 'A timecard of yours is rejected, with the reason and the fields to mend.'),
    kind('timecard_approved', 'Approvals', 'A timecard of yours is approved.', { on: false }),
  ],
  hasPhoneNumber: false,
  pushKey: 'BDd3_hVL9fZi9Ybo2UUzA284WG5FZR30_95YeZJsiApwXKpNcF1rRPF3foIiBHXRdJI2Qhumhf6_LFTeZaNndIo',
  browsers: [{ id: id(77), browser: 'Firefox on Android', createdAt: '2026-11-01T09:00:00Z' }],
};

/** A mail as the outbox shows it: kept, unless told otherwise. */
export const makeMessage = (number: number, part: Partial<MessageView> = {}): MessageView => ({
  id: id(500_000 + number),
  channel: 'mail',
  status: 'kept',
  person: { id: PEOPLE[3]?.id ?? '', name: PEOPLE[3]?.name ?? '' },
  to: 'li.wei@example.com',
  subject: 'Your timecard was rejected: Week of 2 Nov 2026',
  urgent: false,
  attempts: 0,
  lastError: null,
  createdAt: '2026-11-06T12:00:00Z',
  notBefore: '2026-11-06T12:00:00Z',
  settledAt: '2026-11-06T12:00:01Z',
  body: 'Hello Li,\n\nYour timecard was rejected: Week of 2 Nov 2026.\n\nBy: Omar Khan\nReason: Break below the legal minimum',
  path: '/timecards/00000000-0000-4000-a000-000000000001',
  oneTimeLink: false,
  ...part,
});

/** One of each status and channel. */
export const MESSAGES: readonly MessageView[] = [
  makeMessage(4, { status: 'waiting', settledAt: null, notBefore: '2026-11-07T06:00:00Z', subject: 'Your hours were changed: 4 Nov 2026' }),
  makeMessage(3, {
    status: 'failed',
    channel: 'sms',
    to: '+49 30 1234567',
    attempts: 9,
    lastError: 'The SMS provider answered with 400',
    urgent: true,
  }),
  makeMessage(2, { status: 'sent', channel: 'push', to: null, attempts: 1, body: '' }),
  makeMessage(1),
];
