import { createClient } from '@countersign/client';
import { connection } from './connection.ts';
import { standing } from './standing.ts';

/** The one client of the page: HTTP for what is asked and done, one websocket for all that is live. */
export const { trpc: client } = createClient({
  socket: {
    onOpen: () => connection.opened(),
    onClose: () => connection.closed(),
    onEnded: (why) => standing.ended(why),
    onRetry: (delay) => connection.lost(Date.now() + delay),
  },
});
