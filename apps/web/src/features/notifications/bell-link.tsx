import { Link } from '@tanstack/react-router';
import { Bell } from 'lucide-react';
import { Icon } from '../../ui/icon.tsx';
import { useStore } from '../../ui/store.ts';
import { unreadCount } from './inbox.ts';

/** The way to what one was told, with how much of it is unread. */
export function BellLink() {
  const unread = useStore(unreadCount) ?? 0;
  return (
    <Link
      to="/notifications"
      activeProps={{ className: 'md:bg-accent-soft text-accent font-[620]' }}
      inactiveProps={{ className: 'text-ink-2 hover:text-ink md:hover:bg-hover' }}
      className="relative flex flex-1 items-center gap-2.5 rounded-md px-2.5 text-sm font-medium transition-colors max-md:h-14 max-md:flex-col max-md:justify-center max-md:gap-0.5 max-md:text-2xs md:h-8 md:flex-none"
    >
      <Icon of={Bell} size={16} />
      Notifications
      {unread > 0 && <Count unread={unread} />}
    </Link>
  );
}

/** At the end of the line, or on the bell's shoulder where the bar is narrow. */
const Count = ({ unread }: { readonly unread: number }) => (
  <span className="num grid h-4 min-w-4 place-items-center rounded-full bg-accent px-1 text-2xs font-semibold text-accent-ink max-md:absolute max-md:left-1/2 max-md:top-2 max-md:ml-1 md:ml-auto">
    {unread > 99 ? '99+' : unread}
    <span className="sr-only">unread</span>
  </span>
);
