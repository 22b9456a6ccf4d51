import { command } from '../../definition.ts';
import { changeUser } from '../users/acting-admin.ts';
import { MATRIX } from '../rights/permissions.ts';
import { signOutWith, tellWhereAdmin } from '../session/shut-out.ts';
import { presentUser } from '../users/users.queries.ts';
import { userView, versioned } from '../users/users.views.ts';
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
      await tellOfFactor(em, user.id, 'Your second factor was reset by an admin');
      await tellWhereAdmin(em, user, { title: 'The second factor of an admin was reset', by: call.viewer.id, reason: which.reason });
      await em.flush();
      await signOutWith(em, user);
    });
    return presentUser(call.em, which.id);
  },
});
