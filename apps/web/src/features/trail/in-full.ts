import { createContext } from 'react';

/** AUD-27: on paper nobody can point at a short value to see it whole: there it stands in full words. */
export const InFull = createContext(false);
