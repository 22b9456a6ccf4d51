import { HttpResponse } from 'msw';
import { http } from 'msw/http';
import type { World } from './world.ts';

/** Looking at the system as somebody else, for half an hour. */
export function sightHandlers(world: () => World) {
  return [
    http.post('*/api/auth/sight', async ({ request }) => {
      const { user, reason } = (await request.json()) as { user: string; reason: string };
      const now = world();
      const message = 'Say why, in three letters or more: it stands in the log.';
      if (reason.length < 3)
        return HttpResponse.json(
          { error: 'The input is not valid', code: 'VALIDATION_ERROR', details: message, fields: [{ field: 'reason', message }] },
          { status: 400 },
        );
      const { id, name, email, role, level, timeZone } = now.users.get(user);
      const self = now.user;
      if (!self) return HttpResponse.json({ error: 'You are not signed in', code: 'UNAUTHORIZED' }, { status: 401 });
      const sight = { by: { id: self.id, name: self.name }, until: new Date(Date.now() + 1_800_000).toISOString(), writes: false };
      Object.assign(now, { self, sight, user: { id, name, email, role, level, time_zone: timeZone } });
      return HttpResponse.json({});
    }),
    http.post('*/api/auth/sight/stop', () => {
      Object.assign(world(), { user: world().self, sight: null });
      return HttpResponse.json({});
    }),
  ];
}
