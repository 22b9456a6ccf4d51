import { z } from 'zod';
import { manualAction } from '@countersign/audit/manual-action';
import { ANSWERS_AREA, VERDICTS } from './answer.rules.ts';

const metadata = z.strictObject({
  /** The change set that it is about, and its newest event. */
  change_id: z.uuid(),
  position: z.int().positive(),
  /** What the same person had said before; a later answer takes nothing back, it follows. */
  previous: z.enum(VERDICTS).nullable(),
});

/** AUD-35: somebody says that what others did to their record is right. */
export const changeConfirmed = manualAction({
  name: 'change_confirmed',
  area: ANSWERS_AREA,
  label: 'Change confirmed',
  description: 'Whose record it is says that a change by somebody else is right.',
  needsPerson: true,
  metadata,
});

/** AUD-35: somebody says that what others did to their record is wrong, and why. */
export const changeContested = manualAction({
  name: 'change_contested',
  area: ANSWERS_AREA,
  label: 'Change contested',
  description: 'Whose record it is says that a change by somebody else is wrong, and why; the people responsible are told.',
  needsPerson: true,
  needsReason: true,
  metadata,
});
