import { z } from 'zod';
import type { RouteCall } from '@countersign/api/rest/route';
import { isKnownDevice } from '@countersign/domain/people/session/known-device';
import { ROLES, type Viewer } from '@countersign/domain/people/rights/permissions';
import type { Entered, NewPending } from '@countersign/domain/people/second-factor/enter';
import { pendingBehind } from '@countersign/domain/people/second-factor/second-step';
import { cookieValue, setCookie } from './cookies.ts';
import { deviceOf, welcome, type WelcomeOptions } from './welcome.ts';

/** Somebody signed in, as pages know them. */
export const signedInUser = z.object({
  id: z.uuid(),
  name: z.string(),
  email: z.string(),
  role: z.enum(ROLES),
  level: z.number().int(),
  timeZone: z.string(),
});

/** A second step of signing in that is left. */
export const secondStep = z.object({ expiresAt: z.iso.datetime() });

/** What a step of signing in answers: who is signed in now, or that a second step is left. */
export const entered = z.object({ user: signedInUser.nullable(), secondStep: secondStep.nullable() });

export const userOf = ({ id, name, email, role, level, timeZone }: Viewer) => ({ id, name, email, role, level, timeZone });

type Called = Pick<RouteCall, 'http'>;

/** What the door knows this browser by: what it keeps, where this person has signed in with it before. */
export async function knownDevice({ fork }: Pick<WelcomeOptions, 'fork'>, call: Called, email: string): Promise<string | null> {
  const kept = deviceOf(call);
  return kept !== null && (await isKnownDevice(fork(), { email, token: kept })) ? kept : null;
}

/** Gives the browser what a step has led to: its session, or what it keeps until the second step. */
export async function letIn(options: WelcomeOptions, call: RouteCall, { session, pending }: Entered): Promise<z.input<typeof entered>> {
  const user = session ? userOf(await welcome(options, call, session)) : null;
  if (pending || pendingOf(call) !== null) call.http.header('set-cookie', pendingCookie(call, pending ?? null), { append: true });
  return { user, secondStep: pending ? { expiresAt: pending.expiresAt.toISOString() } : null };
}

/** What this browser keeps between the two steps; null where it keeps nothing. It is no session. */
export const pendingOf = ({ http }: Called): string | null => cookieValue(http.req.header('cookie'), 'signIn', http.get('facts').secure);

/** The header that has a browser keep it, or takes it back. */
export function pendingCookie({ http }: Called, pending: NewPending | null): string {
  const maxAge = pending ? Math.max(0, Math.floor((pending.expiresAt.getTime() - Date.now()) / 1_000)) : 0;
  return setCookie('signIn', { value: pending?.token ?? '', maxAge, secure: http.get('facts').secure });
}

/** The second step that is left to whoever comes with this browser; null where there is none. */
export async function stepLeft({ fork }: Pick<WelcomeOptions, 'fork'>, call: Called): Promise<z.input<typeof secondStep> | null> {
  const token = pendingOf(call);
  const pending = token === null ? null : await pendingBehind(fork(), token);
  return pending && { expiresAt: pending.expiresAt.toISOString() };
}
