import { z } from 'zod';
import { recordView } from '../record.views.ts';

/** How a balance can stand: `failed` says nothing about the records. */
export const CHECK_STATES = ['running', 'clean', 'different', 'failed'] as const;
export const DIFFERENCE_KINDS = ['row_missing', 'not_recorded', 'field', 'members', 'sealed'] as const;

export const completenessInput = z.strictObject({
  /** `Timecard:…`: a record, with everything that stands under it. */
  root: z
    .string()
    .max(500)
    .regex(/^\w+:.+$/, 'A record is needed, such as Timecard:0d2f….'),
});

const place = z.object({ position: z.number().int(), at: z.string() });

/**
 * A change that began with something else than the one before it had left; without a field one of which only is recorded
 * that it could not be. No values: they may not be everybody's.
 */
const gapView = z.object({
  record: recordView,
  field: z.string().nullable(),
  label: z.string().nullable(),
  after: place,
  before: place,
});

const differenceView = z.object({
  record: recordView,
  kind: z.enum(DIFFERENCE_KINDS),
  field: z.string().nullable(),
  label: z.string().nullable(),
});

/** AUD-31: how far back the record of a root is complete, and what the latest balance found under it. */
export const completenessView = z.object({
  /**
   * `creation`: the log has the record from its creation on. `first_change`: it was there before, and what nobody
   * changed since was never told. `nothing`: the log tells nothing of it. `in_part`: you don't see all of it.
   * `too_long`: there is too much of it to be looked through on a page.
   */
  since: z.object({ state: z.enum(['creation', 'first_change', 'nothing', 'in_part', 'too_long']), from: place.nullable() }),
  /** Where the log itself shows that something was not recorded, the latest first. */
  gaps: z.array(gapView),
  /** Whether a balance is under way. */
  underWay: z.boolean(),
  /** The latest balance that came to an end; null before the first. */
  latest: z
    .object({
      at: z.string(),
      /** `too_early`: the record is younger. `unlisted`: more was found than could be kept, so that nobody knows. */
      result: z.enum(['clean', 'different', 'too_early', 'unlisted']),
      differences: z.array(differenceView),
    })
    .nullable(),
  /** When a balance last found nothing here, before the latest did. */
  lastCleanAt: z.string().nullable(),
});
export type CompletenessView = z.input<typeof completenessView>;
