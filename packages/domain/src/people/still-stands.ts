import { AsyncLocalStorage } from 'node:async_hooks';
import type { EventSubscriber, SqlEntityManager, TransactionEventArgs } from '@mikro-orm/postgresql';
import { Refusal } from '../errors.ts';
import type { Viewer } from './permissions.ts';

/** What a command was let in by. */
type Standing = Pick<Viewer, 'id' | 'role' | 'impersonator' | 'token' | 'responsibleFor'>;

const caller = new AsyncLocalStorage<Standing>();

/** Runs a command of somebody's: whatever it commits, it commits only while they may. */
export const whileStanding = <Result>(viewer: Viewer, work: () => Promise<Result>): Promise<Result> => caller.run(viewer, work);

/**
 * AC-5: nobody who was disabled, got another role, is responsible no longer or whose token was revoked writes after that, however long their command
 * has waited for others since it was let in. Looked at as its last act, and held for the commit alone: whoever takes the right away comes before, and the
 * command is refused, or after.
 */
export class StillStands implements EventSubscriber {
  async beforeTransactionCommit({ em, transaction }: TransactionEventArgs): Promise<void> {
    const viewer = caller.getStore();
    // A savepoint's release commits nothing.
    if (!viewer || (transaction as { readonly savepointName?: string } | undefined)?.savepointName) return;
    const connection = (em as SqlEntityManager).getConnection();
    for (const { sql, params, rows } of whatStands(viewer)) {
      const found = await connection.execute<object[]>(sql, params, 'all', transaction);
      if (found.length !== rows)
        throw new Refusal('FORBIDDEN', 'Your account changed while this was under way.', 'Nothing was saved. Read the page again.');
    }
  }
}

/** Rows that have to be there still. */
interface Stands {
  readonly sql: string;
  readonly params: unknown[];
  readonly rows: number;
}

function whatStands({ id, role, impersonator, token, responsibleFor: { people, sites } }: Standing): Stands[] {
  const accounts = 'select 1 from profiles where id in (?, ?) and disabled_at is null and (id <> ? or role = ?) order by id for share';
  const held =
    'select 1 from responsibilities where holder_id = ? and kind = ? and (person_id = any(?::uuid[]) or site_id = any(?::uuid[])) order by id for key share';
  const kind = role === 'supervisor' ? 'supervises' : 'coordinates';
  return [
    { sql: accounts, params: [id, impersonator?.id ?? id, id, role], rows: impersonator ? 2 : 1 },
    ...(token ? [{ sql: 'select 1 from api_tokens where id = ? for key share', params: [token.id], rows: 1 }] : []),
    ...(people.length + sites.length
      ? [{ sql: held, params: [id, kind, `{${people.join()}}`, `{${sites.join()}}`], rows: people.length + sites.length }]
      : []),
  ];
}
