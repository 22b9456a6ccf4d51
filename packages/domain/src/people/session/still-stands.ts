import { AsyncLocalStorage } from 'node:async_hooks';
import type { EventSubscriber, SqlEntityManager, TransactionEventArgs } from '@mikro-orm/postgresql';
import { Refusal } from '../../errors.ts';
import type { Viewer } from '../rights/permissions.ts';

/** What a command was let in by. */
type Standing = Pick<Viewer, 'id' | 'role' | 'impersonator' | 'token' | 'responsibleFor'>;

const caller = new AsyncLocalStorage<Standing>();

/** Runs a command of somebody's: whatever it commits, it commits only while they may. */
export const whileStanding = <Result>(viewer: Viewer, work: () => Promise<Result>): Promise<Result> => caller.run(viewer, work);

/**
 * AC-5: nobody who was disabled, got another role, is responsible no longer or whose token was revoked writes after that, however long their command
 * has waited for others since it was let in. Looked at as its last act, and held for the commit alone: whoever takes the right away comes before, and the
 * command is refused, or after. That is one statement more, before which what the command told of its changes is sent.
 */
export class StillStands implements EventSubscriber {
  async beforeTransactionCommit({ em, transaction }: TransactionEventArgs): Promise<void> {
    const viewer = caller.getStore();
    // A savepoint's release commits nothing.
    if (!viewer || (transaction as { readonly savepointName?: string } | undefined)?.savepointName) return;
    const found = await (em as SqlEntityManager)
      .getConnection()
      .execute<{ stands: boolean }[]>(STANDS, paramsOf(viewer), 'all', transaction);
    if (!found[0]?.stands)
      throw new Refusal('FORBIDDEN', 'Your account changed while this was under way.', 'Nothing was saved. Read the page again.');
  }
}

/** Whether the rows are there still by which they were let in; what is found is held. */
const STANDS = `with account as (select 1 from profiles where id in (?, ?) and disabled_at is null and (id <> ? or role = ?) order by id for share),
  token as (select 1 from api_tokens where id = ? for key share),
  held as (select 1 from responsibilities where holder_id = ? and kind = ? and (person_id = any(?::uuid[]) or site_id = any(?::uuid[])) order by id for key share)
  select (select count(*) from account) = ? and (select count(*) from token) = ? and (select count(*) from held) = ? as stands`;

function paramsOf({ id, role, impersonator, token, responsibleFor: { people, sites } }: Standing): unknown[] {
  const account = [id, impersonator?.id ?? id, id, role];
  const held = [id, role === 'supervisor' ? 'supervises' : 'coordinates', `{${people.join()}}`, `{${sites.join()}}`];
  return [...account, token?.id ?? null, ...held, impersonator ? 2 : 1, token ? 1 : 0, people.length + sites.length];
}
