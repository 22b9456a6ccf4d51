import type { inferRouterInputs, inferRouterOutputs } from '@trpc/server';
import type { AppRouter } from './router.ts';

/** What each procedure takes: `RouterInputs['timecards']['update']`. */
export type RouterInputs = inferRouterInputs<AppRouter>;
/** What each procedure answers: `RouterOutputs['timecards']['get']`. */
export type RouterOutputs = inferRouterOutputs<AppRouter>;

/** One event of the log, as the caller may see it. Instants are ISO 8601 in UTC, recorded values exact text. */
export type EventView = RouterOutputs['audit']['page']['events'][number];

/**
 * Which events are wanted: one value or several each; within one list any will do, across lists all must. An absent list
 * asks for nothing. `target` and `root` are `Type:id`, or an id alone.
 */
export type LiveFilter = Omit<Exclude<RouterInputs['audit']['live'], void | undefined>, 'lastEventId'>;
