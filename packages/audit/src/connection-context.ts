import { escapeLiteral, type PoolClient } from 'pg';
import { currentContext, isNobody } from './context.ts';
import { encodeContext } from './inbox.ts';

// Bulk statements, the query builder and raw SQL pass none of the ORM's hooks. So that the triggers know who and why all
// the same, the context goes along with BEGIN, in the same message; a statement outside of a transaction is told of
// before, and only where what the connection knows isn't true any more.

/** What a connection pool of `pg` offers here. */
interface Pool {
  on(event: 'connect', listener: (client: PoolClient) => void): unknown;
}

/** Called after each statement that may have changed something outside of a transaction. */
type Committed = () => void;

/** Has every connection of the pool tell its transactions' context. */
export function tellContext(pool: Pool, committed: Committed): void {
  pool.on('connect', (client) => tellContextOf(client, committed));
}

const BEGIN = /^\s*(begin|start\s+transaction)\b/i;
/** What can't change a row, but for functions that it calls: outside of a transaction those are told of nobody. */
const READS =
  /^\s*(select|show|explain|values|table|set|reset|commit|rollback|savepoint|release|discard|listen|unlisten|notify|fetch|close)\b/i;

type Query = (...given: unknown[]) => unknown;

function tellContextOf(client: PoolClient, committed: Committed): void {
  const query = client.query.bind(client) as Query;
  /** What the session knows, beyond transactions. */
  let told = '';
  const tell = (local: boolean, text: string) => `set ${local ? 'local' : 'session'} "audit.context" to ${escapeLiteral(text)}`;
  const outside = async (context: string, text: string, given: unknown[]): Promise<unknown> => {
    if (context !== told) {
      await query(tell(false, context));
      told = context;
    }
    const answer = await query(text, ...given);
    committed();
    return answer;
  };
  client.query = ((first: unknown, ...given: unknown[]) => {
    const alone = client.getTransactionStatus() === 'I';
    // A cursor, a copy, a callback: not how an ORM writes. Nobody else's context may stand for them.
    if (typeof first !== 'string' || typeof given.at(-1) === 'function') {
      if (alone && told !== '') {
        void (query(tell(false, '')) as Promise<unknown>).catch(() => undefined);
        told = '';
      }
      return query(first, ...given);
    }
    if (BEGIN.test(first)) {
      const context = contextText();
      return context === told ? query(first, ...given) : query(`${first}; ${tell(true, context)}`);
    }
    if (!alone) return query(first, ...given);
    if (!READS.test(first)) return outside(contextText(), first, given);
    // Nobody else's context may stand for a function that a reading statement calls; forgotten once, it costs no more.
    return told === '' || told === contextText() ? query(first, ...given) : outside('', first, given);
  }) as typeof client.query;
}

const contextText = (): string => {
  const context = currentContext();
  return isNobody(context) ? '' : encodeContext(context);
};
