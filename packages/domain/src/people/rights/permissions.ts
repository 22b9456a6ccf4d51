/** The roles of the organisation; the two company roles belong to bookings. */
export const ROLES = [
  'admin',
  'manager',
  'in_house',
  'supervisor',
  'coordinator',
  'talent_escort',
  'worker',
  'member',
  'lending_admin',
  'borrowing_admin',
] as const;
export type Role = (typeof ROLES)[number];

/** Somebody signed in, with everything that decides what they may see and do. */
export interface Viewer {
  readonly id: string;
  readonly name: string;
  readonly email: string;
  readonly role: Role;
  readonly level: number;
  readonly timeZone: string;
  /** The people and sites that a supervisor is responsible for, or the people whom a coordinator coordinates. */
  readonly responsibleFor: { readonly people: readonly string[]; readonly sites: readonly string[] };
  /** The session that they come by, where it is one. */
  readonly session?: string;
  /** The token that they come with, where they don't come themselves: it limits what they may. */
  readonly token?: TokenInUse;
  /** Whether their role needs a second factor, and none was shown: they can do nothing but set one up. */
  readonly confined?: boolean;
  /** Whether their session goes on by another token than the one that they come with: then they read what was under way, and change nothing. */
  readonly handedOver?: HandedOver;
  /** AC-7: the admin who looks at the system as this person sees it. */
  readonly impersonator?: Impersonator;
}

/** By another token, as the same person; or, where an admin began to see the system as somebody else or stopped it meanwhile, as another. */
export type HandedOver = 'as the same' | 'as another';

/** An admin who looks at the system as somebody else sees it. */
export interface Impersonator {
  readonly id: string;
  readonly name: string;
  readonly until: Date;
  /** Whether a setting lets them change something meanwhile. */
  readonly writes: boolean;
}

/** A program's token, with the rows of the matrix that it may use. */
export interface TokenInUse {
  readonly id: string;
  readonly scopes: readonly Row[];
}

/** How somebody stands to a record. */
export type Relation = 'own' | 'responsible' | 'foreign';

/** One row of the matrix: for each role, the relations in which it may; a role that isn't named may not. */
export type Permission = Partial<Readonly<Record<Role, readonly Relation[]>>>;

const EVERYBODY_ELSE: readonly Relation[] = ['own', 'responsible', 'foreign'];
const NOT_OWN: readonly Relation[] = ['responsible', 'foreign'];
const OWN: readonly Relation[] = ['own'];
const anybody: Permission = Object.fromEntries(ROLES.map((role) => [role, EVERYBODY_ELSE]));

/** Who may do what: the one place where it stands. A row is here because something checks it. */
export const MATRIX = {
  /** Whatever is limited by what the caller may see rather than by their role. */
  signedIn: anybody,
  /** AC-5: one's own password, sessions and tokens. */
  ownAccount: { ...anybody },
  /** AC-5: setting up one's own second factor; all that is open to whoever has to. */
  ownFactor: { ...anybody },
  /** AC-2: whose events of the log somebody sees; a setting limits in-house staff to their own. */
  logRead: {
    ...Object.fromEntries(ROLES.map((role) => [role, OWN])),
    supervisor: ['own', 'responsible'],
    coordinator: ['own', 'responsible'],
    in_house: EVERYBODY_ELSE,
    manager: EVERYBODY_ELSE,
    admin: EVERYBODY_ELSE,
  },
  /** AC-2, AC-10: who sees the values of sensitive fields. Whoever doesn't, doesn't see their own either. */
  logSensitive: { in_house: EVERYBODY_ELSE, manager: EVERYBODY_ELSE, admin: EVERYBODY_ELSE },
  /** AUD-35: who says whether a change of records is right: whose they are, and nobody for them. */
  logAnswer: Object.fromEntries(ROLES.map((role) => [role, OWN])) as Permission,
  timecardRead: {
    ...Object.fromEntries(ROLES.map((role) => [role, OWN])),
    supervisor: ['own', 'responsible'],
    coordinator: ['own', 'responsible'],
    in_house: EVERYBODY_ELSE,
    manager: EVERYBODY_ELSE,
    admin: EVERYBODY_ELSE,
  },
  timecardWrite: {
    ...Object.fromEntries(ROLES.map((role) => [role, OWN])),
    in_house: EVERYBODY_ELSE,
    manager: EVERYBODY_ELSE,
    admin: EVERYBODY_ELSE,
  },
  timecardDecide: { supervisor: ['responsible'], in_house: NOT_OWN, manager: NOT_OWN, admin: NOT_OWN },
  timecardEditApproved: { admin: EVERYBODY_ELSE },
  /** who reads the messages that go out to everybody. */
  outbox: { admin: EVERYBODY_ELSE },
  /** AUD-12: who sees which protections of the log hold. */
  health: { admin: EVERYBODY_ELSE },
  /** AUD-30: who reads what was unusual about reading, and says why it was: nobody of themselves. Managers too: of the only admin somebody else has to. */
  unusualAccess: { manager: NOT_OWN, admin: NOT_OWN },
  /** AC-3: who reads this matrix, and changes the settings that it depends on. */
  rights: { admin: EVERYBODY_ELSE },
  /** Of an approved card only by whoever may edit one. */
  timecardUndo: { manager: EVERYBODY_ELSE, admin: EVERYBODY_ELSE },
  /** Of an approved card nobody may: see `placing.rules.ts` of the import. */
  timecardImport: { manager: EVERYBODY_ELSE, admin: EVERYBODY_ELSE },
  /** For those who may see what is sensitive, since a file goes where nobody checks any more. */
  timecardExport: { in_house: EVERYBODY_ELSE, manager: EVERYBODY_ELSE, admin: EVERYBODY_ELSE },
  /** AC-9: who invites, changes and disables users, and says who is responsible for whom. */
  users: { admin: EVERYBODY_ELSE },
  /** AC-7: who looks at the system as somebody else sees it. */
  seeAs: { admin: EVERYBODY_ELSE },
  /** AC-9: the lists from which others pick. */
  pickLists: { admin: EVERYBODY_ELSE },
  timecardDelete: { ...Object.fromEntries(ROLES.map((role) => [role, OWN])), admin: EVERYBODY_ELSE },
  /** Makes edits in a demonstration, on people and cards of their own. */
  demoTraffic: { admin: EVERYBODY_ELSE },
} as const satisfies Record<string, Permission>;

/** What a row of the matrix is called; tokens name rows as their scopes. */
export type Row = keyof typeof MATRIX;

export const permits = (permission: Permission, role: Role, relation: Relation): boolean => permission[role]?.includes(relation) ?? false;
