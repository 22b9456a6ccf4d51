import { defineEntity, p, type InferEntity } from '@mikro-orm/core';
import { audited, never } from '@countersign/audit/policy';
import { now } from '../../clock.ts';
import { User } from '../user.ts';

/**
 * That somebody signs in by an account at a provider. The provider's own name of the account decides, which it never gives to anybody
 * else; mail addresses change hands, and count at the first time alone.
 */
export const ProviderLink = defineEntity({
  name: 'ProviderLink',
  tableName: 'provider_links',
  properties: {
    id: p
      .uuid()
      .primary()
      .onCreate(() => crypto.randomUUID()),
    user: () => p.manyToOne(User).deleteRule('cascade'),
    /** The provider's address, as it names itself. */
    issuer: p.string().length(500),
    /** What the provider calls the account: at most 255 characters, by the standard. */
    subject: p.string().length(255),
    createdAt: p.datetime(3).onCreate(now).defaultRaw('now()'),
  },
  uniques: [
    { name: 'provider_links_one_person_for_an_account', properties: ['issuer', 'subject'] },
    { name: 'provider_links_one_account_for_a_person', properties: ['user', 'issuer'] },
  ],
});
export type ProviderLink = InferEntity<typeof ProviderLink>;

export const providerLinkAudit = audited(ProviderLink, {
  area: 'people',
  label: 'Sign-in by a provider',
  title: () => 'Sign-in by a provider',
  root: 'user',
  fields: {
    id: never('the key, which every event names as its target'),
    user: never('the root, which every event names'),
    issuer: { label: 'Provider', kind: 'text' },
    subject: never('what somebody else calls the person'),
    createdAt: never('the time of the event of the creation'),
  },
  actions: {
    vocabulary: {
      provider_linked: {
        label: 'Provider linked',
        description: 'An account at a provider was linked: from then on its owner signs in by it.',
      },
      provider_link_changed: { label: 'Provider link changed' },
      provider_unlinked: { label: 'Provider unlinked', description: 'An account at a provider signs nobody in any more.' },
    },
    general: ({ operation }) =>
      operation === 'create' ? 'provider_linked' : operation === 'delete' ? 'provider_unlinked' : 'provider_link_changed',
  },
});
