import { type MATRIX, type Permission, type Relation, type Role, ROLES } from './permissions.ts';

/** In which of the three relations a role may do something, in one word. */
export const EXTENTS = ['all', 'not_own', 'own_and_responsible', 'own', 'responsible', 'none'] as const;
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
  readonly group: 'The log' | 'Timecards' | 'Administration';
  readonly label: string;
  /** What else limits it, where something does. */
  readonly note?: string;
}

/** What each row of the matrix is called; one without words doesn't compile. */
const WORDS: Readonly<Record<keyof typeof MATRIX, Words>> = {
  signedIn: { group: 'Administration', label: 'Sign in, and have pages, notifications and preferences of one’s own' },
  logRead: {
    group: 'The log',
    label: 'See events',
    note: 'Of what one may see, counts, search, facets and the live feed show no more than the list.',
  },
  logSensitive: {
    group: 'The log',
    label: 'See the values of sensitive fields',
    note: 'Others read “changed, hidden”, of their own records too.',
  },
  logExport: { group: 'The log', label: 'Export events', note: 'Of those that one may see.' },
  timecardRead: { group: 'Timecards', label: 'See timecards' },
  timecardWrite: { group: 'Timecards', label: 'Create, edit and submit', note: 'A draft or a rejected one.' },
  timecardDecide: { group: 'Timecards', label: 'Approve and reject', note: 'Nobody decides on their own.' },
  timecardEditApproved: { group: 'Timecards', label: 'Edit an approved timecard' },
  timecardUndo: { group: 'Timecards', label: 'Undo changes', note: 'Of an approved card only whoever may edit one.' },
  timecardImport: { group: 'Timecards', label: 'Import timecards', note: 'An approved card is never changed.' },
  timecardExport: { group: 'Timecards', label: 'Export timecards' },
  timecardDelete: { group: 'Timecards', label: 'Delete a timecard', note: 'A draft.' },
  pickLists: { group: 'Administration', label: 'Maintain the reasons to pick from' },
  outbox: { group: 'Administration', label: 'Read the messages that go out' },
  health: { group: 'Administration', label: 'See the health of the log' },
  rights: { group: 'Administration', label: 'See this page and change its settings' },
  demoTraffic: { group: 'Administration', label: 'Make traffic in a demonstration' },
};

/** One thing that can be done, and how far each role may. */
export interface RightsRow extends Words {
  readonly key: string;
  readonly extents: Readonly<Record<Role, Extent>>;
}

/** AC-3: the matrix as people read it, as it is in force: the settings that limit it are counted in. */
export function rightsRows(matrix: typeof MATRIX, { inHouseSeesEverything }: { readonly inHouseSeesEverything: boolean }): RightsRow[] {
  const limited = (key: string, role: Role) => key === 'logRead' && role === 'in_house' && !inHouseSeesEverything;
  return Object.entries(WORDS).map(([key, words]) => {
    const permission: Permission = matrix[key as keyof typeof MATRIX];
    const extents = ROLES.map((role) => [role, limited(key, role) ? 'own' : extentOf(permission[role] ?? [])] as const);
    return { key, ...words, extents: Object.fromEntries(extents) as Record<Role, Extent> };
  });
}
