import { z } from 'zod';
import { instant } from '../day.views.ts';

/** The ways out of the house. */
export const CHANNELS = ['mail', 'sms', 'push'] as const;
export type Channel = (typeof CHANNELS)[number];

/** `kept`: nothing is set up that could send it, so it stays in the outbox. `gathered`: another one, which tells of several that are alike, told of it. */
export const MESSAGE_STATUSES = ['waiting', 'sent', 'kept', 'failed', 'gathered'] as const;
export type MessageStatus = (typeof MESSAGE_STATUSES)[number];

const summary = {
  id: z.uuid(),
  channel: z.enum(CHANNELS),
  status: z.enum(MESSAGE_STATUSES),
  person: z.object({ id: z.uuid(), name: z.string() }),
  /** Mail address or telephone number; the browser's name where it goes to one, null once that was given up. */
  to: z.string().nullable(),
  subject: z.string(),
  urgent: z.boolean(),
  attempts: z.number().int(),
  lastError: z.string().nullable(),
  createdAt: instant,
  /** Before this it isn't sent. */
  notBefore: instant,
  /** When it was sent, kept, gathered or given up. */
  settledAt: instant.nullable(),
};

const pagination = z.object({ total: z.number().int(), limit: z.number().int(), offset: z.number().int(), hasMore: z.boolean() });

export const messageList = z.object({ data: z.array(z.object(summary)), pagination });
export const messageView = z.object({
  ...summary,
  body: z.string(),
  /** Where its link leads, on this server. */
  path: z.string().nullable(),
  /** Whether it brings a link that works once: that one is drawn when the message is sent, and kept nowhere. */
  oneTimeLink: z.boolean(),
});

export const listMessagesInput = z.strictObject({
  status: z.union([z.enum(MESSAGE_STATUSES), z.array(z.enum(MESSAGE_STATUSES))]).optional(),
  channel: z.union([z.enum(CHANNELS), z.array(z.enum(CHANNELS))]).optional(),
  person: z.uuid().optional(),
  limit: z.coerce.number().int().min(1).max(500).default(50),
  offset: z.coerce.number().int().min(0).max(1_000_000).default(0),
});
