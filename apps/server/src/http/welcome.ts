import type { EntityManager } from '@mikro-orm/postgresql';
import type { RouteCall } from '@countersign/api/rest/route';
import type { NewSession } from '@countersign/domain/people/session/begin-session';
import { accountDisabled } from '@countersign/domain/people/disabled-account';
import { DEVICE_LIFETIME, rememberDevice } from '@countersign/domain/people/session/known-device';
import type { Viewer } from '@countersign/domain/people/rights/permissions';
import { newToken } from '@countersign/domain/people/secret-token';
import { signOut } from '@countersign/domain/people/session/sign-in';
import { loadViewer } from '@countersign/domain/people/viewer';
import { cookieValue, setCookie } from './cookies.ts';
import { sessionCookie } from './sessions.ts';

/** What a browser keeps from an earlier sign-in; null where it keeps nothing. It signs nobody in. */
export const deviceOf = ({ http }: Pick<RouteCall, 'http'>): string | null =>
  cookieValue(http.req.header('cookie'), 'device', http.get('facts').secure);

export interface WelcomeOptions {
  readonly fork: () => EntityManager;
  /** Called when a session was ended, with its id. */
  readonly ended: (sessionId: string) => void;
}

/**
 * What every way of signing in ends with, once a session was begun: the browser gets it, and is known from now on. A session that
 * the browser had before ends, whoever's it was: nobody goes on in one that was put there for them.
 */
export async function welcome({ fork, ended }: WelcomeOptions, call: RouteCall, session: NewSession): Promise<Viewer> {
  const { http } = call;
  const viewer = await loadViewer(fork(), session.userId);
  if (!viewer) throw accountDisabled();
  await leaveFormer({ fork, ended }, call);
  http.header('set-cookie', sessionCookie(session, http.get('facts').secure));
  await makeKnown(fork(), call, { session, device: deviceOf(call) ?? newToken() });
  return viewer;
}

async function makeKnown(
  em: EntityManager,
  { http }: Pick<RouteCall, 'http'>,
  { session, device }: { readonly session: NewSession; readonly device: string },
): Promise<void> {
  await rememberDevice(em, session, device);
  const { secure } = http.get('facts');
  http.header('set-cookie', setCookie('device', { value: device, maxAge: DEVICE_LIFETIME / 1_000, secure }), { append: true });
}

/** After a change that every known browser was forgotten for: the one in which it was made goes on, as it does by another token for its session. */
export async function goOn({ fork }: Pick<WelcomeOptions, 'fork'>, call: Pick<RouteCall, 'http'>, renewed: NewSession): Promise<void> {
  handOver(call, renewed);
  await makeKnown(fork(), call, { session: renewed, device: newToken() });
}

async function leaveFormer({ fork, ended }: WelcomeOptions, { http }: RouteCall): Promise<void> {
  const given = http.get('credentials');
  if (given?.by !== 'cookie') return;
  const former = await http.get('who')();
  await signOut(fork(), given.token);
  if (former) ended(former.id);
}

/**
 * Gives the browser the token that its session has from now on: after a change of what the session may, or of what it rests on
 * (`renewSession`). A program that names its token on purpose keeps it: it has no cookie that somebody could have planted.
 */
export function handOver({ http }: Pick<RouteCall, 'http'>, renewed: NewSession): void {
  http.header('set-cookie', sessionCookie(renewed, http.get('facts').secure), { append: true });
}
