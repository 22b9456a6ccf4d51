import type { EntityManager } from '@mikro-orm/postgresql';
import { z } from 'zod';
import { parseInput } from '@countersign/api/input';
import type { Route } from '@countersign/api/rest/route';
import { acceptInvitation, invitationBehind, type Invited } from '@countersign/domain/people/invitation/accept-invitation';
import { asAnonymous } from './as-anonymous.ts';

const token = z.string().min(1).max(100);
const link = z.strictObject({ token });
const acceptance = z.strictObject({ token, password: z.string().max(1_000) });
const invited = z.object({ name: z.string(), email: z.string(), expiresAt: z.iso.datetime() });

/** Accepting an invitation: open to whoever holds its link. The token comes in the body, never in an address, which logs keep. */
export const invitationRoutes = (fork: () => EntityManager): Route[] => [
  {
    method: 'POST',
    path: '/api/auth/invitation',
    name: 'invitation.get',
    summary: 'Whose invitation a link opens',
    permission: null,
    input: link,
    output: invited,
    run: async (raw, call) => {
      const asked = parseInput(link, raw, 'snake');
      return asAnonymous(call, async () => presented(await invitationBehind(fork(), asked.token)));
    },
  },
  {
    method: 'POST',
    path: '/api/auth/invitation/accept',
    name: 'invitation.accept',
    summary: 'Accept an invitation by choosing a password',
    permission: null,
    input: acceptance,
    output: invited,
    run: async (raw, call) => {
      const given = parseInput(acceptance, raw, 'snake');
      return asAnonymous(call, async () => presented(await acceptInvitation(fork(), given)));
    },
  },
];

const presented = ({ name, email, expiresAt }: Invited) => ({ name, email, expiresAt: expiresAt.toISOString() });
