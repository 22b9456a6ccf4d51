/**
 * For a query's `refetchInterval`: every so many milliseconds. Where there is a problem and nothing to show it isn't looked
 * at again by itself: the problem and its button would come and go with each look.
 */
export const lookAgain = ({ data, error }: { readonly data: unknown; readonly error: unknown }, ms: number): number | false =>
  error !== null && data === undefined ? false : ms;
