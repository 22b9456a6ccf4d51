import { createHash } from 'node:crypto';
import { setTimeout as sleep } from 'node:timers/promises';
import type { EntityManager } from '@mikro-orm/postgresql';
import { z } from 'zod';
import { parseInput } from '@countersign/api/input';
import type { Route } from '@countersign/api/rest/route';
import { mailAddress } from '@countersign/domain/people/mail-address.rules';
import { askForReset, resetPassword } from '@countersign/domain/people/password/reset-password';
import type { Counters } from '../limits/counters.ts';
import { networkOf } from '../limits/network.ts';
import { rateLimited } from '../limits/rate-limited.ts';
import { asAnonymous } from './as-anonymous.ts';

const nothing = z.strictObject({});
const asked = z.strictObject({ email: z.string().min(1).max(254) });
const reset = z.strictObject({ token: z.string().min(1).max(100), password: z.string().max(1_000) });

/** Mails to one address in an hour; beyond it nothing is sent, and the answer is the same. */
const MAILS = 3;
/** Of one network in an hour: asking, and trying links. */
const ASKED = 30;
const HOUR = 3_600;
/** Milliseconds that each answer takes at least: more than writing a mail into the outbox does. */
const PATIENCE = 400;

/** Choosing another password without knowing the present one: open to everybody, and says nothing of who has an account. */
export function forgottenPasswordRoutes({ fork, counters }: { readonly fork: () => EntityManager; readonly counters: Counters }): Route[] {
  const mails = counters.of('forgotten', HOUR);
  const networks = counters.of('forgotten address', HOUR);
  const count = async (address: string | null) => {
    const { points, msLeft } = await networks.add(networkOf(address), 1);
    if (points > ASKED) throw rateLimited('There were too many requests from your address', Math.ceil(msLeft / 1_000));
  };
  const send = async (email: string) => {
    const { points } = await mails.add(createHash('sha256').update(mailAddress(email)).digest('hex'), 1);
    if (points <= MAILS) await askForReset(fork(), email);
  };
  return [
    {
      method: 'POST',
      path: '/api/auth/password/forgotten',
      name: 'password.forgotten',
      summary: 'Have a link sent by which you choose another password',
      permission: null,
      input: asked,
      output: nothing,
      run: async (raw, call) => {
        const { email } = parseInput(asked, raw, 'snake');
        await count(call.context.ipAddress);
        await Promise.all([asAnonymous(call, () => send(email)), sleep(PATIENCE)]);
        return {};
      },
    },
    {
      method: 'POST',
      path: '/api/auth/password/reset',
      name: 'password.reset',
      summary: 'Choose another password by a link that was sent to you; whatever you were signed in with ends',
      permission: null,
      input: reset,
      output: nothing,
      run: async (raw, call) => {
        const given = parseInput(reset, raw, 'snake');
        await count(call.context.ipAddress);
        await asAnonymous(call, () => resetPassword(fork(), given));
        return {};
      },
    },
  ];
}
