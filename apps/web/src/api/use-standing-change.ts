import { useEffect, useRef } from 'react';
import type { SocketEnding } from '@countersign/client';
import { standing } from './standing.ts';

/** For components that remember what they were told. */
export function useStandingChange(listener: (why: SocketEnding) => void): void {
  const latest = useRef(listener);
  useEffect(() => {
    latest.current = listener;
  });
  useEffect(() => standing.onChange((why) => latest.current(why)), []);
}
