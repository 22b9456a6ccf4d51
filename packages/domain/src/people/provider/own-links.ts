import type { EntityManager } from '@mikro-orm/postgresql';
import { changeSet } from '@countersign/audit/context';
import { Refusal } from '../../errors.ts';
import { type NewSession, renewSession } from '../begin-session.ts';
import { Credential } from '../credential.ts';
import { holdComer } from '../hold-comer.ts';
import { endSessionsBy } from '../own-sessions.ts';
import type { User } from '../user.ts';
import { tellOfProvider } from './link-account.ts';
import { ProviderLink } from './provider-link.ts';

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

interface Unlinking {
  readonly userId: string;
  /** Of the link. */
  readonly id: string;
  /** The session in which it is ended, which goes on; and whether by another token. */
  readonly session: string;
  readonly renew: boolean;
}

/**
 * Ends a link of somebody's, which is recorded, with the other sessions that rest on it; they are told. By a verified address the account at
 * the provider can be linked again.
 * @returns the token by which this session goes on, where it is another.
 * @throws Refusal NOT_FOUND where they have no such, CONFLICT where nothing would be left by which to sign in.
 */
export function unlink(em: EntityManager, { userId, id, session, renew }: Unlinking): Promise<NewSession | null> {
  return changeSet('provider.unlink', () =>
    em.fork().transactional(async (tx) => {
      const user = await holdComer(tx, { id: userId, session });
      const link = await tx.findOne(ProviderLink, { id, user: userId });
      if (!link) throw new Refusal('NOT_FOUND', 'You have no such link.', 'It may have been ended meanwhile.');
      const others = (await tx.count(Credential, { user: userId })) + (await tx.count(ProviderLink, { user: userId, id: { $ne: id } }));
      if (!others) throw new Refusal('CONFLICT', 'You have no other way to sign in.', 'Ask an admin for a password first.');
      await endLink(tx, { user, link, but: session, title: `You no longer sign in by ${new URL(link.issuer).host}` });
      return renew ? renewSession(tx, session) : null;
    }),
  );
}

/** As part of a transaction that holds the account: the link, and what rests on it. Its owner is told. */
export async function endLink(
  tx: EntityManager,
  { user, link, title, but }: { readonly user: User; readonly link: ProviderLink; readonly title: string; readonly but?: string },
): Promise<void> {
  tx.remove(link);
  await tellOfProvider(tx, user.id, title);
  await tx.flush();
  await endSessionsBy(tx, { user, issuer: link.issuer, ...(but !== undefined && { but }) });
}
