import type { EntityManager } from '@mikro-orm/postgresql';
import { z } from 'zod';
import { parseInput } from '@countersign/api/input';
import type { Route } from '@countersign/api/rest/route';
import { MATRIX } from '@countersign/domain/people/rights/permissions';
import { isIssuer, linksOf, unlink } from '@countersign/domain/people/provider/own-links';
import type { Provider } from '../oidc/provider.ts';
import { inOnesName, own } from './account-routes.ts';
import { handOver } from './welcome.ts';

const nothing = z.strictObject({});
const which = z.strictObject({ id: z.uuid() });
const links = z.object({
  hasPassword: z.boolean(),
  links: z.array(
    z.object({
      id: z.uuid(),
      name: z.string(),
      issuer: z.string(),
      since: z.iso.datetime(),
      /** Whether nothing would be left by which to sign in: then it can't be ended. */
      onlyWayIn: z.boolean(),
    }),
  ),
});

export interface ProviderLinkRoutesOptions {
  readonly fork: () => EntityManager;
  readonly provider: Pick<Provider, 'name' | 'issuer'> | null;
  /** Whether people sign in by passwords. */
  readonly passwords: boolean;
}

/** By which providers one signs in, and no longer by one of them. */
export const providerLinkRoutes = ({ fork, provider, passwords }: ProviderLinkRoutesOptions): Route[] => {
  const ways = { passwords, issuer: provider?.issuer ?? null };
  return [
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
        const found = await linksOf(fork(), viewer.id, ways);
        const nameOf = (issuer: string) => (provider && isIssuer(issuer, provider.issuer) ? provider.name : new URL(issuer).host);
        return {
          hasPassword: found.hasPassword,
          links: found.links.map(({ createdAt, ...link }) => ({ ...link, name: nameOf(link.issuer), since: createdAt.toISOString() })),
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
        const renewed = await inOnesName(call, (owner) => unlink(fork(), { ...owner, id, ways }));
        if (renewed) handOver(call, renewed);
        return {};
      },
    },
  ];
};
