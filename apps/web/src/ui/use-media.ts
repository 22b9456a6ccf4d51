import { useSyncExternalStore } from 'react';

/** Whether a media query holds. For what differs in behaviour: what differs only in looks belongs into the styles. */
export function useMedia(query: string): boolean {
  return useSyncExternalStore(
    (changed) => {
      const list = matchMedia(query);
      list.addEventListener('change', changed);
      return () => list.removeEventListener('change', changed);
    },
    () => matchMedia(query).matches,
  );
}

/** Wide enough for a list with something beside it. */
export const WIDE = '(min-width: 1024px)';
/** So narrow that things open from the bottom edge. */
export const NARROW = '(max-width: 639px)';
