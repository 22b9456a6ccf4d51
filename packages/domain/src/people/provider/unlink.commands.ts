import { command } from '../../definition.ts';
import { Refusal } from '../../errors.ts';
import { changeUser } from '../users/acting-admin.ts';
import { MATRIX } from '../rights/permissions.ts';
import { tellWhereAdmin } from '../session/shut-out.ts';
import { presentUser } from '../users/users.queries.ts';
import { unlinkUserInput, userView } from '../users/users.views.ts';
import { endLink } from './own-links.ts';
import { ProviderLink } from './provider-link.ts';

export const unlinkUser = command({
  name: 'users.unlinkProvider',
  summary: 'Have a user sign in by a provider no longer; the sessions that they began by it end',
  input: unlinkUserInput,
  output: userView,
  rest: { method: 'POST', path: '/api/users/{id}/providers/{link}/unlink' },
  permission: MATRIX.users,
  run: async ({ link: id, ...which }, call) => {
    await changeUser(call, which, async (em, user) => {
      const link = await em.findOne(ProviderLink, { id, user: user.id });
      if (!link) throw new Refusal('NOT_FOUND', 'This person has no such link', 'Read the page again: it was ended just now.');
      await endLink(em, { user, link, title: `An admin ended that you sign in by ${new URL(link.issuer).host}` });
      await tellWhereAdmin(em, user, { title: 'An admin’s sign-in by a provider was ended', by: call.viewer.id, reason: which.reason });
    });
    return presentUser(call.em, which.id);
  },
});
