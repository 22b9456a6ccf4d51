import type { IncomingHttpHeaders } from 'node:http';
import type { EntityManager } from '@mikro-orm/postgresql';
import type { Viewer } from '@countersign/domain/people/permissions';
import { sessionOf } from '@countersign/domain/people/sign-in';
import { bearerOf, isApiToken } from '@countersign/domain/people/token-bearer';
import { loadViewer } from '@countersign/domain/people/viewer';
import { cookieValue, setCookie } from './cookies.ts';

/** A session's token, and how it came: a browser sends its cookie unasked, a program names its token on purpose. */
export interface Credentials {
  readonly token: string;
  readonly by: 'cookie' | 'bearer';
}

/** A token named on purpose comes before a cookie. `secure` says whether the browser speaks TLS: its cookie has another name there. */
export function credentialsOf(
  { authorization, cookie }: Pick<IncomingHttpHeaders, 'authorization' | 'cookie'>,
  secure: boolean,
): Credentials | null {
  const bearer = /^Bearer +([\w-]{1,200})$/i.exec(authorization ?? '')?.[1];
  if (bearer !== undefined) return { token: bearer, by: 'bearer' };
  const token = cookieValue(cookie, 'session', secure);
  return token === null ? null : { token, by: 'cookie' };
}

/** Somebody signed in, or a program of theirs, as their rights are at this moment. */
export interface SignedIn {
  /** Of the session, or of the token. */
  readonly id: string;
  readonly viewer: Viewer;
}

/** Who comes with these; null where the session or the token is over, or nobody's. A token is never taken from a cookie. */
export async function whoHas(em: EntityManager, { token, by }: Credentials): Promise<SignedIn | null> {
  if (isApiToken(token)) return by === 'bearer' ? programWith(em, token) : null;
  const session = await sessionOf(em, token);
  const viewer = session && (await loadViewer(em, session.userId));
  return session && viewer ? { id: session.id, viewer } : null;
}

async function programWith(em: EntityManager, text: string): Promise<SignedIn | null> {
  const bearer = await bearerOf(em, text);
  const viewer = bearer && (await loadViewer(em, bearer.userId));
  return bearer && viewer ? { id: bearer.token.id, viewer: { ...viewer, token: bearer.token } } : null;
}

/** The header that gives a browser its session, or takes it away. */
export function sessionCookie(session: { readonly token: string; readonly expiresAt: Date } | null, secure: boolean): string {
  const life = session ? Math.max(0, Math.floor((session.expiresAt.getTime() - Date.now()) / 1000)) : 0;
  return setCookie('session', { value: session?.token ?? '', maxAge: life, secure });
}
