import { z } from 'zod';
import { manualAction } from '@countersign/audit/manual-action';
import { CHANNELS } from './message.views.ts';

/** AUD-9: a message left the house, or was given up. What it says, and the address, stand in the outbox; not here, in clear. */
export const notificationSent = manualAction({
  name: 'notification_sent',
  area: 'messages',
  label: 'Notification sent',
  description: 'A mail, a text message or a push went out to a person, or was given up.',
  metadata: z.strictObject({
    channel: z.enum(CHANNELS),
    delivery_status: z.enum(['sent', 'failed']),
    attempts: z.int().nonnegative(),
  }),
});
