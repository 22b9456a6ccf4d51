import type { EntityManager } from '@mikro-orm/postgresql';
import { noticeKind, type NoticeKind } from '../messages/notice-kind.ts';
import { notify, type Notice } from '../messages/notify.ts';
import type { Detail } from '../messages/notification.ts';
import type { Edited } from './edit.ts';
import type { OpenCard } from './open-card.ts';
import { dayLabel, isOneDay, periodLabel, type Period } from './period.rules.ts';
import type { Timecard } from './timecard.ts';

// TC-8, TC-13: what the owner of a timecard is told of.

const hoursChanged = noticeKind({
  name: 'hours_changed',
  label: 'Changes of your hours',
  about: 'Somebody else records, changes or deletes hours of yours.',
  canBeTurnedOff: false,
  urgent: false,
});
const timecardRejected = noticeKind({
  name: 'timecard_rejected',
  label: 'Rejections',
  about: 'A timecard of yours is rejected, with the reason and the fields to mend.',
  canBeTurnedOff: true,
  urgent: false,
});
const timecardApproved = noticeKind({
  name: 'timecard_approved',
  label: 'Approvals',
  about: 'A timecard of yours is approved.',
  canBeTurnedOff: true,
  urgent: false,
});
const editedAfterApproval = noticeKind({
  name: 'edited_after_approval',
  label: 'Edits after approval',
  about: 'A timecard of yours is changed after it was approved. One that changes your hours is told in any case.',
  canBeTurnedOff: true,
  urgent: false,
});

export const TIMECARD_NOTICES: readonly NoticeKind[] = [hoursChanged, timecardRejected, timecardApproved, editedAfterApproval];

/** What happened to a card, for its owner to know. */
interface Happened {
  readonly kinds: readonly [NoticeKind, ...NoticeKind[]];
  readonly title: string;
  readonly details?: readonly Detail[];
}

/** Tells the owner of a card what somebody else did with it; nobody is told of what they did themselves. */
async function tellOwner({ em, card, relation }: OpenCard, happened: Happened): Promise<void> {
  if (relation === 'own') return;
  const root = { type: 'Timecard', id: card.id };
  await notify(em, [{ person: card.person.id, root, path: `/timecards/${card.id}`, ...happened }]);
}

const reasonOf = (reason: string | null | undefined): Detail[] => (reason ? [{ label: 'Reason', text: reason }] : []);

export const tellCreated = (open: OpenCard, reason: string | undefined): Promise<void> =>
  tellOwner(open, { kinds: [hoursChanged], title: `Hours of yours were recorded: ${periodLabel(open.card)}`, details: reasonOf(reason) });

/** What an edit came to beside the card itself. */
interface EditTold {
  readonly edited: Edited;
  readonly reason: string | undefined;
  /** Other cards of the same person whose overtime changed with it. */
  readonly others: readonly Timecard[];
}

export async function tellEdited(open: OpenCard, { edited, reason, others }: EditTold): Promise<void> {
  const approved = open.card.status === 'approved';
  const kinds = [...(approved ? [editedAfterApproval] : []), ...(edited.times ? [hoursChanged] : [])];
  const [first, ...more] = kinds;
  if (!first) return;
  const what = edited.times ? 'Your hours were changed' : 'Your timecard was changed';
  await tellOwner(open, {
    kinds: [first, ...more],
    title: `${what}${approved ? ' after approval' : ''}: ${periodLabel(open.card)}`,
    details: [...reasonOf(reason), ...overtimeOf(others)],
  });
}

const overtimeOf = (others: readonly Timecard[]): Detail[] =>
  others.length ? [{ label: 'Overtime changed too', text: others.map(periodLabel).join(', ') }] : [];

export const tellApproved = (open: OpenCard): Promise<void> =>
  tellOwner(open, { kinds: [timecardApproved], title: `Your timecard was approved: ${periodLabel(open.card)}` });

/** TC-8: with its reason and the fields to mend. */
export async function tellRejected(open: OpenCard, { edited, others }: Omit<EditTold, 'reason'>): Promise<void> {
  const { card } = open;
  const mend = (card.fieldsToMend ?? []).map((field) => fieldLabel(card, field));
  await tellOwner(open, {
    kinds: [timecardRejected, ...(edited.times ? [hoursChanged] : [])],
    title: `Your timecard was rejected: ${periodLabel(card)}`,
    details: [
      ...reasonOf(card.rejectionReason),
      ...(mend.length ? [{ label: 'To mend', text: mend.join(', ') }] : []),
      ...(edited.times ? [{ label: 'Changed with it', text: 'Hours of this timecard' }] : []),
      ...overtimeOf(others),
    ],
  });
}

export const tellDeleted = (open: OpenCard, reason: string | undefined): Promise<void> =>
  tellOwner(open, {
    kinds: [hoursChanged],
    title: `Your draft was deleted: ${periodLabel(open.card)}`,
    details: reasonOf(reason),
  });

/** What an import did with somebody's cards. */
export interface ImportTold {
  readonly person: string;
  /** Those that it made and those whose times it changed: at least one. */
  readonly cards: readonly (Period & { readonly id: string })[];
}

/** TC-13: tells each person once of what an import did with their hours, however many cards that are. */
export async function tellImported(em: EntityManager, told: readonly ImportTold[], reason: string | null): Promise<void> {
  const notices = told.map(({ person, cards }): Notice => {
    const [only] = cards.length === 1 ? cards : [];
    const days = {
      periodStart: least(cards.map(({ periodStart }) => periodStart)),
      periodEnd: most(cards.map(({ periodEnd }) => periodEnd)),
    };
    return {
      person,
      kinds: [hoursChanged],
      title: `Hours of yours were imported: ${only ? periodLabel(only) : `${cards.length} timecards, ${periodLabel(days)}`}`,
      details: reasonOf(reason),
      ...(only ? { root: { type: 'Timecard', id: only.id }, path: `/timecards/${only.id}` } : { path: `/timecards?person=${person}` }),
    };
  });
  await notify(em, notices);
}

const least = (days: readonly string[]) => days.reduce((one, other) => (one < other ? one : other));
const most = (days: readonly string[]) => days.reduce((one, other) => (one > other ? one : other));

/** `Check Out Time`, or with its day `3 Nov 2026 Daily Check Out`. */
function fieldLabel(card: Timecard, field: string): string {
  const [name, workDate] = isOneDay(card) ? [field, null] : [field.split('.')[2] ?? field, field.split('.')[1] ?? null];
  const label = name.replace(/(^|_)([a-z])/g, (_, before: string, letter: string) => `${before && ' '}${letter.toUpperCase()}`);
  return workDate === null ? label : `${dayLabel(workDate)} ${label}`;
}
