import { pino, type Logger, type LoggerOptions } from 'pino';
import { toldProblem } from './told-problem.ts';

export type { Logger };

/**
 * The server's own log: one JSON object a line. What is logged is named one by one where it is logged; should a whole
 * header or setting slip in, these paths are cut out of it. Of problems nothing is told that the database quotes.
 */
export const loggerOptions = (level: string): LoggerOptions => ({
  level,
  base: null,
  redact: { paths: ['*.cookie', '*.authorization', '*.password', '*.token', '*.url', 'err.parameters'], censor: '[removed]' },
  serializers: { err: toldProblem },
});

export const openLogger = (level: string): Logger => pino(loggerOptions(level));
