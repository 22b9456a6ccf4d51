import type { ReactNode } from 'react';
import { useEffect } from 'react';
import { ZoneSwitch } from './zone-switch.tsx';

interface Props {
  readonly title: string;
  /** Of the window, where it says more than the heading. */
  readonly windowTitle?: string;
  /** The way back, where there is one. */
  readonly before?: ReactNode;
  /** What stands at the other end, however long the title is. */
  readonly beside?: ReactNode;
  readonly children?: ReactNode;
}

/** The head of a page: what it is, how it is, and in whose time it is read. Always the same height: nothing below it moves. */
export function PageHeader({ title, windowTitle = title, before, beside, children }: Props) {
  useEffect(() => {
    document.title = `${windowTitle} · Countersign`;
  }, [windowTitle]);
  return (
    <header className="flex h-13 print:hidden shrink-0 items-center gap-x-4 border-b border-line px-4 max-sm:gap-x-2 sm:px-5 short:h-10">
      {before}
      <h1
        tabIndex={-1}
        className={`min-w-0 text-lg max-sm:grid max-sm:h-[2lh] max-sm:content-center max-sm:text-sm max-sm:leading-tight ${children ? 'max-sm:shrink-0' : 'max-sm:flex-1'}`}
      >
        {/* In one line or in two, another title is another line in the same place. */}
        <span key={title} className="line-clamp-2 sm:block sm:truncate">
          {title}
        </span>
      </h1>
      <div className="flex min-w-0 flex-1 items-center gap-4 empty:max-sm:hidden">{children}</div>
      {beside}
      <ZoneSwitch />
    </header>
  );
}
