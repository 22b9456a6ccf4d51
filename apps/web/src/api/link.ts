import { createClient } from '@countersign/client';
import { asMeant, visibly } from '@countersign/domain/visible-text.rules';
import { connection } from './connection.ts';
import { standing } from './standing.ts';

/**
 * The one client of the page: HTTP for what is asked and done, one websocket for all that is live. Nothing that it brings
 * holds characters that nobody sees: whatever page shows it, they are written out, and what it sends has them again.
 */
export const { trpc: client } = createClient({
  onAnswer: visibly,
  onAsk: asMeant,
  socket: {
    onOpen: () => connection.opened(),
    onClose: () => connection.closed(),
    onEnded: (why) => standing.ended(why),
    onRetry: (delay) => connection.lost(Date.now() + delay),
  },
});
