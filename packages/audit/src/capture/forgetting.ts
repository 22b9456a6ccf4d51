import { statementsOf } from './statement-text.ts';

// What makes a session forget what it was told: who is at work, and the statement that tells a flush.

/** The session has no prepared statements after it; after the first of them it has none of its settings either. */
export const FORGETS = /^\s*(?:(discard)|deallocate(?:\s+prepare)?)\s+all\b/i;
/** What the session was told goes with its settings; MikroORM's `sessionContext: 'connection'` begins with it. */
export const RESETS = /^\s*reset\s+all\b/i;

/** By itself: either of these, or what forgets nothing that was told. */
const SEEN_THROUGH = /^(reset|discard|deallocate)\b/i;

/** Stands somewhere in whatever forgets, or says something else; a text of data may have it as well, which costs a round trip. */
const MAY_FORGET = /\b(reset|discard|deallocate)\b|audit\.context/i;

/** Of a statement with a name, a cursor or a copy, as far as its text is known. */
export function mayForget(statement: unknown): boolean {
  const { text = statement } = Object(statement) as { readonly text?: unknown };
  return typeof text !== 'string' || MAY_FORGET.test(text);
}

/** The one statement of a message that does nothing but forget, whatever it is; null otherwise; and whether the session's prepared statements may be gone. */
export interface Forgetting {
  readonly only: string | null;
  readonly prepared: boolean;
}

/** @throws where something stands in one message with RESET ALL. */
export function forgetting(message: string): Forgetting {
  const statements = statementsOf(message);
  const [only = ''] = statements;
  if (statements.length === 1 && SEEN_THROUGH.test(only) && !/audit/i.test(only)) return { only, prepared: false };
  if (statements.some((one) => RESETS.test(one))) throw new Error(SENT_ALONE);
  return { only: null, prepared: statements.some((one) => FORGETS.test(one)) };
}

const SENT_ALONE =
  'RESET ALL makes the connection forget who is at work, and what stands in one message with it could be recorded as nobody’s: send it by itself.';
