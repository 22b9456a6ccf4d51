import { LockMode, type FilterQuery } from '@mikro-orm/postgresql';
import { z } from 'zod';
import { command, query } from '../definition.ts';
import { Refusal } from '../errors.ts';
import { MATRIX } from '../people/rights/permissions.ts';
import { fullName } from '../people/user.ts';
import { Message } from './message.ts';
import { listMessagesInput, messageList, type MessageStatus, messageView } from './message.views.ts';

export const listMessages = query({
  name: 'messages.list',
  summary: 'The messages that went out or are to go out, the newest first',
  input: listMessagesInput,
  output: messageList,
  rest: { method: 'GET', path: '/api/messages' },
  permission: MATRIX.outbox,
  run: async ({ limit, offset, status, channel, person }, { em }) => {
    const where: FilterQuery<Message> = {
      ...(status !== undefined && { status: { $in: [status].flat() } }),
      ...(channel !== undefined && { channel: { $in: [channel].flat() } }),
      ...(person !== undefined && { person }),
    };
    const [found, total] = await em
      .fork()
      .findAndCount(Message, where, { populate: ['person', 'subscription'], orderBy: { createdAt: 'desc', id: 'asc' }, limit, offset });
    return { data: found.map(summaryOf), pagination: { total, limit, offset, hasMore: offset + found.length < total } };
  },
});

export const getMessage = query({
  name: 'messages.get',
  summary: 'One message, as it is sent',
  input: z.strictObject({ id: z.uuid() }),
  output: messageView,
  rest: { method: 'GET', path: '/api/messages/{id}' },
  permission: MATRIX.outbox,
  run: async ({ id }, { em }) => {
    const message = await em.fork().findOne(Message, { id }, { populate: ['person', 'subscription'] });
    return present(found(message));
  },
});

export const retryMessage = command({
  name: 'messages.retry',
  summary: 'Try again to send a message that was given up or kept',
  input: z.strictObject({ id: z.uuid() }),
  output: messageView,
  rest: { method: 'POST', path: '/api/messages/{id}/retry' },
  permission: MATRIX.outbox,
  run: ({ id }, { em }) =>
    em.transactional(async (tx) => {
      const message = found(
        await tx.findOne(Message, { id }, { populate: ['person', 'subscription'], lockMode: LockMode.PESSIMISTIC_WRITE }),
      );
      const status: MessageStatus = message.status;
      const why = WHY_NOT[status];
      if (why !== null)
        throw new Refusal('VALIDATION_ERROR', "This message can't be tried again.", why, { fields: [{ field: 'status', message: why }] });
      tx.assign(message, { status: 'waiting', settledAt: null, handedAt: null, lastError: null, attempts: 0 });
      await tx.flush();
      return present(message);
    }),
});

/** Why a message isn't tried again; null where it may be. */
const WHY_NOT: Readonly<Record<MessageStatus, string | null>> = {
  sent: 'It was sent.',
  waiting: 'It waits to be sent.',
  gathered: 'Another message told of it.',
  failed: null,
  kept: null,
};

function found(message: Message | null): Message {
  if (!message) throw new Refusal('NOT_FOUND', 'There is no such message.', 'Messages are deleted some months after they were settled.');
  return message;
}

function summaryOf(message: Message): z.input<typeof messageList>['data'][number] {
  const { id, channel, status, person, subject, urgent, attempts } = message;
  return {
    id,
    channel,
    status,
    person: { id: person.id, name: fullName(person) },
    to: message.address ?? message.subscription?.browser ?? null,
    subject,
    urgent,
    attempts,
    lastError: message.lastError ?? null,
    createdAt: message.createdAt.toISOString(),
    notBefore: message.notBefore.toISOString(),
    settledAt: message.settledAt?.toISOString() ?? null,
  };
}

const present = (message: Message): z.input<typeof messageView> => ({
  ...summaryOf(message),
  body: message.body,
  // Without its token it leads nowhere; with it, it would be its reader's.
  path: message.link ? null : (message.path ?? null),
  oneTimeLink: Boolean(message.link),
});
