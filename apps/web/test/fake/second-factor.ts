import { HttpResponse } from 'msw';
import { http } from 'msw/http';
import type { World } from './world.ts';

const json = (body: object, status = 200) => HttpResponse.json(body, { status });
const field = (name: string, message: string) =>
  json({ error: message, code: 'VALIDATION_ERROR', details: null, fields: [{ field: name, message }] }, 400);

export const CODES = Array.from({ length: 10 }, (_, n) => `ABCD-EFGH-JKLM-NPQ${n}`);

interface Proof {
  readonly password?: string;
  readonly code?: string;
}

/** What is wrong with what shows that it is them; null where nothing is. */
function wrongProof({ password, code }: Proof) {
  if (code !== undefined) return code === '123456' ? null : field('code', 'The code is wrong.');
  return password === 'demo' ? null : field('password', 'The password is wrong.');
}

/** The reader's second factor: the app shows 123456, and the password is `demo`. */
export function secondFactorHandlers(world: () => World) {
  return [
    http.post('*/api/auth/sign-in/code', async ({ request }) => {
      const { code } = (await request.json()) as { code: string };
      if (!world().secondStep || code === '000000') {
        world().secondStep = null;
        return json({ error: 'This sign-in is over', code: 'NOT_FOUND', details: 'Sign in again from the beginning.' }, 404);
      }
      if (code.replaceAll(' ', '') !== '123456' && code !== CODES[0])
        return json({ error: 'The code is wrong.', code: 'UNAUTHORIZED', details: 'Each works once.' }, 401);
      Object.assign(world(), { secondStep: null, user: world().waiting });
      return json({ user: world().user, second_step: null });
    }),
    http.post('*/api/auth/sign-in/give-up', () => {
      world().secondStep = null;
      return json({});
    }),
    http.get('*/api/auth/second-factor', () =>
      world().refusals.has('secondFactor.get')
        ? json({ error: 'Something went wrong', code: 'INTERNAL_SERVER_ERROR' }, 500)
        : json(world().factor),
    ),
    http.post('*/api/auth/second-factor/offer', () =>
      json({
        secret: 'GEZDGNBVGY3TQOJQGEZDGNBVGY3TQOJQ',
        address: 'otpauth://totp/Countersign:anna%40example.com?issuer=Countersign&secret=GEZDGNBVGY3TQOJQGEZDGNBVGY3TQOJQ',
        offer: 'offered',
      }),
    ),
    http.post('*/api/auth/second-factor', async ({ request }) => {
      const { confirmation, ...proof } = (await request.json()) as Proof & { confirmation: string };
      if (confirmation === '000000') return json({ error: 'This QR code is over', code: 'NOT_FOUND', details: 'Set it up again.' }, 404);
      const wrong = world().factor.set_up_at === null && !world().signedInAgo ? null : wrongProof(proof);
      if (wrong) return wrong;
      if (confirmation !== '123456') return field('confirmation', 'The code is wrong.');
      Object.assign(world(), { confined: false, factor: { ...world().factor, set_up_at: '2026-11-04T14:00:00.000Z', codes_left: 10 } });
      return json({ recovery_codes: CODES });
    }),
    http.post('*/api/auth/second-factor/recovery-codes', async ({ request }) => {
      const wrong = wrongProof((await request.json()) as Proof);
      if (wrong) return wrong;
      world().factor = { ...world().factor, codes_left: 10 };
      return json({ recovery_codes: CODES });
    }),
    http.post('*/api/auth/second-factor/remove', async ({ request }) => {
      const wrong = wrongProof((await request.json()) as Proof);
      if (wrong) return wrong;
      world().factor = { ...world().factor, set_up_at: null, codes_left: 0 };
      return json({});
    }),
  ];
}
