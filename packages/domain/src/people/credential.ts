import { defineEntity, p, type InferEntity } from '@mikro-orm/core';
import { audited, never } from '@countersign/audit/policy';
import { User } from './user.ts';

/** What somebody signs in with. Apart from the person, so that no query of people ever loads a password's hash. */
export const Credential = defineEntity({
  name: 'Credential',
  tableName: 'credentials',
  properties: {
    user: () => p.oneToOne(User).owner().primary().deleteRule('cascade'),
    /** Argon2id in PHC form, which names its own parameters. */
    passwordHash: p.string().length(255),
    passwordSetAt: p.datetime(3),
  },
});
export type Credential = InferEntity<typeof Credential>;

export const credentialAudit = audited(Credential, {
  area: 'people',
  label: 'Credential',
  title: () => 'Password',
  root: 'user',
  fields: {
    user: never('the key, which every event names as its target'),
    passwordHash: never('a password hash'),
    passwordSetAt: { label: 'Password Set At', kind: 'time' },
  },
  actions: {
    vocabulary: {
      password_set: {
        label: 'Password set',
        description: 'A user was given a password, or changed it; the password itself is never recorded.',
      },
      password_removed: { label: 'Password removed' },
    },
    general: ({ operation }) => (operation === 'delete' ? 'password_removed' : 'password_set'),
  },
});
