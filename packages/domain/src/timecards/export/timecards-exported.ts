import { z } from 'zod';
import { manualAction } from '@countersign/audit/manual-action';
import { ROW_KINDS } from '../import/columns.rules.ts';
import { timecardsFilter } from '../timecard.views.ts';

/** AUD-9: hours left the house as a file: which, how many cards, by whom. */
export const timecardsExported = manualAction({
  name: 'timecards_exported',
  area: 'timecards',
  label: 'Timecards exported',
  description: 'Timecards were fetched as a file.',
  needsPerson: true,
  failure: 'defer',
  metadata: z.strictObject({
    rows: z.enum(ROW_KINDS),
    /** How many cards the filter found when the file was begun. */
    timecards: z.int().nonnegative(),
    /** Whose they are: how many people, and the hash of the rows that name them. Earlier events have neither. */
    people: z.int().nonnegative().optional(),
    people_sha256: z.string().length(64).optional(),
    filter: z.strictObject(timecardsFilter),
  }),
});

/** AUD-29: the file was fetched to its end. In the change set of `timecards_exported`; what was broken off has none. */
export const timecardsExportFinished = manualAction({
  name: 'timecards_export_finished',
  area: 'timecards',
  label: 'Export finished',
  description: 'A file of timecards was fetched to its end: how long it is, and the hash by which it is known again.',
  needsPerson: true,
  failure: 'defer',
  metadata: z.strictObject({
    bytes: z.int().nonnegative(),
    sha256: z.string().length(64),
  }),
});
