import type { Role } from '@countersign/domain/people/rights/permissions';
import type { HabitName } from './habits.ts';
import type { SiteName } from './sites.ts';

/** What everybody in the demo signs in with. */
export const DEMO_PASSWORD = 'countersign-demo';

/** Somebody whom visitors of the demo sign in as: known by their role's mail address. */
export interface Account {
  readonly email: `${string}@example.com`;
  readonly name: readonly [first: string, last: string];
  readonly role: Role;
  readonly level: number;
  readonly site: SiteName;
  readonly habit: HabitName | null;
}

export const ACCOUNTS = {
  admin: { email: 'admin@example.com', name: ['Helena', 'Brandt'], role: 'admin', level: 5, site: 'berlin', habit: null },
  manager: { email: 'manager@example.com', name: ['Tomás', 'Figueiredo'], role: 'manager', level: 4, site: 'lisbon', habit: null },
  inHouse: { email: 'inhouse@example.com', name: ['Priya', 'Raman'], role: 'in_house', level: 3, site: 'berlin', habit: null },
  supervisor: {
    email: 'supervisor@example.com',
    name: ['Katharina', 'Vogel'],
    role: 'supervisor',
    level: 3,
    site: 'berlin',
    habit: 'office',
  },
  coordinator: {
    email: 'coordinator@example.com',
    name: ['Inês', 'Carvalho'],
    role: 'coordinator',
    level: 2,
    site: 'lisbon',
    habit: 'office',
  },
  escort: { email: 'escort@example.com', name: ['Malik', 'Johnson'], role: 'talent_escort', level: 2, site: 'newYork', habit: 'escort' },
  worker: { email: 'worker@example.com', name: ['Emre', 'Yıldız'], role: 'worker', level: 1, site: 'berlin', habit: 'relaxed' },
  member: { email: 'member@example.com', name: ['Sofia', 'Lindgren'], role: 'member', level: 1, site: 'berlin', habit: null },
} as const satisfies Record<string, Account>;

/** The accounts as the sign-in page offers them. */
export const DEMO_ACCOUNTS: readonly { readonly email: string; readonly role: Role; readonly name: string }[] = Object.values(ACCOUNTS).map(
  ({ email, role, name }) => ({ email, role, name: name.join(' ') }),
);
