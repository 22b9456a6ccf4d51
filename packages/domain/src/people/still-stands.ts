import { AsyncLocalStorage } from 'node:async_hooks';
import type { EventSubscriber, SqlEntityManager, TransactionEventArgs } from '@mikro-orm/postgresql';
import { Refusal } from '../errors.ts';
import type { Viewer } from './permissions.ts';

const caller = new AsyncLocalStorage<Pick<Viewer, 'id' | 'role' | 'impersonator'>>();

/** Runs a command of somebody's: whatever it commits, it commits only while they may. */
export const whileStanding = <Result>(viewer: Viewer, work: () => Promise<Result>): Promise<Result> => caller.run(viewer, work);

/**
 * AC-5: nobody who was disabled or got another role writes after that, however long their command has waited for others since it was let in.
 * Looked at as its last act, and held for the commit alone: whoever takes the right away comes before, and the command is refused, or after.
 */
export class StillStands implements EventSubscriber {
  async beforeTransactionCommit({ em, transaction }: TransactionEventArgs): Promise<void> {
    const viewer = caller.getStore();
    // A savepoint's release commits nothing.
    if (!viewer || (transaction as { readonly savepointName?: string } | undefined)?.savepointName) return;
    const { id, role, impersonator } = viewer;
    const found = await (em as SqlEntityManager)
      .getConnection()
      .execute<{ id: string; role: string }[]>(
        'select id, role from profiles where id in (?, ?) and disabled_at is null order by id for share',
        [id, impersonator?.id ?? id],
        'all',
        transaction,
      );
    if (found.length < (impersonator ? 2 : 1) || !found.some((one) => one.id === id && one.role === role))
      throw new Refusal('FORBIDDEN', 'Your account changed while this was under way.', 'Nothing was saved. Read the page again.');
  }
}
