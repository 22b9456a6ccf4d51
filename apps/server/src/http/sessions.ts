import type { IncomingHttpHeaders } from 'node:http';
import type { EntityManager } from '@mikro-orm/postgresql';
import type { Role, Viewer } from '@countersign/domain/people/rights/permissions';
import type { ActiveSession, SightOfSession } from '@countersign/domain/people/session/begin-session';
import { isConfined } from '@countersign/domain/people/second-factor/needs-factor';
import { whoComes } from '@countersign/domain/people/sight/sight.rules';
import { settingsOf } from '@countersign/domain/people/rights/settings';
import { sessionOf, sessionOfLine } from '@countersign/domain/people/session/sign-in';
import { bearerOf, isApiToken } from '@countersign/domain/people/token/token-bearer';
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
  /** The same of a session under each of its tokens: what is guessed in it is counted by this. */
  readonly line: string;
  readonly viewer: Viewer;
}

export interface Recognising {
  readonly em: EntityManager;
  /** Roles that need a second factor: whoever has shown none can do nothing but set one up. */
  readonly required: ReadonlySet<Role>;
}

/** Who comes with these; null where the session or the token is over, or nobody's. A token is never taken from a cookie. */
export async function whoHas(recognising: Recognising, { token, by }: Credentials): Promise<SignedIn | null> {
  if (isApiToken(token)) return by === 'bearer' ? programWith(recognising, token) : null;
  return inSession(recognising, await sessionOf(recognising.em, token));
}

/** Who came with these, as they are now: their session may go on by another token meanwhile, as after another password. */
export const whoStill = (recognising: Recognising, credentials: Credentials, { line, viewer }: SignedIn): Promise<SignedIn | null> =>
  isApiToken(credentials.token)
    ? whoHas(recognising, credentials)
    : sessionOfLine(recognising.em, { user: whoComes(viewer), line }).then((session) => inSession(recognising, session));

async function inSession(recognising: Recognising, session: ActiveSession | null): Promise<SignedIn | null> {
  const { em } = recognising;
  const viewer = session && (await loadViewer(em, session.userId));
  if (!session || !viewer) return null;
  const own = await limited(recognising, viewer, session.secondFactor);
  const seeing = session.sight ? await seeingAs(em, own, session.sight) : own;
  if (!seeing) return null;
  return {
    id: session.id,
    line: session.line,
    viewer: { ...seeing, session: session.id, ...(session.handedOver && { handedOver: session.handedOver }) },
  };
}

/** AC-7: somebody as an admin sees the system through them: with their rights, and nothing of the admin's. Null where that is over. */
async function seeingAs(
  em: EntityManager,
  { id, name, confined }: Viewer,
  { seen, until, stands }: SightOfSession,
): Promise<Viewer | null> {
  const viewer = stands && !confined ? await loadViewer(em, seen) : null;
  if (!viewer) return null;
  const { writeAsAnother: writes } = await settingsOf(em);
  return { ...viewer, impersonator: { id, name, until, writes } };
}

async function programWith(recognising: Recognising, text: string): Promise<SignedIn | null> {
  const { em } = recognising;
  const bearer = await bearerOf(em, text);
  const viewer = bearer && (await loadViewer(em, bearer.userId));
  if (!bearer || !viewer) return null;
  const { id } = bearer.token;
  return { id, line: id, viewer: { ...(await limited(recognising, viewer, null)), token: bearer.token } };
}

async function limited({ em, required }: Recognising, viewer: Viewer, shown: boolean | null): Promise<Viewer> {
  const confined = await isConfined(em, { userId: viewer.id, role: viewer.role, shown }, required);
  return confined ? { ...viewer, confined } : viewer;
}

/** The header that gives a browser its session, or takes it away. */
export function sessionCookie(session: { readonly token: string; readonly expiresAt: Date } | null, secure: boolean): string {
  const life = session ? Math.max(0, Math.floor((session.expiresAt.getTime() - Date.now()) / 1000)) : 0;
  return setCookie('session', { value: session?.token ?? '', maxAge: life, secure });
}
