import { z } from 'zod';
import { instant } from '../../day.views.ts';

/** Days that a token may live at most. */
const LONGEST_LIFE = 366;

const tokenView = z.object({
  id: z.uuid(),
  name: z.string(),
  /** Its last characters. */
  ending: z.string(),
  scopes: z.array(z.string()),
  createdAt: instant,
  expiresAt: instant,
  expired: z.boolean(),
  /** To the minute; null where it never was. */
  lastUsedAt: instant.nullable(),
});
export type TokenView = z.output<typeof tokenView>;

export const tokenList = z.object({
  tokens: z.array(tokenView),
  /** What a token of this person can be allowed: rows of the matrix that are open to their role. */
  scopes: z.array(z.object({ key: z.string(), group: z.string(), label: z.string() })),
});

export const createdToken = tokenView.extend({
  /** Shown this once, and kept nowhere. */
  token: z.string(),
});

export const createTokenInput = z.strictObject({
  name: z
    .string()
    .trim()
    .min(1, 'Say what it is for: you will know it by that when you revoke it.')
    .max(80, 'At most 80 characters.')
    .regex(/^\P{Cc}*$/u, 'It stands in one line.')
    .meta({ title: 'Name', 'x-kind': 'text' }),
  scopes: z.array(z.string().max(100)).min(1, 'Choose what it may do.').max(100),
  days: z.int().min(1, 'It lives a day at least.').max(LONGEST_LIFE, 'It lives a year at most.'),
});
