import type { EntityManager } from '@mikro-orm/postgresql';
import { changeSet } from '@countersign/audit/context';
import { Refusal } from '../../errors.ts';
import { type NewSession, renewSession } from '../session/begin-session.ts';
import { Credential } from '../credential.ts';
import { holdComer } from '../session/hold-comer.ts';
import { endSessionsBy } from '../session/own-sessions.ts';
import type { User } from '../user.ts';
import { tellOfProvider } from './link-account.ts';
import { ProviderLink } from './provider-link.ts';

/** By what people are let in here: whatever else somebody has, a password or a link of former times, opens nothing. */
export interface OpenWays {
  readonly passwords: boolean;
  /** The provider's; null where there is none. */
  readonly issuer: string | null;
}

/** How somebody signs in: by which providers, and whether they have a password as well. */
export interface OwnLinks {
  readonly hasPassword: boolean;
  readonly links: readonly (Pick<ProviderLink, 'id' | 'issuer' | 'createdAt'> & { readonly onlyWayIn: boolean })[];
}

export async function linksOf(em: EntityManager, userId: string, ways: OpenWays): Promise<OwnLinks> {
  const reader = em.fork();
  const hasPassword = await hasPasswordOf(reader, userId);
  const links = await reader.find(ProviderLink, { user: userId }, { orderBy: { createdAt: 'asc', id: 'asc' } });
  return {
    hasPassword,
    links: links.map(({ id, issuer, createdAt }) => ({
      id,
      issuer,
      createdAt,
      onlyWayIn: isOnlyWay({ issuer, hasPassword, links: links.length }, ways),
    })),
  };
}

const hasPasswordOf = async (em: EntityManager, userId: string) => (await em.count(Credential, { user: userId })) > 0;

interface Having {
  readonly issuer: string;
  readonly hasPassword: boolean;
  /** How many, this one among them. */
  readonly links: number;
}

/**
 * Nobody has two links of one provider. An account without a password or any link isn't active any more, and so isn't linked to the present
 * provider by its address: there a link of former times is a way in as well.
 */
const isOnlyWay = ({ issuer, hasPassword, links }: Having, ways: OpenWays) =>
  (!hasPassword && links === 1) || (isIssuer(issuer, ways.issuer) && !(ways.passwords && hasPassword));

/** Whether it is this provider, however the settings spell the end of its address. */
export const isIssuer = (issuer: string, provider: string | null): boolean =>
  provider !== null && new URL(issuer).href === new URL(provider).href;

interface Unlinking {
  readonly userId: string;
  /** Of the link. */
  readonly id: string;
  /** The session in which it is ended, which goes on; and whether by another token. */
  readonly session: string;
  readonly renew: boolean;
  readonly ways: OpenWays;
}

/**
 * Ends a link of somebody's, which is recorded, with the other sessions that rest on it; they are told. By a verified address the account at
 * the provider can be linked again.
 * @returns the token by which this session goes on, where it is another.
 * @throws Refusal NOT_FOUND where they have no such, CONFLICT where nothing would be left by which to sign in.
 */
export function unlink(em: EntityManager, { userId, id, session, renew, ways }: Unlinking): Promise<NewSession | null> {
  return changeSet('provider.unlink', () =>
    em.fork().transactional(async (tx) => {
      const user = await holdComer(tx, { id: userId, session });
      const link = await tx.findOne(ProviderLink, { id, user: userId });
      if (!link) throw new Refusal('NOT_FOUND', 'You have no such link.', 'It may have been ended meanwhile.');
      const links = await tx.count(ProviderLink, { user: userId });
      if (isOnlyWay({ issuer: link.issuer, hasPassword: await hasPasswordOf(tx, userId), links }, ways))
        throw new Refusal(
          'CONFLICT',
          'You have no other way to sign in.',
          ways.passwords ? 'Ask an admin for a password first.' : 'Tell an admin where somebody else has your account there.',
        );
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
