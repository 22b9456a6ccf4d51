import type { EntityManager } from '@mikro-orm/postgresql';
import { z } from 'zod';
import { parseInput } from '@countersign/api/input';
import type { Route, RouteCall } from '@countersign/api/rest/route';
import { Refusal } from '@countersign/domain/errors';
import { MATRIX, permits, type Viewer } from '@countersign/domain/people/rights/permissions';
import { startSight, stopSight, turnBack } from '@countersign/domain/people/sight/see-as';
import { as, isPage, own } from './account-routes.ts';
import { asAnonymous } from './as-anonymous.ts';
import { type Recognising, whoHas } from './sessions.ts';
import { handOver } from './welcome.ts';

const nothing = z.strictObject({});
const whom = z.strictObject({
  user: z.uuid(),
  reason: z.string().trim().min(3, 'Say why, in three letters or more: it stands in the log.').max(500),
});

/** Who looks at the system as somebody else, as pages say it. */
export const sightView = z.object({ by: z.object({ id: z.uuid(), name: z.string() }), until: z.iso.datetime(), writes: z.boolean() });

export const sightOf = ({ impersonator }: Viewer): z.input<typeof sightView> | null =>
  impersonator
    ? { by: { id: impersonator.id, name: impersonator.name }, until: impersonator.until.toISOString(), writes: impersonator.writes }
    : null;

export interface SightRoutesOptions {
  readonly fork: () => EntityManager;
  /** Roles that need a second factor. */
  readonly required: Recognising['required'];
  /** Called when what is open by a session has to end, with its id. */
  readonly ended: (sessionId: string) => void;
}

/** AC-7: looking at the system as somebody else sees it: no definitions, since it is the session that turns. */
export const sightRoutes = ({ fork, required, ended }: SightRoutesOptions): Route[] => [
  {
    method: 'POST',
    path: '/api/auth/sight',
    name: 'sight.start',
    summary: 'Look at the system as somebody else sees it, for half an hour at most',
    permission: MATRIX.seeAs,
    input: whom,
    output: nothing,
    run: async (raw, call) => {
      const { viewer, session } = await own(call);
      if (!permits(MATRIX.seeAs, viewer.role, 'foreign'))
        throw new Refusal('FORBIDDEN', 'Your role may not do this', 'Admins look at the system as somebody else sees it.');
      const given = parseInput(whom, raw, 'snake');
      const renewed = await as(viewer, call, () => startSight(fork(), { viewer, session, renew: isPage(call), ...given }));
      if (renewed) handOver(call, renewed);
      ended(session);
      return {};
    },
  },
  {
    method: 'POST',
    path: '/api/auth/sight/stop',
    name: 'sight.stop',
    summary: 'See the system as yourself again',
    // Whoever is seen may be in any role; it is the admin's session that says whether there is something to stop.
    permission: null,
    input: nothing,
    output: nothing,
    run: async (raw, call) => {
      parseInput(nothing, raw, 'snake');
      // Where it is over by itself nobody comes with the session, until it is given back.
      if (!(await call.context.viewer()) && (await asAnonymous(call, () => backFromSight({ fork, required }, call)))) return {};
      const { viewer, session } = await own(call);
      const renewed = await as(viewer, call, () => stopSight(fork(), { session, renew: isPage(call) }));
      if (renewed) handOver(call, renewed);
      ended(session);
      return {};
    },
  },
];

/** Gives the session back to an admin whose look through somebody else's eyes is over, and says who they are; null where it isn't that. */
export async function backFromSight(
  { fork, required }: { readonly fork: () => EntityManager; readonly required: Recognising['required'] },
  call: RouteCall,
): Promise<Viewer | null> {
  const credentials = call.http.get('credentials');
  if (!credentials) return null;
  const back = await turnBack(fork(), { token: credentials.token, renew: isPage(call) });
  if (!back) return null;
  if (back.renewed) handOver(call, back.renewed);
  const who = await whoHas({ em: fork(), required }, { ...credentials, token: back.renewed?.token ?? credentials.token });
  return who?.viewer ?? null;
}
