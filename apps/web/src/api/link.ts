import { createClient } from '@countersign/client';
import { visibly } from '@countersign/domain/visible-text.rules';
import { connection } from './connection.ts';
import { standing } from './standing.ts';

/**
 * The one client of the page: HTTP for what is asked and done, one websocket for all that is live. Nothing that it brings
 * holds characters that nobody sees: whatever page shows it, they are written out.
 */
export const { trpc: client } = createClient({
  onAnswer: visibly,
  socket: {
    onOpen: () => connection.opened(),
    onClose: () => connection.closed(),
    onEnded: (why) => standing.ended(why),
    onRetry: (delay) => connection.lost(Date.now() + delay),
  },
});
