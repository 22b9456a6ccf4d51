import { tracked, type TrackedEnvelope } from '@trpc/server';
import type { z } from 'zod';
import type { NotificationView } from '@countersign/domain/messages/notification.queries';
import { liveNotificationsInput } from '@countersign/domain/messages/notification.views';
import { MATRIX } from '@countersign/domain/people/rights/permissions';
import { checkScope } from '@countersign/domain/people/token/token-scope.rules';
import type { ApiContext } from '../context.ts';
import { signedIn } from '../execute.ts';
import { invalidInput, parseInput } from '../input.ts';
import type { Connection } from '../live/connection.ts';
import { subscription } from '../subscription.ts';
import { t } from '../trpc.ts';
import type { Inboxes } from './inboxes.ts';

/** What somebody was told since the last time, the oldest first, and how much they have not read. */
export interface NoticeNews {
  readonly notifications: readonly NotificationView[];
  readonly unread: number;
}

/** Notices that one step brings. */
const PAGE = 50;

type NoticeYield = TrackedEnvelope<NoticeNews>;

/**
 * What its viewer is told from now on, or since the last notice that this subscription sent. Begins with what is
 * unread; a step without notices says that some were read elsewhere.
 */
export const notificationsProcedure = t.procedure
  .input((raw: unknown) => raw as z.input<typeof liveNotificationsInput> | undefined)
  .subscription(
    subscription<Wish, NoticeYield>({ name: 'notifications.live', admit: admitted, steps: (wish, signal) => follow({ ...wish, signal }) }),
  );

interface Wish {
  readonly inboxes: Inboxes;
  readonly connection: Connection | null;
  readonly person: string;
  /** The number after which to go on; null for the present one. */
  readonly resume: number | null;
}

async function admitted({ services, connection, viewer }: ApiContext, raw: unknown): Promise<Wish> {
  const reader = signedIn(await viewer());
  checkScope(reader, MATRIX.signedIn);
  const { lastEventId } = parseInput(liveNotificationsInput, raw === undefined ? {} : raw, 'camel');
  return { inboxes: services.inboxes, connection, person: reader.id, resume: numberOf(lastEventId) };
}

async function* follow({ inboxes, connection, person, resume, signal }: Wish & { signal: AbortSignal }): AsyncGenerator<NoticeYield, void> {
  const { reader } = inboxes;
  // Follows before it reads: what comes in between is found by the one or the other.
  const inbox = inboxes.open(person);
  try {
    const present = (await reader.marks([person])).get(person) ?? { last: 0, reads: 0 };
    // A number that was never given is another database's: what is new there can't be known.
    let cursor = resume !== null && resume <= present.last ? resume : present.last;
    for (let first = true; !signal.aborted; first = false) {
      if (!first) await inbox.changed(signal);
      do {
        await connection?.room(signal);
        if (signal.aborted) return;
        const notifications = await reader.after(person, cursor, PAGE);
        cursor = notifications.at(-1)?.number ?? cursor;
        yield tracked(String(cursor), { notifications, unread: await reader.unread(person) });
      } while (cursor < (inbox.mark?.last ?? present.last) && !signal.aborted);
    }
  } finally {
    inbox.release();
  }
}

function numberOf(lastEventId: string | null | undefined): number | null {
  if (lastEventId === null || lastEventId === undefined) return null;
  if (!/^\d{1,9}$/.test(lastEventId))
    throw invalidInput([{ field: 'lastEventId', message: 'must be the id of a notice that this subscription sent' }]);
  return Number(lastEventId);
}
