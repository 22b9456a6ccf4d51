import { defineEntity, p, type InferEntity } from '@mikro-orm/core';
import { audited, never } from '@countersign/audit/policy';
import { now } from '../../clock.ts';
import { User } from '../user.ts';

/** That somebody was invited to sign in. Kept for good: it says how they came to have a password. */
export const Invitation = defineEntity({
  name: 'Invitation',
  tableName: 'invitations',
  checks: [{ name: 'invitations_end_once', expression: 'accepted_at is null or withdrawn_at is null' }],
  properties: {
    user: () => p.oneToOne(User).owner().primary().deleteRule('cascade'),
    /** When it was last sent. */
    sentAt: p.datetime(3),
    expiresAt: p.datetime(3),
    acceptedAt: p.datetime(3).nullable(),
    withdrawnAt: p.datetime(3).nullable(),
    version: p.integer().version(),
    createdAt: p.datetime(3).onCreate(now).defaultRaw('now()'),
    updatedAt: p.datetime(3).onCreate(now).onUpdate(now).defaultRaw('now()'),
  },
});
export type Invitation = InferEntity<typeof Invitation>;

export const invitationAudit = audited(Invitation, {
  area: 'people',
  label: 'Invitation',
  title: () => 'Invitation',
  root: 'user',
  fields: {
    user: never('the key, which every event names as its target'),
    sentAt: { label: 'Sent At', kind: 'time' },
    expiresAt: { label: 'Expires At', kind: 'time' },
    acceptedAt: { label: 'Accepted At', kind: 'time' },
    withdrawnAt: { label: 'Withdrawn At', kind: 'time' },
    version: never('counts the changes, which are recorded themselves'),
    createdAt: never('the time of the event of the creation'),
    updatedAt: never('the time of the latest event'),
  },
  actions: {
    vocabulary: {
      user_invited: { label: 'User invited' },
      invitation_resent: { label: 'Invitation sent again', description: 'The links that were sent before open nothing any more.' },
      invitation_accepted: {
        label: 'Invitation accepted',
        description: 'Whoever was invited chose a password, or signed in by a provider.',
      },
      invitation_withdrawn: { label: 'Invitation withdrawn' },
      invitation_changed: { label: 'Invitation changed' },
    },
    general: ({ operation }) => (operation === 'create' ? 'user_invited' : 'invitation_changed'),
    rules: [
      {
        action: 'invitation_accepted',
        claims: ['acceptedAt'],
        when: ({ operation, before, row }) => operation === 'update' && !before?.acceptedAt && Boolean(row.acceptedAt),
      },
      {
        action: 'invitation_withdrawn',
        claims: ['withdrawnAt'],
        when: ({ operation, before, row }) => operation === 'update' && !before?.withdrawnAt && Boolean(row.withdrawnAt),
      },
      {
        action: 'invitation_resent',
        claims: ['sentAt', 'expiresAt', 'withdrawnAt'],
        when: ({ operation, changed }) => operation === 'update' && changed.has('sentAt'),
      },
    ],
  },
});
