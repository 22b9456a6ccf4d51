import { rest } from './session.ts';

/** One of the reader's sessions. */
export interface SessionView {
  readonly id: string;
  /** The one in which this page is. */
  readonly present: boolean;
  readonly created_at: string;
  readonly last_seen_at: string;
  readonly ip_address: string | null;
  readonly user_agent: string | null;
}

export const ownSessions = (signal: AbortSignal): Promise<SessionView[]> => rest('/api/auth/sessions', { signal });

/** By which providers the reader signs in. */
export interface ProviderLinks {
  readonly has_password: boolean;
  readonly links: readonly ProviderLink[];
}

export interface ProviderLink {
  readonly id: string;
  readonly name: string;
  readonly issuer: string;
  readonly since: string;
  /** Whether nothing would be left by which to sign in. */
  readonly only_way_in: boolean;
}

export const ownProviders = (signal: AbortSignal): Promise<ProviderLinks> => rest('/api/auth/providers', { signal });

/** @throws Problem `CONFLICT` where no other way to sign in would be left. */
export const unlinkProvider = (id: string): Promise<unknown> => rest(`/api/auth/providers/${id}`, { method: 'DELETE' });

export const endSession = (id: string): Promise<unknown> => rest(`/api/auth/sessions/${id}`, { method: 'DELETE' });

/** Answers how many other sessions, and tokens for programs, ended. @throws Problem with what is wrong with either. */
export const changePassword = (current: string, password: string): Promise<{ readonly sessions: number; readonly tokens: number }> =>
  rest('/api/auth/password', { method: 'POST', body: JSON.stringify({ current, password }) });

/** Answers the same whoever has that address. */
export const askForReset = (email: string): Promise<unknown> =>
  rest('/api/auth/password/forgotten', { method: 'POST', body: JSON.stringify({ email }) });

/** @throws Problem `NOT_FOUND` where the link opens nothing any more, or with what is wrong with the password. */
export const resetPassword = (token: string, password: string): Promise<unknown> =>
  rest('/api/auth/password/reset', { method: 'POST', body: JSON.stringify({ token, password }) });
