import { z } from 'zod';
import { instant } from '../day.views.ts';

const timeOfDay = z.string().regex(/^([01]\d|2[0-3]):[0-5]\d$/, 'A time of day is needed, such as 22:00.');

const wishes = {
  /** Whether messages wait for the end of quiet hours. */
  quiet: z.boolean().meta({ title: 'Quiet hours', 'x-kind': 'boolean' }),
  quietFrom: timeOfDay.meta({ title: 'From', 'x-kind': 'timeofday' }),
  quietUntil: timeOfDay.meta({ title: 'Until', 'x-kind': 'timeofday' }),
  /** Whether urgent ones come as a text message too. */
  sms: z.boolean().meta({ title: 'Text messages for what is urgent', 'x-kind': 'boolean' }),
};

export const preferencesView = z.object({
  ...wishes,
  /** The zone in which quiet hours are reckoned. */
  timeZone: z.string(),
  kinds: z.array(
    z.object({ name: z.string(), label: z.string(), about: z.string(), canBeTurnedOff: z.boolean(), on: z.boolean(), urgent: z.boolean() }),
  ),
  /** Whether a telephone number is known to which text messages could go. */
  hasPhoneNumber: z.boolean(),
  /** By what a browser recognises this server when it is asked to show notices; null where the server sends none. */
  pushKey: z.string().nullable(),
  browsers: z.array(z.object({ id: z.uuid(), browser: z.string(), createdAt: instant })),
});

export const setPreferencesInput = z
  .strictObject({ ...wishes, turnedOff: z.array(z.string().max(60)).max(50).meta({ title: 'Turned off' }) })
  .partial();

const base64url = (length: number) => z.string().regex(new RegExp(`^[A-Za-z0-9_-]{${length}}=*$`), 'must be as the browser gave it');

export const subscribePushInput = z.strictObject({
  endpoint: z.url({ protocol: /^https$/, error: 'must be the https address that the browser gave' }).max(1_000),
  /** Lengths of an uncompressed P-256 point and of 16 bytes. */
  p256dh: base64url(87),
  auth: base64url(22),
  browser: z.string().trim().min(1).max(100),
});
export const pushSubscribed = z.object({ id: z.uuid() });
