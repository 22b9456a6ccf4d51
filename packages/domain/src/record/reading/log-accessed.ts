import { z } from 'zod';
import { manualAction, type MetadataOf } from '@countersign/audit/manual-action';
import { LOG_ACCESSED, READ_AS_ANOTHER, READ_VIEWS, READING_AREA, type ReadView, RECORD_VIEWED } from './read-view.rules.ts';
import { recordedFilter } from './recorded-filter.rules.ts';

/**
 * AUD-29: somebody read the log. Reads of one view are one event for as long as its window stands open, so that a page that
 * refreshes itself leaves a handful. May be deferred: what reads goes on although nobody can record it at the moment.
 */
export const logAccessed = manualAction({
  name: LOG_ACCESSED,
  area: READING_AREA,
  label: 'Log read',
  description: 'Somebody read the log: which view of it, by which filters, how often, and how many rows in all.',
  needsPerson: true,
  failure: 'defer',
  metadata: z.strictObject({
    view: z.enum(Object.keys(READ_VIEWS) as [ReadView, ...ReadView[]]),
    times: z.int().positive(),
    rows: z.int().nonnegative(),
    /** Of these those that were asked for and are about others' records, and how many different people these are; an event about a record counts none. Earlier events have neither. */
    of_others: z.int().nonnegative().optional(),
    people: z.int().nonnegative().optional(),
    /** The first and the latest time. */
    first: z.iso.datetime(),
    last: z.iso.datetime(),
    /** The different ones, in the order in which they came; nothing in one that asked for everything. */
    filters: z.array(recordedFilter),
    /** How many more there were than are kept. */
    more_filters: z.int().nonnegative(),
  }),
});
export type LogAccess = MetadataOf<typeof logAccessed>;

/** AUD-29: somebody opened a record of somebody else, whether they looked at its trail or not. Counted in windows, as reads of the log are. */
export const recordViewed = manualAction({
  name: RECORD_VIEWED,
  area: READING_AREA,
  label: 'Record opened',
  description: 'Somebody opened a record of somebody else, and how often.',
  needsPerson: true,
  failure: 'defer',
  metadata: z.strictObject({
    times: z.int().positive(),
    /** The first and the latest time. */
    first: z.iso.datetime(),
    last: z.iso.datetime(),
  }),
});

/** AC-7: what an admin was shown through somebody's eyes, beside the log and the records that they opened. Counted in windows likewise. */
export const readAsAnother = manualAction({
  name: READ_AS_ANOTHER,
  area: READING_AREA,
  label: 'Read as another',
  description: 'An admin who looked at the system as this person was shown what they see: which queries answered, and how often in all.',
  needsPerson: true,
  failure: 'defer',
  metadata: z.strictObject({
    times: z.int().positive(),
    /** The first and the latest time. */
    first: z.iso.datetime(),
    last: z.iso.datetime(),
    queries: z.array(z.string().max(100)),
  }),
});
