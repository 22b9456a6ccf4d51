import type { Client } from 'pg';
import { auditSchema } from '@countersign/audit/schema';

/** The setting, of one transaction, that says what time it is for the log while the demo is seeded. */
const SETTING = 'countersign.clock';

/** An expression that sets the database's clock for the rest of a transaction. One parameter: an instant. */
export const SET_CLOCK = `set_config('${SETTING}', ?, true)`;

const ADJUSTABLE = `select coalesce(nullif(current_setting(''${SETTING}'', true), '''')::timestamptz, clock_timestamp())`;

/** The log's own definition, of which there is only one. */
function trueClock(): string {
  const statement = auditSchema.find((one) => one.startsWith('create function audit_now()'));
  if (!statement) throw new Error('the log has no function audit_now() any more, which the demo replaces while it is seeded');
  return statement.replace('create function', 'create or replace function');
}

/** The body in a definition, as the catalogue keeps it. */
const bodyOf = (definition: string): string => (/ as '(.*)'$/s.exec(definition)?.[1] ?? '').replaceAll("''", "'");

/**
 * Lets transactions set the time that the log records: as the owner, and only while a demo is seeded. Without the
 * setting it is the database's own clock, as ever.
 */
export async function adjustClock(owner: Client): Promise<void> {
  await owner.query(trueClock().replace(/ as '.*'$/s, ` as '${ADJUSTABLE}'`));
}

/** Puts the log's own clock back, where it isn't in its place. */
export async function restoreClock(owner: Client): Promise<void> {
  const { rows } = await owner.query<{ body: string }>(`select prosrc as body from pg_proc where oid = to_regprocedure('audit_now()')`);
  if (rows[0] && rows[0].body !== bodyOf(trueClock())) await owner.query(trueClock());
}
