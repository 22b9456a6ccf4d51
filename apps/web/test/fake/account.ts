import { HttpResponse } from 'msw';
import { http } from 'msw/http';
import type { ProviderLinks, SessionView } from '../../src/api/account.ts';
import type { World } from './world.ts';

const HERE: SessionView = {
  id: 'a'.repeat(64),
  present: true,
  created_at: '2026-11-03T07:02:00.000Z',
  last_seen_at: '2026-11-04T14:00:00.000Z',
  ip_address: '192.0.2.7',
  user_agent: 'Mozilla/5.0 (X11; Linux x86_64; rv:140.0) Gecko/20100101 Firefox/140.0',
};

export const SESSIONS: readonly SessionView[] = [
  HERE,
  {
    ...HERE,
    id: 'b'.repeat(64),
    present: false,
    user_agent: 'Mozilla/5.0 (iPhone; CPU iPhone OS 18_0 like Mac OS X) AppleWebKit/605.1.15 Version/18.0 Mobile/15E148 Safari/604.1',
  },
];

/** Somebody who signs in by a provider as well. */
export const LINKED: ProviderLinks = {
  has_password: true,
  links: [
    {
      id: '00000009-0000-4000-8000-000000000009',
      name: 'Northwind',
      issuer: 'https://login.northwind.example',
      since: '2026-10-12T08:00:00.000Z',
      only_way_in: false,
    },
  ],
};

const refused = (field: string, message: string) =>
  HttpResponse.json(
    { error: 'The input is not valid', code: 'VALIDATION_ERROR', details: message, fields: [{ field, message }] },
    { status: 400 },
  );

/** One's own sessions and password; the present one is `demo`, and links bear the token `open`. */
export function accountHandlers(world: () => World) {
  return [
    http.get('*/api/auth/sessions', () =>
      world().refusals.has('sessions.list') ? HttpResponse.error() : HttpResponse.json(world().sessions),
    ),
    http.delete('*/api/auth/sessions/:id', ({ params }) => {
      world().sessions = world().sessions.filter(({ id }) => id !== params['id']);
      return HttpResponse.json({});
    }),
    http.get('*/api/auth/providers', () => HttpResponse.json(world().providers)),
    http.delete('*/api/auth/providers/:id', ({ params }) => {
      const { providers } = world();
      world().providers = { ...providers, links: providers.links.filter(({ id }) => id !== params['id']) };
      return HttpResponse.json({});
    }),
    http.post('*/api/auth/password', async ({ request }) => {
      const { current, password } = (await request.json()) as { current: string; password: string };
      if (current !== 'demo') return refused('current', 'The present password is wrong.');
      if (password.length < 12) return refused('password', 'A password has at least 12 characters.');
      const ended = world().sessions.filter(({ present }) => !present).length;
      world().sessions = world().sessions.filter(({ present }) => present);
      return HttpResponse.json({ sessions: ended, tokens: 2 });
    }),
    http.post('*/api/auth/password/forgotten', () => HttpResponse.json({})),
    http.post('*/api/auth/password/reset', async ({ request }) => {
      const { token, password } = (await request.json()) as { token: string; password: string };
      if (token !== 'open') return HttpResponse.json({ error: 'This link is over', code: 'NOT_FOUND', details: null }, { status: 404 });
      return password.length < 12 ? refused('password', 'A password has at least 12 characters.') : HttpResponse.json({});
    }),
  ];
}
