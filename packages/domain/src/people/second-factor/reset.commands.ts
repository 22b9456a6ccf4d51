import { command } from '../../definition.ts';
import { changeUser } from '../acting-admin.ts';
import { record } from '@countersign/audit/record';
import { MATRIX } from '../permissions.ts';
import { pageOf, tellAdmins } from '../rights-notices.ts';
import { signedOutEverywhere } from '../session-actions.ts';
import { endSessions } from '../sign-in.ts';
import { presentUser } from '../users.queries.ts';
import { userView, versioned } from '../users.views.ts';
import { tellOfFactor } from './own-factor.ts';
import { heldFactor } from './second-factor.ts';

export const resetSecondFactor = command({
  name: 'users.resetSecondFactor',
  summary: 'Remove the second factor of a user who lost it; they are signed out everywhere',
  input: versioned,
  output: userView,
  rest: { method: 'POST', path: '/api/users/{id}/second-factor/reset' },
  permission: MATRIX.users,
  run: async (which, call) => {
    await changeUser(call, which, async (em, user) => {
      const factor = await heldFactor(em, user.id);
      if (!factor) return;
      em.remove(factor);
      const sessions = await endSessions(em, user.id);
      await tellOfFactor(em, user.id, 'Your second factor was reset by an admin');
      if (user.role === 'admin')
        await tellAdmins(em, {
          by: call.viewer.id,
          title: 'The second factor of an admin was reset',
          reason: which.reason,
          path: pageOf(user),
        });
      await em.flush();
      if (sessions) await record(em, signedOutEverywhere, { about: user, metadata: { sessions } });
    });
    return presentUser(call.em, which.id);
  },
});
