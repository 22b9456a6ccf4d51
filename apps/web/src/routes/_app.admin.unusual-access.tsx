import { createFileRoute } from '@tanstack/react-router';
import { UnusualPage } from '../features/unusual/unusual-page.tsx';
import { readUnusualSearch } from '../features/unusual/unusual-search.ts';

export const Route = createFileRoute('/_app/admin/unusual-access')({
  validateSearch: readUnusualSearch,
  component: UnusualPage,
});
