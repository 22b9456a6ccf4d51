import { MATRIX, ROLES } from '@countersign/domain/people/permissions';
import { rightsRows } from '@countersign/domain/people/rights.rules';
import type { RightsView } from '../../src/api/views.ts';

const LABELS = [
  'Admin',
  'Manager',
  'In-house',
  'Supervisor',
  'Coordinator',
  'Talent Escort',
  'Worker',
  'Member',
  'Lending Admin',
  'Borrowing Admin',
];

/** The matrix itself, and its setting as it comes. */
export const RIGHTS: RightsView = {
  roles: ROLES.map((role, index) => ({ role, label: LABELS[index] ?? role })),
  rows: rightsRows(MATRIX, { inHouseSeesEverything: true }),
  settings: [
    {
      name: 'inHouseSeesEverything',
      label: 'In-house staff see the whole log',
      about: 'Otherwise they see what they did themselves, and what was done to records of their own.',
      value: true,
      version: null,
    },
  ],
};
