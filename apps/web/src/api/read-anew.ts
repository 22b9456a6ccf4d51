import type { Query, QueryClient } from '@tanstack/react-query';
import { sessionQuery } from './session.ts';
import { typefacesQuery } from '../ui/typefaces.ts';

/** Milliseconds that what is shown may wait for what takes its place. A right that was taken away is gone within a second. */
const PATIENCE = 700;

/** Letters are the same for everybody, and who is signed in is asked by itself. */
const NOT_CONCERNED = new Set<unknown>([typefacesQuery.queryKey[0], sessionQuery.queryKey[0]]);
const concerned = ({ queryKey }: Pick<Query, 'queryKey'>): boolean => !NOT_CONCERNED.has(queryKey[0]);

/**
 * Reads everything anew, since what the reader may see is another now. What stands there is exchanged in one go, so that
 * nothing flickers and nothing typed is lost; what can't be read any more, or not soon enough, goes.
 */
export async function readAnew(queries: QueryClient): Promise<void> {
  const began = Date.now();
  forgetUnseen(queries);
  // What is under way was asked for by the rights that there were.
  await queries.cancelQueries({ predicate: concerned });
  let waiting = 0;
  const patience = new Promise((resolve) => (waiting = window.setTimeout(resolve, PATIENCE)));
  await Promise.race([queries.invalidateQueries({ predicate: concerned }), patience]);
  clearTimeout(waiting);
  await queries.resetQueries({ predicate: (query) => concerned(query) && isOlder(query, began) });
}

const isOlder = ({ state }: Query, moment: number): boolean => state.data !== undefined && state.dataUpdatedAt < moment;

/** What no page shows at the moment, and would show at first when somebody goes there. */
const forgetUnseen = (queries: QueryClient): void => queries.removeQueries({ type: 'inactive', predicate: concerned });

/** Forgets what was read for somebody who is signed in no longer. */
export const forgetAll = (queries: QueryClient): void => queries.removeQueries({ predicate: concerned });
