import { useCallback, useEffect, useState } from 'react';
import type { FeedSession } from '../trail/feed-session.ts';

interface Print {
  /** The trail is being read to its end. */
  readonly preparing: boolean;
  readonly print: () => void;
}

/** Prints a card with all of its trail, which is read to its end first; Ctrl or Cmd with P does the same. */
export function usePrint(trail: FeedSession | null, enabled: boolean): Print {
  const [preparing, setPreparing] = useState(false);
  const print = useCallback(() => {
    const prepare = async () => {
      setPreparing(true);
      await trail?.loadAll();
      setPreparing(false);
      window.print();
    };
    void prepare();
  }, [trail]);
  useEffect(() => {
    if (!enabled) return;
    const pressed = (event: KeyboardEvent) => {
      if (event.key.toLowerCase() !== 'p' || event.altKey || event.shiftKey || event.metaKey === event.ctrlKey) return;
      event.preventDefault();
      print();
    };
    addEventListener('keydown', pressed);
    return () => removeEventListener('keydown', pressed);
  }, [enabled, print]);
  return { preparing, print };
}
