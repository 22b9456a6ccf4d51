import { z } from 'zod';
import { manualAction } from '@countersign/audit/manual-action';

const area = 'people';

/** AC-7: an admin began to look at the system as the person whom it is about sees it. */
export const sightStarted = manualAction({
  name: 'impersonation_started',
  area,
  label: 'Seen as another',
  description: 'An admin began to look at the system as this person sees it. Everything that is then read or done bears both names.',
  metadata: z.strictObject({ until: z.iso.datetime() }),
  needsPerson: true,
  needsReason: true,
});

/** How it ends. */
const ENDS = ['stopped', 'time', 'signed_out', 'rights_changed'] as const;
export type SightEnd = (typeof ENDS)[number];

/** AC-7: it is over. */
export const sightEnded = manualAction({
  name: 'impersonation_ended',
  area,
  label: 'No longer seen as another',
  description: 'An admin no longer looks at the system as this person sees it.',
  metadata: z.strictObject({ by: z.uuid(), how: z.enum(ENDS), seconds: z.int().nonnegative() }),
});
