import { createHash, randomBytes } from 'node:crypto';
import type { EntityManager } from '@mikro-orm/postgresql';
import { now } from '../../clock.ts';
import { ApiToken, ApiTokenUse } from './api-token.ts';
import { MATRIX, type Row, type TokenInUse } from '../rights/permissions.ts';

/** What tokens begin with, so that people and scanners for leaked secrets know them: `countersign_pat_` and 43 characters. */
const PREFIX = 'countersign_pat_';

export const isApiToken = (text: string): boolean => text.startsWith(PREFIX);

/** A new token: what its owner is shown once, and what is kept. */
export function mintToken(): { readonly text: string; readonly hash: string; readonly ending: string } {
  const text = PREFIX + randomBytes(32).toString('base64url');
  return { text, hash: hashOf(text), ending: text.slice(-4) };
}

const hashOf = (text: string) => createHash('sha256').update(text).digest('hex');

/** How far "last used" may lag behind: not every call writes. */
const USED_STEP = 60_000;

/** Whoever comes with a token. */
export interface Bearer {
  readonly userId: string;
  readonly token: TokenInUse;
}

/** Whose token this is; null where there is none any more, it has expired, or its owner was disabled. */
export async function bearerOf(em: EntityManager, text: string): Promise<Bearer | null> {
  const context = em.fork();
  const at = now();
  const token = await context.findOne(ApiToken, { hash: hashOf(text), expiresAt: { $gt: at }, user: { disabledAt: null } });
  if (!token) return null;
  const use = await context.findOne(ApiTokenUse, { token: token.id });
  if (!use || at.getTime() - use.lastUsedAt.getTime() > USED_STEP) await context.upsert(ApiTokenUse, { token: token.id, lastUsedAt: at });
  // A scope that a later version has no more gives nothing.
  return {
    userId: token.user.id,
    token: { id: token.id, scopes: token.scopes.filter((scope): scope is Row => Object.hasOwn(MATRIX, scope)) },
  };
}
