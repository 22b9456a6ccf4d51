import type { EntityManager } from '@mikro-orm/postgresql';
import { z } from 'zod';
import { parseInput } from '@countersign/api/input';
import type { Route } from '@countersign/api/rest/route';
import { MATRIX } from '@countersign/domain/people/permissions';
import { linksOf, unlink } from '@countersign/domain/people/provider/own-links';
import type { Provider } from '../oidc/provider.ts';
import { inOnesName, own } from './account-routes.ts';
import { handOver } from './welcome.ts';

const nothing = z.strictObject({});
const which = z.strictObject({ id: z.uuid() });
const links = z.object({
  /** Without one the last link can't be ended. */
  hasPassword: z.boolean(),
  links: z.array(z.object({ id: z.uuid(), name: z.string(), issuer: z.string(), since: z.iso.datetime() })),
});

export interface ProviderLinkRoutesOptions {
  readonly fork: () => EntityManager;
  readonly provider: Pick<Provider, 'name' | 'issuer'> | null;
}

/** By which providers one signs in, and no longer by one of them. */
export const providerLinkRoutes = ({ fork, provider }: ProviderLinkRoutesOptions): Route[] => [
  {
    method: 'GET',
    path: '/api/auth/providers',
    name: 'providers.list',
    summary: 'By which providers you sign in',
    permission: MATRIX.ownAccount,
    input: nothing,
    output: links,
    run: async (raw, call) => {
      parseInput(nothing, raw, 'snake');
      const { viewer } = await own(call);
      const found = await linksOf(fork(), viewer.id);
      const nameOf = (issuer: string) => (issuer === provider?.issuer ? provider.name : new URL(issuer).host);
      return {
        hasPassword: found.hasPassword,
        links: found.links.map(({ id, issuer, createdAt }) => ({ id, name: nameOf(issuer), issuer, since: createdAt.toISOString() })),
      };
    },
  },
  {
    method: 'DELETE',
    path: '/api/auth/providers/{id}',
    name: 'providers.unlink',
    summary: 'Sign in by a provider no longer; your other sessions that you began by it end',
    permission: MATRIX.ownAccount,
    input: which,
    output: nothing,
    run: async (raw, call) => {
      const { id } = parseInput(which, raw, 'snake');
      const renewed = await inOnesName(call, (owner) => unlink(fork(), { ...owner, id }));
      if (renewed) handOver(call, renewed);
      return {};
    },
  },
];
