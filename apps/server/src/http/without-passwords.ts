import type { Route } from '@countersign/api/rest/route';
import { Refusal } from '@countersign/domain/errors';

/** What a password is for, or leads to one. */
const BY_PASSWORD = new Set(['session.begin', 'password.change', 'password.forgotten', 'password.reset', 'invitation.accept']);

/** The same routes where people sign in by a provider alone: those that take or give a password refuse, whoever asks. */
export const withoutPasswords = (routes: readonly Route[], provider: string): Route[] =>
  routes.map((route) => (BY_PASSWORD.has(route.name) ? { ...route, run: () => Promise.reject(noPasswords(provider)) } : route));

const noPasswords = (provider: string) =>
  new Refusal('FORBIDDEN', 'Nobody signs in by a password here.', `Continue with ${provider} on the page where you sign in.`);
