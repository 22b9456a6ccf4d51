import { queryOptions } from '@tanstack/react-query';

/** What rows are set in. */
const FACES = ['1em "Inter Variable"', 'italic 1em "Inter Variable"', '1em "JetBrains Mono Variable"'] as const;

/** Milliseconds: after that whoever waits reads in the system's letters, which are made to be nearly as wide. */
const PATIENCE = 1_000;

/** Settled once the letters are there, or are late: what is set before is set anew, and moves. */
export const typefacesQuery = queryOptions({
  queryKey: ['typefaces'],
  queryFn: async () => {
    const late = new Promise<void>((resolve) => setTimeout(resolve, PATIENCE));
    await Promise.race([late, Promise.allSettled(FACES.map((face) => document.fonts.load(face)))]);
    return FACES;
  },
  staleTime: Infinity,
});
