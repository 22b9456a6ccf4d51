import { randomUUID } from 'node:crypto';
import { escapeLiteral, type Client } from 'pg';
import { addToRollups, batchEnd, COLUMNS, copyLine, fence, inTransaction, type Batch } from './append.ts';
import type { AuditLogError } from '../events/errors.ts';
import type { Formed } from './formed.ts';
import { bareInstead, toldInstead } from './instead.ts';
import { unrecorded } from '../merge/unreadable.ts';

/** What was written, in the places that the batch has for it, and why some of it is something else. */
export interface Careful {
  readonly formed: readonly Formed[];
  readonly failures: readonly AuditLogError[];
}

/** Events that one statement writes, each by itself. */
const AT_ONCE = 100;

/**
 * Writes a batch of which the log has refused something, in one transaction: each event by itself, and in the place of
 * one that the log won't have, that it was there. Without a pause and on the same connection, so that thousands of them
 * take seconds.
 * @throws Fenced as `append` does; what the log refuses even as unreadable.
 */
export function appendCarefully(db: Client, batch: Batch): Promise<Careful> {
  return inTransaction(db, async () => {
    await db.query(['begin', fence(batch)].join(';'));
    const formed: Formed[] = [];
    const failures: AuditLogError[] = [];
    for (let i = 0; i < batch.formed.length; i += AT_ONCE) {
      const some = batch.formed.slice(i, i + AT_ONCE);
      const refusals = await writeEach(db, some);
      for (const [at, refusal] of refusals) failures.push(unrecorded((some[at] as Formed).entry, problemOf(refusal), refusal.cause));
      formed.push(...(await writeInstead(db, some, refusals)));
    }
    // Counted once: each version of a count would be searched for by the next one.
    await db.query([...addToRollups(formed), batchEnd].join(';'));
    return { formed, failures };
  });
}

/** First with what is known of it; should that be what the log won't have, without. */
async function writeInstead(db: Client, formed: readonly Formed[], refusals: ReadonlyMap<number, Refusal>): Promise<Formed[]> {
  const written = [...formed];
  let left = refusals;
  for (const instead of [toldInstead, bareInstead]) {
    if (!left.size) return written;
    const tried = [...left].map(([at, refusal]) => ({ at, refusal, formed: instead(formed[at] as Formed, problemOf(refusal)) }));
    const again = await writeEach(
      db,
      tried.map((one) => one.formed),
    );
    for (const one of tried) written[one.at] = one.formed;
    left = new Map([...again].map(([i, refusal]) => [(tried[i] as { at: number }).at, refusal]));
  }
  for (const { cause } of left.values()) throw cause;
  return written;
}

/** Why the log won't have an event. */
interface Refusal {
  readonly code: string;
  readonly constraint: string;
  readonly cause: Error;
}

/** The message may quote what somebody wrote; code and constraint don't. */
const problemOf = ({ code, constraint }: Refusal): string => `refused by the log: ${code} ${constraint}`.trim();

/** Writes each event by itself. Answers with those that the log refused, by their place. */
async function writeEach(db: Client, formed: readonly Formed[]): Promise<ReadonlyMap<number, Refusal>> {
  await db.query(eachByItself(formed));
  const { rows } = await db.query<{ refused: string }>(`select current_setting('audit.refused') as refused`);
  const refused = JSON.parse(rows[0]?.refused ?? '[]') as { at: number; code: string; constraint: string; message: string }[];
  return new Map(
    refused.map(({ at, code, constraint, message }) => [at, { code, constraint, cause: Object.assign(new Error(message), { code }) }]),
  );
}

/**
 * One block for all, in which each event is a subtransaction. SQLSTATE classes as in `isRefusal`; whatever else goes
 * wrong ends the transaction. No text of anybody's can end the block, whose quote nobody could foresee.
 */
function eachByItself(formed: readonly Formed[]): string {
  const quote = `$e${randomUUID().replaceAll('-', '')}$`;
  const attempts = formed.map(
    (one, at) => `begin ${insertOf(one)} exception when others then
      get stacked diagnostics why_code = returned_sqlstate, why_constraint = constraint_name, why_message = message_text;
      if why_code !~ '^(22|23|54)' then raise; end if;
      refused := refused || jsonb_build_object('at', ${at}, 'code', why_code, 'constraint', why_constraint, 'message', why_message);
    end;`,
  );
  return `do ${quote}
    declare
      refused jsonb := '[]';
      why_code text; why_constraint text; why_message text;
    begin
      ${attempts.join(' ')}
      perform set_config('audit.refused', refused::text, true);
    end ${quote}`;
}

const insertOf = (formed: Formed): string => `insert into audit_event (${COLUMNS}) values (${literalsOf(formed).join(',')});`;

const ESCAPED: Readonly<Record<string, string>> = { n: '\n', r: '\r', t: '\t' };

/** The same as `copyLine` writes. */
const literalsOf = (formed: Formed): string[] =>
  copyLine(formed)
    .slice(0, -1)
    .split('\t')
    .map((cell) =>
      cell === '\\N' ? 'null' : escapeLiteral(cell.replaceAll(/\\(.)/g, (_, special: string) => ESCAPED[special] ?? special)),
    );
