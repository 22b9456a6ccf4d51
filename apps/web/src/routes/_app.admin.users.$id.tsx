import { createFileRoute } from '@tanstack/react-router';
import { UserPage } from '../features/users/user-page.tsx';
import { readTrailFilter } from '../features/users/trail-search.ts';

export const Route = createFileRoute('/_app/admin/users/$id')({
  validateSearch: readTrailFilter,
  component: UserPage,
});
