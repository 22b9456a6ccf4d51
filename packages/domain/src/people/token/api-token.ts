import { defineEntity, p, type InferEntity } from '@mikro-orm/core';
import { audited, never, unaudited } from '@countersign/audit/policy';
import { now } from '../../clock.ts';
import { User } from '../user.ts';

/** By what a program shows whose work it does: it may do what its scopes say, and never more than its owner may now. */
export const ApiToken = defineEntity({
  name: 'ApiToken',
  tableName: 'api_tokens',
  checks: [
    { name: 'api_tokens_name_is_one_line', expression: "name !~ '[[:cntrl:]]' and length(name) >= 1" },
    { name: 'api_tokens_have_scopes', expression: 'cardinality(scopes) > 0' },
  ],
  indexes: [{ properties: ['user'] }],
  properties: {
    id: p
      .uuid()
      .primary()
      .onCreate(() => crypto.randomUUID()),
    user: () => p.manyToOne(User).deleteRule('cascade'),
    name: p.string().length(80),
    /** SHA-256 in hex: whoever reads the table has no token. */
    hash: p.string().length(64).unique(),
    /** Its last characters, by which its owner knows it again. */
    ending: p.string().length(4),
    /** Rows of the matrix. */
    scopes: p.array(),
    expiresAt: p.datetime(3),
    createdAt: p.datetime(3).onCreate(now).defaultRaw('now()'),
  },
});
export type ApiToken = InferEntity<typeof ApiToken>;

export const apiTokenAudit = audited(ApiToken, {
  area: 'people',
  label: 'API token',
  carries: ['name'],
  title: (row) => `Token “${row.name}”`,
  root: 'user',
  fields: {
    id: never('the key, which every event names as its target'),
    user: never('the root, which every event names'),
    name: { label: 'Name', kind: 'text' },
    hash: never('a token’s hash'),
    ending: never('a part of the token'),
    scopes: { label: 'Scopes', kind: 'members' },
    expiresAt: { label: 'Expires At', kind: 'time' },
    createdAt: never('the time of the event of the creation'),
  },
  actions: {
    vocabulary: {
      api_token_created: {
        label: 'API token created',
        description: 'Somebody made a token for programs; the token itself is never recorded.',
      },
      api_token_changed: { label: 'API token changed' },
      api_token_revoked: { label: 'API token revoked' },
    },
    general: ({ operation }) =>
      operation === 'create' ? 'api_token_created' : operation === 'delete' ? 'api_token_revoked' : 'api_token_changed',
  },
});

/** When a token was last used; apart from it, since using one changes nothing of it. */
export const ApiTokenUse = defineEntity({
  name: 'ApiTokenUse',
  tableName: 'api_token_uses',
  properties: {
    token: () => p.oneToOne(ApiToken).owner().primary().deleteRule('cascade'),
    lastUsedAt: p.datetime(3),
  },
});

export const apiTokenUseAudit = unaudited(ApiTokenUse, 'says when a token was last used; what it did names it');
