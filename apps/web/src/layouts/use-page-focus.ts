import { useRouterState } from '@tanstack/react-router';
import { useEffect, useRef } from 'react';

/** The part of the path that makes a page of its own: a drawer over a page is none. */
const pageOf = (pathname: string) => pathname.replace(/^\/live\/e\/.*/, '/live');

/** After a change of page the focus goes to its heading, where a screen reader begins to read; not on the first one. */
export function usePageFocus(): void {
  // Where one has arrived, not where one is on the way to: until then the heading is that of the page before.
  const page = useRouterState({ select: ({ location, resolvedLocation }) => pageOf((resolvedLocation ?? location).pathname) });
  const before = useRef(page);
  useEffect(() => {
    if (before.current === page) return;
    before.current = page;
    // The heading may come with the data: the page itself is there at once.
    const heading = document.querySelector<HTMLElement>('main h1');
    (heading ?? document.getElementById('page'))?.focus({ preventScroll: true });
  }, [page]);
}
