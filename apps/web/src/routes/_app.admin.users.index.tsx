import { createFileRoute } from '@tanstack/react-router';
import { UsersPage } from '../features/users/users-page.tsx';
import { readUsersSearch } from '../features/users/users-search.ts';

export const Route = createFileRoute('/_app/admin/users/')({
  validateSearch: readUsersSearch,
  component: UsersPage,
});
