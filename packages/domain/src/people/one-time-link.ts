import { defineEntity, LockMode, p, type EntityManager, type InferEntity } from '@mikro-orm/postgresql';
import { unaudited } from '@countersign/audit/policy';
import { now } from '../clock.ts';
import { hashOfToken, newToken } from './secret-token.ts';
import { User } from './user.ts';

/** What a link lets its holder do, once. */
export const LINK_PURPOSES = ['invitation', 'password_reset'] as const;
export type LinkPurpose = (typeof LINK_PURPOSES)[number];

/**
 * A link that opens something for one person, once, without signing in. Its token exists only in what is sent: it is drawn
 * when the message leaves, and nobody can read it in the outbox or the table.
 */
export const OneTimeLink = defineEntity({
  name: 'OneTimeLink',
  tableName: 'one_time_links',
  indexes: [{ properties: ['user'] }],
  properties: {
    id: p
      .uuid()
      .primary()
      .onCreate(() => crypto.randomUUID()),
    user: () => p.manyToOne(User).deleteRule('cascade'),
    purpose: p.enum(LINK_PURPOSES),
    /** The page that it opens; the token follows behind `#`, which no browser sends to a server. */
    path: p.string().length(100),
    /** SHA-256 of the latest token, in hex; null until one was drawn. */
    tokenHash: p.string().length(64).nullable().unique(),
    expiresAt: p.datetime(3),
    /** When it was used, or taken back. */
    endedAt: p.datetime(3).nullable(),
    createdAt: p.datetime(3).onCreate(now).defaultRaw('now()'),
  },
});
export type OneTimeLink = InferEntity<typeof OneTimeLink>;

export const oneTimeLinkAudit = unaudited(OneTimeLink, 'what it opens, and that it was used, are events of their own');

/** Whether it still opens anything. */
export const isOpen = ({ endedAt, expiresAt }: Pick<OneTimeLink, 'endedAt' | 'expiresAt'>): boolean => !endedAt && expiresAt > now();

/** Draws the link's token, and gives the path that bears it: the one before opens nothing any more. Saved when the caller flushes. */
export function drawPath(link: OneTimeLink): string {
  const token = newToken();
  link.tokenHash = hashOfToken(token);
  return `${link.path}#${token}`;
}

/** The link that a token opens, held until the transaction ends so that two at once use it once; null where it opens nothing any more. */
export async function openedBy(em: EntityManager, token: string, purpose: LinkPurpose): Promise<OneTimeLink | null> {
  const found = await em.findOne(
    OneTimeLink,
    { tokenHash: hashOfToken(token), purpose },
    em.isInTransaction() ? { lockMode: LockMode.PESSIMISTIC_WRITE } : {},
  );
  return found && isOpen(found) ? found : null;
}

/** Ends all links of a person for one purpose: those that are under way as well. Saved when the caller flushes. */
export async function endLinks(em: EntityManager, user: string, purpose: LinkPurpose): Promise<void> {
  for (const link of await em.find(OneTimeLink, { user, purpose, endedAt: null })) link.endedAt = now();
}

/** Days for which links are kept once they open nothing any more: messages refer to them. */
const KEPT = 120;

/** Deletes links that have been of no use for long, for a job to call now and then. Returns how many there were. */
export function forgetOldLinks(em: EntityManager): Promise<number> {
  return em.fork().nativeDelete(OneTimeLink, { expiresAt: { $lt: new Date(now().getTime() - KEPT * 24 * 3_600_000) } });
}
