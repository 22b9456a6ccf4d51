import { z } from 'zod';
import { instant } from '../../day.views.ts';
import { UNUSUAL_STATES, UNUSUAL_VERDICTS } from './unusual-state.rules.ts';
import { MOST_UNUSUAL_PEOPLE } from '../../people/rights/settings.ts';
import { UNUSUAL_KINDS } from './unusual.rules.ts';

const someone = z.object({ id: z.uuid(), name: z.string() });

/** One reading event that an alert rests on. */
const row = z.object({
  /** Of the event in the log. */
  position: z.int(),
  /** What was read, in one sentence. */
  sentence: z.string(),
  from: instant,
  to: instant,
});

export const unusualView = z.object({
  id: z.uuid(),
  version: z.int(),
  reader: someone,
  kind: z.enum(UNUSUAL_KINDS),
  label: z.string(),
  /** What was unusual, and compared with what, in one sentence without a name. */
  sentence: z.string(),
  /** 1, and one more each time that it doubled. */
  level: z.int(),
  count: z.int(),
  /** More than this is unusual. */
  allowed: z.int(),
  /** The most of the past weeks; null where that isn't known, or isn't what it is compared with. */
  usual: z.int().nullable(),
  noticedAt: instant,
  lastAt: instant,
  /** The newest ones first. */
  rows: z.array(row),
  /** How many more events it rests on. */
  moreRows: z.int(),
  state: z.enum(UNUSUAL_STATES),
  explanation: z.object({ by: someone, at: instant, verdict: z.enum(UNUSUAL_VERDICTS), note: z.string() }).nullable(),
  /** Whether it is about the caller: then somebody else explains it. */
  own: z.boolean(),
});
export type UnusualView = z.input<typeof unusualView>;

export const listUnusualInput = z.strictObject({
  state: z.enum(UNUSUAL_STATES).optional(),
  reader: z.uuid().optional(),
  /** One alert alone. */
  alert: z.uuid().optional(),
  limit: z.coerce.number().int().min(1).max(100).default(20),
  offset: z.coerce.number().int().min(0).max(1_000_000).default(0),
});

export const unusualList = z.object({
  data: z.array(unusualView),
  /** All that nobody has explained yet, whatever was asked for. */
  open: z.int(),
  pagination: z.object({ total: z.int(), limit: z.int(), offset: z.int(), hasMore: z.boolean() }),
});

export const explainUnusualInput = z.strictObject({
  id: z.uuid(),
  /** As it was read: it may have grown since. */
  version: z.int().min(1),
  /** Whether it was right that they read this: only then it counts as usual for them from now on. */
  verdict: z.enum(UNUSUAL_VERDICTS),
  note: z
    .string()
    .trim()
    .min(3, 'Say why it was, in three letters or more: it stands in the log.')
    .max(500)
    .meta({ title: 'Explanation', 'x-kind': 'text' }),
});

const reason = z
  .string()
  .trim()
  .min(3, 'Say why, in three letters or more: it stands in the log, and every other admin reads it.')
  .max(500)
  .meta({ title: 'Reason', 'x-kind': 'text' });

const limit = (least: number, most: number) => z.int().min(least).max(most);

const limits = {
  unusualRecords: limit(1, 100_000),
  unusualRows: limit(1, 10_000_000),
  unusualPeople: limit(1, MOST_UNUSUAL_PEOPLE),
  unusualExports: limit(1, 10_000_000),
  unusualTimes: z.number().min(1).max(100),
  unusualHoursApart: limit(1, 12),
  unusualFewest: limit(1, 10_000),
};

export const limitsView = z.object(limits);
export type LimitsView = z.input<typeof limitsView>;

/** `before` is what the caller read: what another admin has changed since isn't overwritten. */
export const setLimitsInput = z.strictObject({ ...limits, before: limitsView, reason });
