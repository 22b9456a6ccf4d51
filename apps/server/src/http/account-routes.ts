import type { EntityManager } from '@mikro-orm/postgresql';
import { z } from 'zod';
import { contextOf, signedIn } from '@countersign/api/execute';
import { parseInput } from '@countersign/api/input';
import type { Route, RouteCall } from '@countersign/api/rest/route';
import { withContext } from '@countersign/audit/context';
import { Refusal } from '@countersign/domain/errors';
import { changePassword } from '@countersign/domain/people/password/change-password';
import { endSession, sessionsOf } from '@countersign/domain/people/session/own-sessions';
import { MATRIX, type Viewer } from '@countersign/domain/people/rights/permissions';
import type { Door } from './door.ts';
import { goOn } from './welcome.ts';

const nothing = z.strictObject({});
const change = z.strictObject({ current: z.string().min(1).max(1_000), password: z.string().max(1_000) });
const which = z.strictObject({ id: z.string().min(1).max(100) });
const sessionList = z.array(
  z.object({
    id: z.string(),
    /** The one that asks. */
    present: z.boolean(),
    createdAt: z.iso.datetime(),
    /** To some minutes. */
    lastSeenAt: z.iso.datetime(),
    expiresAt: z.iso.datetime(),
    /** From where it was begun. */
    ipAddress: z.string().nullable(),
    userAgent: z.string().nullable(),
  }),
);

export interface AccountRoutesOptions {
  readonly fork: () => EntityManager;
  /** Guessing at the present password is guessing. */
  readonly door: Door;
  /** Called when a session was ended, with its id. */
  readonly ended: (sessionId: string) => void;
}

/** What concerns one's own session: no definitions, since only the transport knows which one that is. */
export const accountRoutes = ({ fork, door, ended }: AccountRoutesOptions): Route[] => [
  {
    method: 'POST',
    path: '/api/auth/password',
    name: 'password.change',
    summary: 'Change your password; your other sessions end, and so do your tokens and push',
    permission: MATRIX.ownAccount,
    input: change,
    output: z.object({ sessions: z.int(), tokens: z.int() }),
    run: async (raw, call) => {
      const { viewer, line } = await own(call);
      const given = parseInput(change, raw, 'snake');
      const visitor = { email: viewer.email, address: call.context.ipAddress, device: line };
      const work = () => inOnesName(call, (owner) => changePassword(fork(), { ...owner, ...given }));
      // Whoever knows the session's cookie isn't signed out by a wrong password: it is a field that has to be mended.
      const { sessions, tokens, renewed } = await door.pass(visitor, work).catch(asField('current'));
      if (renewed) await goOn({ fork }, call, renewed);
      return { sessions, tokens };
    },
  },
  {
    method: 'GET',
    path: '/api/auth/sessions',
    name: 'sessions.list',
    summary: 'Where you are signed in',
    permission: MATRIX.ownAccount,
    input: nothing,
    output: sessionList,
    run: async (raw, call) => {
      parseInput(nothing, raw, 'snake');
      const { viewer, session } = await own(call);
      return (await sessionsOf(fork(), viewer.id)).map(({ id, createdAt, lastSeenAt, expiresAt, ipAddress, userAgent }) => ({
        id,
        present: id === session,
        createdAt: createdAt.toISOString(),
        lastSeenAt: lastSeenAt.toISOString(),
        expiresAt: expiresAt.toISOString(),
        ipAddress: ipAddress ?? null,
        userAgent: userAgent ?? null,
      }));
    },
  },
  {
    method: 'DELETE',
    path: '/api/auth/sessions/{id}',
    name: 'sessions.end',
    summary: 'Sign out somewhere else',
    permission: MATRIX.ownAccount,
    input: which,
    output: nothing,
    run: async (raw, call) => {
      const { id } = parseInput(which, raw, 'snake');
      await inOnesName(call, ({ userId }) => endSession(fork(), { userId, id }));
      ended(id);
      return {};
    },
  },
];

/** Whose session asks. A token never gets here: no scope is that of one's own account. */
export async function own({
  context,
  http,
}: RouteCall): Promise<{ readonly viewer: Viewer; readonly session: string; readonly line: string }> {
  const viewer = signedIn(await context.viewer());
  const who = await http.get('who')();
  return { viewer, session: who?.id ?? '', line: who?.line ?? '' };
}

/** Does it as them. */
export const as = <Result>(viewer: Viewer, { context, requestId }: RouteCall, work: () => Promise<Result>): Promise<Result> =>
  withContext(contextOf(viewer, { ...context, requestId }), work);

/** Whose account it is, in which session, and whether that can go on by another token: whoever is at a browser doesn't name it on purpose. */
interface Owner {
  readonly userId: string;
  readonly session: string;
  readonly renew: boolean;
}

/** Does something with one's own account, in one's own name. */
export async function inOnesName<Result>(call: RouteCall, work: (owner: Owner) => Promise<Result>): Promise<Result> {
  const { viewer, session } = await own(call);
  return as(viewer, call, () => work({ userId: viewer.id, session, renew: isPage(call) }));
}

export const isPage = ({ http }: Pick<RouteCall, 'http'>): boolean => http.get('credentials')?.by === 'cookie';

/** What was guessed wrongly, as a field that has to be mended: the one that is named, otherwise this one. */
export const asField =
  (field: string) =>
  (problem: unknown): never => {
    if (!(problem instanceof Refusal && problem.code === 'UNAUTHORIZED')) throw problem;
    const { message, details, fields = [{ field, message }] } = problem;
    throw new Refusal('VALIDATION_ERROR', message, details, { fields, cause: problem });
  };
