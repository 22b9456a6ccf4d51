import { UniqueConstraintViolationException, type EntityManager } from '@mikro-orm/postgresql';
import { command } from '../../definition.ts';
import { Message } from '../../messages/message.ts';
import { notify } from '../../messages/notify.ts';
import { accountChanged } from '../account-notices.ts';
import { mailIsTaken } from '../account.ts';
import { changeUser } from './acting-admin.ts';
import { isInvited, sendInvitation } from '../invitation/invitation.commands.ts';
import { Invitation } from '../invitation/invitation.ts';
import { KnownDevice } from '../session/known-device.ts';
import { endLinks, LINK_PURPOSES } from '../one-time-link.ts';
import { MATRIX, type Viewer } from '../rights/permissions.ts';
import { pageOf, tellAdmins } from '../rights/rights-notices.ts';
import { signOutWith } from '../session/shut-out.ts';
import type { User } from '../user.ts';
import { presentUser } from './users.queries.ts';
import { correctUserInput, userView } from './users.views.ts';

export const correctUser = command({
  name: 'users.correct',
  summary: 'Correct the name, mail address or telephone number of a user; with another address they sign in anew',
  input: correctUserInput,
  output: userView,
  rest: { method: 'PATCH', path: '/api/users/{id}' },
  permission: MATRIX.users,
  run: async ({ firstName, lastName, email, phoneNumber, ...which }, call) => {
    try {
      await changeUser(call, which, async (em, user) => {
        const former = user.email === email ? null : user.email;
        // While the former address still stands: whoever it belongs to hears of it there.
        if (former !== null)
          await notify(em, [{ person: user.id, kinds: [accountChanged], title: 'Your mail address was changed by an admin' }]);
        Object.assign(user, { firstName, lastName, email, ...(phoneNumber !== undefined && { phoneNumber: phoneNumber || null }) });
        if (former !== null) await moved(em, { user, former, viewer: call.viewer, reason: which.reason });
        await em.flush();
      });
    } catch (cause) {
      throw cause instanceof UniqueConstraintViolationException ? mailIsTaken() : cause;
    }
    return presentUser(call.em, which.id);
  },
});

interface Moved {
  readonly user: User;
  readonly former: string;
  readonly viewer: Viewer;
  readonly reason: string;
}

/**
 * Another address is another way in: what was sent to the former one opens nothing any more, whoever is signed in signs in anew, and an
 * open invitation is sent to where the person is.
 */
async function moved(em: EntityManager, { user, former, viewer, reason }: Moved): Promise<void> {
  for (const purpose of LINK_PURPOSES) await endLinks(em, user.id, purpose);
  await em.nativeDelete(KnownDevice, { user: user.id });
  // What waits to be sent goes to where the person is: who had the former address has no business with it. But for that they have moved, from there and from
  // wherever they were before.
  await em.nativeUpdate(
    Message,
    { person: user.id, address: former, channel: 'mail', status: 'waiting', link: null },
    { address: user.email },
  );
  const invitation = await em.findOne(Invitation, { user: user.id });
  if (invitation && isInvited(invitation)) await sendInvitation(em, { user, viewer, invitation });
  if (user.role === 'admin')
    await tellAdmins(em, { by: viewer.id, title: 'The mail address of an admin was changed', reason, path: pageOf(user) });
  await signOutWith(em, user);
}
