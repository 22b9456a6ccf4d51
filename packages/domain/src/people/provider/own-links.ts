import type { EntityManager } from '@mikro-orm/postgresql';
import { changeSet } from '@countersign/audit/context';
import { Refusal } from '../../errors.ts';
import { Credential } from '../credential.ts';
import { ProviderLink } from './provider-link.ts';
import { tellOfProvider } from './sign-in-vouched.ts';

/** How somebody signs in: by which providers, and whether by a password as well. */
export interface OwnLinks {
  readonly hasPassword: boolean;
  readonly links: readonly Pick<ProviderLink, 'id' | 'issuer' | 'createdAt'>[];
}

export async function linksOf(em: EntityManager, userId: string): Promise<OwnLinks> {
  const reader = em.fork();
  return {
    hasPassword: (await reader.count(Credential, { user: userId })) > 0,
    links: await reader.find(ProviderLink, { user: userId }, { orderBy: { createdAt: 'asc', id: 'asc' } }),
  };
}

/**
 * Ends a link of somebody's, which is recorded; they are told. By a verified address the account at the provider can be linked again.
 * @throws Refusal NOT_FOUND where they have no such, CONFLICT where nothing would be left by which to sign in.
 */
export function unlink(em: EntityManager, { userId, id }: { readonly userId: string; readonly id: string }): Promise<void> {
  return changeSet('provider.unlink', () =>
    em.fork().transactional(async (tx) => {
      const link = await tx.findOne(ProviderLink, { id, user: userId });
      if (!link) throw new Refusal('NOT_FOUND', 'You have no such link.', 'It may have been ended meanwhile.');
      const others = (await tx.count(Credential, { user: userId })) + (await tx.count(ProviderLink, { user: userId, id: { $ne: id } }));
      if (!others) throw new Refusal('CONFLICT', 'You have no other way to sign in.', 'Ask an admin for a password first.');
      tx.remove(link);
      await tellOfProvider(tx, userId, `You no longer sign in by ${new URL(link.issuer).host}`);
    }),
  );
}
