import { type ReactNode, useEffect } from 'react';
import { Mark } from '../../layouts/mark.tsx';

/** A page for whoever isn't signed in: what it is, and one form. */
export function OutsideFrame({
  title,
  about,
  children,
}: {
  readonly title: string;
  readonly about: ReactNode;
  readonly children: ReactNode;
}) {
  useEffect(() => {
    document.title = `${title} · Countersign`;
  }, [title]);
  return (
    <main className="grid min-h-dvh content-center justify-items-center px-4 py-10">
      <div className="w-full max-w-88">
        <div className="mb-7 flex items-center gap-2.5">
          <Mark className="size-7" />
          <span className="text-lg font-[680] tracking-tight">Countersign</span>
        </div>
        <h1 className="text-xl">{title}</h1>
        <p role="status" className="mb-5 mt-1 text-sm text-ink-2">
          {about}
        </p>
        {children}
      </div>
    </main>
  );
}
