import type { EntityManager } from '@mikro-orm/postgresql';
import { User } from './user.ts';

/**
 * Holds somebody's account until the transaction ends. Whatever lets them in, or changes by what they are let in, takes this before any row
 * of theirs: one comes after the other, sees what the other did, and no two wait for each other. Gives them as they are then.
 */
export async function holdAccount(tx: EntityManager, userId: string): Promise<User> {
  // Others go on referring to it meanwhile.
  await tx.execute('select 1 from profiles where id = ? for no key update', [userId]);
  return tx.findOneOrFail(User, { id: userId }, { refresh: true });
}
