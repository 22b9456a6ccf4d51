import type { EventSubscriber, FlushEventArgs } from '@mikro-orm/postgresql';
import { NaiveAudit } from '../card.ts';

/** What one writes first: an entity for each changed field, in the same flush. */
export class NaiveSubscriber implements EventSubscriber {
  onFlush({ uow, em }: FlushEventArgs): void {
    for (const set of uow.getChangeSets()) {
      if (set.meta.className !== 'Card') continue;
      for (const [field, value] of Object.entries(set.payload)) {
        const before = (set.originalEntity as Record<string, unknown> | undefined)?.[field];
        const row = em.create(
          NaiveAudit,
          {
            entity: 'Card',
            entityId: String(set.getPrimaryKey()),
            field,
            oldValue: String(before),
            newValue: String(value),
            actor: 'u1',
          } as never,
          { persist: false },
        );
        uow.computeChangeSet(row);
      }
    }
  }
}
