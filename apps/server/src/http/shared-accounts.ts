import type { Route } from '@countersign/api/rest/route';
import { Refusal } from '@countersign/domain/errors';

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
    return { ...route, run: (raw, call) => (isDemo() ? Promise.reject(sharedByAll()) : route.run(raw, call)) };
  });

const sharedByAll = () =>
  new Refusal(
    'FORBIDDEN',
    'In the demonstration everybody has the same accounts',
    'A password or second factor of your own would lock the others out. Start Countersign with DEMO=false to try it.',
  );
