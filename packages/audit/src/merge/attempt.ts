import { AuditTampering } from '../events/errors.ts';
import type { InboxRow } from '../capture/inbox.ts';
import { readWho, type Who } from './seen.ts';

/** Somebody tried to alter the log, and was refused: what the refusing trigger told over a connection of its own. */
export interface Attempt {
  readonly row: InboxRow;
  readonly operation: string;
  readonly table: string;
  readonly by: Who;
  readonly context: null;
}

/** @throws SyntaxError for what no trigger of ours wrote. */
export function readAttempt(row: InboxRow): Attempt {
  const { op, table } = JSON.parse(row.document) as { op: string; table: string };
  // Whoever alters the log does so past the application: what it tells of itself isn't believed.
  return { row, operation: op, table, by: readWho(row.context, ''), context: null };
}

/** What administrators are told of it. */
export const tamperingOf = ({ operation, table, by }: Attempt): AuditTampering =>
  new AuditTampering(
    `${operation.toLowerCase()} on ${table} by the database role ${by.role} (${by.application || 'a program without a name'}) was refused`,
  );
