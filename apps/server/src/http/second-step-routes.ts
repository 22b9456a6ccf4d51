import { z } from 'zod';
import { parseInput } from '@countersign/api/input';
import type { Route, RouteCall } from '@countersign/api/rest/route';
import type { Sealer } from '@countersign/domain/people/second-factor/sealer';
import { giveUpPending, passSecondStep, pendingBehind, signInIsOver } from '@countersign/domain/people/second-factor/second-step';
import type { CodeDoor } from './code-door.ts';
import { entered, knownDevice, letIn, pendingCookie, pendingOf } from './let-in.ts';
import { asAnonymous } from './as-anonymous.ts';
import type { WelcomeOptions } from './welcome.ts';

const nothing = z.strictObject({});
const shown = z.strictObject({ code: z.string().min(1).max(100) });

export interface SecondStepOptions extends WelcomeOptions {
  readonly codes: CodeDoor;
  readonly sealer: Sealer;
}

/** The second step of signing in, for whoever has passed the first one in the same browser. */
export const secondStepRoutes = (options: SecondStepOptions): Route[] => [
  {
    method: 'POST',
    path: '/api/auth/sign-in/code',
    name: 'session.confirm',
    summary: 'Take the second step of signing in, with a code of your authenticator app or a recovery code',
    permission: null,
    input: shown,
    output: entered,
    run: (raw, call) => asAnonymous(call, () => confirm(raw, call, options)),
  },
  {
    method: 'POST',
    path: '/api/auth/sign-in/give-up',
    name: 'session.giveUp',
    summary: 'Begin signing in anew, in place of the second step',
    permission: null,
    input: nothing,
    output: nothing,
    run: async (raw, call) => {
      parseInput(nothing, raw, 'snake');
      const token = pendingOf(call);
      if (token !== null) await giveUpPending(options.fork(), token);
      call.http.header('set-cookie', pendingCookie(call, null));
      return {};
    },
  },
];

async function confirm(raw: unknown, call: RouteCall, { fork, ended, codes, sealer }: SecondStepOptions) {
  const { code } = parseInput(shown, raw, 'snake');
  const token = pendingOf(call);
  const pending = token === null ? null : await pendingBehind(fork(), token);
  if (token === null || !pending) throw signInIsOver();
  const { id, email } = pending.user;
  const visitor = { userId: id, address: call.context.ipAddress, device: await knownDevice({ fork }, call, email) };
  const session = await codes.pass(visitor, code, () => passSecondStep(fork(), { token, code, sealer }));
  return letIn({ fork, ended }, call, { session });
}
