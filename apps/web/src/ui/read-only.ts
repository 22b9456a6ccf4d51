import { createContext } from 'react';

/** Why nothing can be changed on these pages at present, or nothing of what nobody does in another's place; null where it can. */
export interface ReadOnly {
  readonly anything: string | null;
  readonly inPerson: string | null;
}

export const ReadOnlyContext = createContext<ReadOnly>({ anything: null, inPerson: null });
