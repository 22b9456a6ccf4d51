import { queryOptions } from '@tanstack/react-query';
import { visibly } from '@countersign/domain/visible-text.rules';
import { problemOf, Problem } from './problem.ts';

/** Who is signed in, as the server's REST door tells it before anything typed is loaded. */
export interface Session {
  readonly user: SignedIn | null;
  /** Whether they can do nothing but set up a second factor. */
  readonly confined: boolean;
  /** The second step of signing in, where this browser has passed the first one. */
  readonly second_step: SecondStep | null;
  /** The admin who looks at the system as this user sees it; null where it is they themselves. */
  readonly sight: SightView | null;
  /** Another text whenever they may see or do something else. */
  readonly rights: string | null;
  /** By which provider people sign in; null where there is none. */
  readonly provider: { readonly name: string } | null;
  /** Whether they sign in by passwords. */
  readonly passwords: boolean;
  readonly demo: Demo | null;
}

export interface SignedIn {
  readonly id: string;
  readonly name: string;
  readonly email: string;
  readonly role: string;
  readonly level: number;
  readonly time_zone: string;
}

export interface SightView {
  readonly by: { readonly id: string; readonly name: string };
  readonly until: string;
  readonly writes: boolean;
}

export interface SecondStep {
  readonly expires_at: string;
}

/** A demonstration offers its accounts, and may still be writing its data. */
export interface Demo {
  readonly accounts: readonly { readonly email: string; readonly role: string; readonly name: string }[];
  readonly password: string;
  readonly progress: { readonly done: number; readonly of: number; readonly message: string } | null;
}

/** Milliseconds that a question waits for the answer to the one before. */
const IN_TURN = 3_000;
let before: Promise<unknown> = Promise.resolve();

/**
 * One after the other, and none is given up: an answer may bring the session's other token, as when a look through somebody's eyes is
 * over. Who doesn't hear it is signed out soon, and whoever asks beside it is refused.
 */
function askSession(): Promise<Session> {
  const asked = Promise.race([before, pause(IN_TURN)]).then(() => rest<Session>('/api/session', {}));
  before = asked.catch(() => undefined);
  return asked;
}

export const sessionQuery = queryOptions({ queryKey: ['session'], queryFn: askSession, staleTime: 60_000 });

/** The first step; a second one may be left. @throws Problem `UNAUTHORIZED` where mail address and password don't belong together. */
export function signIn(email: string, password: string): Promise<{ user: SignedIn | null; second_step: SecondStep | null }> {
  return rest('/api/auth/sign-in/email', { method: 'POST', body: JSON.stringify({ email, password }) });
}

export function signOut(): Promise<unknown> {
  return rest('/api/auth/sign-out', { method: 'POST', body: '{}' });
}

/** Ends every session of whoever is signed in, this one too. */
export function signOutEverywhere(): Promise<unknown> {
  return rest('/api/auth/sign-out-everywhere', { method: 'POST', body: '{}' });
}

/** How often something is asked that met a renewal of the session, and the milliseconds between two attempts. */
const RENEWAL = { attempts: 4, pause: 250 };

const pause = (milliseconds: number) => new Promise((resolve) => setTimeout(resolve, milliseconds));

/** Asks the server's REST door. @throws Problem for whatever isn't a success. */
export async function rest<Answer>(path: string, init: RequestInit, attempt = 1): Promise<Answer> {
  const response = await fetch(path, {
    ...init,
    headers: { accept: 'application/json', ...(init.body ? { 'content-type': 'application/json' } : {}) },
  }).catch((cause: unknown) => {
    throw problemOf(cause);
  });
  const body: unknown = await response.json().catch(() => null);
  if (response.ok) return visibly(body) as Answer;
  const problem = refused(response, body);
  if (problem.code !== 'SESSION_RENEWED' || attempt >= RENEWAL.attempts) throw problem;
  // Another tab changed what the session rests on: nothing was done, and the browser has its other token in a moment.
  await pause(RENEWAL.pause);
  return rest(path, init, attempt + 1);
}

function refused(response: Response, body: unknown): Problem {
  const { error, code, details, fields } = (body ?? {}) as Partial<Pick<Problem, 'code' | 'details' | 'fields'>> & { error?: string };
  const requestId = response.headers.get('x-request-id');
  return new Problem(error ?? 'The server did not answer as expected', {
    code: code ?? `HTTP_${response.status}`,
    details: details ?? null,
    fields: fields ?? [],
    requestId,
  });
}
