import type { SocketEnding } from '@countersign/client';

type Listener = (why: SocketEnding) => void;

const listeners = new Set<Listener>();

/**
 * How the reader stands with the server: told when what they may see has changed, or their session is over. Whatever
 * remembers what it was told by the server listens, and forgets.
 */
export const standing = {
  ended: (why: SocketEnding): void => {
    for (const listener of listeners) listener(why);
  },
  /** @returns how to listen no more. */
  onChange: (listener: Listener): (() => void) => {
    listeners.add(listener);
    return () => void listeners.delete(listener);
  },
};
