const NAMES: Readonly<Record<string, string>> = {
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
};

/** A role as people call it. */
export const roleName = (role: string): string => NAMES[role] ?? role.replaceAll('_', ' ');
