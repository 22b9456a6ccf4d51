import { escapeLiteral, type PoolClient } from 'pg';
import { currentContext, isNobody } from './context.ts';
import { forgetting, FORGETS, mayForget, RESETS } from './forgetting.ts';
import { encodeContext, encodeDocument, flushRefused, INSERT_DOCUMENT, INSERT_FLUSH } from './inbox.ts';
import { isReading } from './reading.ts';
import { around, statementsOf } from './statement-text.ts';

// Bulk statements, the query builder and raw SQL pass none of the ORM's hooks. So that the triggers know who and why all
// the same, the context goes along with BEGIN, in the same message. A statement is told of before it where what the
// connection knows isn't true any more: outside of a transaction, and where the context has changed within one. What a
// flush tells goes along with COMMIT, so that telling costs no round trip of its own.

/** What a connection pool of `pg` offers here. */
interface Pool {
  on(event: 'connect', listener: (client: PoolClient) => void): unknown;
}

/** Called after each statement that may have changed something outside of a transaction. */
type Committed = () => void;

/** Has every connection of the pool tell its transactions' context. */
export function tellContext(pool: Pool, committed: Committed): void {
  pool.on('connect', (client) => {
    const connection = new TellingConnection(client, committed);
    client.query = ((first: unknown, ...given: unknown[]) => connection.query(first, given)) as typeof client.query;
  });
}

/** Without anything behind it: what else its message says would be done before the context is told. */
const BEGIN = /^\s*(begin|start\s+transaction)\b[^;]*;?\s*$/i;
const COMMIT = /^\s*(commit|end)\b/i;
const ROLLBACK = /^\s*(rollback|abort)\b/i;
/** May be several statements, one of which ends a transaction or goes back to a savepoint. */
const MAY_END_AMID = /;\s*\S/;
const ENDS = /\b(commit|end|rollback|abort)\b/i;
/** Somewhere in a message: what it was told last may be taken back. Not END, which ends every CASE. */
const GOES_BACK = /\b(rollback|abort|commit)\b/i;
/** Ends a transaction and begins one, of which the connection knows nothing any more. */
const CHAINS = /\band\s+chain\s*;?\s*$/i;
/** What can't change a row, whatever anybody has defined. */
const CHANGES_NOTHING = /^\s*(show|set(?!\s+constraints)|reset|savepoint|release|discard|listen|unlisten|notify|close)\b[^;]*;?\s*$/i;
/** What begins or ends a transaction does so behind a comment too; whatever else begins with one is sent as it is. */
const LED_BY_COMMENT = /^\s*(?:--|\/\*|;)/;
const withoutComments = (text: string): string => {
  const [only = '', ...more] = statementsOf(text);
  return more.length === 0 && [BEGIN, COMMIT, ROLLBACK].some((kind) => kind.test(only)) ? only : text;
};

const isEnd = (statement: string): boolean => COMMIT.test(statement) || ROLLBACK.test(statement);

/** As a literal, a text costs the server more than as a parameter; below this less than a round trip. Characters. */
const MAX_LITERAL = 16 * 1024;

type Query = (...given: unknown[]) => unknown;

/** What a flush tells, that waits for the statement after it. */
interface Waiting {
  readonly context: string;
  readonly document: string;
}

class TellingConnection {
  readonly #query: Query;
  readonly #client: PoolClient;
  readonly #committed: Committed;
  /** What the session knows, beyond transactions; null where that can't be said. */
  #session: string | null = '';
  /** What the open transaction knows; null where that can't be said, since it went back to a savepoint. */
  #transaction: string | null = '';
  /** Whether the transaction was told of another context than the one that it began with. */
  #retold = false;
  /** Whether something was changed while nobody was known. */
  #byNobody = false;
  #waiting: Waiting | null = null;
  /** Whether the session has the statement that tells a flush: read and planned each time, it costs more than the insert. */
  #prepared = false;

  constructor(client: PoolClient, committed: Committed) {
    this.#query = client.query.bind(client) as Query;
    this.#client = client;
    this.#committed = committed;
  }

  query(first: unknown, given: unknown[]): unknown {
    const alone = this.#client.getTransactionStatus() === 'I';
    if (alone) this.#forget();
    // A cursor, a copy, a callback: not how an ORM writes.
    if (typeof first !== 'string' || typeof given.at(-1) === 'function') return this.#unknown(first, given, alone);
    if (mayForget(first)) return this.#mayForget(first, given, alone);
    return this.#told(LED_BY_COMMENT.test(first) ? withoutComments(first) : first, given, alone);
  }

  /** By itself what makes it forget is seen for what it is; anywhere else nobody can say what the connection knows afterwards. */
  async #mayForget(text: string, given: unknown[], alone: boolean): Promise<unknown> {
    const { only, prepared } = forgetting(text);
    if (only !== null) return this.#told(only, given, alone);
    try {
      return await this.#told(text, given, alone);
    } finally {
      this.#session = null;
      this.#transaction = null;
      this.#prepared &&= !prepared;
    }
  }

  #told(first: string, given: unknown[], alone: boolean): unknown {
    if (RESETS.test(first)) {
      // Taken back, it knows again what it was told before.
      this.#session = alone ? '' : null;
      if (!alone) this.#transaction = null;
    }
    if (alone && BEGIN.test(first)) return this.#begin(first, given);
    if (FORGETS.test(first)) return this.#forgetting(first, given);
    if (!alone) return this.#inside(first, given);
    if (!isReading(first)) return this.#outside(contextText(), first, given);
    // Nobody else's context may stand for a function that a reading statement calls; forgotten once, it costs no more.
    return this.#session === '' || this.#session === contextText() ? this.#query(first, ...given) : this.#outside('', first, given);
  }

  /** Nobody else's context may stand for it, and what was told before stays before it. */
  #unknown(first: unknown, given: unknown[], alone: boolean): unknown {
    const context = contextText();
    if (alone && this.#session !== context) {
      void (this.#query(tellSession(context)) as Promise<unknown>).catch(() => undefined);
      this.#session = context;
    }
    if (this.#waiting) void this.#tellWaiting().catch(() => undefined); // the transaction fails with it
    if (!alone) void this.#retell().catch(() => undefined);
    // It may go back to a savepoint, or make the session forget.
    this.#transaction = null;
    if (mayForget(first)) this.#session = null;
    this.#byNobody ||= !alone && currentContext().actor === null;
    return this.#query(first, ...given);
  }

  /** However the next transaction begins, nothing of another one is known of it. */
  #forget(): void {
    this.#transaction = null;
    this.#byNobody = false;
  }

  async #forgetting(text: string, given: unknown[]): Promise<unknown> {
    if (this.#waiting) await this.#tellWaiting();
    const answer = await this.#query(text, ...given);
    this.#prepared = false;
    if (FORGETS.exec(text)?.[1]) this.#session = '';
    return answer;
  }

  #begin(text: string, given: unknown[]): unknown {
    const [told] = this.#beginning();
    return told ? this.#query(`${text}; ${told}`) : this.#query(text, ...given);
  }

  /** A transaction begins; what it has to be told, if anything. */
  #beginning(): string[] {
    const context = contextText();
    this.#transaction = context;
    this.#retold = false;
    this.#byNobody = false;
    this.#waiting = null;
    return context === this.#session ? [] : [tellTransaction(context)];
  }

  async #outside(context: string, text: string, given: unknown[]): Promise<unknown> {
    if (context !== this.#session) {
      await this.#query(tellSession(context));
      this.#session = context;
    }
    const answer = await this.#query(text, ...given);
    this.#committed();
    return answer;
  }

  #inside(text: string, given: unknown[]): unknown {
    const statements = MAY_END_AMID.test(text) && ENDS.test(text) ? statementsOf(text) : [];
    if (statements.length > 1 && statements.some(isEnd)) return this.#oneByOne(around(isEnd, statements));
    if (COMMIT.test(text)) return this.#commit(text, given);
    if (ROLLBACK.test(text)) return this.#rollback(text, given);
    return this.#statement(text, given);
  }

  /** What follows is told of whoever sends it once what ends has ended. A message of several statements has no parameters. */
  async #oneByOne(messages: readonly string[]): Promise<unknown> {
    const answers: unknown[] = [];
    for (const one of messages) answers.push(await this.query(one, []));
    return answers.flat();
  }

  #rollback(text: string, given: unknown[]): unknown {
    if (CHAINS.test(text)) return this.#ending(this.#beginning(), text, given);
    this.#waiting = null;
    if (this.#retold) this.#transaction = null;
    return this.#query(text, ...given);
  }

  /** The end of a transaction, in one message with what stands before it and after it; answers what it alone would. */
  async #ending(after: readonly string[], text: string, given: unknown[], before: readonly string[] = []): Promise<unknown> {
    if (!before.length && !after.length) return this.#query(text, ...given);
    const statements = [...before, text.replace(/;\s*$/, ''), ...after];
    const answers = (await this.#query(statements.join('; '))) as unknown[];
    return answers[before.length];
  }

  async #statement(text: string, given: unknown[]): Promise<unknown> {
    if (this.#waiting) await this.#tellWaiting();
    if (text === INSERT_FLUSH) return this.#flush(text, given[0] as [string, string]);
    if (CHANGES_NOTHING.test(text)) return this.#query(text, ...given);
    await this.#retell();
    this.#byNobody ||= currentContext().actor === null && !isReading(text);
    if (GOES_BACK.test(text)) this.#transaction = null;
    return this.#query(text, ...given);
  }

  /** Whatever is sent next may change something: a function that it calls, a view that it looks at. */
  async #retell(): Promise<void> {
    const context = contextText();
    if (context === this.#transaction) return;
    const telling = this.#query(tellTransaction(context));
    this.#transaction = context;
    this.#retold = true;
    await telling;
  }

  /** A small one waits for what comes next, most often COMMIT. */
  #flush(text: string, [context, document]: readonly [string, string]): unknown {
    if (context.length + document.length > MAX_LITERAL) return this.#query(text, [context, document]);
    this.#waiting = { context, document };
    return { command: 'INSERT', rowCount: 1, rows: [], fields: [], oid: 0 };
  }

  async #commit(text: string, given: unknown[]): Promise<unknown> {
    const waiting = this.#waiting;
    this.#waiting = null;
    // Nothing more can be said in a transaction that has failed.
    const failed = this.#client.getTransactionStatus() === 'E';
    const known = currentContext();
    // Whoever becomes known late was at work all along.
    const late = this.#byNobody && known.actor ? [{ context: encodeContext(known), document: NOTHING }] : [];
    const last = failed ? [] : [...(waiting ? [waiting] : []), ...late];
    const byNobody = this.#byNobody;
    const chains = CHAINS.test(text);
    const next = chains ? this.#beginning() : [];
    if (!last.length) return this.#ending(next, text, given);
    try {
      if (!this.#prepared) await this.#query(PREPARE);
      this.#prepared = true;
      return await this.#ending(next, text, given, last.map(insertOf));
    } catch (cause) {
      if (chains) this.#neverBegan(byNobody);
      const { code } = cause as { readonly code?: string };
      if (code === NOT_PREPARED || code === ALREADY_PREPARED) this.#prepared = code === ALREADY_PREPARED;
      throw waiting && (await this.#isOpen()) ? flushRefused(waiting.document, cause) : cause;
    }
  }

  /** The end of the one before was refused, which goes on: what it knows can't be said any more. */
  #neverBegan(byNobody: boolean): void {
    this.#transaction = null;
    this.#byNobody = byNobody;
  }

  async #tellWaiting(): Promise<void> {
    const waiting = this.#waiting as Waiting;
    this.#waiting = null;
    try {
      await this.#query(INSERT_FLUSH, [waiting.context, waiting.document]);
    } catch (cause) {
      throw flushRefused(waiting.document, cause);
    }
  }

  /** Whether the transaction is there still, once the server has answered to the end: then COMMIT was not reached. */
  async #isOpen(): Promise<boolean> {
    try {
      await this.#query('');
    } catch {
      return false; // the connection is lost
    }
    return this.#client.getTransactionStatus() === 'E';
  }
}

const tellSession = (context: string): string => `set session "audit.context" to ${escapeLiteral(context)}`;
const tellTransaction = (context: string): string => `set local "audit.context" to ${escapeLiteral(context)}`;

const NOTHING = encodeDocument({ v: 1, events: [] });

const PREPARE = `prepare audit_flush (text, text) as ${INSERT_DOCUMENT}`;
/** What PostgreSQL answers to a statement that was never prepared, or somebody has forgotten. */
const NOT_PREPARED = '26000';
/** And to one that is there already. */
const ALREADY_PREPARED = '42P05';

const insertOf = ({ context, document }: Waiting): string => `execute audit_flush (${escapeLiteral(context)}, ${escapeLiteral(document)})`;

function contextText(): string {
  const context = currentContext();
  return isNobody(context) ? '' : encodeContext(context);
}
