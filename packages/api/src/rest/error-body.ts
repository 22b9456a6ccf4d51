import { z } from 'zod';
import type { Refusal, RefusalCode } from '@countersign/domain/errors';
import { shapeOf, toSnake } from '../naming.ts';
import { UNEXPECTED_MESSAGE } from '../refusals.ts';

const CODES = [
  'VALIDATION_ERROR',
  'UNAUTHORIZED',
  'FORBIDDEN',
  'NOT_FOUND',
  'CONFLICT',
  'SESSION_RENEWED',
  'TOO_LARGE',
  'RATE_LIMITED',
] as const satisfies readonly RefusalCode[];

/** What every failed request answers. */
export const errorBody = z.object({
  /** What is wrong, in a few words. */
  error: z.string(),
  code: z.enum([...CODES, 'METHOD_NOT_ALLOWED', 'INTERNAL_ERROR']),
  /** What to do about it. */
  details: z.string().optional(),
  fields: z.array(z.object({ field: z.string(), message: z.string() })).optional(),
  /** Of a conflict: what others changed since the version that the request names. */
  conflicts: z
    .array(
      z.object({
        field: z.string(),
        base: z.string().nullable(),
        present: z.string().nullable(),
        changedBy: z.object({ id: z.string().nullable(), name: z.string() }).nullable(),
        changedAt: z.string(),
      }),
    )
    .optional(),
});
export type ErrorBody = z.infer<typeof errorBody>;

/** The body of a refusal, under REST's names. */
export function refusalBody({ message, code, details, fields, conflicts }: Refusal): unknown {
  return toSnake(shapeOf(errorBody), {
    error: message,
    code,
    ...(details && { details }),
    ...(fields?.length && { fields }),
    ...(conflicts?.length && { conflicts }),
  });
}

/** The body of a failure that is not the caller's: nothing of its cause, only by what name to ask for help. */
export const unexpectedBody = (requestId: string): ErrorBody => ({
  error: UNEXPECTED_MESSAGE,
  code: 'INTERNAL_ERROR',
  details: `Try again. If it stays, ask for help and name the request ${requestId}.`,
});
