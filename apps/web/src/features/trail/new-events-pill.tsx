import { ArrowUp } from 'lucide-react';
import { Icon } from '../../ui/icon.tsx';
import type { Feed } from './feed.ts';

/** How many events wait above, and the way to them. It floats over the list: its coming and going moves nothing. */
export function NewEventsPill({ feed, onClick }: { readonly feed: Feed | null; readonly onClick: () => void }) {
  if (!feed?.heldCount) return null;
  return (
    <button
      type="button"
      onClick={onClick}
      className="num absolute left-1/2 top-3 z-10 flex h-8 -translate-x-1/2 items-center gap-1.5 rounded-full bg-accent px-3.5 text-sm font-semibold text-accent-ink shadow-lift pointer-coarse:h-11"
    >
      <Icon of={ArrowUp} size={14} /> {feed.heldCount.toLocaleString('en')} new
    </button>
  );
}
