import { withContext } from '@countersign/audit/context';
import { now } from '../../clock.ts';
import { command } from '../../definition.ts';
import { Refusal } from '../../errors.ts';
import { changeUser, holdRights, theUser } from './acting-admin.ts';
import { withdraw } from '../invitation/invitation.commands.ts';
import { Invitation } from '../invitation/invitation.ts';
import { MATRIX } from '../rights/permissions.ts';
import { pageOf, tellAdmins } from '../rights/rights-notices.ts';
import { signOutWith, tellWhereAdmin } from '../session/shut-out.ts';
import { endAllSessions } from '../session/sign-in.ts';
import { roleText } from '../user.ts';
import { presentUser } from './users.queries.ts';
import { changeRoleInput, signOutUserInput, userView, versioned } from './users.views.ts';

export const changeRole = command({
  name: 'users.changeRole',
  summary: 'Change the role and level of a user',
  input: changeRoleInput,
  output: userView,
  rest: { method: 'POST', path: '/api/users/{id}/role' },
  permission: MATRIX.users,
  run: async ({ role, level, ...which }, call) => {
    await changeUser(call, which, async (em, user) => {
      if (user.role === role && user.level === level) return;
      const before = roleText(user);
      Object.assign(user, { role, level });
      const details = [
        { label: 'Was', text: before },
        { label: 'Now', text: roleText(user) },
      ];
      await tellAdmins(em, { by: call.viewer.id, title: 'Somebody’s role was changed', details, reason: which.reason, path: pageOf(user) });
    });
    return presentUser(call.em, which.id);
  },
});

export const disableUser = command({
  name: 'users.disable',
  summary: 'Disable a user, who is signed out everywhere at once',
  input: versioned,
  output: userView,
  rest: { method: 'POST', path: '/api/users/{id}/disable' },
  permission: MATRIX.users,
  run: async (which, call) => {
    await changeUser(call, which, async (em, user) => {
      if (user.disabledAt) return;
      user.disabledAt = now();
      const invitation = await em.findOne(Invitation, { user: user.id });
      if (invitation && !invitation.acceptedAt) await withdraw(em, invitation);
      await tellWhereAdmin(em, user, { title: 'An admin was disabled', by: call.viewer.id, reason: which.reason });
      await signOutWith(em, user);
    });
    return presentUser(call.em, which.id);
  },
});

export const enableUser = command({
  name: 'users.enable',
  summary: 'Enable a disabled user',
  input: versioned,
  output: userView,
  rest: { method: 'POST', path: '/api/users/{id}/enable' },
  permission: MATRIX.users,
  run: async (which, call) => {
    await changeUser(call, which, async (em, user) => {
      if (!user.disabledAt) return;
      user.disabledAt = null;
      await tellWhereAdmin(em, user, { title: 'An admin was enabled', by: call.viewer.id, reason: which.reason });
    });
    return presentUser(call.em, which.id);
  },
});

export const signOutUser = command({
  name: 'users.signOutEverywhere',
  summary: 'Sign a user out everywhere',
  input: signOutUserInput,
  output: userView,
  rest: { method: 'POST', path: '/api/users/{id}/sign-out-everywhere' },
  permission: MATRIX.users,
  run: async ({ id, reason }, { em, viewer }) => {
    if (id === viewer.id) throw new Refusal('FORBIDDEN', 'You may not sign yourself out here', 'Your own menu has “Sign out everywhere”.');
    await withContext({ reason }, () =>
      em.transactional(async (tx) => {
        // One after the other: two who sign each other out would wait for each other.
        await holdRights({ em: tx, viewer });
        await endAllSessions(tx, await theUser(tx, id));
      }),
    );
    return presentUser(em, id);
  },
});
