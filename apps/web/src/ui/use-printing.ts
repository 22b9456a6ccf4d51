import { useEffect, useState } from 'react';
import { flushSync } from 'react-dom';

/**
 * Since when the page is being printed; null while it isn't. What shows only what is in sight shows everything then;
 * what differs only in looks belongs into the styles.
 */
export function usePrinting(): Date | null {
  const [printing, setPrinting] = useState(() => (matchMedia('print').matches ? new Date() : null));
  useEffect(() => {
    const media = matchMedia('print');
    // The browser takes its picture as soon as these return.
    const turn = (on: boolean) => flushSync(() => setPrinting((since) => (on ? (since ?? new Date()) : null)));
    const before = () => turn(true);
    const after = () => turn(false);
    const change = () => turn(media.matches);
    addEventListener('beforeprint', before);
    addEventListener('afterprint', after);
    media.addEventListener('change', change);
    return () => {
      removeEventListener('beforeprint', before);
      removeEventListener('afterprint', after);
      media.removeEventListener('change', change);
    };
  }, []);
  return printing;
}
