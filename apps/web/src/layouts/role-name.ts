import type { Role } from '../api/views.ts';

const NAMES = {
  admin: 'Admin',
  manager: 'Manager',
  in_house: 'In-house',
  supervisor: 'Supervisor',
  coordinator: 'Coordinator',
  talent_escort: 'Talent escort',
  worker: 'Worker',
  member: 'Member',
  lending_admin: 'Lending admin',
  borrowing_admin: 'Borrowing admin',
} as const satisfies Readonly<Record<Role, string>>;

/** Every role, from the one that may most. */
export const ROLES = Object.keys(NAMES) as Role[];

/** A role as people call it. */
export const roleName = (role: string): string => (NAMES as Readonly<Record<string, string>>)[role] ?? role.replaceAll('_', ' ');
