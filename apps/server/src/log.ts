import { pino, type Logger } from 'pino';

export type { Logger };

/**
 * The server's own log: one JSON object a line. What is logged is named one by one where it is logged; should a whole
 * header or setting slip in, these paths are cut out of it.
 */
export const openLogger = (level: string): Logger =>
  pino({
    level,
    base: null,
    redact: { paths: ['*.cookie', '*.authorization', '*.password', '*.token', '*.url', 'err.parameters'], censor: '[removed]' },
  });
