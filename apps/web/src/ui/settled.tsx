import { createContext, type ReactNode, use } from 'react';

const Context = createContext(true);

/**
 * Whether all that the providers above give has been read, or could not be. Said by themselves, together with what they
 * give: whoever asks the store of queries hears of an answer a moment before they do, and would draw with what they gave before.
 */
export const useSettled = (): boolean => use(Context);

interface Props {
  /** Whether this provider has read what it gives. */
  readonly by: boolean;
  readonly children: ReactNode;
}

export function Settled({ by, children }: Props) {
  const above = use(Context);
  const settled = above && by;
  return <Context value={settled}>{children}</Context>;
}
