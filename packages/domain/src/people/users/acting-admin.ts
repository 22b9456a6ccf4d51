import type { EntityManager } from '@mikro-orm/postgresql';
import { withContext } from '@countersign/audit/context';
import { Refusal } from '../../errors.ts';
import { MATRIX, permits, type Viewer } from '../rights/permissions.ts';
import { User } from '../user.ts';

/** A change of who may do what, by somebody who may make it. */
export interface Acting {
  readonly em: EntityManager;
  readonly viewer: Viewer;
}

/**
 * One such change at a time. Whoever lost the right to it while waiting makes none: of two admins who take each other's
 * role away at once, the second is no admin any more, so one is always left.
 * @throws Refusal FORBIDDEN.
 */
export async function holdRights({ em, viewer }: Acting): Promise<void> {
  await em.execute(`select pg_advisory_xact_lock(hashtextextended('rights', 0))`);
  const self = await em.findOne(User, { id: viewer.id, disabledAt: null });
  if (!self || !permits(MATRIX.users, self.role, 'foreign'))
    throw new Refusal('FORBIDDEN', 'Your role may not do this any more', 'Another admin has changed it just now.');
}

/** Which user is changed, as they were read, and why. */
interface Which {
  readonly id: string;
  readonly version: number;
  readonly reason: string;
}

/**
 * Changes a user in one transaction, under its reason.
 * @throws Refusal NOT_FOUND, CONFLICT where somebody changed them since they were read, FORBIDDEN for oneself and for who is no admin any more.
 */
export const changeUser = (
  { em, viewer }: Acting,
  { id, version, reason }: Which,
  change: (em: EntityManager, user: User) => Promise<void>,
): Promise<void> =>
  withContext({ reason }, () =>
    em.transactional(async (tx) => {
      await holdRights({ em: tx, viewer });
      const user = await theUser(tx, id);
      refuseOneself(viewer, user);
      if (user.version !== version) throw changedMeanwhile();
      await change(tx, user);
    }),
  );

/** Held until the transaction ends. @throws Refusal NOT_FOUND. */
export async function theUser(em: EntityManager, id: string): Promise<User> {
  // Others go on referring to them meanwhile, as an import of their hours does for as long as it takes.
  await em.execute('select 1 from profiles where id = ? for no key update', [id]);
  const user = await em.findOne(User, { id }, { refresh: true });
  if (!user) throw noSuchUser();
  return user;
}

export const noSuchUser = (): Refusal =>
  new Refusal('NOT_FOUND', 'There is no such user', 'The address may have been cut off when it was copied.');

export const changedMeanwhile = (): Refusal =>
  new Refusal('CONFLICT', 'Somebody else changed this since you read it.', 'Read it again, and look whether your change is still needed.');

/** Nobody gives themselves rights or locks themselves out: whoever is left to change something is never the one who changed it. */
function refuseOneself(viewer: Viewer, user: User): void {
  if (user.id === viewer.id) throw new Refusal('FORBIDDEN', 'You may not change your own account here', 'Ask another admin.');
}
