import type { Extent, RightsRow, RightsView } from '../../src/api/views.ts';

const ROLES = [
  { role: 'admin', label: 'Admin' },
  { role: 'manager', label: 'Manager' },
  { role: 'in_house', label: 'In-house' },
  { role: 'supervisor', label: 'Supervisor' },
  { role: 'coordinator', label: 'Coordinator' },
  { role: 'talent_escort', label: 'Talent Escort' },
  { role: 'worker', label: 'Worker' },
  { role: 'member', label: 'Member' },
  { role: 'lending_admin', label: 'Lending Admin' },
  { role: 'borrowing_admin', label: 'Borrowing Admin' },
] as const;

type Extents = RightsRow['extents'];

const extents = (rest: Extent, more: Partial<Extents>): Extents =>
  ({ ...Object.fromEntries(ROLES.map(({ role }) => [role, rest])), ...more }) as Extents;
const STAFF = { admin: 'all', manager: 'all', in_house: 'all' } as const;
const STAFF_MAY = { admin: 'yes', manager: 'yes', in_house: 'yes' } as const;
const ENTRUSTED = { supervisor: 'own_and_responsible', coordinator: 'own_and_responsible' } as const;

/** A part of the matrix, and its setting as it comes. */
export const RIGHTS: RightsView = {
  roles: [...ROLES],
  rows: [
    { key: 'logRead', group: 'The log', label: 'See events', extents: extents('own', { ...STAFF, ...ENTRUSTED }) },
    {
      key: 'logSensitive',
      group: 'The log',
      label: 'See the values of sensitive fields',
      note: 'Others read “changed, hidden”, of their own records too.',
      extents: extents('none', STAFF_MAY),
    },
    {
      key: 'timecardDecide',
      group: 'Timecards',
      label: 'Approve and reject',
      note: 'Nobody decides on their own.',
      extents: extents('none', { admin: 'not_own', manager: 'not_own', in_house: 'not_own', supervisor: 'responsible' }),
    },
    { key: 'timecardImport', group: 'Timecards', label: 'Import timecards', extents: extents('none', { admin: 'yes', manager: 'yes' }) },
    {
      key: 'rights',
      group: 'Administration',
      label: 'See what each role may, and change the settings of that',
      extents: extents('none', { admin: 'yes' }),
    },
  ],
  settings: [
    {
      name: 'inHouseSeesEverything',
      label: 'In-house staff see the whole log',
      about: 'Otherwise they see what they did themselves, and what was done to records of their own.',
      turnedOn: 'In-house staff will see everybody’s events again, with the values of sensitive fields.',
      turnedOff: 'In-house staff will see only what they did themselves, and what was done to records of their own.',
      value: true,
      version: null,
    },
  ],
};
