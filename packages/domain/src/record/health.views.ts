import { z } from 'zod';

/** Whether one protection of the log holds. */
export const checkView = z.strictObject({
  key: z.enum(['coverage', 'immutable', 'witness', 'application', 'sequencer', 'numbering', 'spool', 'agreement', 'readable']),
  label: z.string(),
  /** `off`: it isn't used here. */
  state: z.enum(['holds', 'broken', 'off']),
  /** What is known, and what to do where it doesn't hold; one sentence each. */
  details: z.array(z.string()),
});

/** Somebody tried to alter the log. */
export const attemptView = z.strictObject({
  position: z.int(),
  occurredAt: z.string(),
  operation: z.string(),
  table: z.string(),
  databaseUser: z.string(),
  application: z.string(),
});

export const healthView = z.strictObject({
  /** When it was looked at, by this server's clock. */
  checkedAt: z.string(),
  checks: z.array(checkView),
  /** How often somebody tried to alter the log, and the latest ones, newest first. */
  attempts: z.strictObject({ total: z.int(), latest: z.array(attemptView) }),
});
