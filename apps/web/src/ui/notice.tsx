import { Bell, Check, CircleAlert, X } from 'lucide-react';
import { useEffect } from 'react';
import { Icon } from './icon.tsx';
import { createStore, useStore } from './store.ts';

const TONES = {
  good: { icon: Check, className: 'text-good' },
  refuse: { icon: CircleAlert, className: 'text-refuse' },
  news: { icon: Bell, className: 'text-accent' },
} as const;

export interface Notice {
  readonly text: string;
  readonly tone?: keyof typeof TONES;
  /** One thing that can be done about it, such as Undo. */
  readonly action?: { readonly label: string; readonly run: () => void };
}

const shown = createStore<(Notice & { readonly id: number }) | null>(null);
let count = 0;

/** Says in one line what was done; the one before goes. */
export function notify(notice: Notice): void {
  count += 1;
  shown.set({ ...notice, id: count });
}

/** Says something that also stands elsewhere: not over what is being said. */
export function hint(notice: Notice): void {
  if (shown.get() === null) notify(notice);
}

/** Takes away what is said, such as when somebody else sits down. */
export const clearNotice = (): void => shown.set(null);

const READ = 6000;
const DECIDE = 12_000;

export function NoticeArea() {
  const notice = useStore(shown);
  const tone = TONES[notice?.tone ?? 'good'];
  useEffect(() => {
    if (!notice) return;
    const timer = setTimeout(() => shown.set(null), notice.action ? DECIDE : READ);
    return () => clearTimeout(timer);
  }, [notice]);
  return (
    <div role="status" className="pointer-events-none fixed inset-x-0 bottom-4 print:hidden z-50 flex justify-center px-4 max-md:bottom-18">
      {notice && (
        <div
          key={notice.id}
          className="pointer-events-auto flex max-w-lg items-center gap-2.5 rounded-lg border border-line bg-sheet py-1.5 pl-3.5 pr-1.5 text-sm shadow-lift"
        >
          <Icon of={tone.icon} className={tone.className} />
          <span>{notice.text}</span>
          {notice.action && (
            <button
              type="button"
              onClick={() => (notice.action?.run(), shown.set(null))}
              className="h-8 rounded-md px-2.5 font-semibold text-accent hover:bg-hover"
            >
              {notice.action.label}
            </button>
          )}
          <button
            type="button"
            aria-label="Close"
            onClick={() => shown.set(null)}
            className="grid size-8 place-items-center rounded-md text-ink-3 hover:bg-hover"
          >
            <Icon of={X} />
          </button>
        </div>
      )}
    </div>
  );
}
