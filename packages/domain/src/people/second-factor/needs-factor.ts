import type { EntityManager } from '@mikro-orm/postgresql';
import type { Role } from '../rights/permissions.ts';
import { SecondFactor } from './second-factor.ts';

/** Whoever comes, by a session or by a token. */
export interface Comer {
  readonly userId: string;
  readonly role: Role;
  /** Whether a second factor was shown in their session; null for a token, in which nobody shows anything. */
  readonly shown: boolean | null;
}

/**
 * Whether somebody can do nothing but set up a second factor: their role needs one, and none was shown. A token does as long as its owner
 * has one.
 */
export async function isConfined(em: EntityManager, { userId, role, shown }: Comer, required: ReadonlySet<Role>): Promise<boolean> {
  if (!required.has(role) || shown) return false;
  return shown === false || !(await em.fork().count(SecondFactor, { user: userId }));
}
