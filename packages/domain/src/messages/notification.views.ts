import { z } from 'zod';
import { instant } from '../day.views.ts';

/** One notice, as the person whom it tells reads it. */
export const notificationView = z.object({
  id: z.uuid(),
  /** Counts the notices of a person, without gaps, in the order in which they came to be. */
  number: z.number().int(),
  kind: z.string(),
  title: z.string(),
  details: z.array(z.object({ label: z.string(), text: z.string() })),
  /** Who did it; null for the system. */
  actor: z.object({ id: z.string(), name: z.string().nullable() }).nullable(),
  root: z.object({ type: z.string(), id: z.string() }).nullable(),
  changeId: z.uuid().nullable(),
  /** Where it leads, on this server. */
  path: z.string().nullable(),
  createdAt: instant,
  readAt: instant.nullable(),
});

export const notificationList = z.object({
  data: z.array(notificationView),
  /** All that are unread, on this page or not. */
  unread: z.number().int(),
  /** Give it as `before` for what is older; null at the end. */
  next: z.number().int().nullable(),
});

export const listNotificationsInput = z.strictObject({
  /** Those with smaller numbers. */
  before: z.coerce.number().int().min(1).optional(),
  unread: z
    .union([z.boolean(), z.enum(['true', 'false']).transform((text) => text === 'true')])
    .default(false)
    .meta({ description: 'Only those that were not read yet.' }),
  limit: z.coerce.number().int().min(1).max(200).default(30),
});

/** What is left to read. */
export const unreadView = z.object({ unread: z.number().int() });

export const readNotificationsInput = z.strictObject({ ids: z.array(z.uuid()).min(1).max(200) });
/** Up to the last one that was seen: what came meanwhile stays unread. */
export const readAllInput = z.strictObject({ upTo: z.number().int().min(0) });

/** Since which notice somebody wants to be told, on a subscription: the id of the last one that was sent. */
export const liveNotificationsInput = z.strictObject({ lastEventId: z.string().nullish() });
