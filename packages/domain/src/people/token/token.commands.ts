import { z } from 'zod';
import type { EntityManager } from '@mikro-orm/postgresql';
import { now } from '../../clock.ts';
import { command, query } from '../../definition.ts';
import { Refusal } from '../../errors.ts';
import { ApiToken, ApiTokenUse } from './api-token.ts';
import { holdComer } from '../session/hold-comer.ts';
import { MATRIX } from '../rights/permissions.ts';
import { scopesFor } from '../rights/rights.rules.ts';
import { createdToken, createTokenInput, tokenList, type TokenView } from './token.views.ts';
import { mintToken } from './token-bearer.ts';

/** Tokens of one person at most: more than anybody can tell apart. */
const MOST_TOKENS = 50;
const DAY = 24 * 3_600_000;

export const listTokens = query({
  name: 'tokens.list',
  summary: 'Your tokens for programs, and what one of yours can be allowed',
  input: z.strictObject({}),
  output: tokenList,
  rest: { method: 'GET', path: '/api/tokens' },
  permission: MATRIX.ownAccount,
  run: async (_, { em, viewer }) => {
    const tokens = await em.fork().find(ApiToken, { user: viewer.id }, { orderBy: { createdAt: 'desc', id: 'asc' } });
    const uses = await em.fork().find(ApiTokenUse, { token: { $in: tokens.map(({ id }) => id) } });
    const usedAt = new Map(uses.map(({ token, lastUsedAt }) => [token.id, lastUsedAt]));
    return { tokens: tokens.map((token) => present(token, usedAt.get(token.id) ?? null)), scopes: scopesFor(viewer.role) };
  },
});

export const createToken = command({
  name: 'tokens.create',
  summary: 'Make a token for a program; it is shown this once',
  input: createTokenInput,
  output: createdToken,
  rest: { method: 'POST', path: '/api/tokens' },
  permission: MATRIX.ownAccount,
  run: ({ name, scopes, days }, { em, viewer }) =>
    em.transactional(async (tx) => {
      checkScopes(scopes, scopesFor(viewer.role));
      // Two at once don't make one too many.
      await holdComer(tx, viewer);
      await checkRoom(tx, viewer.id);
      const { text, hash, ending } = mintToken();
      const expiresAt = new Date(now().getTime() + days * DAY);
      const token = tx.create(ApiToken, { user: viewer.id, name, hash, ending, scopes: [...new Set(scopes)], expiresAt });
      await tx.flush();
      return { ...present(token, null), token: text };
    }),
});

export const revokeToken = command({
  name: 'tokens.revoke',
  summary: 'Revoke a token: whatever it opened ends within a second',
  input: z.strictObject({ id: z.uuid() }),
  output: z.strictObject({}),
  rest: { method: 'DELETE', path: '/api/tokens/{id}' },
  permission: MATRIX.ownAccount,
  run: ({ id }, { em, viewer }) =>
    em.transactional(async (tx) => {
      const token = await tx.findOne(ApiToken, { id, user: viewer.id });
      if (!token) throw new Refusal('NOT_FOUND', 'You have no such token.', 'It may have been revoked before.');
      tx.remove(token);
      return {};
    }),
});

function checkScopes(wanted: readonly string[], offered: readonly { readonly key: string }[]): void {
  const wrong = wanted.find((scope) => !offered.some(({ key }) => key === scope));
  if (wrong === undefined) return;
  const message = `A token of yours can be allowed ${offered.map(({ key }) => key).join(', ')}.`;
  throw new Refusal('VALIDATION_ERROR', 'Not every scope is open to you.', message, { fields: [{ field: 'scopes', message }] });
}

async function checkRoom(tx: EntityManager, userId: string): Promise<void> {
  if ((await tx.count(ApiToken, { user: userId })) < MOST_TOKENS) return;
  const message = `You have ${MOST_TOKENS} tokens already: revoke those that nobody uses.`;
  throw new Refusal('VALIDATION_ERROR', 'There are too many tokens.', message, { fields: [{ field: 'name', message }] });
}

const present = ({ id, name, ending, scopes, createdAt, expiresAt }: ApiToken, lastUsedAt: Date | null): TokenView => ({
  id,
  name,
  ending,
  scopes,
  createdAt: createdAt.toISOString(),
  expiresAt: expiresAt.toISOString(),
  expired: expiresAt <= now(),
  lastUsedAt: lastUsedAt?.toISOString() ?? null,
});
