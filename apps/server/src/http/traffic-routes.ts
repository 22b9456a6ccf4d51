import { z } from 'zod';
import { signedIn } from '@countersign/api/execute';
import { parseInput } from '@countersign/api/input';
import type { Route, RouteCall } from '@countersign/api/rest/route';
import { Refusal } from '@countersign/domain/errors';
import { MATRIX } from '@countersign/domain/people/rights/permissions';
import { MOST_TRAFFIC, type Traffic } from '../demo/traffic/traffic.ts';

/** The traffic of a demonstration that is complete, or why there can be none. */
export type TrafficOf = () => Traffic | 'being written' | null;

const nothing = z.strictObject({});
const wanted = z.strictObject({
  /** Edits a second; 0 ends it. */
  rate: z.number().int().min(0).max(MOST_TRAFFIC),
});
const state = z.object({
  wanted: z.number(),
  /** As it was over the last seconds. */
  actual: z.number(),
  /** Edits since it was switched on. */
  done: z.number().int(),
  /** Why it ended by itself. */
  ended: z.enum(['unwatched', 'enough', 'failed']).nullable(),
});

/** Edits on demand, for showing the live feed at work: of a demonstration, and nowhere else. */
export function trafficRoutes(trafficOf: TrafficOf): Route[] {
  const shared = { path: '/api/demo/traffic', output: state, permission: MATRIX.demoTraffic } as const;
  return [
    {
      ...shared,
      method: 'GET',
      name: 'demo.traffic',
      summary: 'How much traffic there is in the demonstration',
      input: nothing,
      run: async (raw, call) => {
        const traffic = await admitted(call, trafficOf);
        parseInput(nothing, raw, 'snake');
        return traffic.state;
      },
    },
    {
      ...shared,
      method: 'POST',
      name: 'demo.setTraffic',
      summary: 'Make edits in the demonstration, so many a second',
      input: wanted,
      run: async (raw, call) => {
        const traffic = await admitted(call, trafficOf);
        await traffic.set(parseInput(wanted, raw, 'snake').rate);
        return traffic.state;
      },
    },
  ];
}

async function admitted({ context }: RouteCall, trafficOf: TrafficOf): Promise<Traffic> {
  const viewer = signedIn(await context.viewer());
  if (!MATRIX.demoTraffic[viewer.role as keyof typeof MATRIX.demoTraffic])
    throw new Refusal('FORBIDDEN', 'Only admins make traffic.', 'Sign in as one.');
  const traffic = trafficOf();
  if (traffic === null)
    throw new Refusal('NOT_FOUND', 'There is no demonstration here.', 'Traffic is made only among data that nobody needs.');
  if (traffic === 'being written')
    throw new Refusal('CONFLICT', 'The demonstration is still being written.', 'Try again when it is complete.');
  return traffic;
}
