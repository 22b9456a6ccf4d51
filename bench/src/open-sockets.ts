import { longForm } from './long-form.ts';

/** Sockets that each trigger ends at once, unless `OPEN_SOCKETS` says otherwise. */
const SOCKETS = '300';

/** Sign-out, revocation, expiry, disabling and loss of a role with many sockets open: how soon they end, and that nothing follows. */
export const run = (): Promise<void> =>
  longForm({ folder: 'apps/server', file: 'test/open-sockets.pg.test.ts', env: { OPEN_SOCKETS: process.env['OPEN_SOCKETS'] ?? SOCKETS } });
