import type { Client } from 'pg';
import { inlineSchema } from '@countersign/audit/schema';

/** The setting, of one transaction, that says what time it is for the log while the demo is seeded. */
const SETTING = 'countersign.clock';

/** An expression that sets the database's clock for the rest of a transaction. One parameter: an instant. */
export const SET_CLOCK = `set_config('${SETTING}', ?, true)`;

const ADJUSTABLE = `coalesce(nullif(current_setting('${SETTING}', true), '')::timestamptz, clock_timestamp())`;

const DEFINITION = /^create or replace function audit_now\(\) .* (return .*)$/;

/** The log's own definition, of which there is only one, and its body, as the catalogue gives it back. */
function trueClock(): { readonly statement: string; readonly body: string } {
  for (const statement of inlineSchema) {
    const body = DEFINITION.exec(statement)?.[1];
    if (body !== undefined) return { statement, body };
  }
  throw new Error('the log has no function audit_now() any more, which the demo replaces while it is seeded');
}

/**
 * Lets transactions set the time that the log records: as the owner, and only while a demo is seeded. Without the
 * setting it is the database's own clock, as ever.
 */
export async function adjustClock(owner: Client): Promise<void> {
  const { statement, body } = trueClock();
  await owner.query(statement.replace(body, `return ${ADJUSTABLE}`));
}

/** Puts the log's own clock back, where it isn't in its place. */
export async function restoreClock(owner: Client): Promise<void> {
  const { rows } = await owner.query<{ body: string | null }>(
    `select pg_get_function_sqlbody(oid) as body from pg_proc where oid = to_regprocedure('audit_now()')`,
  );
  const { statement, body } = trueClock();
  if (rows[0] && rows[0].body?.toLowerCase() !== body) await owner.query(statement);
}
