import { HttpResponse } from 'msw';
import { http } from 'msw/http';
import type { World } from './world.ts';

const OVER = {
  error: 'This invitation is over',
  code: 'NOT_FOUND',
  details: 'Sign in if you have a password; otherwise ask an admin to send it again.',
};
const SHORT = 'A password has at least 12 characters: a few words in a row are easy to remember.';

/** An invitation whose link bears the token `open`, until it is accepted. */
export function invitationHandlers(world: () => World) {
  return [
    http.post('*/api/auth/invitation', async ({ request }) => {
      if (world().refusals.has('invitation.get')) return HttpResponse.error();
      const { token } = (await request.json()) as { token: string };
      return token === 'open' && world().invited ? HttpResponse.json(world().invited) : HttpResponse.json(OVER, { status: 404 });
    }),
    http.post('*/api/auth/invitation/accept', async ({ request }) => {
      const { password } = (await request.json()) as { password: string };
      if (password.length < 12)
        return HttpResponse.json(
          {
            error: 'This password can’t be used.',
            code: 'VALIDATION_ERROR',
            details: SHORT,
            fields: [{ field: 'password', message: SHORT }],
          },
          { status: 400 },
        );
      const accepted = world().invited;
      world().invited = null;
      return accepted ? HttpResponse.json(accepted) : HttpResponse.json(OVER, { status: 404 });
    }),
  ];
}
