import { rest } from './session.ts';

/** Who is invited by a link. */
export interface Invited {
  readonly name: string;
  readonly email: string;
  readonly expires_at: string;
}

/** Whose invitation a link opens. @throws Problem `NOT_FOUND` where it opens nothing any more. */
export const invitationBehind = (token: string, signal: AbortSignal): Promise<Invited> =>
  rest('/api/auth/invitation', { method: 'POST', body: JSON.stringify({ token }), signal });

/** Chooses the password, and uses the link up. @throws Problem with what is wrong with the password. */
export const acceptInvitation = (token: string, password: string): Promise<Invited> =>
  rest('/api/auth/invitation/accept', { method: 'POST', body: JSON.stringify({ token, password }) });
