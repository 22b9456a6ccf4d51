import { z } from 'zod';
import { command } from '../definition.ts';
import { Refusal } from '../errors.ts';
import { holdComer } from '../people/session/hold-comer.ts';
import { MATRIX } from '../people/rights/permissions.ts';
import { PushSubscription } from './push-subscription.ts';
import { pushSubscribed, subscribePushInput } from './preferences.views.ts';

/** Browsers of one person; beyond it the one that was allowed first goes. */
const MOST_BROWSERS = 10;

export const subscribePush = command({
  name: 'push.subscribe',
  summary: 'Have this browser show what you are told',
  input: subscribePushInput,
  output: pushSubscribed,
  rest: { method: 'POST', path: '/api/push/subscriptions' },
  // Not by a token: what it had shown would go on being shown once it is revoked.
  permission: MATRIX.ownAccount,
  inPerson: true,
  run: ({ endpoint, p256dh, auth, browser }, { em, viewer }) =>
    em.transactional(async (tx) => {
      await holdComer(tx, viewer);
      const same = await tx.findOne(PushSubscription, { endpoint });
      if (same?.person.id === viewer.id && same.p256dh === p256dh && same.auth === auth) return { id: same.id };
      // One browser tells one person: whoever asked last. What was meant for the one before must not be shown to them.
      if (same) await tx.remove(same).flush();
      const others = await tx.find(PushSubscription, { person: viewer.id }, { orderBy: { createdAt: 'asc', id: 'asc' } });
      for (const oldest of others.slice(0, Math.max(0, others.length + 1 - MOST_BROWSERS))) tx.remove(oldest);
      const made = tx.create(PushSubscription, { person: viewer.id, endpoint, p256dh, auth, browser });
      await tx.flush();
      return { id: made.id };
    }),
});

export const unsubscribePush = command({
  name: 'push.unsubscribe',
  summary: 'Have a browser show nothing any more',
  input: z.strictObject({ id: z.uuid() }),
  output: pushSubscribed,
  rest: { method: 'DELETE', path: '/api/push/subscriptions/{id}' },
  permission: MATRIX.signedIn,
  inPerson: true,
  run: ({ id }, { em, viewer }) =>
    em.transactional(async (tx) => {
      const found = await tx.findOne(PushSubscription, { id, person: viewer.id });
      if (!found) throw new Refusal('NOT_FOUND', 'There is no such browser.', 'It was taken off already, or is not yours.');
      await tx.remove(found).flush();
      return { id };
    }),
});
