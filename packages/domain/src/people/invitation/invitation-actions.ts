import { z } from 'zod';
import { manualAction } from '@countersign/audit/manual-action';

/** An admin took the link of an invitation, to bring it by another way than mail: whoever holds it can choose the password. */
export const invitationLinkTaken = manualAction({
  name: 'invitation_link_taken',
  area: 'people',
  label: 'Invitation link taken',
  description: 'An admin took the link of an invitation, to hand it over themselves. Whoever has it can choose the password.',
  metadata: z.strictObject({ expires_at: z.string() }),
  needsPerson: true,
});
