import { createContext, useContext } from 'react';

/** Why nothing can be changed on these pages at present, or nothing of what nobody does in another's place; null where it can. */
export interface ReadOnly {
  readonly anything: string | null;
  readonly inPerson: string | null;
}

export const ReadOnlyContext = createContext<ReadOnly>({ anything: null, inPerson: null });

/** Why this can't be changed at present; null where it can. */
export const useReadOnly = (what: keyof ReadOnly): string | null => useContext(ReadOnlyContext)[what];
