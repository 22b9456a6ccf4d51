import { z } from 'zod';
import { manualAction } from '@countersign/audit/manual-action';

const area = 'people';

/** AC-5: somebody changed their password, knowing the one before. */
export const passwordChanged = manualAction({
  name: 'password_changed',
  area,
  label: 'Password changed',
  description: 'Somebody gave themselves another password; the other sessions and every token ended.',
  metadata: z.strictObject({ sessions: z.int().nonnegative(), tokens: z.int().nonnegative() }),
  needsPerson: true,
});

/** AC-5: a mail with a link was asked for. By whom, nobody knows. Deferred, since nothing is done that could be taken back. */
export const passwordResetAsked = manualAction({
  name: 'password_reset_asked',
  area,
  label: 'Password forgotten',
  description: 'Somebody who isn’t signed in asked for a link to choose another password; it was sent to the person’s mail address.',
  metadata: z.strictObject({}),
});

/** AC-5: whoever had the link chose another password. */
export const passwordReset = manualAction({
  name: 'password_reset',
  area,
  label: 'Password reset',
  description: 'Another password was chosen by a link from a mail; every session and every token ended.',
  metadata: z.strictObject({ sessions: z.int().nonnegative(), tokens: z.int().nonnegative() }),
  needsPerson: true,
});
