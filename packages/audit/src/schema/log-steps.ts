import { backlogSchema } from './backlog.ts';
import { coverageSchema, ownWordSchema } from './coverage-schema.ts';
import { deferredSchema } from './deferred-rows.ts';
import { immutableSchema } from './immutable.ts';
import { impersonatorSchema } from './impersonators.ts';
import { auditSchema, inlineSchema, lighterSchema, rowChangeSchema } from './schema.ts';

/** What makes the log's tables, step by step, in order; a name that was once released stays, with the same statements. */
export const LOG_STEPS = {
  log: auditSchema,
  'row changes': rowChangeSchema,
  'who and when': inlineSchema,
  immutability: immutableSchema,
  'deferred rows': deferredSchema,
  coverage: coverageSchema,
  backlog: backlogSchema,
  'lighter capture': lighterSchema,
  'own word': ownWordSchema,
  impersonators: impersonatorSchema,
} as const satisfies Readonly<Record<string, readonly string[]>>;

/** The name of a step. */
export type LogStep = keyof typeof LOG_STEPS;

/** All of them at once, for a database that has none. */
export const logSchema: readonly string[] = Object.values<readonly string[]>(LOG_STEPS).flat();
