import { useEffect, useState } from 'react';

/** Pause after which what somebody chooses or types counts as chosen. Milliseconds. */
export const PAUSE = 300;

/** A value once it has stood still for a moment; the first one at once. Give it values that stay the same object while they are the same. */
export function usePaused<Value>(value: Value): Value {
  const [settled, setSettled] = useState(value);
  useEffect(() => {
    const timer = setTimeout(() => setSettled(value), PAUSE);
    return () => clearTimeout(timer);
  }, [value]);
  return settled;
}
