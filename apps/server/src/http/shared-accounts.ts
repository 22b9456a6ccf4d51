import type { EntityManager } from '@mikro-orm/postgresql';
import type { Route } from '@countersign/api/rest/route';
import { Refusal } from '@countersign/domain/errors';
import { User } from '@countersign/domain/people/user';

/** What changes how an account is entered: whoever does it keeps out everybody else who has the same one. */
const WAYS_IN = new Set(['password.change', 'secondFactor.offer', 'secondFactor.setUp']);

export interface SharedAccountsOptions {
  /** Whether this is a demonstration, whose accounts everybody has. */
  readonly isDemo: () => boolean;
  /** Roles that need a second factor: in a demonstration only where somebody has set it so, and then it can be set up. */
  readonly required: ReadonlySet<unknown>;
}

/** The same routes where everybody has the same accounts: what would lock the others out is refused. */
export const withSharedAccounts = (routes: readonly Route[], { isDemo, required }: SharedAccountsOptions): Route[] =>
  routes.map((route) => {
    if (!WAYS_IN.has(route.name) || (required.size && route.name.startsWith('secondFactor.'))) return route;
    return {
      ...route,
      run: (raw, call) => (isDemo() ? Promise.reject(sharedByAll('A password or second factor of your own')) : route.run(raw, call)),
    };
  });

/** Nor is one of the accounts that are offered moved to another address, or disabled, by whatever way somebody asks. */
export const keepingAccounts =
  (accounts: () => readonly { readonly email: string }[], fork: () => EntityManager) =>
  async (name: string, input: unknown): Promise<void> => {
    if ((name !== 'users.correct' && name !== 'users.disable') || !accounts().length) return;
    const { id, email } = input as { readonly id: string; readonly email?: string };
    const user = await fork().findOne(User, { id });
    if (!user || user.email === email || !accounts().some((account) => account.email === user.email)) return;
    throw sharedByAll(email === undefined ? 'Disabling one' : 'Another address');
  };

const sharedByAll = (what: string) =>
  new Refusal(
    'FORBIDDEN',
    'In the demonstration everybody has the same accounts',
    `${what} would lock the others out. Start Countersign with DEMO=false to try it.`,
  );
