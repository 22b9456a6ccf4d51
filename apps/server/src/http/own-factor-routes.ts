import type { EntityManager } from '@mikro-orm/postgresql';
import { z } from 'zod';
import { parseInput } from '@countersign/api/input';
import type { Route, RouteCall } from '@countersign/api/rest/route';
import { Refusal } from '@countersign/domain/errors';
import { MATRIX, type Role } from '@countersign/domain/people/rights/permissions';
import { makeOffer } from '@countersign/domain/people/second-factor/offer';
import { factorOf, type Owner, removeFactor, renewRecoveryCodes, setUpFactor } from '@countersign/domain/people/second-factor/own-factor';
import type { Sealer } from '@countersign/domain/people/second-factor/sealer';
import { asField, inOnesName, own } from './account-routes.ts';
import type { CodeDoor } from './code-door.ts';
import { goOn } from './welcome.ts';

const nothing = z.strictObject({});
/** One's password, or a code: whoever sits at a page that somebody left open has neither. */
const proof = z.strictObject({
  password: z.string().min(1, 'Type your password.').max(1_000).optional(),
  code: z.string().min(1, 'Type a code.').max(100).optional(),
});
const confirmed = proof.extend({
  offer: z.string().max(1_000),
  /** What the app shows for what it was given just now. */
  confirmation: z.string().min(1, 'Type the code that the app shows.').max(100),
});
const recoveryCodes = z.object({ recoveryCodes: z.array(z.string()).readonly() });
const standing = z.object({
  /** Null where there is none. */
  setUpAt: z.iso.datetime().nullable(),
  codesLeft: z.int(),
  /** Whether the role needs one: then it can be renewed, and not removed. */
  required: z.boolean(),
});

export interface OwnFactorOptions {
  readonly fork: () => EntityManager;
  readonly codes: CodeDoor;
  readonly sealer: Sealer;
  /** Roles that need one. */
  readonly required: ReadonlySet<Role>;
}

const PATH = '/api/auth/second-factor';

/** One's own second factor: no definitions, since only the transport knows in which session it is shown. */
export const ownFactorRoutes = (options: OwnFactorOptions): Route[] => [
  ...settingUp(options),
  route({
    method: 'POST',
    path: `${PATH}/recovery-codes`,
    name: 'secondFactor.renewCodes',
    summary: 'Get new recovery codes, shown this once; the ones before open nothing any more',
    input: proof,
    output: recoveryCodes,
    run: async (raw, call) => {
      const given = parseInput(proof, raw, 'snake');
      return { recoveryCodes: await guarded(options, call, (who) => renewRecoveryCodes(options.fork(), { ...who, proof: given })) };
    },
  }),
  route({
    method: 'POST',
    path: `${PATH}/remove`,
    name: 'secondFactor.remove',
    summary: 'Remove your second factor, where your role needs none',
    input: proof,
    output: nothing,
    run: async (raw, call) => {
      const given = parseInput(proof, raw, 'snake');
      const { viewer } = await own(call);
      if (options.required.has(viewer.role))
        throw new Refusal('FORBIDDEN', 'Your role needs a second factor', 'Set up another authenticator app in its place.');
      await guarded(options, call, (who) => removeFactor(options.fork(), { ...who, proof: given }));
      return {};
    },
  }),
];

const route = (parts: Omit<Route, 'permission'>): Route => ({ permission: MATRIX.ownFactor, ...parts });

const settingUp = (options: OwnFactorOptions): Route[] => [
  route({
    method: 'GET',
    path: PATH,
    name: 'secondFactor.get',
    summary: 'How your second factor stands',
    input: nothing,
    output: standing,
    run: async (raw, call) => {
      parseInput(nothing, raw, 'snake');
      const { viewer } = await own(call);
      const factor = await factorOf(options.fork(), viewer.id);
      const required = options.required.has(viewer.role);
      return { setUpAt: factor?.setUpAt.toISOString() ?? null, codesLeft: factor?.codesLeft ?? 0, required };
    },
  }),
  route({
    method: 'POST',
    path: `${PATH}/offer`,
    name: 'secondFactor.offer',
    summary: 'Get a secret for your authenticator app; it counts once you confirm it',
    input: nothing,
    output: z.object({ secret: z.string(), address: z.string(), offer: z.string() }),
    run: async (raw, call) => {
      parseInput(nothing, raw, 'snake');
      return makeOffer((await own(call)).viewer, options.sealer);
    },
  }),
  route({
    method: 'POST',
    path: PATH,
    name: 'secondFactor.setUp',
    summary: 'Confirm your authenticator app; recovery codes are shown this once, and your other sessions end',
    input: confirmed,
    output: recoveryCodes,
    run: async (raw, call) => {
      const { offer, confirmation, ...given } = parseInput(confirmed, raw, 'snake');
      const done = await guarded(options, call, (who) => setUpFactor(options.fork(), { ...who, offer, confirmation, proof: given }));
      if (done.renewed) await goOn(options, call, done.renewed);
      return { recoveryCodes: done.recoveryCodes };
    },
  }),
];

/** What is guessed at is guessed slowly, in a session that somebody left open as well. Whoever is in one isn't signed out by a wrong guess: it is a field that has to be mended. */
async function guarded<Result>(
  { codes, sealer }: OwnFactorOptions,
  call: RouteCall,
  work: (who: Omit<Owner, 'proof'>) => Promise<Result>,
): Promise<Result> {
  const { viewer, line } = await own(call);
  const visitor = { userId: viewer.id, address: call.context.ipAddress, device: line };
  return codes.pass(visitor, '', () => inOnesName(call, (owner) => work({ ...owner, sealer }))).catch(asField('code'));
}
