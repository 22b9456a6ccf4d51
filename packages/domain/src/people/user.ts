import { defineEntity, p, type InferEntity } from '@mikro-orm/core';
import { audited, never, type Happening } from '@countersign/audit/policy';
import { now } from '../clock.ts';
import { ROLES, type Role } from './rights/permissions.ts';

/** A person who works here or is worked for. Whether they may sign in is their credential's matter. */
export const User = defineEntity({
  name: 'User',
  tableName: 'profiles',
  checks: [
    { name: 'profiles_email_is_lower_case', expression: 'email = lower(email collate "C")' },
    { name: 'profiles_level_is_one_to_five', expression: 'level >= 1 and level <= 5' },
  ],
  properties: {
    id: p
      .uuid()
      .primary()
      .onCreate(() => crypto.randomUUID()),
    firstName: p.string().length(100),
    lastName: p.string().length(100),
    /** Always lower case, so that one mailbox is one person. */
    email: p.string().length(254).unique(),
    phoneNumber: p.string().length(40).nullable(),
    role: p.enum(ROLES),
    level: p.smallint().default(1),
    timeZone: p.string().length(64).default('UTC'),
    disabledAt: p.datetime(3).nullable(),
    version: p.integer().version(),
    createdAt: p.datetime(3).onCreate(now).defaultRaw('now()'),
    updatedAt: p.datetime(3).onCreate(now).onUpdate(now).defaultRaw('now()'),
  },
});
export type User = InferEntity<typeof User>;

type UserProperty = keyof typeof User.properties;

/** What the roles are called. */
export const ROLE_LABELS: Readonly<Record<Role, string>> = {
  admin: 'Admin',
  manager: 'Manager',
  in_house: 'In-house',
  supervisor: 'Supervisor',
  coordinator: 'Coordinator',
  talent_escort: 'Talent Escort',
  worker: 'Worker',
  member: 'Member',
  lending_admin: 'Lending Admin',
  borrowing_admin: 'Borrowing Admin',
};

/** From the bottom up; equal ranks are a step to the side. */
const RANK: Readonly<Record<Role, number>> = {
  member: 0,
  worker: 1,
  talent_escort: 1,
  coordinator: 2,
  supervisor: 2,
  lending_admin: 2,
  borrowing_admin: 2,
  in_house: 3,
  manager: 4,
  admin: 5,
};

const rankOf = (role: string | null | undefined) => RANK[role as Role] ?? 0;

function direction({ before, row }: Happening<UserProperty>): 'promotion' | 'demotion' | 'change' {
  const step = rankOf(row.role) - rankOf(before?.role) || Number(row.level) - Number(before?.level);
  if (step === 0) return 'change';
  return step > 0 ? 'promotion' : 'demotion';
}

const PROFILE = ['firstName', 'lastName', 'email', 'phoneNumber'] as const satisfies readonly UserProperty[];

export const userAudit = audited(User, {
  area: 'people',
  label: 'User',
  title: (row) => `User ${row.id?.slice(0, 8)}`,
  subject: (row) => row.id ?? null,
  fields: {
    id: never('the key, which every event names as its target'),
    firstName: { label: 'First Name', kind: 'text', sensitive: true },
    lastName: { label: 'Last Name', kind: 'text', sensitive: true },
    email: { label: 'Email', kind: 'text', sensitive: true },
    phoneNumber: { label: 'Phone Number', kind: 'text', sensitive: true },
    role: {
      label: 'Role',
      kind: 'enum',
      values: ROLE_LABELS,
    },
    level: { label: 'Level', kind: 'number' },
    timeZone: { label: 'Time Zone', kind: 'text' },
    disabledAt: { label: 'Disabled At', kind: 'time' },
    version: never('counts the changes, which are recorded themselves'),
    createdAt: never('the time of the event of the creation'),
    updatedAt: never('the time of the latest event'),
  },
  actions: {
    vocabulary: {
      user_created: { label: 'User created' },
      user_updated: { label: 'User updated' },
      user_deactivated: { label: 'User deactivated', description: 'A user was disabled or deleted.' },
      user_reactivated: { label: 'User enabled', description: 'A user who had been disabled was enabled again.' },
      user_role_changed: { label: 'User role changed', description: 'The role or level of a user was raised or lowered.' },
      member_profile_updated: { label: 'Member profile updated', description: 'Name, mail address or phone number of a person changed.' },
    },
    general: ({ operation }) => (operation === 'create' ? 'user_created' : operation === 'delete' ? 'user_deactivated' : 'user_updated'),
    rules: [
      {
        action: 'user_role_changed',
        claims: ['role', 'level'],
        when: ({ operation }) => operation === 'update',
        metadata: (happening) => ({
          previous_role: happening.before?.role ?? null,
          new_role: happening.row.role ?? null,
          previous_level: happening.before?.level ?? null,
          new_level: happening.row.level ?? null,
          direction: direction(happening),
          changed_by: happening.actor.id,
        }),
      },
      {
        action: 'user_deactivated',
        claims: ['disabledAt'],
        when: ({ operation, row, before }) => operation === 'update' && !before?.disabledAt && Boolean(row.disabledAt),
      },
      {
        action: 'user_reactivated',
        claims: ['disabledAt'],
        when: ({ operation, row, before }) => operation === 'update' && Boolean(before?.disabledAt) && !row.disabledAt,
      },
      {
        action: 'member_profile_updated',
        claims: PROFILE,
        when: ({ operation }) => operation === 'update',
      },
    ],
  },
});

export const fullName = (user: Pick<User, 'firstName' | 'lastName'>): string => `${user.firstName} ${user.lastName}`.trim();

/** `Supervisor, level 3`. */
export const roleText = ({ role, level }: Pick<User, 'role' | 'level'>): string => `${ROLE_LABELS[role]}, level ${level}`;
