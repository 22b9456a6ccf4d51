import type { ReactNode } from 'react';

/** One fact of an event: what it is called, and what it is. */
export const Fact = ({ term, children }: { readonly term: string; readonly children: ReactNode }) => (
  <>
    <dt className="text-ink-3">{term}</dt>
    <dd className="min-w-0">{children}</dd>
  </>
);
