import { MATRIX, type Permission, type Relation, type Role, ROLES, type Row } from './permissions.ts';

/** In which of the three relations a role may do something, in one word. */
export const EXTENTS = ['all', 'yes', 'not_own', 'own_and_responsible', 'own', 'responsible', 'none'] as const;
export type Extent = (typeof EXTENTS)[number];

const EXTENT_OF: Readonly<Record<string, Extent>> = {
  '': 'none',
  own: 'own',
  responsible: 'responsible',
  'own responsible': 'own_and_responsible',
  'responsible foreign': 'not_own',
  'own responsible foreign': 'all',
};

const ORDER: readonly Relation[] = ['own', 'responsible', 'foreign'];

/** @throws Error for relations that no page has a word for: give it one here before the matrix uses it. */
function extentOf(relations: readonly Relation[]): Extent {
  const extent = EXTENT_OF[ORDER.filter((relation) => relations.includes(relation)).join(' ')];
  if (!extent) throw new Error(`there is no word for the relations ${relations.join(', ')}`);
  return extent;
}

interface Words {
  /** Whether it is about records, so that it matters whose they are; otherwise one may or may not. */
  readonly whose: boolean;
  readonly group: 'The log' | 'Timecards' | 'Administration';
  readonly label: string;
  /** Whether a token can be allowed it; yes unless said. */
  readonly byToken?: false;
  /** What else limits it, where something does. */
  readonly note?: string;
}

/** What each row of the matrix is called; one without words doesn't compile. */
const WORDS: Readonly<Record<keyof typeof MATRIX, Words>> = {
  signedIn: { whose: false, group: 'Administration', label: 'Sign in, and have pages, notifications and preferences of one’s own' },
  ownAccount: {
    whose: false,
    byToken: false,
    group: 'Administration',
    label: 'Change one’s own password, sessions and tokens',
    note: 'Never by a token.',
  },
  ownFactor: {
    whose: false,
    byToken: false,
    group: 'Administration',
    label: 'Set up one’s own second factor',
    note: 'All that one may do until it is set up, where the role needs one.',
  },
  logRead: {
    whose: true,
    group: 'The log',
    label: 'See events',
    note: 'Of what one may see, counts, search, facets and the live feed show no more than the list.',
  },
  logSensitive: {
    whose: false,
    group: 'The log',
    label: 'See the values of sensitive fields',
    note: 'Others read “changed, hidden”, of their own records too.',
  },
  logAnswer: { whose: true, group: 'The log', label: 'Confirm or contest what others changed' },
  unusualAccess: {
    whose: true,
    group: 'The log',
    label: 'See who read unusually, and say whether that was right',
    note: 'Much more than usual, at other hours or elsewhere. Whoever may sees what was noticed of everybody, of themselves too; whether their own was right another admin or a manager says.',
  },
  timecardRead: { whose: true, group: 'Timecards', label: 'See timecards' },
  timecardWrite: { whose: true, group: 'Timecards', label: 'Create, edit and submit', note: 'A draft or a rejected one.' },
  timecardDecide: { whose: true, group: 'Timecards', label: 'Approve and reject', note: 'Nobody decides on their own.' },
  timecardEditApproved: { whose: true, group: 'Timecards', label: 'Edit an approved timecard' },
  timecardUndo: { whose: true, group: 'Timecards', label: 'Undo changes', note: 'Of an approved card only whoever may edit one.' },
  timecardImport: { whose: false, group: 'Timecards', label: 'Import timecards', note: 'An approved card is never changed.' },
  timecardExport: { whose: false, group: 'Timecards', label: 'Export timecards' },
  timecardDelete: { whose: true, group: 'Timecards', label: 'Delete a timecard', note: 'A draft.' },
  pickLists: { whose: false, group: 'Administration', label: 'Maintain the reasons to pick from' },
  outbox: { whose: false, group: 'Administration', label: 'Read the messages that go out' },
  health: { whose: false, group: 'Administration', label: 'See the health of the log' },
  users: { whose: false, group: 'Administration', label: 'Invite, change and disable users' },
  seeAs: {
    whose: false,
    byToken: false,
    group: 'Administration',
    label: 'Look at the system as somebody else sees it',
    note: 'Never as another admin; nothing can be changed meanwhile, unless the setting allows it.',
  },
  rights: { whose: false, group: 'Administration', label: 'See what each role may, and change the settings of that' },
  demoTraffic: { whose: false, group: 'Administration', label: 'Make traffic in a demonstration' },
};

/** One thing that can be done, and how far each role may. */
export interface RightsRow extends Omit<Words, 'whose' | 'byToken'> {
  readonly key: string;
  readonly extents: Readonly<Record<Role, Extent>>;
}

/** Rows of the log, which the setting limits for in-house staff: whatever they may do there, they do with what they see. */
const OF_THE_LOG = new Set<string>(['logRead', 'logSensitive'] satisfies (keyof typeof MATRIX)[]);

/** AC-3: the matrix as people read it, as it is in force: the settings that limit it are counted in. */
export function rightsRows(matrix: typeof MATRIX, { inHouseSeesEverything }: { readonly inHouseSeesEverything: boolean }): RightsRow[] {
  const isLimited = (key: string, role: Role) => role === 'in_house' && !inHouseSeesEverything && OF_THE_LOG.has(key);
  return Object.entries(WORDS).map(([key, { whose, group, label, note }]) => {
    const permission: Permission = matrix[key as keyof typeof MATRIX];
    const extentFor = (role: Role): Extent => {
      const extent = extentOf(permission[role] ?? []);
      if (extent === 'all' && isLimited(key, role)) return 'own';
      return extent === 'all' && !whose ? 'yes' : extent;
    };
    const words = { group, label, ...(note !== undefined && { note }) };
    return { key, ...words, extents: Object.fromEntries(ROLES.map((role) => [role, extentFor(role)])) as Record<Role, Extent> };
  });
}

/** What a token of somebody in this role can be allowed: the rows that are open to the role, but for those that no token has. */
export const scopesFor = (role: Role): { readonly key: Row; readonly group: string; readonly label: string }[] =>
  (Object.keys(WORDS) as Row[])
    .filter((key) => WORDS[key].byToken !== false && (MATRIX[key] as Permission)[role]?.length)
    .map((key) => ({ key, group: WORDS[key].group, label: WORDS[key].label }));
