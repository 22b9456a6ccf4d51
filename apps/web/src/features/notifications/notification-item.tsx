import { Bell, Check, CircleAlert, type LucideIcon, Pencil, X } from 'lucide-react';
import { Link } from '@tanstack/react-router';
import type { NotificationView } from '../../api/views.ts';
import { Icon } from '../../ui/icon.tsx';
import { Bone } from '../../ui/page-state.tsx';
import { useReadOnly } from '../../ui/read-only.ts';
import { TimeText } from '../../ui/time-text.tsx';
import { useZones } from '../../ui/zone-context.tsx';
import { placeOf } from './inbox.ts';
import { useMarkRead } from './notification-queries.ts';

const LOOKS: Readonly<Record<string, { readonly icon: LucideIcon; readonly className: string }>> = {
  hours_changed: { icon: Pencil, className: 'bg-other/10 text-other' },
  edited_after_approval: { icon: Pencil, className: 'bg-refuse/9 text-refuse' },
  timecard_rejected: { icon: X, className: 'bg-refuse/9 text-refuse' },
  timecard_approved: { icon: Check, className: 'bg-good/10 text-good' },
  system_alert: { icon: CircleAlert, className: 'bg-refuse/9 text-refuse' },
};
const OTHER = { icon: Bell, className: 'bg-well text-ink-2' };

/** One notice: what happened, its details, by whom and when. All of it leads to the record; looking there marks it as read. */
export function NotificationItem({ notice }: { readonly notice: NotificationView }) {
  const { choice, mine } = useZones();
  const { mutate } = useMarkRead();
  const { icon, className } = LOOKS[notice.kind] ?? OTHER;
  const unread = notice.readAt === null;
  const readOnly = useReadOnly('anything');
  const read = () => unread && readOnly === null && mutate({ ids: [notice.id] });
  return (
    <li className={`relative flex gap-3 border-b border-line px-4 py-3 hover:bg-hover sm:px-5 ${unread ? 'bg-accent-soft/60' : ''}`}>
      <span className={`mt-0.5 grid size-7 shrink-0 place-items-center rounded-full ${className}`}>
        <Icon of={icon} size={14} />
      </span>
      <div className="min-w-0 flex-1">
        <p className={unread ? 'font-semibold' : ''}>
          {unread && <span className="sr-only">Unread: </span>}
          <Title notice={notice} onOpen={read} />
        </p>
        {notice.details.length > 0 && (
          <dl className="mt-0.5 text-sm text-ink-2">
            {notice.details.map(({ label, text }) => (
              <div key={label} className="wrap-anywhere">
                <dt className="inline font-medium">{label}:</dt> <dd className="inline whitespace-pre-line">{text}</dd>
              </div>
            ))}
          </dl>
        )}
        <p className="mt-0.5 text-xs text-ink-3">
          {notice.actor ? (notice.actor.name ?? 'Somebody who left') : 'Countersign'} ·{' '}
          <TimeText instant={notice.createdAt} timeZone={choice === 'utc' ? 'UTC' : mine} as="day" />
        </p>
      </div>
      {unread && (
        <button
          type="button"
          onClick={read}
          aria-label={`Mark as read: ${notice.title}`}
          title={readOnly ?? 'Mark as read'}
          aria-disabled={readOnly !== null || undefined}
          className="relative z-1 -mr-2 grid size-8 shrink-0 place-items-center rounded-md hover:bg-well aria-disabled:cursor-not-allowed aria-disabled:hover:bg-transparent pointer-coarse:size-11"
        >
          <span aria-hidden className="size-2.5 rounded-full bg-accent" />
        </button>
      )}
    </li>
  );
}

const STRETCHED =
  'after:absolute after:inset-0 focus-visible:outline-none focus-visible:after:outline-2 focus-visible:after:-outline-offset-2 focus-visible:after:outline-accent';

function Title({ notice, onOpen }: { readonly notice: NotificationView; readonly onOpen: () => void }) {
  const place = placeOf(notice);
  if (place === null) return notice.title;
  return (
    <Link to={place} onClick={onOpen} className={STRETCHED}>
      {notice.title}
    </Link>
  );
}

export const NotificationsSkeleton = () => (
  <div role="status">
    <span className="sr-only">Reading the notifications</span>
    <div aria-hidden>
      {Array.from({ length: 8 }, (_, index) => (
        <div key={index} className="flex gap-3 border-b border-line px-5 py-3">
          <span className="breathing size-7 rounded-full bg-line" />
          <div className="grid gap-2 py-1">
            <Bone className={index % 2 ? 'w-64' : 'w-52'} />
            <Bone className="w-36" />
          </div>
        </div>
      ))}
    </div>
  </div>
);
